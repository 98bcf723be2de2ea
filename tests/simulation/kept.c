/* Other rules: what is the same by its names knows what it knew. */
#include <string.h>

#include "simulation/model.h"

void model_keep_past(const struct model *model, struct model_kept *kept)
{
    memcpy(kept->classes, model->classes, sizeof(kept->classes));
    memcpy(kept->pools, model->pools, sizeof(kept->pools));
    kept->classes_count = model->classes_count;
    kept->pools_count = model->pools_count;
}

static struct usher_text skill_name(const struct usher_rules *rules, size_t skill)
{
    return skill == USHER_SKILL_NONE ? USHER_NO_TEXT : rules->skills[skill];
}

/* Whether a queue asks for the same in both, in the same order. */
static bool is_same_queue(const struct usher_rules *before, size_t queue,
                          const struct usher_rules *rules, size_t now)
{
    const struct usher_queue *a = &before->queues[queue];
    const struct usher_queue *b = &rules->queues[now];
    bool is_same = a->needs_count == b->needs_count;
    for (size_t i = 0; i < a->needs_count && is_same; i++) {
        const struct usher_need_rule *one = &a->needs[i];
        const struct usher_need_rule *other = &b->needs[i];
        char rooms[2][128];
        is_same =
            usher_text_is_equal(usher_rules_need_name(before, one, rooms[0], sizeof(rooms[0])),
                                usher_rules_need_name(rules, other, rooms[1], sizeof(rooms[1]))) &&
            usher_text_is_equal(skill_name(before, one->skill), skill_name(rules, other->skill)) &&
            one->min == other->min && one->weight == other->weight &&
            memcmp(one->relaxed, other->relaxed, sizeof(one->relaxed)) == 0;
    }
    return is_same;
}

/* The class as it is named now; false when it is none of these rules. */
static bool is_still(const struct usher_rules *before, const struct usher_rules *rules,
                     struct model_class *class)
{
    size_t queue = usher_rules_find_queue(rules, before->queues[class->queue].name);
    size_t tier = usher_rules_find_tier(rules, before->tiers[class->tier].name);
    struct usher_need needs[USHER_NEEDS_MAX];
    size_t count = 0;
    if (queue == SIZE_MAX || tier == SIZE_MAX || !is_same_queue(before, class->queue, rules, queue))
        return false;
    class->queue = queue;
    class->tier = tier;
    /* Needs go by the skills' places in the rules. */
    for (size_t skill = 0; skill < rules->skills_count; skill++)
        for (size_t i = 0; i < class->needs_count; i++)
            if (usher_text_is_equal(before->skills[class->needs[i].skill], rules->skills[skill])) {
                needs[count] = class->needs[i];
                needs[count++].skill = (uint16_t)skill;
            }
    if (count < class->needs_count)
        return false;
    memcpy(class->needs, needs, count * sizeof(*needs));
    return true;
}

static bool is_lately(const struct model *model, const struct model_class *class, int64_t at_ms)
{
    return class->today_count > 0 && at_ms - class->day_ms < INT64_C(2) * 86400000 &&
           model->classes_count < model->world->limits.classes / 2;
}

static void recall_set(struct model *model, const struct usher_rules *before,
                       const struct model_pool *kept)
{
    for (size_t i = 0; i < model->pools_count; i++) {
        struct model_pool *pool = &model->pools[i];
        size_t same = 0;
        for (size_t j = 0; j < pool->skills_count; j++)
            for (size_t k = 0; k < kept->skills_count; k++)
                same += usher_text_is_equal(model->rules->skills[pool->skills[j]],
                                            before->skills[kept->skills[k]]);
        if (kept->skills_count >= 2 && pool->skills_count == kept->skills_count &&
            same == kept->skills_count)
            usher_pool_inherit(&pool->lib, &kept->lib.past);
    }
}

void model_recall(struct model *model, const struct usher_rules *before,
                  const struct model_kept *kept, int64_t at_ms)
{
    for (size_t i = 0; i < kept->classes_count; i++) {
        struct model_class class = kept->classes[i];
        if (!is_still(before, model->rules, &class))
            continue;
        size_t found = model_find_class(model, &class);
        if (found == MODEL_NONE && is_lately(model, &class, at_ms))
            found = model_make_class(model, &class, at_ms);
        if (found != MODEL_NONE)
            model->classes[found] = class;
    }
    for (size_t i = 0; i < kept->pools_count; i++)
        recall_set(model, before, &kept->pools[i]);
}
