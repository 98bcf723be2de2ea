/* contact.transfer: from a talk, or from whoever has not answered yet, to an agent, a queue or
 * skills. What finds nobody is refused, and the contact stays where it is. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/callers.h"
#include "engine/decide.h"
#include "engine/dispatch.h"
#include "engine/facts.h"
#include "engine/later.h"
#include "engine/move.h"
#include "engine/moves.h"
#include "engine/promise.h"
#include "engine/story.h"
#include "routing/gate.h"
#include "wire/json.h"

/* How long a contact waits for the agent it is meant for, when the rules do not say: a customer on
 * the line, and one who is not. */
#define WAIT_LIVE_MS     20000
#define WAIT_DEFERRED_MS 3600000
/* And at least for one who is free: a phone may have to fall silent first (USHER_SETTLE_MS). */
#define WAIT_FREE_MS 2000

/* A transfer that is being decided. */
struct transfer {
    struct usher_request *request;
    struct usher_contact *contact;
    struct usher_agent *from; /* who has it, or is asked for it; NULL = nobody */
    struct usher_agent *to;   /* NULL = whoever fits */
    struct usher_move move;
};

static enum usher_error refuse(const struct transfer *transfer, enum usher_error error,
                               const char *why)
{
    return usher_answer_set(transfer->request->answer, error, "%s", why);
}

/* Whether a PBX has dialled the customer, who is on its line now like a caller. */
static bool is_called(const struct usher_contact *contact)
{
    return contact->is_ours && contact->has_ringer && usher_contact_state_is_talk(contact->state);
}

/* The agent it is to go to. Error with the answer filled. */
static enum usher_error find_agent(struct transfer *transfer)
{
    struct usher_text id = transfer->request->command->fields.to_agent;
    struct usher_answer *answer = transfer->request->answer;
    if (!id.at)
        return USHER_OK;
    struct usher_agent *to = usher_engine_agent(transfer->request->engine, id);
    if (!to)
        return usher_answer_set(answer, USHER_ERROR_NO_SUCH_AGENT,
                                "there is no profile of agent %.*s", USHER_TEXT_ARGS(id));
    if (to == transfer->from)
        return refuse(transfer, USHER_ERROR_BAD_FIELD,
                      "`to_agent` must be another agent than the one who has the contact");
    if (to->state == USHER_AGENT_SIGNED_OUT)
        return usher_answer_set(answer, USHER_ERROR_NOBODY,
                                "%s is signed out; transfer to a queue, or to another", to->id);
    if (!usher_agent_can_take(to, transfer->move.channel))
        return usher_answer_set(answer, USHER_ERROR_NOBODY, "%s takes no contacts of this channel",
                                to->id);
    transfer->to = to;
    return USHER_OK;
}

/* Needs of its own: each a skill of the rules, with a level. */
static enum usher_error check_skills(const struct transfer *transfer, struct usher_text skills)
{
    const struct usher_rules *rules = transfer->request->engine->floor.rules;
    struct usher_json json;
    struct usher_text name;
    size_t count = 0;
    usher_json_start(&json, skills, NULL, 0);
    if (usher_json_peek(&json) != USHER_JSON_OBJECT || !usher_json_enter(&json))
        return refuse(transfer, USHER_ERROR_BAD_FIELD,
                      "`skills` must be an object of skills and the levels that are needed");
    while (usher_json_next_key(&json, &name)) {
        int64_t level = 0;
        bool is_level =
            usher_json_read_int64(&json, &level) && level >= 1 && level <= USHER_LEVEL_MAX;
        if (!is_level || usher_rules_find_skill(rules, name) == SIZE_MAX)
            return refuse(transfer, USHER_ERROR_BAD_FIELD,
                          "`skills` must name skills of the rules, each with a level of 1 to 10");
        count++;
    }
    if (count == 0 || count > USHER_NEEDS_MAX)
        return refuse(transfer, USHER_ERROR_BAD_FIELD, "`skills` must name 1 to 16 skills");
    return USHER_OK;
}

