/* The plain search: every contact with every agent, by the definitions of the bid. */
#include <stdio.h>
#include <string.h>

#include "simulation/model.h"

static int64_t down(int64_t number, int64_t by)
{
    int64_t rest = ((number % by) + by) % by;
    return (number - rest) / by;
}

bool model_can_be_offered(const struct model *model, const struct model_contact *contact,
                          int64_t at_ms)
{
    if (contact->state != MODEL_WAITING || contact->settle_until_ms > at_ms ||
        model->is_closed[contact->queue])
        return false;
    if (contact->is_ours) /* it needs no PBX, but has no use any more after a time */
        return contact->not_after_ms == 0 || contact->not_after_ms > at_ms;
    return !model->clients[contact->client].is_lost;
}

static bool is_cooling(const struct model_contact *contact, size_t agent, int64_t at_ms)
{
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].agent == agent && contact->declines[i].until_ms > at_ms)
            return true;
    return false;
}

/* Transferred away; or declined a while ago, and another who could take it is signed in. */
static bool is_excluded(const struct model *model, const struct model_contact *contact,
                        size_t agent, int64_t at_ms)
{
    if (contact->has_transferred[agent])
        return true;
    return is_cooling(contact, agent, at_ms) &&
           (contact->channel == USHER_CHANNEL_OUTBOUND ||
            model_has_signed_in(model, &model->classes[contact->class],
                                model_open_step(model, contact, at_ms), agent,
                                contact->has_transferred));
}

static bool is_meant(const struct model_contact *contact, int64_t at_ms)
{
    return contact->meant_until_ms > at_ms;
}

bool model_may_offer(const struct model *model, size_t contact_index, size_t agent_index,
                     int64_t at_ms)
{
    const struct model_contact *contact = &model->contacts[contact_index];
    const struct model_agent *agent = &model->agents[agent_index];
    if (!model_can_be_offered(model, contact, at_ms) || !model_is_serving(agent) ||
        !agent->is_phone_idle || !model_has_desk_for(agent, contact->channel) ||
        !model_has_room(model, agent_index, contact->channel))
        return false;
    if (is_meant(contact, at_ms))
        return contact->meant_for == agent_index;
    return model_match(model, &model->classes[contact->class], agent) >= 0 &&
           model_is_gate_open(model, contact, agent_index, at_ms) &&
           !is_excluded(model, contact, agent_index, at_ms);
}

static bool is_before(const struct model_contact *a, const struct model_contact *b)
{
    return a->place_ms < b->place_ms || (a->place_ms == b->place_ms && a->serial < b->serial);
}

/* A wait that ended since the last step: where several deadlines have passed, another of them may
 * be handled first. */
static bool is_just_due(const struct model *model, const struct model_contact *contact)
{
    if (model->due_count < 2 || contact->state != MODEL_WAITING)
        return false;
    if (contact->settle_until_ms > model->stepped_ms ||
        (contact->not_after_ms > model->stepped_ms &&
         contact->not_after_ms <= model->world->now_ms) ||
        contact->meant_until_ms > model->stepped_ms ||
        model_count_openings(model, contact, model->stepped_ms, model->world->now_ms) > 0)
        return true;
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].until_ms > model->stepped_ms)
            return true;
    return false;
}

static size_t is_due(const struct model *model, int64_t at_ms)
{
    return at_ms > model->stepped_ms && at_ms <= model->world->now_ms;
}

void model_count_due(struct model *model)
{
    model->due_count = 0;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        const struct model_contact *contact = &model->contacts[i];
        if (contact->state == MODEL_GONE)
            continue;
        model->due_count += is_due(model, contact->not_after_ms);
        model->due_count +=
            is_due(model, contact->until_ms) + is_due(model, contact->settle_until_ms) +
            is_due(model, contact->meant_until_ms) +
            model_count_openings(model, contact, model->stepped_ms, model->world->now_ms);
        for (size_t j = 0; j < contact->declines_count; j++)
            model->due_count += is_due(model, contact->declines[j].until_ms);
    }
    for (size_t i = 0; i < model->agents_count; i++)
        model->due_count += is_due(model, model->agents[i].phone_until_ms) +
                            is_due(model, model->agents[i].away_until_ms) +
                            is_due(model, model->agents[i].desk_until_ms);
    for (size_t i = 0; i < model->clients_count; i++)
        model->due_count += is_due(model, model->clients[i].until_ms);
}

/* Without overtaking a class's line is strict: somebody before him who could be offered to the same
 * agent. `is_sure`: and who was in the line for certain. */
static bool is_behind(const struct model *model, size_t contact, size_t agent, int64_t at_ms,
                      bool is_sure)
{
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        if (i != contact && model->contacts[i].class == model->contacts[contact].class &&
            !(is_sure && is_just_due(model, &model->contacts[i])) &&
            model_may_offer(model, i, agent, at_ms) &&
            is_before(&model->contacts[i], &model->contacts[contact]))
            return true;
    return false;
}

