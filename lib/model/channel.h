/* Channels: the ways in which a customer reaches us. */
#ifndef USHER_MODEL_CHANNEL_H
#define USHER_MODEL_CHANNEL_H

#include <stdbool.h>

#include "base/text.h"

enum usher_channel {
    USHER_CHANNEL_NONE = 0,
    USHER_CHANNEL_VOICE,
    USHER_CHANNEL_CHAT,
    USHER_CHANNEL_EMAIL,
    USHER_CHANNEL_TASK,
    USHER_CHANNEL_CALLBACK,
    USHER_CHANNEL_OUTBOUND,
    USHER_CHANNEL_COUNT,
};

/* How much of an agent one contact of a channel takes. */
struct usher_channel_load {
    int unit;              /* percent of the agent, 1 .. 100 */
    int cap;               /* contacts of this channel that one agent may have, at least 1 */
    bool is_interruptible; /* a contact of another channel may come on top */
};

/* "voice", "chat" ...; "" for NONE. */
struct usher_text usher_channel_name(enum usher_channel channel);
/* NONE when there is no such channel. */
enum usher_channel usher_channel_find(struct usher_text name);
/* The offer makes a phone ring, and the phone's answer accepts; on other channels the desk accepts.
 */
bool usher_channel_is_phone(enum usher_channel channel);
/* The customer waits for us now (voice, chat, callback) and not for something later (email, task,
 * outbound). */
bool usher_channel_is_live(enum usher_channel channel);
enum usher_rank {
    USHER_RANK_OURS = 0,
    USHER_RANK_DEFERRED,
    USHER_RANK_LIVE,
    USHER_RANK_COUNT,
};
/* What comes first when an agent is free: live ones before deferred ones, and what we begin
 * ourselves (outbound) when nobody waits for us at all. The higher comes first. */
enum usher_rank usher_channel_rank(enum usher_channel channel);
/* The channel in whose pool the contacts of `channel` count when it takes a whole agent: voice for
 * all that take the phone, since it is the same phone; else itself. */
enum usher_channel usher_channel_pool(enum usher_channel channel);
/* voice, callback and outbound 100/1, chat 33/3, email and task 20/5 interruptible: the loads that
 * rules without `channels` have. */
struct usher_channel_load usher_channel_default_load(enum usher_channel channel);

#endif