/* Queue, tier and needs. Error with the answer filled. */
static enum usher_error find_line(struct transfer *transfer)
{
    const struct usher_fields *fields = &transfer->request->command->fields;
    const struct usher_rules *rules = transfer->request->engine->floor.rules;
    struct usher_move *move = &transfer->move;
    *move = usher_move_of(transfer->contact);
    if (is_called(transfer->contact))
        move->channel = USHER_CHANNEL_VOICE;
    if (!fields->to_agent.at && !fields->queue.at && !fields->skills.at)
        return refuse(transfer, USHER_ERROR_MISSING_FIELD,
                      "`to_agent`, `queue` or `skills` is needed: where the contact is to go");
    if (fields->data.at && fields->data.at[0] != '{')
        return refuse(transfer, USHER_ERROR_BAD_FIELD, "`data` must be an object");
    if (fields->queue.at) {
        move->queue = usher_rules_find_queue(rules, fields->queue);
        move->skills = USHER_NO_TEXT;
    }
    if (move->queue == SIZE_MAX)
        return refuse(transfer, USHER_ERROR_NO_QUEUE, "the rules have no queue of this name");
    if (fields->tier.at)
        move->tier = usher_rules_find_tier(rules, fields->tier);
    if (move->tier == SIZE_MAX)
        return refuse(transfer, USHER_ERROR_BAD_FIELD, "`tier` must be one of the rules' tiers");
    if (fields->skills.at && check_skills(transfer, fields->skills))
        return transfer->request->answer->error;
    if (fields->skills.at)
        move->skills = fields->skills;
    return USHER_OK;
}

/* The place moves on by the talk, and the promise of a new leg begins now; who has not talked yet
 * keeps both. */
static void find_place(struct transfer *transfer)
{
    const struct usher_contact *contact = transfer->contact;
    struct usher_move *move = &transfer->move;
    int64_t now_ms = transfer->request->now_ms;
    if (!usher_contact_state_is_talk(contact->state)) {
        usher_move_to_queue(transfer->request->engine, contact, move->queue, now_ms, move);
        move->due_ms = usher_move_due_ms(transfer->request->engine, move);
        return;
    }
    move->place_ms = now_ms;
    move->due_ms = usher_move_due_ms(transfer->request->engine, move);
    move->place_ms = contact->place_ms + (now_ms - contact->answered_ms);
}

/* Whether he may be given the contact once it stands in line. */
static bool is_candidate(const struct transfer *transfer, const struct usher_agent *agent,
                         const struct usher_class_key *key)
{
    const struct usher_floor *floor = &transfer->request->engine->floor;
    assert(agent);
    bool is_away =
        agent == transfer->from ||
        (agent != transfer->to && usher_contact_is_transferred_by(transfer->contact, agent->index));
    uint32_t step;
    return !is_away && agent->state != USHER_AGENT_SIGNED_OUT &&
           usher_agent_can_take(agent, (enum usher_channel)key->channel) &&
           usher_class_relaxed_match(key, usher_floor_levels(floor, agent), &step) !=
               USHER_MATCH_NONE;
}

/* Whether anybody is there for the line. */
static enum usher_error check_anybody(const struct transfer *transfer)
{
    struct usher_engine *engine = transfer->request->engine;
    const struct usher_move *move = &transfer->move;
    struct usher_facts facts = usher_engine_facts(engine, transfer->contact);
    struct usher_class_key key;
    if (usher_site_is_closed(&engine->site, move->queue))
        return usher_answer_set(transfer->request->answer, USHER_ERROR_NOBODY,
                                "queue %.*s is closed; name another",
                                USHER_TEXT_ARGS(engine->floor.rules->queues[move->queue].name));
    facts.channel = move->channel;
    facts.skills = move->skills;
    usher_floor_key(&engine->floor, move->queue, move->tier, &facts, &key);
    for (size_t i = 0; i < engine->floor.agents_count; i++)
        if (is_candidate(transfer, &engine->floor.agents[i], &key))
            return USHER_OK;
    return usher_answer_set(
        transfer->request->answer, USHER_ERROR_NOBODY,
        transfer->to ? "nobody is there for the queue should %s not take it; name another `queue`"
                     : "nobody else who could take the contact is signed in; it stays%s",
        transfer->to ? transfer->to->id : "");
}

/* Until when it waits for the agent alone; 0 = it does not. Whoever is free now is asked in any
 * case. */