struct pair {
    size_t contact;
    size_t agent;
    int64_t late_ms;
    int64_t match;
    int64_t lend;
    int64_t idle_ms;
    int64_t affinity_ms;
    int64_t step;
    int64_t bid_ms;          /* in full */
    int64_t bid_of_agent_ms; /* the agent given: without his ground and idle time */
};

static bool is_late(const struct model *model, const struct model_contact *contact, int64_t at_ms)
{
    return at_ms > contact->place_ms + usher_rules_promise_ms(model->rules, contact->queue,
                                                              contact->tier, contact->channel);
}

/* Where not the contact alone is given, affinity counts for the first of a class, of the late or of
 * those on time, and for who waits for the agent. `is_sure`: only those come before who were in the
 * line for certain. */
static bool has_affinity(const struct model *model, size_t index, size_t agent, int64_t at_ms,
                         bool is_sure)
{
    const struct model_contact *contact = &model->contacts[index];
    if (model_held_for(model, contact, at_ms) == agent)
        return true;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        const struct model_contact *other = &model->contacts[i];
        if (i != index && other->state != MODEL_GONE && other->class == contact->class &&
            is_before(other, contact) && !(is_sure && is_just_due(model, other)) &&
            is_late(model, other, at_ms) == is_late(model, contact, at_ms) &&
            model_may_offer(model, i, agent, at_ms))
            return false;
    }
    return true;
}

static struct pair weigh(const struct model *model, size_t contact_index, size_t agent_index,
                         int64_t at_ms, bool is_contact_given)
{
    const struct model_contact *contact = &model->contacts[contact_index];
    const struct model_agent *agent = &model->agents[agent_index];
    const struct model_class *class = &model->classes[contact->class];
    const struct usher_bid_knobs *knobs = &model->rules->bid;
    struct pair pair = {.contact = contact_index, .agent = agent_index};
    int64_t promise_ms =
        usher_rules_promise_ms(model->rules, class->queue, class->tier, class->channel);
    int64_t promises = is_late(model, contact, at_ms) ? knobs->second_promise : 1;
    pair.affinity_ms = model_affinity(model, contact, agent_index);
    if (pair.affinity_ms > 0 && !is_contact_given &&
        !has_affinity(model, contact_index, agent_index, at_ms, false))
        pair.affinity_ms = 0;
    pair.late_ms = at_ms - contact->place_ms - promise_ms * promises +
                   model->rules->tiers[class->tier].head_start_ms;
    pair.match = model_match(model, class, agent);
    pair.step = (int64_t)model_step(class, agent);
    pair.lend = model_lend(model, agent_index, class);
    pair.idle_ms = at_ms > agent->idle_since_ms ? at_ms - agent->idle_since_ms : 0;
    int64_t counted_ms = pair.idle_ms < knobs->idle_cap_ms ? pair.idle_ms : knobs->idle_cap_ms;
    int64_t lend_ms = down(knobs->lend_worth_ms * pair.lend, 10000);
    pair.bid_ms = pair.late_ms +
                  down(knobs->match_worth_ms * (2 * pair.match - agent->ground), 2000) - lend_ms +
                  down(knobs->fairness_per_mille * counted_ms, 1000) + pair.affinity_ms;
    pair.bid_of_agent_ms = pair.late_ms + down(knobs->match_worth_ms * 2 * pair.match, 2000) -
                           lend_ms + pair.affinity_ms;
    return pair;
}

static int rank(enum usher_channel channel)
{
    return channel == USHER_CHANNEL_OUTBOUND ? 0 : usher_channel_is_live(channel) ? 2 : 1;
}

/* The same agent: live before others and outbound last, the bid, the earlier place. His ground and
 * idle time are the same for all, and drop out. */
static bool is_better_contact(const struct model *model, const struct pair *a, const struct pair *b)
{
    const struct model_contact *one = &model->contacts[a->contact];
    const struct model_contact *other = &model->contacts[b->contact];
    if (rank(one->channel) != rank(other->channel))
        return rank(one->channel) > rank(other->channel);
    if (a->bid_of_agent_ms != b->bid_of_agent_ms)
        return a->bid_of_agent_ms > b->bid_of_agent_ms;
    return is_before(one, other);
}

/* Whether it was a turn of deferred contacts, as the event says: then they come before live ones.
 */
static bool is_deferred_turn(const struct usher_event *event)
{
    return usher_text_is_equal(event->fields.reason, USHER_TEXT("deferred_turn"));
}

/* Unless a contact looked for an agent, an offer tells a turn if live and deferred contacts waited
 * for him; turns follow each other, and `deferred_share` of a hundred are those of deferred ones.
 */
