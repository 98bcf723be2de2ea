/* What must hold after every step: nobody waits without a reason, every lease has a deadline, and
 * the engine's own description of its state is the one that its events add up to. */
#include <stdio.h>
#include <string.h>

#include "simulation/model.h"
#include "wire/codec.h"

/* Beside a free eligible agent a contact waits only for a named reason. */
static bool check_waiting(struct model *model)
{
    int64_t now_ms = model->world->now_ms;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        for (size_t j = 0; j < model->agents_count; j++)
            if (model_may_offer(model, i, j, now_ms))
                return model_fail(model, "%s waits without a reason: %s is free for it",
                                  model->contacts[i].id, model->agents[j].id);
    return true;
}

static bool check_deadline(struct model *model, const char *what, const char *id, int64_t until_ms)
{
    int64_t next_ms = usher_engine_next_deadline_ms(model->world->engine);
    if (until_ms > model->world->now_ms && next_ms <= until_ms)
        return true;
    return model_fail(
        model,
        "%s of %s ends at %lld, now is %lld, and the engine's next deadline is %lld: a lost lease",
        what, id, (long long)until_ms, (long long)model->world->now_ms, (long long)next_ms);
}

static bool check_leases(struct model *model)
{
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        const struct model_contact *contact = &model->contacts[i];
        bool is_lease = contact->state == MODEL_OFFERED || contact->state == MODEL_RINGING ||
                        contact->state == MODEL_WRAPPING || contact->state == MODEL_SCHEDULED;
        if (is_lease && !check_deadline(model, model_state_name(contact->state), contact->id,
                                        contact->until_ms))
            return false;
        if (contact->state == MODEL_WAITING && contact->meant_until_ms > model->world->now_ms &&
            !check_deadline(model, "the wait for one agent", contact->id, contact->meant_until_ms))
            return false;
        if (contact->state == MODEL_WAITING && contact->not_after_ms > model->world->now_ms &&
            !check_deadline(model, "the use", contact->id, contact->not_after_ms))
            return false;
        if (contact->state == MODEL_WAITING && contact->settle_until_ms > model->world->now_ms &&
            !check_deadline(model, "the settling", contact->id, contact->settle_until_ms))
            return false;
    }
    for (size_t i = 0; i < model->agents_count; i++)
        if (model->agents[i].phone_until_ms != 0 &&
            !check_deadline(model, "the phone's rest", model->agents[i].id,
                            model->agents[i].phone_until_ms))
            return false;
    for (size_t i = 0; i < model->agents_count; i++)
        if (model->agents[i].away_until_ms != 0 &&
            !check_deadline(model, "the break", model->agents[i].id,
                            model->agents[i].away_until_ms))
            return false;
    for (size_t i = 0; i < model->agents_count; i++)
        if (model->agents[i].desk_until_ms != 0 &&
            !check_deadline(model, "the lost desk", model->agents[i].id,
                            model->agents[i].desk_until_ms))
            return false;
    for (size_t i = 0; i < model->clients_count; i++)
        if (model->clients[i].is_lost && model->clients[i].until_ms > model->world->now_ms &&
            !check_deadline(model, "the lost link", model->clients[i].name,
                            model->clients[i].until_ms))
            return false;
    return true;
}

static bool is_text(struct usher_text text, const char *wanted)
{
    return usher_text_is_equal(text, usher_text_of(wanted));
}

/* What is told of the customer is what was told at the arrival, less what was erased. */
static bool check_customer(struct model *model, const struct model_contact *contact,
                           const struct usher_fields *fields)
{
    if (is_text(fields->customer, contact->customer) && is_text(fields->memory, contact->memory) &&
        is_text(fields->from, contact->from) && is_text(fields->data, contact->data))
        return true;
    return model_fail(model, "the engine tells another customer of %s: %.*s, %.*s, %.*s, %.*s",
                      contact->id, USHER_TEXT_ARGS(fields->customer),
                      USHER_TEXT_ARGS(fields->memory), USHER_TEXT_ARGS(fields->from),
                      USHER_TEXT_ARGS(fields->data));
}

