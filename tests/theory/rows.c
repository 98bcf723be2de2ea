/* Exact values: Erlang B and C by their formulas, Erlang A and the reserve by solving the Markov
 * chains, the priority by Cobham's formula; of pooling the case in which everybody can do all is
 * M/M/90/120, and with one skill an agent the states have a product form; the others are another
 * simulator's, with its standard error. */
#include "theory/rows.h"

/* agents, erlangs: blocked */
#define ERLANG_B(agents_, erlangs_, blocked_)                                                      \
    {                                                                                              \
        .name = "erlang b " #agents_ " " #erlangs_, .agents = (agents_),                           \
        .per_hour = {(erlangs_)*12.0}, .handle_s = 300, .trunks = (agents_),                       \
        .values = {{THEORY_BLOCKED, NULL, blocked_, 0, 0}}, .values_count = 1                      \
    }
/* agents, calls an hour, handle time: have to wait, wait, served in time */
#define ERLANG_C(agents_, calls_, handle_, waits_, wait_, served_)                                 \
    {                                                                                              \
        .name = "erlang c " #agents_ " " #calls_, .agents = (agents_), .per_hour = {calls_},       \
        .handle_s = (handle_),                                                                     \
        .values = {{THEORY_WAITS, NULL, waits_, 0, 0},                                             \
                   {THEORY_WAIT_S, NULL, wait_, 0, 0},                                             \
                   {THEORY_SERVED_IN_TIME, NULL, served_, 0, 0}},                                  \
        .values_count = 3                                                                          \
    }
/* agents, calls an hour, handle time, patience: have to wait, abandon, wait, occupancy with how
 * fine it must be, served in time, left in time */
#define ERLANG_A(agents_, calls_, handle_, patience_, waits_, abandons_, wait_, occupancy_, fine_, \
                 served_, left_)                                                                   \
    {                                                                                              \
        .name = "erlang a " #agents_ " " #calls_, .agents = (agents_), .per_hour = {calls_},       \
        .handle_s = (handle_), .patience_s = {patience_},                                          \
        .values = {{THEORY_WAITS, NULL, waits_, 0, 0},                                             \
                   {THEORY_ABANDONS, NULL, abandons_, 0, 0},                                       \
                   {THEORY_WAIT_S, NULL, wait_, 0, 0},                                             \
                   {THEORY_OCCUPANCY, NULL, occupancy_, fine_, 0},                                 \
                   {THEORY_SERVED_IN_TIME, NULL, served_, 0, 0},                                   \
                   {THEORY_LEFT_IN_TIME, NULL, left_, 0, 0}},                                      \
        .values_count = 6                                                                          \
    }
/* agents, calls an hour of both kinds: have to wait, wait of the first, of the second, of all */
#define PRIORITY(agents_, first_, second_, waits_, wait_first_, wait_second_, wait_)               \
    {                                                                                              \
        .name = "priority " #agents_ " " #first_ " " #second_, .agents = (agents_),                \
        .per_hour = {first_, second_}, .handle_s = 300,                                            \
        .values = {{THEORY_WAITS, NULL, waits_, 0, 0},                                             \
                   {THEORY_WAIT_S, "first", wait_first_, 0, 0},                                    \
                   {THEORY_WAIT_S, "second", wait_second_, 0, 0},                                  \
                   {THEORY_WAIT_S, NULL, wait_, 0, 0}},                                            \
        .values_count = 4                                                                          \
    }