static int64_t meant_until_ms(const struct transfer *transfer)
{
    const struct usher_engine *engine = transfer->request->engine;
    int64_t now_ms = transfer->request->now_ms;
    int64_t wait_ms = engine->floor.rules->queues[transfer->move.queue].transfer_wait_ms;
    if (!transfer->to)
        return 0;
    if (wait_ms < 0)
        wait_ms = usher_channel_is_live(transfer->move.channel) ? WAIT_LIVE_MS : WAIT_DEFERRED_MS;
    bool is_free = (transfer->to->open_mask & (1u << transfer->move.channel)) != 0;
    if (is_free && wait_ms < WAIT_FREE_MS)
        wait_ms = WAIT_FREE_MS;
    return wait_ms > 0 ? now_ms + wait_ms : 0;
}

/* The wrap-up of the agent who gave the contact away, in the queue of `leg`, where it was. Without
 * room for one more contact there is none. */
static void part(const struct transfer *transfer, const struct usher_move *leg, int64_t since_ms)
{
    const struct usher_contact *contact = transfer->contact;
    struct usher_engine *engine = transfer->request->engine;
    const struct usher_rules *rules = engine->floor.rules;
    int64_t wrap_up_ms = rules->queues[leg->queue].wrap_up_ms;
    struct usher_number n = {engine->last.epoch, engine->last.seq + 1};
    char number[USHER_NUMBER_SIZE];
    char id[USHER_CONTACT_ID_MAX + 1];
    if (wrap_up_ms == 0 || engine->free_slots_count == 0)
        return;
    struct usher_text client = usher_contact_id_client(usher_text_of(contact->id));
    int length = snprintf(id, sizeof(id), "%.*s/u-%s", USHER_TEXT_ARGS(client),
                          usher_number_write(n, number).at);
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_PARTED};
    struct usher_fields *fields = &event.fields;
    USHER_FIELDS_SET(fields, CONTACT, contact, ((struct usher_text){id, (size_t)length}));
    USHER_FIELDS_SET(fields, AGENT, agent, usher_text_of(transfer->from->id));
    USHER_FIELDS_SET(fields, QUEUE, queue, rules->queues[leg->queue].name);
    USHER_FIELDS_SET(fields, TIER, tier, rules->tiers[leg->tier].name);
    USHER_FIELDS_SET(fields, CHANNEL, channel, usher_channel_name(leg->channel));
    USHER_FIELDS_SET(fields, SINCE_MS, since_ms, since_ms);
    USHER_FIELDS_SET(fields, UNTIL_MS, until_ms, transfer->request->now_ms + wrap_up_ms);
    USHER_FIELDS_SET(fields, CASE_ID, case_id,
                     contact->case_id.at ? contact->case_id : usher_text_of(contact->id));
    if (contact->customer.at)
        USHER_FIELDS_SET(fields, CUSTOMER, customer, contact->customer);
    usher_engine_emit(engine, &event, transfer->request->now_ms);
}

/* The context with what the command adds. False with the answer filled. */
static bool add_data(const struct transfer *transfer, struct usher_bytes *merged)
{
    const struct usher_engine *engine = transfer->request->engine;
    struct usher_text added = transfer->request->command->fields.data;
    struct usher_json_problem problem;
    if (!usher_json_merge(added, transfer->contact->data, merged)) {
        usher_answer_set(transfer->request->answer, USHER_ERROR_LIMIT,
                         "limits.context: `data` would have more than %zu bytes",
                         engine->limits.context_bytes);
        return false;
    }
    if (usher_json_check(usher_bytes_text(merged), USHER_DEPTH_MAX, &problem))
        return true;
    refuse(transfer, USHER_ERROR_BAD_FIELD, "`data` has a key twice, written in two ways");
    return false;
}

static void emit(const struct transfer *transfer, struct usher_text data)
{
    const struct usher_request *request = transfer->request;
    const struct usher_contact *contact = transfer->contact;
    struct usher_text note = request->command->fields.note;
    char room[USHER_STORY_NOTE_MAX + 1];
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_TRANSFERRED};
    struct usher_fields *fields = &event.fields;
    int64_t until_ms = meant_until_ms(transfer);
    USHER_FIELDS_SET(fields, CONTACT, contact, usher_text_of(contact->id));
    usher_move_tell(request->engine, &transfer->move, &event);
    if (transfer->from)
        USHER_FIELDS_SET(fields, AGENT, agent, usher_text_of(transfer->from->id));
    if (transfer->to)
        USHER_FIELDS_SET(fields, TO_AGENT, to_agent, usher_text_of(transfer->to->id));
    if (is_called(contact))
        USHER_FIELDS_SET(fields, CLIENT, client,
                         usher_text_of(request->engine->clients.list[contact->client].name));
    if (until_ms)
        USHER_FIELDS_SET(fields, UNTIL_MS, until_ms, until_ms);
    if (note.length > 0)
        USHER_FIELDS_SET(fields, NOTE, note,
                         usher_story_note(usher_text_of(contact->note), note, room));
    if (data.at)
        USHER_FIELDS_SET(fields, DATA, data, data);
    USHER_FIELDS_SET(fields, WAITED_MS, waited_ms,
                     usher_contact_waited_ms(contact, request->now_ms));
    usher_event_add_customer(&event, request->engine, contact);
    usher_engine_emit(request->engine, &event, request->now_ms);
}

