/* What must be true, worked out from the events alone: who waits, who rings, who talks, who may be
 * asked. Written from the definitions in plain loops over small arrays, so that it shares no
 * thought with the engine. Of libusher it uses the readers (lines, rules, JSON) and the estimators
 * of pools. */
#ifndef SIMULATION_MODEL_H
#define SIMULATION_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event.h"
#include "routing/pool.h"
#include "rules/rules.h"
#include "world/world.h"

#define MODEL_SKILLS_MAX   16
#define MODEL_AGENTS_MAX   16
#define MODEL_CONTACTS_MAX 256
#define MODEL_CLASSES_MAX  256
#define MODEL_POOLS_MAX    128
#define MODEL_CLIENTS_MAX  8
#define MODEL_DECLINES_MAX 8
#define MODEL_NONE         SIZE_MAX

enum model_state {
    MODEL_GONE = 0, /* the place is free */
    MODEL_WAITING,
    MODEL_OFFERED,
    MODEL_RINGING,
    MODEL_TALKING,
    MODEL_HELD,
    MODEL_WRAPPING,
    MODEL_SCHEDULED,
    MODEL_STATE_COUNT,
};

struct model_agent {
    char id[USHER_AGENT_ID_MAX + 1];
    char skills[512];
    char capacity[256]; /* "" = none */
    char reason[65];
    bool is_signed_in;
    bool is_ready;
    char desk[16];         /* "" = none */
    int64_t desk_until_ms; /* of a lost one; 0 = none */
    int64_t away_until_ms; /* a break that ends by itself; 0 = none */
    char then[16];         /* what he becomes after the contacts in hand; "" = stays */
    bool has_phone;
    bool is_phone_idle;
    int64_t phone_until_ms; /* 0 = none */
    int64_t idle_since_ms;
    int levels[MODEL_SKILLS_MAX];
    int cap[USHER_CHANNEL_COUNT];
    int64_t ground;
    bool is_in_pool[MODEL_POOLS_MAX];
    bool is_counted;
    bool is_counted_open;
};

struct model_decline {
    size_t agent;
    int64_t until_ms;
};

struct model_contact {
    enum model_state state;
    char id[USHER_CONTACT_ID_MAX + 1];
    char from[64];
    char to[64];
    char data[256];    /* "" = none */
    char customer[32]; /* "" = nobody knows who it is */
    char memory[128];  /* "" = none */
    char skills[256];  /* its own needs; "" = the queue's */
    char offer[USHER_NUMBER_SIZE];
    size_t client;        /* whose it is; of ours, who rings for it */
    bool is_ours;         /* on nobody's line */
    bool has_ringer;      /* is_ours: a PBX rings */
    bool was_asked;       /* whether he wants to be called back */
    int64_t not_after_ms; /* 0 = none */
    int64_t attempts;     /* in vain */
    struct {
        char offer[USHER_NUMBER_SIZE]; /* "" = not so */
        enum usher_channel channel;
        int64_t not_after_ms;
        int64_t attempts;
    } dialled; /* what it was before a transfer, perhaps before the customer answered */
    enum usher_channel channel;
    size_t queue;
    size_t tier;
    size_t class;
    size_t agent; /* or MODEL_NONE */
    uint64_t serial;
    int64_t place_ms;
    int64_t leg_ms;
    int64_t arrived_ms;
    size_t served_by; /* or MODEL_NONE */
    int64_t served_ms;
    int64_t due_ms;
    int64_t since_ms;
    int64_t waited_ms;
    int64_t until_ms;
    int64_t settle_until_ms;
    int64_t answered_ms;
    int64_t idle_before_ms;
    struct model_decline declines[MODEL_DECLINES_MAX];
    size_t declines_count;
    int64_t told_ms; /* when something was told last; 0 = nothing was */
    int64_t first_told_ms;
    int64_t told_due_ms;                    /* the earliest that was told; 0 = none */
    int64_t foretold_ms;                    /* the first estimate, not calibrated; -1 = none */
    bool has_transferred[MODEL_AGENTS_MAX]; /* away, and it is not offered to him again */
    bool was_transferred;
    size_t transferred_by;
    size_t meant_for;       /* waits for this agent alone, */
    int64_t meant_until_ms; /* so long */
    bool is_parted;         /* the wrap-up of a transferred one */
};

struct model_class {
    size_t queue;
    size_t tier;
    enum usher_channel channel;
    struct usher_need needs[USHER_NEEDS_MAX];
    size_t needs_count;
    int64_t day_ms;
    int64_t today_count;
    int64_t before_count;
    int64_t share;
    int64_t handle_ms; /* moving mean */
    int64_t actual_ms; /* of those who were told how long it takes: how long it took */
    int64_t raw_ms;    /* and what was foretold */
};

struct model_pool {
    size_t skills[USHER_NEEDS_MAX];
    size_t skills_count;        /* 0: a channel's pool */
    enum usher_channel channel; /* or NONE */
    struct usher_pool lib;      /* the estimators; its tables of prices are not used */
};