/* kept free: have to wait, abandon, wait, of the first and the second; occupancy of both crews */
#define N_DESIGN(reserve_, waits_1, waits_2, abandons_1, abandons_2, wait_1, wait_2, busy_1,       \
                 busy_2)                                                                           \
    {                                                                                              \
        .name = "n-design " #reserve_, .agents = 12, .specialists = 4, .reserve = (reserve_),      \
        .per_hour = {150, 36}, .handle_s = 300, .patience_s = {240, 180},                          \
        .values = {{THEORY_WAITS, "first", waits_1, 0, 0},                                         \
                   {THEORY_WAITS, "second", waits_2, 0, 0},                                        \
                   {THEORY_ABANDONS, "first", abandons_1, 0, 0},                                   \
                   {THEORY_ABANDONS, "second", abandons_2, 0, 0},                                  \
                   {THEORY_WAIT_S, "first", wait_1, 0, 0},                                         \
                   {THEORY_WAIT_S, "second", wait_2, 0, 0},                                        \
                   {THEORY_OCCUPANCY, "agent", busy_1, 0, .00005},                                 \
                   {THEORY_OCCUPANCY, "specialist", busy_2, 0, .00005}},                           \
        .values_count = 8                                                                          \
    }
/* erlangs, skills an agent: blocked, wait in minutes, each with how far it may be off; for
 * POOLING_WAIT the wait alone */
#define POOLING(erlangs_, skills_, blocked_, blocked_off, minutes_, minutes_off)                   \
    {                                                                                              \
        .name = "pooling " #erlangs_ " " #skills_, .agents = 90, .per_hour = {erlangs_},           \
        .handle_s = 600, .trunks = 120, .types = 6, .skills = (skills_),                           \
        .values = {{THEORY_BLOCKED, NULL, blocked_, 0, blocked_off},                               \
                   {THEORY_WAIT_S, NULL, 60 * (minutes_), 0, 60 * (minutes_off)}},                 \
        .values_count = 2                                                                          \
    }
#define POOLING_WAIT(erlangs_, skills_, minutes_, minutes_off)                                     \
    {                                                                                              \
        .name = "pooling " #erlangs_ " " #skills_, .agents = 90, .per_hour = {erlangs_},           \
        .handle_s = 600, .trunks = 120, .types = 6, .skills = (skills_),                           \
        .values = {{THEORY_WAIT_S, NULL, 60 * (minutes_), 0, 60 * (minutes_off)}},                 \
        .values_count = 1                                                                          \
    }