/* All is checked. */
static void carry_out(const struct transfer *transfer, struct usher_text data)
{
    struct usher_request *request = transfer->request;
    struct usher_contact *contact = transfer->contact;
    struct usher_move leg = usher_move_of(contact);
    int64_t since_ms = contact->answered_ms;
    bool was_talk = usher_contact_state_is_talk(contact->state);
    if (usher_contact_state_is_offer(contact->state))
        usher_withdraw_offer(request->engine, contact, "transferred", request->now_ms);
    emit(transfer, data);
    if (was_talk)
        part(transfer, &leg, since_ms);
    /* With that agent free others may be asked as well who were kept until now. */
    if (transfer->from && usher_gate_has_eased(&request->engine->floor, transfer->from))
        usher_dispatch_all(request->engine, request->now_ms);
    /* It is to be called once more: no second callback of the customer may wait beside it. */
    struct usher_contact *other =
        contact->is_ours && contact->channel == USHER_CHANNEL_CALLBACK
            ? usher_callers_callback(request->engine, contact->customer, contact)
            : NULL;
    if (other)
        usher_later_drop(request->engine, other, USHER_CALLED_AGAIN, request->now_ms);
    usher_dispatch_contact(request->engine, contact, request->now_ms);
    usher_dispatch_all(request->engine, request->now_ms); /* who was behind it, too */
    usher_promise_tell(request->engine, contact, request->now_ms);
}

/* Whether the customer's line goes on when the contact does: the agent may be freed of a talk only
 * if the PBX keeps the customer then. */
static enum usher_error check_line(struct usher_request *request,
                                   const struct usher_contact *contact)
{
    const struct usher_client *pbx = &request->engine->clients.list[contact->client];
    if (!usher_contact_state_is_talk(contact->state) || !usher_contact_is_rung(contact))
        return USHER_OK;
    if (pbx->only_refers && request->command->role != USHER_ROLE_PBX)
        return usher_answer_set(request->answer, USHER_ERROR_NOT_ALLOWED,
                                "%s transfers a talk only when the agent's phone does (REFER)",
                                pbx->name);
    if (is_called(contact) && pbx->is_lost)
        return usher_answer_set(request->answer, USHER_ERROR_WRONG_STATE,
                                "%s, which dialled the customer, is away just now", pbx->name);
    return USHER_OK;
}

enum usher_error usher_decide_contact_transfer(struct usher_request *request)
{
    struct transfer transfer = {.request = request, .contact = usher_request_contact(request)};
    struct usher_contact *contact = transfer.contact;
    struct usher_bytes merged;
    if (!contact)
        return request->answer->error;
    transfer.from = contact->agent;
    struct usher_text mode = request->command->fields.mode;
    bool is_check = usher_text_is_equal(mode, USHER_TEXT("check"));
    if (mode.at && !is_check)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`mode` must be check, or absent");
    if (contact->state != USHER_CONTACT_WAITING && !usher_contact_state_is_offer(contact->state) &&
        !usher_contact_state_is_talk(contact->state))
        return usher_request_wrong_state(request, contact, "there is no customer to transfer");
    if (check_line(request, contact) || find_line(&transfer) || find_agent(&transfer))
        return request->answer->error;
    find_place(&transfer);
    if (check_anybody(&transfer) ||
        usher_move_check(request->engine, contact, &transfer.move, request->answer))
        return request->answer->error;
    usher_bytes_init(&merged, request->engine->limits.context_bytes);
    bool has_data = request->command->fields.data.at;
    bool is_good = !has_data || add_data(&transfer, &merged);
    if (is_good && !is_check)
        carry_out(&transfer, has_data ? usher_bytes_text(&merged) : USHER_NO_TEXT);
    usher_bytes_fini(&merged);
    return request->answer->error;
}