struct model_client {
    char name[USHER_CLIENT_NAME_MAX + 1];
    bool is_lost;
    bool can_dial;
    bool only_refers;
    int64_t until_ms;
};

struct model {
    const struct world *world;
    struct usher_rules *rules;
    struct model_agent agents[MODEL_AGENTS_MAX];
    size_t agents_count;
    struct model_contact contacts[MODEL_CONTACTS_MAX];
    struct model_class classes[MODEL_CLASSES_MAX];
    size_t classes_count;
    struct model_pool pools[MODEL_POOLS_MAX];
    size_t pools_count;
    struct model_client clients[MODEL_CLIENTS_MAX];
    size_t clients_count;
    struct usher_number last;
    char known_contact[USHER_CONTACT_ID_MAX + 1]; /* whose arrival must come next; "" = none */
    char known_memory[128];
    bool is_closed[USHER_QUEUES_MAX]; /* by the rules' queues */
    uint64_t switches;
    uint64_t serial;
    int64_t stepped_ms;    /* when the last step ended */
    int64_t deferred_turn; /* the next */
    size_t due_count;      /* deadlines that have passed since then */
    uint64_t events_count;
    uint64_t offers_count;
    uint64_t contested_count; /* offers with more than one candidate */
    char what[2048];          /* the invariant that is broken */
};

void model_open(struct model *model, const struct world *world);
void model_close(struct model *model);

/* Takes in all lines of a step, checking each event against the state before it. False with
 * model->what. */
bool model_take(struct model *model, struct usher_text lines);
/* What must hold after every step, at model->world->now_ms. False with model->what. */
bool model_check(struct model *model);

/* Fails: fills model->what as printf does. */
bool model_fail(struct model *model, const char *format, ...) __attribute__((format(printf, 2, 3)));

size_t model_find_agent(const struct model *model, struct usher_text id);
size_t model_find_contact(const struct model *model, struct usher_text id);
size_t model_find_client(struct model *model, struct usher_text name);
const char *model_state_name(enum model_state state);

/* Copies as much of `text` as there is room for. */
void model_keep(char *room, size_t room_size, struct usher_text text);

/* One function for each kind of event: is it possible in the state before it, and what does it
 * change. `contact` may be NULL, `agent` MODEL_NONE. */
typedef bool (*model_apply)(struct model *model, const struct usher_event *event,
                            struct model_contact *contact, size_t agent);

/* model.c */
/* What the event says of a new contact, in a free place. NULL when there is none, or the id names
 * no client. */
struct model_contact *model_new_contact(struct model *model, const struct usher_event *event,
                                        enum model_state state);
bool model_refuse(struct model *model, const struct model_contact *contact);
bool model_is_talk(const struct model_contact *contact);
void model_set_state(struct model_contact *contact, enum model_state state, int64_t at_ms);

/* model_doors.c */
bool model_on_queue(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent);
bool model_on_switch(struct model *model, const struct usher_event *event,
                     struct model_contact *contact, size_t agent);
bool model_on_overflowed(struct model *model, const struct usher_event *event,
                         struct model_contact *contact, size_t agent);
bool model_on_refused(struct model *model, const struct usher_event *event,
                      struct model_contact *contact, size_t agent);
/* The rules in use are others: what has the same name stays as it is. */
void model_take_doors(struct model *model, const struct usher_rules *before);
bool model_check_site(struct model *model, const struct usher_event *event);
bool model_check_leaving(struct model *model);

/* model_transfer.c */
bool model_on_moved(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent);
bool model_on_transferred(struct model *model, const struct usher_event *event,
                          struct model_contact *contact, size_t agent);
bool model_on_parted(struct model *model, const struct usher_event *event,
                     struct model_contact *contact, size_t agent);

bool model_is_rung(const struct model_contact *contact);

/* model_later.c */
bool model_on_scheduled(struct model *model, const struct usher_event *event,
                        struct model_contact *contact, size_t agent);
bool model_on_due(struct model *model, const struct usher_event *event,
                  struct model_contact *contact, size_t agent);
bool model_on_postponed(struct model *model, const struct usher_event *event,
                        struct model_contact *contact, size_t agent);
bool model_on_expired(struct model *model, const struct usher_event *event,
                      struct model_contact *contact, size_t agent);
bool model_on_asked(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent);
bool model_on_dial(struct model *model, const struct usher_event *event,
                   struct model_contact *contact, size_t agent);
/* Who rings for an offer of a contact of ours is a PBX that can dial, if there is one. */
bool model_take_ringer(struct model *model, const struct usher_event *event,
                       struct model_contact *contact);
/* A call has become a callback. */
void model_turn(struct model_contact *contact, const struct usher_event *event);
/* Nobody is to be called back twice. */
bool model_check_callbacks(struct model *model);

/* model_site.c */
bool model_on_rules(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent);
bool model_on_link(struct model *model, const struct usher_event *event,
                   struct model_contact *contact, size_t agent);

