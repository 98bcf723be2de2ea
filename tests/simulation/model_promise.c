/* What customers are told, by the definitions: every number is counted anew from all contacts and
 * agents. */
#include "simulation/model.h"

static bool is_in_line(const struct model *model, const struct model_contact *contact,
                       int64_t at_ms)
{
    return model_can_be_offered(model, contact, at_ms) && contact->meant_until_ms <= at_ms;
}

static bool is_before(const struct model_contact *a, const struct model_contact *b)
{
    return a->place_ms < b->place_ms || (a->place_ms == b->place_ms && a->serial < b->serial);
}

static bool is_on_duty(const struct model *model, size_t agent, size_t class)
{
    return model_is_serving(&model->agents[agent]) &&
           model_match(model, &model->classes[class], &model->agents[agent]) >= 0;
}

static int64_t count_duty(const struct model *model, size_t class)
{
    int64_t count = 0;
    for (size_t i = 0; i < model->agents_count; i++)
        count += is_on_duty(model, i, class);
    return count;
}

static int64_t count_line(const struct model *model, size_t class, int64_t at_ms)
{
    int64_t count = 0;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        count += model->contacts[i].class == class && is_in_line(model, &model->contacts[i], at_ms);
    return count;
}

/* X, per mille. */
static int64_t count_others(const struct model *model, size_t class, int64_t at_ms)
{
    int64_t sum = 0;
    bool is_live = usher_channel_is_live(model->classes[class].channel);
    for (size_t other = 0; other < model->classes_count; other++) {
        int64_t shared = 0;
        int64_t duty = count_duty(model, other);
        for (size_t i = 0; i < model->agents_count; i++)
            shared += is_on_duty(model, i, class) && is_on_duty(model, i, other);
        bool counts = !is_live || usher_channel_is_live(model->classes[other].channel);
        if (other != class && counts && duty > 0)
            sum += count_line(model, other, at_ms) * 1000 * shared / duty;
    }
    return sum;
}

/* Whether the rules keep nobody who is free and fit from contacts of the class. */
static bool is_plain(const struct model *model, const struct model_class *class)
{
    const struct usher_queue *queue = &model->rules->queues[class->queue];
    bool is_relaxed = false;
    for (size_t i = 0; i < class->needs_count && queue->relax_count > 0; i++)
        is_relaxed |= class->needs[i].relaxed[queue->relax_count - 1] < class->needs[i].min;
    for (size_t i = 0; i < model->rules->reserves_count; i++) {
        bool is_needed = false;
        for (size_t k = 0; k < class->needs_count; k++)
            is_needed |= class->needs[k].skill == model->rules->reserves[i].skill;
        if (!is_needed)
            return false;
    }
    return !is_relaxed && queue->last_agent.wait_ms[class->channel] == 0;
}

static bool has_free(const struct model *model, size_t class)
{
    for (size_t i = 0; i < model->agents_count; i++)
        if (is_on_duty(model, i, class) && model->agents[i].is_phone_idle &&
            model_has_desk_for(&model->agents[i], model->classes[class].channel) &&
            model_has_room(model, i, model->classes[class].channel))
            return true;
    return false;
}

static int64_t cal_of(const struct model_class *class)
{
    int64_t cal = class->raw_ms > 0 ? class->actual_ms * 10000 / class->raw_ms : 10000;
    return cal < 5000 ? 5000 : cal > 20000 ? 20000 : cal;
}

static int64_t rounded(int64_t ms)
{
    int64_t step_ms = ms < 180000 ? 30000 : 60000;
    int64_t told_ms = (ms + step_ms / 2) / step_ms * step_ms;
    return told_ms > 30000 ? told_ms : 30000;
}

static bool has_just_passed(const struct model *model, int64_t until_ms)
{
    return until_ms > model->stepped_ms && until_ms <= model->world->now_ms;
}

/* Somebody's second, wait for one agent, or use has just passed: whether he stood in line then is
 * not known. */
static bool is_unsure(const struct model *model)
{
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        if (model->contacts[i].state == MODEL_WAITING &&
            (has_just_passed(model, model->contacts[i].settle_until_ms) ||
             has_just_passed(model, model->contacts[i].not_after_ms) ||
             has_just_passed(model, model->contacts[i].meant_until_ms)))
            return true;
    return false;
}

