/* Answers to commands: done, or an error with a code that programs read and a message that people
 * read. */
#ifndef USHER_MODEL_ANSWER_H
#define USHER_MODEL_ANSWER_H

#include <stdbool.h>

#include "base/text.h"

/* X(NAME, code, retry, sentence). retry: the same command may succeed later as it is. */
#define USHER_ERRORS(X)                                                                            \
    X(BAD_JSON, "bad_json", false, "The line is not one strict JSON object.")                      \
    X(TOO_LONG, "too_long", false, "The line is longer than 16 KiB; the connection is closed.")    \
    X(UNKNOWN_COMMAND, "unknown_command", false, "`do` names no command.")                         \
    X(MISSING_FIELD, "missing_field", false, "A field that the command needs is not there.")       \
    X(BAD_FIELD, "bad_field", false, "A field has the wrong type, or a value out of its bounds.")  \
    X(HELLO_FIRST, "hello_first", false, "The first command must be `hello`, and only the first.") \
    X(UNAUTHORIZED, "unauthorized", false, "No such token, or this peer may not take that role.")  \
    X(NOT_ALLOWED, "not_allowed", false, "The client's role may not do this, or not to this one.") \
    X(NO_SUCH_CONTACT, "no_such_contact", false, "There is no such live contact.")                 \
    X(NO_SUCH_AGENT, "no_such_agent", false, "There is no profile of this agent.")                 \
    X(CONTACT_EXISTS, "contact_exists", false,                                                     \
      "The id is a live contact's, or ended within the hour.")                                     \
    X(WRONG_STATE, "wrong_state", false, "The contact or agent is in no state for this.")          \
    X(STALE_OFFER, "stale_offer", false, "The offer is over, or another's.")                       \
    X(NO_QUEUE, "no_queue", false, "No route of the rules fits the contact.")                      \
    X(NOBODY, "nobody", true, "Nobody is signed in who could take the contact.")                   \
    X(LIMIT, "limit", true, "A limit is reached; the message names it.")                           \
    X(SYNC_INCOMPLETE, "sync_incomplete", true,                                                    \
      "The count of the sync is not that of its lines; nothing was closed.")                       \
    X(BAD_RULES, "bad_rules", false, "The rules have problems; the old ones stay.")                \
    X(STORAGE_UNAVAILABLE, "storage_unavailable", true,                                            \
      "Redis is away, and the bound of what may wait is reached.")                                 \
    X(NOT_LEADER, "not_leader", true,                                                              \
      "Another usherd leads this site; the message ends with its addresses.")                      \
    X(DRAINING, "draining", true, "The router is about to stop.")                                  \
    X(SLOW_CONSUMER, "slow_consumer", true,                                                        \
      "The client reads too slowly; the connection is closed.")

enum usher_error {
    USHER_OK = 0,
#define USHER_ERROR_ENUM(NAME, code, retry, sentence) USHER_ERROR_##NAME,
    USHER_ERRORS(USHER_ERROR_ENUM)
#undef USHER_ERROR_ENUM
        USHER_ERROR_COUNT,
};

#define USHER_ANSWER_MESSAGE_SIZE 192

struct usher_answer {
    enum usher_error error;
    char message[USHER_ANSWER_MESSAGE_SIZE]; /* empty when OK; no personal data */
};

/* "wrong_state"; "" for OK. */
struct usher_text usher_error_code(enum usher_error error);
bool usher_error_is_retriable(enum usher_error error);
struct usher_text usher_error_sentence(enum usher_error error);

/* Fills `answer` as printf would, cut to fit at a character's border, and returns `error`. */
enum usher_error usher_answer_set(struct usher_answer *answer, enum usher_error error,
                                  const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
