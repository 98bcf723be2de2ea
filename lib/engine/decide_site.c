/* Supervisors' commands about the site: queues open and close, switches go on and off. */
#include "engine/decide.h"
#include "engine/sound.h"
#include "rules/suggest.h"

static enum usher_error refuse_name(struct usher_request *request, const char *what,
                                    struct usher_text wrong, struct usher_text near)
{
    if (near.at)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "the rules have no %s %.*s; did you mean %.*s?", what,
                                USHER_TEXT_ARGS(wrong), USHER_TEXT_ARGS(near));
    return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD, "the rules have no %s %.*s",
                            what, USHER_TEXT_ARGS(wrong));
}

/* An end that is over would undo the command at once. */
static enum usher_error check_until(struct usher_request *request)
{
    const struct usher_fields *fields = &request->command->fields;
    if (!usher_fields_has(fields, USHER_FIELD_UNTIL_MS) ||
        (usher_sound_is_time(fields->until_ms) &&
         fields->until_ms > usher_site_civil_ms(request->engine, request->now_ms)))
        return USHER_OK;
    return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                            "`until_ms` is not in the future");
}

static enum usher_error order(struct usher_request *request, bool is_closed)
{
    const struct usher_rules *rules = request->engine->floor.rules;
    struct usher_text name = request->command->fields.queue;
    size_t queue = rules ? usher_rules_find_queue(rules, name) : SIZE_MAX;
    struct usher_suggestion suggestion;
    usher_suggestion_start(&suggestion, name);
    for (size_t i = 0; rules && queue == SIZE_MAX && i < rules->queues_count; i++)
        usher_suggestion_offer(&suggestion, rules->queues[i].name);
    if (queue == SIZE_MAX)
        return refuse_name(request, "queue", name, suggestion.best);
    if (check_until(request))
        return request->answer->error;
    usher_site_order(request->engine, queue, is_closed, request->command->fields.until_ms,
                     request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_queue_open(struct usher_request *request)
{
    return order(request, false);
}

enum usher_error usher_decide_queue_close(struct usher_request *request)
{
    return order(request, true);
}

enum usher_error usher_decide_switch_set(struct usher_request *request)
{
    const struct usher_rules *rules = request->engine->floor.rules;
    const struct usher_fields *fields = &request->command->fields;
    size_t index = rules ? usher_rules_find_switch(rules, fields->name) : SIZE_MAX;
    bool is_on = usher_text_is_equal(fields->state, USHER_TEXT("on"));
    struct usher_suggestion suggestion;
    usher_suggestion_start(&suggestion, fields->name);
    for (size_t i = 0; rules && index == SIZE_MAX && i < rules->switches_count; i++)
        usher_suggestion_offer(&suggestion, rules->switches[i]);
    if (index == SIZE_MAX)
        return refuse_name(request, "switch", fields->name, suggestion.best);
    if (!is_on && !usher_text_is_equal(fields->state, USHER_TEXT("off")))
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`state` of a switch must be on or off");
    if (check_until(request))
        return request->answer->error;
    const struct usher_switch *was = &request->engine->site.switches[index];
    int64_t until_ms = is_on ? fields->until_ms : 0;
    if (was->is_on == is_on && was->until_ms == until_ms)
        return USHER_OK;
    struct usher_event event = {.kind = USHER_EVENT_SWITCH_SET};
    USHER_FIELDS_SET(&event.fields, NAME, name, fields->name);
    USHER_FIELDS_SET(&event.fields, STATE, state, fields->state);
    if (until_ms != 0)
        USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, until_ms);
    usher_engine_emit(request->engine, &event, request->now_ms);
    return USHER_OK;
}
