/* Rules and agents, and what the lint finds in them. */
#ifndef UNIT_LINTED_H
#define UNIT_LINTED_H

#include "routing/lint.h"
#include "unit/ruled.h"

enum { MEMBERS_MAX = 4, SKILLS_MAX = 4 };

struct world {
    struct usher_staff_member members[MEMBERS_MAX];
    struct usher_staff_skill skills[MEMBERS_MAX][SKILLS_MAX];
    size_t count;
    struct usher_findings *findings;
    char told[4096];
};

static inline struct world *world_new(void)
{
    struct world *world = calloc(1, sizeof(*world));
    ck_assert_ptr_nonnull(world);
    world->findings = calloc(1, sizeof(*world->findings));
    ck_assert_ptr_nonnull(world->findings);
    return world;
}

static inline void world_free(struct world *world)
{
    free(world->findings);
    free(world);
}

/* An agent with a phone and these skills, at the level given: 0 ends the list. */
static inline struct usher_staff_member *staffed(struct world *world, const char *id,
                                                 const char *skill_a, uint8_t a,
                                                 const char *skill_b, uint8_t b)
{
    struct usher_staff_skill *skills = world->skills[world->count];
    struct usher_staff_member *member = &world->members[world->count++];
    skills[0] = (struct usher_staff_skill){usher_text_of(skill_a), a};
    skills[1] = (struct usher_staff_skill){usher_text_of(skill_b), b};
    *member = (struct usher_staff_member){
        .id = usher_text_of(id), .has_phone = true, .skills = skills, .skills_count = b ? 2 : 1};
    for (size_t i = 0; i < USHER_CHANNEL_COUNT; i++)
        member->capacity[i] = -1;
    return member;
}

/* "kind line:column what" a line. */
static inline const char *found(struct world *world, const char *text, bool has_staff)
{
    struct usher_rules *rules = ruled(text);
    struct usher_document document;
    struct usher_staff staff;
    struct usher_problems *problems = told_new();
    size_t length = 0;
    ck_assert(usher_document_read(&document, usher_text_of(text), problems));
    ck_assert(usher_staff_init(&staff, rules, world->members, world->count));
    usher_lint(rules, &document, has_staff ? &staff : NULL, world->findings);
    for (size_t i = 0; i < world->findings->count; i++) {
        const struct usher_finding *finding = &world->findings->list[i];
        length += (size_t)snprintf(world->told + length, sizeof(world->told) - length,
                                   "%s %zu:%zu %s\n", usher_finding_name(finding->kind),
                                   finding->line, finding->column, finding->what);
    }
    usher_staff_fini(&staff);
    usher_document_fini(&document);
    usher_rules_free(rules);
    free(problems);
    return world->told;
}

#endif
