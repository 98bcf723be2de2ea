/* The queues and tiers of all entries. Other rules may send customers elsewhere. */
#include "ctl/memory.h"
#include "ctl/simulate/simulate.h"

static bool has(const struct simulation *simulation, const struct usher_daybook_class *class)
{
    for (size_t i = 0; i < simulation->classes_count; i++)
        if (usher_daybook_class_is_like(simulation->classes[i], class))
            return true;
    return false;
}

void simulate_gather_classes(struct simulation *simulation)
{
    size_t room = 0;
    for (size_t i = 0; i < simulation->entries_count; i++)
        room += usher_study_result(simulation->study, i)->classes_count;
    simulation->classes = memory_resize(NULL, room * sizeof(const void *) + 1);
    simulation->classes_count = 0;
    for (size_t i = 0; i < simulation->entries_count; i++) {
        const struct usher_entry_result *result = usher_study_result(simulation->study, i);
        for (size_t k = 0; k < result->classes_count; k++)
            if (i == 0 || !has(simulation, &result->classes[k]))
                simulation->classes[simulation->classes_count++] = &result->classes[k];
    }
}

double simulate_class_level(const struct simulation *simulation, size_t entry, size_t class)
{
    const struct usher_entry_result *result = usher_study_result(simulation->study, entry);
    for (size_t i = 0; i < result->classes_count; i++)
        if (usher_daybook_class_is_like(&result->classes[i], simulation->classes[class]))
            return usher_daybook_class_level(&result->classes[i]);
    return -1;
}
