/* The findings: kept as they come, errors before warnings when there are too many, and sorted by
 * place at the end. */
#include "routing/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "routing/linter.h"

static const struct {
    const char *name;
    bool is_error;
} kinds[USHER_FINDING_COUNT] = {[USHER_FINDING_NONE] = {"", false},
#define KIND(NAME, name, is_error, sentence) [USHER_FINDING_##NAME] = {name, is_error},
                                USHER_FINDINGS(KIND)
#undef KIND
};

const char *usher_finding_name(enum usher_finding_kind kind)
{
    return kinds[kind].name;
}

bool usher_finding_is_error(enum usher_finding_kind kind)
{
    return kinds[kind].is_error;
}

/* Where the next finding goes: when the list is full an error takes the place of a warning. NULL:
 * nowhere. */
static struct usher_finding *room_for(struct usher_findings *findings, bool is_error)
{
    if (findings->count <= USHER_FINDINGS_MAX)
        return &findings->list[findings->count - 1];
    for (size_t i = USHER_FINDINGS_MAX; is_error && i-- > 0;)
        if (!kinds[findings->list[i].kind].is_error)
            return &findings->list[i];
    return NULL;
}

void usher_linter_add(struct linter *linter, enum usher_finding_kind kind,
                      const struct usher_node *node, struct usher_text queue,
                      struct usher_text skill, const char *format, ...)
{
    struct usher_findings *findings = linter->findings;
    findings->errors_count += kinds[kind].is_error;
    findings->count++;
    struct usher_finding *finding = room_for(findings, kinds[kind].is_error);
    if (!finding)
        return;
    *finding = (struct usher_finding){.kind = kind, .queue = queue, .skill = skill};
    if (node) {
        finding->line = node->key.at ? node->key_line : node->line;
        finding->column = node->key.at ? node->key_column : node->column;
    }
    va_list values;
    va_start(values, format);
    (void)vsnprintf(finding->what, sizeof(finding->what), format, values);
    va_end(values);
}

const struct usher_node *usher_linter_queue(const struct linter *linter, size_t queue)
{
    const struct usher_node *queues = usher_node_find(linter->root, USHER_TEXT("queues"));
    return queues ? usher_node_find(queues, linter->rules->queues[queue].name) : NULL;
}

static int compare_places(const void *a, const void *b)
{
    const struct usher_finding *left = a, *right = b;
    if ((left->line == 0) != (right->line == 0))
        return left->line == 0 ? 1 : -1;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    if (left->column != right->column)
        return left->column < right->column ? -1 : 1;
    return strcmp(left->what, right->what);
}

void usher_lint(const struct usher_rules *rules, const struct usher_document *document,
                const struct usher_staff *staff, struct usher_findings *findings)
{
    struct linter linter = {
        .rules = rules, .root = document->root, .staff = staff, .findings = findings};
    findings->count = findings->errors_count = 0;
    usher_lint_reach(&linter);
    usher_lint_rules(&linter);
    usher_lint_tiers(&linter);
    linter.words = staff ? staff->count / 64 + 1 : 0;
    if (staff)
        linter.takers = calloc(rules->queues_count * linter.words, sizeof(*linter.takers));
    if (linter.takers) {
        usher_lint_staff(&linter);
        usher_lint_promises(&linter);
    }
    free(linter.takers);
    qsort(findings->list,
          findings->count < USHER_FINDINGS_MAX ? findings->count : USHER_FINDINGS_MAX,
          sizeof(findings->list[0]), compare_places);
}