/* model_agent.c */
bool model_on_profile(struct model *model, const struct usher_event *event,
                      struct model_contact *contact, size_t agent);
bool model_on_agent(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent);
bool model_on_leaving(struct model *model, const struct usher_event *event,
                      struct model_contact *contact, size_t agent);
bool model_on_desk(struct model *model, const struct usher_event *event,
                   struct model_contact *contact, size_t agent);
bool model_on_phone(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent);

/* model_customer.c */
bool model_on_known(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent);
bool model_on_erased(struct model *model, const struct usher_event *event,
                     struct model_contact *contact, size_t agent);
/* The contact that arrives is the one whose customer was told of, if one was. */
bool model_take_known(struct model *model, const struct usher_event *event,
                      struct model_contact *contact);

/* model_promise.c */
bool model_on_promised(struct model *model, const struct usher_event *event,
                       struct model_contact *contact, size_t agent);
/* At the answer, or the end: was it judged rightly; and the class learns. */
bool model_end_told(struct model *model, const struct usher_event *event,
                    struct model_contact *contact);
/* Who hears what is told is told again in time. */
bool model_check_told(struct model *model);

/* Whether the agent's desk, if one is needed, can take a contact of the channel. */
bool model_has_desk_for(const struct model_agent *agent, enum usher_channel channel);
bool model_is_serving(const struct model_agent *agent);

/* floor.c: classes, own ground, pools. */
void model_take_rules(struct model *model, struct usher_rules *rules, int64_t at_ms);
/* The class of the same queue, tier, channel and needs, or MODEL_NONE; and a new one. */
size_t model_find_class(const struct model *model, const struct model_class *wanted);
size_t model_make_class(struct model *model, const struct model_class *wanted, int64_t at_ms);

/* kept.c: what classes and sets know of their past, and who is the same under other rules. */
struct model_kept {
    struct model_class classes[MODEL_CLASSES_MAX];
    size_t classes_count;
    struct model_pool pools[MODEL_POOLS_MAX];
    size_t pools_count;
};
void model_keep_past(const struct model *model, struct model_kept *kept);
void model_recall(struct model *model, const struct usher_rules *before,
                  const struct model_kept *kept, int64_t at_ms);
void model_take_profile(struct model *model, size_t agent, int64_t at_ms);
/* What the rules may ask of a contact. */
struct usher_facts model_facts(const struct model_contact *contact);
size_t model_class(struct model *model, const struct model_contact *contact, int64_t at_ms);
void model_take_shares(struct model *model, int64_t at_ms);
void model_note_arrival(struct model *model, size_t class, int64_t at_ms);
void model_note_handled(struct model *model, size_t class, int64_t handle_ms);
/* Counts everybody in his pools as he is now. */
void model_recount(struct model *model, int64_t at_ms);
/* q per mille; -1 when no step lets him in or the channel is none of his. */
int64_t model_match(const struct model *model, const struct model_class *class,
                    const struct model_agent *agent);
/* Wholly free: serving, and nothing in hand but what may be interrupted. */
bool model_is_whole(const struct model *model, size_t agent);
bool model_has_room(const struct model *model, size_t agent, enum usher_channel channel);
/* S(a|c), per ten thousand. */
int64_t model_lend(const struct model *model, size_t agent, const struct model_class *class);

/* gate.c: who is let in, who is waited for, who is kept. Of a class that nobody may take the step
 * is MODEL_NONE. */
size_t model_step(const struct model_class *class, const struct model_agent *agent);
/* Whether anybody but `but`, and but those of `away` (NULL = of nobody), is signed in whom the step
 * or one before it lets in. */
bool model_has_signed_in(const struct model *model, const struct model_class *class, size_t step,
                         size_t but, const bool *away);
size_t model_open_step(const struct model *model, const struct model_contact *contact,
                       int64_t at_ms);
int64_t model_affinity(const struct model *model, const struct model_contact *contact,
                       size_t agent);
/* The agent for whom the contact waits, or MODEL_NONE. */
size_t model_held_for(const struct model *model, const struct model_contact *contact,
                      int64_t at_ms);
bool model_is_gate_open(const struct model *model, const struct model_contact *contact,
                        size_t agent, int64_t at_ms);
/* How many gates of the contact may open by themselves after the one time and up to the other. */
size_t model_count_openings(const struct model *model, const struct model_contact *contact,
                            int64_t after_ms, int64_t until_ms);

/* search.c: the plain search. */
/* Whether it may be offered to somebody. */
bool model_can_be_offered(const struct model *model, const struct model_contact *contact,
                          int64_t at_ms);
bool model_may_offer(const struct model *model, size_t contact, size_t agent, int64_t at_ms);
/* Sets due_count. */
void model_count_due(struct model *model);
bool model_check_offer(struct model *model, const struct usher_event *event, size_t contact,
                       size_t agent);

#endif