static bool check_turn(struct model *model, const struct usher_event *event, size_t agent)
{
    int64_t share = model->rules->bid.deferred_share;
    bool is_of_contact = usher_text_is_equal(event->fields.reason, USHER_TEXT("best_agent"));
    bool has[2] = {false, false}; /* deferred, live */
    bool is_unsure = false;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        if (!model_may_offer(model, i, agent, event->at_ms))
            continue;
        has[usher_channel_is_live(model->contacts[i].channel)] |=
            model->contacts[i].channel != USHER_CHANNEL_OUTBOUND;
        is_unsure |= is_just_due(model, &model->contacts[i]);
    }
    bool has_turn = usher_fields_has(&event->fields, USHER_FIELD_TURN);
    bool wants_turn = share > 0 && !is_of_contact && has[0] && has[1];
    if (has_turn != wants_turn && !is_unsure)
        return model_fail(model, "an offer %s a turn", has_turn ? "has" : "lacks");
    if (!has_turn)
        return true;
    int64_t turn = event->fields.turn;
    bool is_deferred = (turn + 1) * share / 100 - turn * share / 100 == 1;
    if (turn != model->deferred_turn || is_deferred != is_deferred_turn(event))
        return model_fail(model, "turn %lld of %lld is taken wrongly", (long long)turn,
                          (long long)model->deferred_turn);
    model->deferred_turn = (turn + 1) % 100;
    return true;
}

/* The same contact: the bid, the longer idle, the lower id. */
static bool is_better_agent(const struct model *model, const struct pair *a, const struct pair *b)
{
    int64_t since_a = model->agents[a->agent].idle_since_ms;
    int64_t since_b = model->agents[b->agent].idle_since_ms;
    if (a->bid_ms != b->bid_ms)
        return a->bid_ms > b->bid_ms;
    return since_a != since_b ? since_a < since_b : a->agent < b->agent;
}

/* Several of both are paired by the highest bid until none is left. A pair is one of those if no
 * pair with the same agent or the same contact is better; in which order such pairs are made is the
 * same to everybody. Rounding of the full bid may differ by one. */
static bool beats(const struct model *model, const struct pair *a, const struct pair *b,
                  bool is_alone)
{
    if (a->contact == b->contact)
        return is_better_agent(model, a, b);
    if (a->agent != b->agent)
        return false;
    return is_better_contact(model, a, b) &&
           (is_alone || a->bid_ms >= b->bid_ms ||
            model->contacts[a->contact].channel != model->contacts[b->contact].channel);
}

static bool fail_better(struct model *model, const struct pair *chosen, const struct pair *better)
{
    return model_fail(
        model,
        "%s was offered to %s (bid %lld, late %lld, match %lld, ground %lld, lend %lld, idle "
        "%lld), but %s to %s "
        "comes first (bid %lld, late %lld, match %lld, ground %lld, lend %lld, idle %lld)",
        model->contacts[chosen->contact].id, model->agents[chosen->agent].id,
        (long long)chosen->bid_ms, (long long)chosen->late_ms, (long long)chosen->match,
        (long long)model->agents[chosen->agent].ground, (long long)chosen->lend,
        (long long)chosen->idle_ms, model->contacts[better->contact].id,
        model->agents[better->agent].id, (long long)better->bid_ms, (long long)better->late_ms,
        (long long)better->match, (long long)model->agents[better->agent].ground,
        (long long)better->lend, (long long)better->idle_ms);
}

/* The event tells how the bid came about: the same figures must come out here. */
static bool check_figures(struct model *model, const struct usher_event *event,
                          const struct pair *pair)
{
    const struct usher_fields *fields = &event->fields;
    const struct {
        const char *name;
        enum usher_field field;
        int64_t told;
        int64_t true_value;
    } figures[] = {
        {"late_ms", USHER_FIELD_LATE_MS, fields->late_ms, pair->late_ms},
        {"match", USHER_FIELD_MATCH, fields->match, pair->match},
        {"lend", USHER_FIELD_LEND, fields->lend, pair->lend},
        {"idle_ms", USHER_FIELD_IDLE_MS, fields->idle_ms, pair->idle_ms},
        {"affinity_ms", USHER_FIELD_BID_MS, fields->affinity_ms, pair->affinity_ms},
        {"step", USHER_FIELD_BID_MS, fields->step, pair->step},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(figures); i++)
        if (usher_fields_has(fields, figures[i].field) && figures[i].told != figures[i].true_value)
            return model_fail(model, "the offer of %s to %s tells %s %lld, but it is %lld",
                              model->contacts[pair->contact].id, model->agents[pair->agent].id,
                              figures[i].name, (long long)figures[i].told,
                              (long long)figures[i].true_value);
    if (fields->bid_ms != pair->bid_ms && fields->bid_ms != pair->bid_of_agent_ms)
        return model_fail(
            model,
            "the offer of %s to %s tells a bid of %lld, but it is %lld (or %lld, the agent given)",
            model->contacts[pair->contact].id, model->agents[pair->agent].id,
            (long long)fields->bid_ms, (long long)pair->bid_ms, (long long)pair->bid_of_agent_ms);
    return true;
}

