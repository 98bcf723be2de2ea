/* `skills`, `not_ready`, `switches` and `notices`: lists of names. */
#include "rules/compile.h"
#include "rules/schema.h"

#define REASONS_MAX      128
#define REASON_BYTES_MAX 64

/* What usherd itself makes agents not ready for. */
static const char *const own_reasons[] = {"ring_no_answer", "desk_lost", "forced"};
#define OWN_REASONS_COUNT USHER_COUNT_OF(own_reasons)

size_t usher_compile_names(struct usher_compile *compile, const struct usher_node *node,
                           const struct usher_name_list *list, size_t spare_count,
                           struct usher_text **names)
{
    const struct usher_schema_row row = {.key = list->key,
                                         .type = USHER_VALUE_NAME,
                                         .max = list->bytes_max,
                                         .sentence = list->sentence};
    size_t count_given = node ? node->count : 0;
    size_t count = 0;

    if (count_given > list->count_max) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "`%s` has %zu names; at most %zu are possible", list->key, count_given,
                           list->count_max);
        count_given = 0;
        node = NULL;
    }
    *names = usher_compile_take(compile, count_given + spare_count, sizeof(struct usher_text));
    if (!*names || !node)
        return 0;
    usher_node_for_each (member, node) {
        struct usher_text name;

        if (!usher_schema_read_value(&row, member, &name, compile->problems) ||
            usher_compile_is_twice(compile, *names, count, member))
            continue;
        if (!usher_compile_copy(compile, name, &(*names)[count]))
            return 0;
        count++;
    }
    return count;
}

void usher_compile_skills(struct usher_compile *compile, const struct usher_node *node)
{
    static const struct usher_name_list list = {"skills", USHER_NAME_MAX, USHER_SKILLS_MAX,
                                                "a skill that queues need and agents have"};
    struct usher_text *names = NULL;
    size_t count = usher_compile_names(compile, node, &list, 1, &names);

    if (!names)
        return;
    compile->rules->skills = names;
    compile->rules->skills_count = count;
    if (!usher_names_init(&compile->owner->skills, compile->arena, names, count))
        usher_problems_add(compile->problems, 1, 1, "memory is out; try again");
}

void usher_compile_not_ready(struct usher_compile *compile, const struct usher_node *node)
{
    static const struct usher_name_list list = {"not_ready", REASON_BYTES_MAX, REASONS_MAX,
                                                "a reason that an agent may give for a break"};
    struct usher_text *names = NULL;
    size_t count = usher_compile_names(compile, node, &list, OWN_REASONS_COUNT, &names);

    if (!names)
        return;
    compile->rules->not_ready = names;
    compile->rules->not_ready_count = count;
    for (size_t i = 0; i < OWN_REASONS_COUNT; i++) {
        if (usher_rules_has_reason(compile->rules, usher_text_of(own_reasons[i])))
            continue;
        names[compile->rules->not_ready_count++] = usher_text_of(own_reasons[i]);
    }
}

static void compile_list(struct usher_compile *compile, const struct usher_node *node,
                         const struct usher_name_list *list, const struct usher_text **names,
                         size_t *count)
{
    struct usher_text *taken = NULL;

    *count = usher_compile_names(compile, node, list, 1, &taken);
    *names = taken;
}

void usher_compile_switches(struct usher_compile *compile, const struct usher_node *node)
{
    static const struct usher_name_list list = {"switches", USHER_NAME_MAX, USHER_SWITCHES_MAX,
                                                "a switch that supervisors turn on and off"};

    compile_list(compile, node, &list, &compile->rules->switches, &compile->rules->switches_count);
}

void usher_compile_notices(struct usher_compile *compile, const struct usher_node *node)
{
    static const struct usher_name_list list = {"notices", USHER_NAME_MAX, USHER_NOTICES_MAX,
                                                "an announcement that a PBX can play"};

    compile_list(compile, node, &list, &compile->rules->notices, &compile->rules->notices_count);
}
