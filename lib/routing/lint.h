/* What is lawful in rules and yet surely not meant: skills that no queue needs, routes that no
 * contact takes; and, with the agents' profiles, contacts that nobody could ever take and promises
 * that cannot be kept. */
#ifndef USHER_ROUTING_LINT_H
#define USHER_ROUTING_LINT_H

#include "routing/staff.h"
#include "rules/document.h"

/* X(NAME, name, is_error, sentence). An error: contacts would wait for ever. */
#define USHER_FINDINGS(X)                                                                          \
    X(NOBODY, "nobody", true, "No agent can take these contacts.")                                 \
    X(ONLY_ONE, "only_one", false, "One agent alone can take these contacts.")                     \
    X(NO_PHONE, "no_phone", false, "No agent who can take these contacts has a phone.")            \
    X(IDLE_STEP, "idle_step", false, "A step of `relax` lets in no further agent.")                \
    X(UNUSED_SKILL, "unused_skill", false, "A skill is declared, and no queue needs it.")          \
    X(UNDECLARED_SKILL, "undeclared_skill", false,                                                 \
      "Agents have a skill that the rules do not declare.")                                        \
    X(IDLE_AGENT, "idle_agent", false, "Agents can take the contacts of no queue.")                \
    X(UNREACHED_QUEUE, "unreached_queue", false, "No route leads to a queue.")                     \
    X(UNREACHED_ROUTE, "unreached_route", false,                                                   \
      "No contact takes a route: an earlier one takes all that fit it, or nothing fits it.")       \
    X(UNUSED_NAME, "unused_name", false,                                                           \
      "A tier, switch or notice is declared, and nothing uses it.")                                \
    X(PROMISE, "promise", false,                                                                   \
      "Those who can take a queue's contacts are too few for its promise, by the forecast.")       \
    X(OVERLOAD, "overload", false,                                                                 \
      "More contacts are forecast than those who can take them could ever handle.")                \
    X(STARVING_TIER, "starving_tier", false,                                                       \
      "A tier's head start is so long that late contacts of others wait on.")

enum usher_finding_kind {
    USHER_FINDING_NONE = 0,
#define USHER_FINDING_ENUM(NAME, name, is_error, sentence) USHER_FINDING_##NAME,
    USHER_FINDINGS(USHER_FINDING_ENUM)
#undef USHER_FINDING_ENUM
        USHER_FINDING_COUNT,
};

struct usher_finding {
    enum usher_finding_kind kind;
    size_t line; /* of the rules' file; 0 = it is about the profiles */
    size_t column;
    struct usher_text queue; /* absent where it is about none; borrowed from the rules */
    struct usher_text skill; /* likewise; borrowed from rules or profiles */
    char what[320];          /* "what is wrong; what to do" */
};

#define USHER_FINDINGS_MAX 200 /* further ones are counted, not kept; errors before warnings */

struct usher_findings {
    struct usher_finding list[USHER_FINDINGS_MAX];
    size_t count;
    size_t errors_count;
};

const char *usher_finding_name(enum usher_finding_kind kind);
bool usher_finding_is_error(enum usher_finding_kind kind);

/* Looks at rules and the document that they were read from; at profiles, too, when `staff`, which
 * must be of the same rules, is not NULL. By place; those about profiles come last. */
void usher_lint(const struct usher_rules *rules, const struct usher_document *document,
                const struct usher_staff *staff, struct usher_findings *findings);

#endif