static bool check_figures(struct model *model, const struct usher_event *event,
                          const struct model_contact *contact)
{
    const struct usher_fields *fields = &event->fields;
    const struct model_class *class = &model->classes[contact->class];
    int64_t position = 1;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        position += model->contacts[i].class == contact->class &&
                    is_in_line(model, &model->contacts[i], event->at_ms) &&
                    is_before(&model->contacts[i], contact);
    int64_t duty = count_duty(model, contact->class);
    bool is_known = usher_fields_has(fields, USHER_FIELD_WAIT_MS);
    if (fields->position != position || is_known != (duty > 0) ||
        is_known != usher_fields_has(fields, USHER_FIELD_DUE_MS))
        return model_fail(model, "%s is told position %lld of %lld, beside %lld agents",
                          contact->id, (long long)fields->position, (long long)position,
                          (long long)duty);
    if (!is_known)
        return true;
    int64_t ahead_milli = position * 1000 + count_others(model, contact->class, event->at_ms) / 3;
    int64_t work_ms = class->handle_ms * model->rules->channels[class->channel].unit / 100;
    int64_t raw_ms = ahead_milli * work_ms / 1000 / duty;
    int64_t wait_ms = raw_ms * cal_of(class) / 10000;
    bool is_free = is_plain(model, class) && has_free(model, contact->class);
    int64_t told_ms = is_free ? 0 : rounded(wait_ms);
    bool is_range = usher_fields_has(fields, USHER_FIELD_WAIT_MIN_MS);
    int64_t most_ms = is_range ? fields->wait_max_ms : fields->wait_ms;
    /* Somebody free may be asked sooner than it is the contact's turn. */
    bool may_open = !is_plain(model, class) && has_free(model, contact->class);
    bool is_opening = may_open && !usher_fields_has(fields, USHER_FIELD_RAW_MS);
    if (is_opening && fields->wait_ms < told_ms)
        told_ms = fields->wait_ms;
    if ((!is_opening && fields->raw_ms != raw_ms) || fields->wait_ms != told_ms)
        return model_fail(model, "%s is told %lld ms (%lld), but it is %lld (%lld)", contact->id,
                          (long long)fields->wait_ms, (long long)fields->raw_ms, (long long)told_ms,
                          (long long)raw_ms);
    if ((is_range && (duty > 7 || fields->wait_min_ms > told_ms || most_ms < told_ms)) ||
        fields->due_ms != event->at_ms + most_ms + (most_ms < 180000 ? 30000 : 60000))
        return model_fail(model, "%s is promised a time that does not fit what is told",
                          contact->id);
    return true;
}

bool model_on_promised(struct model *model, const struct usher_event *event,
                       struct model_contact *contact, size_t agent)
{
    const struct usher_fields *fields = &event->fields;
    int64_t announce_ms = model->rules->queues[contact->queue].announce_ms;
    (void)agent;
    if (!is_in_line(model, contact, event->at_ms) || !usher_channel_is_live(contact->channel) ||
        announce_ms < 0)
        return model_fail(model, "nothing is to be told to %s", contact->id);
    if (contact->told_ms != 0 &&
        (announce_ms == 0 || event->at_ms < contact->told_ms + announce_ms))
        return model_fail(model, "%s is told again too early", contact->id);
    if (contact->told_ms != 0 && contact->channel == USHER_CHANNEL_CALLBACK)
        return model_fail(model, "%s does not hear it", contact->id);
    if (!is_unsure(model) && !check_figures(model, event, contact))
        return false;
    if (contact->told_ms == 0) {
        contact->foretold_ms = usher_fields_has(fields, USHER_FIELD_RAW_MS) ? fields->raw_ms : -1;
        contact->first_told_ms = event->at_ms;
    }
    contact->told_ms = event->at_ms;
    if (fields->due_ms != 0 && (contact->told_due_ms == 0 || fields->due_ms < contact->told_due_ms))
        contact->told_due_ms = fields->due_ms;
    return true;
}

bool model_end_told(struct model *model, const struct usher_event *event,
                    struct model_contact *contact)
{
    struct model_class *class = &model->classes[contact->class];
    bool is_answered = event->kind == USHER_EVENT_CONTACT_ANSWERED;
    bool is_late = event->at_ms > contact->told_due_ms;
    bool is_judged = contact->told_due_ms != 0 && (is_answered || is_late);
    if (usher_fields_has(&event->fields, USHER_FIELD_KEPT) != is_judged ||
        (is_judged && event->fields.kept != !is_late))
        return model_fail(model, "what was promised to %s until %lld is judged wrongly",
                          contact->id, (long long)contact->told_due_ms);
    bool has_left = event->kind == USHER_EVENT_CONTACT_ABANDONED && !event->fields.reason.at;
    if (contact->told_ms != 0 && contact->foretold_ms >= 0 && (is_answered || has_left)) {
        int64_t foretold_ms = contact->foretold_ms * cal_of(class) / 10000;
        int64_t actual_ms = event->at_ms - contact->first_told_ms;
        if (has_left && foretold_ms > actual_ms)
            actual_ms = foretold_ms;
        class->actual_ms = class->actual_ms * 97 / 100 + actual_ms;
        class->raw_ms = class->raw_ms * 97 / 100 + contact->foretold_ms;
    }
    contact->told_ms = 0;
    contact->told_due_ms = 0;
    return true;
}

bool model_check_told(struct model *model)
{
    int64_t now_ms = model->world->now_ms;
    int64_t next_ms = usher_engine_next_deadline_ms(model->world->engine);
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        const struct model_contact *contact = &model->contacts[i];
        if (contact->state != MODEL_WAITING)
            continue;
        int64_t announce_ms = model->rules->queues[contact->queue].announce_ms;
        bool is_heard =
            contact->channel == USHER_CHANNEL_VOICE || contact->channel == USHER_CHANNEL_CHAT;
        if (is_in_line(model, contact, now_ms) && is_heard && announce_ms > 0 &&
            next_ms > now_ms + announce_ms)
            return model_fail(model, "nobody will ever tell %s anything", contact->id);
    }
    return true;
}