/* How many contacts and agents there are among the pairs that may be offered now. */
static void count_sides(const struct model *model, int64_t at_ms, size_t *contacts, size_t *agents)
{
    bool is_agent[MODEL_AGENTS_MAX] = {false};
    *contacts = 0;
    *agents = 0;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        bool is_any = false;
        for (size_t j = 0; j < model->agents_count; j++) {
            if (!model_may_offer(model, i, j, at_ms))
                continue;
            is_any = true;
            *agents += !is_agent[j];
            is_agent[j] = true;
        }
        *contacts += is_any;
    }
}

/* An offer to the one agent for whom it waits. */
static bool check_meant(struct model *model, const struct usher_event *event,
                        const struct model_contact *contact, size_t agent)
{
    if (!is_meant(contact, event->at_ms) || contact->meant_for != agent)
        return model_fail(model, "%s is not meant for %s", contact->id, model->agents[agent].id);
    model->offers_count++;
    return true;
}

/* Whoever is meant for an agent comes before all others. */
static bool check_none_meant(struct model *model, size_t agent, int64_t at_ms)
{
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        if (is_meant(&model->contacts[i], at_ms) && model_may_offer(model, i, agent, at_ms) &&
            !is_just_due(model, &model->contacts[i]))
            return model_fail(model, "%s is meant for %s, who is offered another",
                              model->contacts[i].id, model->agents[agent].id);
    return true;
}

/* The next agent is told who had the contact before him, and is not that one. */
static bool check_story(struct model *model, const struct usher_event *event,
                        const struct model_contact *contact, size_t agent)
{
    if (contact->has_transferred[agent])
        return model_fail(model, "%s was transferred away by %s, and is offered to him again",
                          contact->id, model->agents[agent].id);
    if (contact->was_transferred &&
        model_find_agent(model, event->fields.transferred_by) != contact->transferred_by)
        return model_fail(model, "nobody is told who transferred %s", contact->id);
    return true;
}

bool model_check_offer(struct model *model, const struct usher_event *event, size_t contact,
                       size_t agent)
{
    int64_t at_ms = event->at_ms;
    size_t contacts_count;
    size_t agents_count;
    if (!model_may_offer(model, contact, agent, at_ms))
        return model_fail(model, "%s must not be offered to %s now", model->contacts[contact].id,
                          model->agents[agent].id);
    if (!check_story(model, event, &model->contacts[contact], agent))
        return false;
    if (usher_text_is_equal(event->fields.reason, USHER_TEXT("meant")))
        return check_meant(model, event, &model->contacts[contact], agent);
    if (is_meant(&model->contacts[contact], at_ms) || !check_none_meant(model, agent, at_ms))
        return model->what[0]
                   ? false
                   : model_fail(model, "%s waits for another", model->contacts[contact].id);
    if (!check_turn(model, event, agent))
        return false;
    bool is_contact_given = usher_text_is_equal(event->fields.reason, USHER_TEXT("best_agent"));
    bool has_told = usher_fields_has(&event->fields, USHER_FIELD_AFFINITY_MS);
    bool is_unsure = has_told && has_affinity(model, contact, agent, at_ms, true);
    struct pair chosen = weigh(model, contact, agent, at_ms, is_contact_given || is_unsure);
    count_sides(model, at_ms, &contacts_count, &agents_count);
    model->offers_count++;
    model->contested_count += contacts_count > 1 || agents_count > 1;
    if (!model->rules->bid.overtaking && is_behind(model, contact, agent, at_ms, true))
        return model_fail(model, "%s was offered to %s before others of its line",
                          model->contacts[contact].id, model->agents[agent].id);
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        if (is_just_due(model, &model->contacts[i]) || is_meant(&model->contacts[i], at_ms))
            continue;
        for (size_t j = 0; j < model->agents_count; j++) {
            if ((i == contact && j == agent) || !model_may_offer(model, i, j, at_ms) ||
                (!model->rules->bid.overtaking && is_behind(model, i, j, at_ms, false)) ||
                (is_deferred_turn(event) && (j != agent || rank(model->contacts[i].channel) != 1)))
                continue;
            struct pair other = weigh(model, i, j, at_ms, is_contact_given && i == contact);
            if (beats(model, &other, &chosen, agents_count == 1))
                return fail_better(model, &chosen, &other);
        }
    }
    return check_figures(model, event, &chosen);
}
