/* How many agents two classes share changes when somebody goes on a break or comes back, and is
 * asked for with every contact that waits; so each pair keeps its number until the duty changes. */
#include "routing/estimate.h"

#include "routing/gate.h"

#define CAL_MIN       5000
#define CAL_MAX       20000
#define KEPT_PERCENT  97
#define RANGE_AGENTS  7 /* of so few or fewer a range is told */
#define FINE_MS       30000
#define COARSE_MS     60000
#define FINE_BELOW_MS 180000
#define FREE_MAX      64                  /* of so many who are free it is looked what keeps them */
#define WAIT_MAX_MS   (30 * USHER_DAY_MS) /* keeps what is told within reason */

static uint32_t count_common(const struct usher_floor *floor, const struct usher_class *class,
                             const struct usher_class *other)
{
    size_t words = floor->agents_count / 64 + 1;
    uint32_t count = 0;
    for (size_t i = 0; i < words; i++)
        count += (uint32_t)__builtin_popcountll(class->eligible[i] & other->eligible[i] &
                                                floor->duty[i]);
    return count;
}

/* How many on duty are eligible for both, counted anew when the duty has changed. */
static uint32_t common(const struct usher_floor *floor, const struct usher_class *class,
                       const struct usher_class *other, struct usher_overlap *kept)
{
    if (kept->version != floor->duty_version) {
        kept->count = count_common(floor, class, other);
        kept->version = floor->duty_version;
    }
    return kept->count;
}

static uint32_t count_duty(const struct usher_floor *floor, struct usher_class *class)
{
    return common(floor, class, class, &class->on_duty);
}

/* What those who wait in other classes take of the agents of this one: X, per mille. */
static int64_t others_milli(const struct usher_floor *floor, struct usher_class *class)
{
    bool is_live = usher_channel_is_live((enum usher_channel) class->key.channel);
    int64_t sum = 0;
    for (size_t word = 0; word < USHER_CLASS_WORDS; word++) {
        for (uint64_t bits = floor->waiting[word]; bits != 0; bits &= bits - 1) {
            struct usher_class *other = floor->classes[word * 64 + (size_t)__builtin_ctzll(bits)];
            uint32_t duty = other == class ? 0 : count_duty(floor, other);
            if (duty == 0 ||
                (is_live && !usher_channel_is_live((enum usher_channel)other->key.channel)))
                continue;
            int64_t shared = common(floor, class, other, &class->overlaps[other->index]);
            sum += (int64_t)other->line_count * 1000 * shared / duty;
        }
    }
    return sum;
}

static bool has_free(const struct usher_class *class)
{
    for (uint32_t i = 0; i < class->blocks_count; i++)
        if (class->blocks[i].free != 0)
            return true;
    return false;
}

static void add_opening(struct usher_outlook *outlook, int64_t age_ms)
{
    uint32_t place = outlook->openings_count;
    if (place == USHER_OPENINGS_MAX && age_ms >= outlook->openings_ms[place - 1])
        return;
    if (place == USHER_OPENINGS_MAX)
        place--;
    else
        outlook->openings_count++;
    for (; place > 0 && outlook->openings_ms[place - 1] > age_ms; place--)
        outlook->openings_ms[place] = outlook->openings_ms[place - 1];
    outlook->openings_ms[place] = age_ms;
}

/* Those of the first step come first, and so on. */
static void find_openings(const struct usher_floor *floor, const struct usher_class *class,
                          struct usher_outlook *outlook)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < class->blocks_count; i++) {
        for (uint64_t bits = class->blocks[i].free; bits != 0 && count < FREE_MAX;
             bits &= bits - 1) {
            uint32_t agent = class->rank[i * 64 + (uint32_t)__builtin_ctzll(bits)];
            int64_t age_ms = usher_gate_age_ms(floor, class, &floor->agents[agent]);
            count++;
            if (age_ms != INT64_MAX)
                add_opening(outlook, age_ms);
        }
    }
}

/* How long it takes until somebody who is free may be asked; INT64_MAX when there are too few of
 * them. Those before in line have the first, and who declined may be the next. */
static int64_t opening_ms(const struct usher_outlook *outlook, const struct usher_contact *contact,
                          uint32_t position, int64_t now_ms)
{
    for (size_t i = 0; i < contact->declines_count; i++)
        position += contact->declines[i].until_ms > now_ms;
    if (position > outlook->openings_count)
        return INT64_MAX;
    int64_t age_ms = outlook->openings_ms[position - 1];
    if (contact->class->wait_ms > age_ms && usher_gate_held_for(contact, now_ms))
        age_ms = contact->class->wait_ms;
    int64_t at_ms = usher_contact_leg_since_ms(contact) + age_ms;
    return at_ms > now_ms ? at_ms - now_ms : 0;
}

static int64_t bounded(int64_t ms)
{
    return ms < WAIT_MAX_MS ? ms : WAIT_MAX_MS;
}