static bool check_contact(struct model *model, const struct usher_fields *fields)
{
    size_t index = model_find_contact(model, fields->contact);
    if (index == MODEL_NONE)
        return model_fail(model, "the engine describes a contact that is gone: %.*s",
                          USHER_TEXT_ARGS(fields->contact));
    const struct model_contact *contact = &model->contacts[index];
    bool has_agent = contact->state > MODEL_WAITING && contact->state != MODEL_SCHEDULED;
    if (!is_text(fields->state, model_state_name(contact->state)) ||
        fields->place_ms != contact->place_ms || fields->due_ms != contact->due_ms ||
        (has_agent && !is_text(fields->agent, model->agents[contact->agent].id)) ||
        (!has_agent && fields->agent.length > 0))
        return model_fail(model, "the engine describes %s as %.*s of %.*s, but it is %s",
                          contact->id, USHER_TEXT_ARGS(fields->state),
                          USHER_TEXT_ARGS(fields->agent), model_state_name(contact->state));
    return check_customer(model, contact, fields);
}

static bool check_agent(struct model *model, const struct usher_fields *fields)
{
    size_t index = model_find_agent(model, fields->agent);
    if (index == MODEL_NONE)
        return model_fail(model, "the engine describes an agent who never was");
    const struct model_agent *agent = &model->agents[index];
    const char *state = agent->is_ready       ? "ready"
                        : agent->is_signed_in ? "not_ready"
                                              : "signed_out";
    if (!is_text(fields->state, state))
        return model_fail(model, "the engine describes %s as %.*s, but he is %s", agent->id,
                          USHER_TEXT_ARGS(fields->state), state);
    if (!is_text(fields->desk, agent->desk))
        return model_fail(model, "the engine describes the desk of %s as %.*s, and not %s",
                          agent->id, USHER_TEXT_ARGS(fields->desk), agent->desk);
    if (!is_text(fields->then, agent->then))
        return model_fail(model, "the engine describes %s as about to be %.*s, and not %s",
                          agent->id, USHER_TEXT_ARGS(fields->then), agent->then);
    if (agent->then[0] != '\0' && !usher_fields_has(fields, USHER_FIELD_CONTACT))
        return model_fail(model, "%s has nothing in hand any more and is not %s", agent->id,
                          agent->then);
    return true;
}

static bool check_queue(struct model *model, const struct usher_fields *fields)
{
    size_t queue = usher_rules_find_queue(model->rules, fields->queue);
    int64_t waiting = 0;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        waiting += model->contacts[i].state == MODEL_WAITING && model->contacts[i].queue == queue;
    if (waiting != fields->waiting)
        return model_fail(
            model, "the engine describes queue %.*s with %lld waiting, but there are %lld",
            USHER_TEXT_ARGS(fields->queue), (long long)fields->waiting, (long long)waiting);
    return true;
}

/* Each contact and agent stands in the description once, and as it is. */
static bool check_description(struct model *model)
{
    static struct usher_scratch scratch;
    struct usher_view view = {.role = USHER_ROLE_OBSERVER};
    struct usher_bytes out;
    size_t contacts_count = 0;
    size_t agents_count = 0;
    bool is_good = true;
    usher_bytes_init(&out, (size_t)1 << 24);
    usher_engine_describe(model->world->engine, &view, model->world->now_ms, &out);
    const char *at = out.at;
    const char *end = at + out.length;
    while (at < end && is_good) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct usher_event event;
        struct usher_answer answer = {0};
        if (!usher_event_decode((struct usher_text){at, (size_t)(newline - at)}, &scratch, &event,
                                &answer)) {
            is_good = model_fail(model, "a description that cannot be read: %s", answer.message);
        } else if (event.kind == USHER_EVENT_STATE_CONTACT) {
            contacts_count++;
            is_good = check_contact(model, &event.fields);
        } else if (event.kind == USHER_EVENT_STATE_AGENT) {
            agents_count++;
            is_good = check_agent(model, &event.fields);
        } else if (event.kind == USHER_EVENT_STATE_QUEUE) {
            is_good = check_queue(model, &event.fields) && model_check_site(model, &event);
        } else if (event.kind == USHER_EVENT_STATE_SWITCH) {
            is_good = model_check_site(model, &event);
        }
        at = newline + 1;
    }
    usher_bytes_fini(&out);
    size_t live_count = 0;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        live_count += model->contacts[i].state != MODEL_GONE;
    if (is_good && (contacts_count != live_count || agents_count != model->agents_count))
        return model_fail(
            model, "the engine describes %zu contacts and %zu agents, but there are %zu and %zu",
            contacts_count, agents_count, live_count, model->agents_count);
    return is_good;
}

bool model_check(struct model *model)
{
    bool is_good = check_leases(model) && check_description(model) &&
                   (!model->rules || (check_waiting(model) && model_check_told(model) &&
                                      model_check_leaving(model))) &&
                   model_check_callbacks(model);
    model->stepped_ms = model->world->now_ms;
    return is_good;
}
