/* `usherctl agent`: acts for an agent. Whoever leaves may have something in hand; then it is told
 * that he leaves later, since the command is granted in both cases. */
#include <stdio.h>
#include <string.h>

#include "ctl/look.h"

struct move {
    const char *word;
    const char *state;            /* what he becomes, in words */
    const char *forced;           /* the `state` of FORCE */
    enum usher_command_kind kind; /* FORCE: whatever his desk says */
    bool is_after;                /* when the contacts in hand have ended */
};

static const struct move moves[] = {
    {"ready", "ready", "ready", USHER_COMMAND_AGENT_FORCE, false},
    {"not-ready", "not ready", "not_ready", USHER_COMMAND_AGENT_FORCE, false},
    {"sign-in", "signed in", NULL, USHER_COMMAND_AGENT_SIGN_IN, false},
    {"sign-out", "signed out", "signed_out", USHER_COMMAND_AGENT_FORCE, false},
};
static const struct move not_ready_after = {"after", "not ready", NULL,
                                            USHER_COMMAND_AGENT_NOT_READY, true};
static const struct move sign_out_after = {"after", "signed out", NULL,
                                           USHER_COMMAND_AGENT_SIGN_OUT, true};

/* The form's last word of its own is the action. */
static const struct move *find_move(const struct options *options)
{
    for (size_t i = 0; i < USHER_COUNT_OF(moves); i++)
        if (strcmp(options->action, moves[i].word) == 0)
            return &moves[i];
    return options->arguments_count > 1 ? &not_ready_after : &sign_out_after;
}

/* Whether the agent has gone, or is to go. */
static enum exit_code tell(const struct options *options, enum usher_role role,
                           const struct move *move)
{
    const char *agent = options->arguments[0];
    const char *reason = options->arguments_count > 1 ? options->arguments[1] : NULL;
    struct look look;
    enum exit_code code = look_take(&look, options, role);
    const struct usher_event *event =
        snapshot_find(&look.snapshot, USHER_EVENT_STATE_AGENT, usher_text_of(agent));
    bool is_later = event && event->fields.then.length > 0;
    if (code == EXIT_DONE)
        printf("%s is %s%s%s%s\n", agent, move->state, reason ? ": " : "", reason ? reason : "",
               is_later ? " when the contacts in hand have ended; takes no more until then" : "");
    look_forget(&look);
    return code;
}

enum exit_code perform_agent(const struct options *options, enum usher_role role)
{
    const struct move *move = find_move(options);
    const char *agent = options->arguments[0];
    struct usher_command command = {.kind = move->kind};
    USHER_FIELDS_SET(&command.fields, AGENT, agent, usher_text_of(agent));
    if (move->forced)
        USHER_FIELDS_SET(&command.fields, STATE, state, usher_text_of(move->forced));
    if (options->arguments_count > 1)
        USHER_FIELDS_SET(&command.fields, REASON, reason, usher_text_of(options->arguments[1]));
    if (move->is_after)
        USHER_FIELDS_SET(&command.fields, MODE, mode, USHER_TEXT("after"));
    enum exit_code code = perform_ask(options, role, &command, NULL);
    return code == EXIT_DONE && !options->is_json ? tell(options, role, move) : code;
}