int64_t usher_estimate_calibration(const struct usher_class_past *past)
{
    if (past->raw_ms <= 0)
        return USHER_CALIBRATION_ONE;
    int64_t cal = past->actual_ms * USHER_CALIBRATION_ONE / past->raw_ms;
    return cal < CAL_MIN ? CAL_MIN : cal > CAL_MAX ? CAL_MAX : cal;
}

void usher_estimate_learn(struct usher_class_past *past, int64_t raw_ms, int64_t actual_ms,
                          bool is_answered)
{
    raw_ms = bounded(raw_ms);
    actual_ms = bounded(actual_ms);
    int64_t foretold_ms = raw_ms * usher_estimate_calibration(past) / USHER_CALIBRATION_ONE;
    if (!is_answered && foretold_ms > actual_ms)
        actual_ms = foretold_ms;
    past->actual_ms = past->actual_ms * KEPT_PERCENT / 100 + actual_ms;
    past->raw_ms = past->raw_ms * KEPT_PERCENT / 100 + raw_ms;
}

struct usher_outlook usher_estimate_outlook(struct usher_floor *floor, struct usher_class *class)
{
    int unit = floor->rules->channels[class->key.channel].unit;
    usher_floor_refresh(floor, class);
    struct usher_outlook outlook = {
        .others_milli = others_milli(floor, class),
        .work_ms = bounded(class->past.handle_ms) * unit / 100,
        .cal = usher_estimate_calibration(&class->past),
        .agents_count = count_duty(floor, class),
        .is_free = class->is_plain && has_free(class),
    };
    if (!class->is_plain)
        find_openings(floor, class, &outlook);
    return outlook;
}

/* The largest whole number whose square is not above `number`. */
static int64_t square_root(int64_t number)
{
    int64_t root = 0;
    for (int64_t bit = INT64_C(1) << 24; bit != 0; bit /= 2)
        if ((root + bit) * (root + bit) <= number)
            root += bit;
    return root;
}

struct usher_estimate usher_estimate_at(const struct usher_outlook *outlook,
                                        const struct usher_contact *contact, uint32_t position,
                                        int64_t now_ms)
{
    struct usher_estimate estimate = {
        .position = position, .agents_count = outlook->agents_count, .raw_ms = -1, .wait_ms = -1};
    if (outlook->agents_count == 0)
        return estimate;
    int64_t ahead_milli = (int64_t)position * 1000 + outlook->others_milli / 3;
    estimate.raw_ms =
        bounded(ahead_milli * outlook->work_ms / 1000 / (int64_t)outlook->agents_count);
    if (outlook->is_free) {
        estimate.wait_ms = 0;
        return estimate;
    }
    estimate.wait_ms = bounded(estimate.raw_ms * outlook->cal / USHER_CALIBRATION_ONE);
    /* The sum of n waits of chance strays by 1 / sqrt(n) of itself, two thirds of which hold half
     * of the cases. */
    estimate.spread_ms = estimate.wait_ms * 2000 / (3 * square_root(ahead_milli * 1000));
    int64_t open_ms = opening_ms(outlook, contact, position, now_ms);
    if (open_ms < estimate.wait_ms) {
        estimate.wait_ms = open_ms;
        estimate.raw_ms = -1;
        estimate.spread_ms = 0;
    }
    return estimate;
}

struct usher_estimate usher_estimate_contact(struct usher_floor *floor,
                                             const struct usher_contact *contact, int64_t now_ms)
{
    struct usher_outlook outlook = usher_estimate_outlook(floor, contact->class);
    return usher_estimate_at(&outlook, contact, usher_class_position(contact->class, contact),
                             now_ms);
}

static int64_t step_of(int64_t ms)
{
    return ms < FINE_BELOW_MS ? FINE_MS : COARSE_MS;
}

static int64_t round_ms(int64_t ms)
{
    int64_t step_ms = step_of(ms);
    int64_t rounded_ms = (ms + step_ms / 2) / step_ms * step_ms;
    return rounded_ms < FINE_MS ? FINE_MS : rounded_ms;
}

struct usher_saying usher_estimate_say(const struct usher_estimate *estimate)
{
    int64_t wait_ms = estimate->wait_ms;
    struct usher_saying saying = {wait_ms, wait_ms, wait_ms, wait_ms};
    if (wait_ms <= 0) {
        saying.until_ms = wait_ms == 0 ? FINE_MS : wait_ms;
        return saying;
    }
    saying.wait_ms = saying.min_ms = saying.max_ms = round_ms(wait_ms);
    if (estimate->agents_count <= RANGE_AGENTS) {
        int64_t low_ms = wait_ms - estimate->spread_ms;
        int64_t low_step_ms = step_of(low_ms);
        saying.min_ms = low_ms / low_step_ms * low_step_ms;
        saying.max_ms = round_ms(wait_ms + estimate->spread_ms);
    }
    saying.until_ms = saying.max_ms + step_of(saying.max_ms);
    return saying;
}