const struct theory_row theory_rows[] = {
    ERLANG_B(1, 1, 0.5),
    ERLANG_B(5, 3, 0.110054347826),
    ERLANG_B(10, 5, 0.018384570337),
    ERLANG_B(10, 8, 0.121661064253),
    ERLANG_B(20, 12, 0.00979563942),
    ERLANG_B(20, 15, 0.04559321559),
    ERLANG_B(30, 25, 0.052603172228),
    ERLANG_B(50, 40, 0.01869067111),
    ERLANG_B(90, 84, 0.044619870961),
    ERLANG_B(100, 80, 0.003992028605),
    ERLANG_B(100, 90, 0.026957380464),
    ERLANG_B(200, 180, 0.010324995205),
    ERLANG_C(10, 100, 300, 0.487610608, 87.769909, 0.563666857),
    ERLANG_C(11, 100, 300, 0.299619350, 33.707177, 0.749180123),
    ERLANG_C(12, 120, 300, 0.449388224, 67.408234, 0.606707416),
    ERLANG_C(14, 100, 360, 0.174131934, 15.671874, 0.860566048),
    ERLANG_C(20, 204, 300, 0.385056230, 38.505623, 0.684742623),
    ERLANG_C(30, 300, 320, 0.427691528, 41.058387, 0.652741704),
    ERLANG_C(50, 540, 300, 0.363864467, 21.831868, 0.739279716),
    ERLANG_C(55, 600, 300, 0.384547318, 23.072839, 0.724459806),
    ERLANG_C(100, 1140, 300, 0.506456854, 30.387411, 0.637107807),
    ERLANG_C(200, 2280, 300, 0.365263857, 10.957916, 0.812467283),
    ERLANG_A(10, 100, 300, 300, 0.325499836, 0.063276396, 18.982919, 0.780603003, 0, 0.739463135,
             0.018806087),
    ERLANG_A(10, 120, 300, 180, 0.485294199, 0.140621713, 25.311908, 0.859378287, 0, 0.602407682,
             0.046224418),
    ERLANG_A(20, 240, 300, 240, 0.503797321, 0.093736611, 22.496787, 0.906263389, 0, 0.614022699,
             0.035398186),
    ERLANG_A(50, 600, 300, 120, 0.411075786, 0.068935439, 8.272253, 0.931064561, 0, 0.783871862,
             0.046672685),
    ERLANG_A(50, 660, 300, 240, 0.733076454, 0.113200438, 27.168105, 0.975479519, .002, 0.451038579,
             0.051272970),
    ERLANG_A(100, 1200, 300, 300, 0.513298798, 0.039860997, 11.958299, 0.960139003, 0, 0.726495069,
             0.024924325),
    ERLANG_A(100, 1140, 300, 60, 0.206618764, 0.031974818, 1.918489, 0.919623923, 0, 0.949333437,
             0.029839427),
    ERLANG_A(200, 2400, 300, 300, 0.509403418, 0.028197728, 8.459318, 0.971802272, 0, 0.808316605,
             0.021662501),
    ERLANG_A(50, 2880, 60, 120, 0.467774069, 0.030912249, 3.709470, 0.930324241, 0, 0.943018955,
             0.029845437),
    PRIORITY(20, 60, 150, 0.463156036, 9.263121, 74.104966, 55.578724),
    PRIORITY(20, 100, 122, 0.648129791, 16.666195, 222.215928, 129.625958),
    PRIORITY(50, 150, 400, 0.441319883, 3.530559, 42.366709, 31.775032),
    PRIORITY(10, 20, 90, 0.719035016, 25.885261, 310.623127, 258.852606),
    N_DESIGN(0, 0.3809517, 0.6655430, 0.0736989, 0.2591940, 17.68774, 46.65492, .8650, .8554),
    N_DESIGN(1, 0.4581854, 0.4701933, 0.0976164, 0.1831155, 23.42794, 32.96080, .8777, .7995),
    N_DESIGN(2, 0.5173634, 0.3752719, 0.1185454, 0.1461486, 28.45090, 26.30676, .8880, .7309),
    N_DESIGN(3, 0.5536225, 0.3347173, 0.1330757, 0.1303548, 31.93816, 23.46386, .8946, .6774),
    POOLING(77.4, 1, 0.0073696592, 0, 1.9404149687, 0),
    POOLING_WAIT(77.4, 2, 0.151, 0.01),
    POOLING_WAIT(77.4, 3, 0.088, 0.01),
    POOLING_WAIT(77.4, 4, 0.084, 0.01),
    POOLING_WAIT(77.4, 5, 0.084, 0.01),
    POOLING(77.4, 6, 0.000168, 0, 0.08277, 0),
    POOLING(84.0, 1, 0.0416586780, 0, 3.0543243769, 0),
    POOLING(84.0, 2, 0.0045, 0.0002, 0.592, 0.02),
    POOLING(84.0, 3, 0.0034, 0.0002, 0.468, 0.02),
    POOLING(84.0, 4, 0.0035, 0.0002, 0.446, 0.02),
    POOLING(84.0, 5, 0.0037, 0.0002, 0.443, 0.02),
    POOLING(84.0, 6, 0.003643, 0, 0.45002, 0),
    POOLING(90.0, 1, 0.0913776689, 0, 3.6240475983, 0),
    POOLING(90.0, 2, 0.0258, 0.0002, 1.409, 0.02),
    POOLING(90.0, 3, 0.0227, 0.0002, 1.259, 0.02),
    POOLING(90.0, 4, 0.0233, 0.0002, 1.239, 0.02),
    POOLING(90.0, 5, 0.0233, 0.0002, 1.243, 0.02),
    POOLING(90.0, 6, 0.023492, 0, 1.24296, 0),
};

const size_t theory_rows_count = sizeof(theory_rows) / sizeof(theory_rows[0]);
