/* The channels' names and what holds for each. */
#include "model/channel.h"

#include <assert.h>

static const struct channel_row {
    struct usher_text name;
    bool is_phone;
    bool is_live;
    struct usher_channel_load load;
} rows[USHER_CHANNEL_COUNT] = {
    [USHER_CHANNEL_NONE] = {{"", 0}, false, false, {0, 0, false}},
    [USHER_CHANNEL_VOICE] = {{"voice", 5}, true, true, {100, 1, false}},
    [USHER_CHANNEL_CHAT] = {{"chat", 4}, false, true, {33, 3, false}},
    [USHER_CHANNEL_EMAIL] = {{"email", 5}, false, false, {20, 5, true}},
    [USHER_CHANNEL_TASK] = {{"task", 4}, false, false, {20, 5, true}},
    [USHER_CHANNEL_CALLBACK] = {{"callback", 8}, true, true, {100, 1, false}},
    [USHER_CHANNEL_OUTBOUND] = {{"outbound", 8}, true, false, {100, 1, false}},
};

static const struct channel_row *row_of(enum usher_channel channel)
{
    assert((unsigned)channel < USHER_CHANNEL_COUNT);
    return &rows[channel];
}

struct usher_text usher_channel_name(enum usher_channel channel)
{
    return row_of(channel)->name;
}

enum usher_channel usher_channel_find(struct usher_text name)
{
    for (unsigned i = USHER_CHANNEL_NONE + 1; i < USHER_CHANNEL_COUNT; i++) {
        if (usher_text_is_equal(rows[i].name, name))
            return (enum usher_channel)i;
    }
    return USHER_CHANNEL_NONE;
}

bool usher_channel_is_phone(enum usher_channel channel)
{
    return row_of(channel)->is_phone;
}

bool usher_channel_is_live(enum usher_channel channel)
{
    return row_of(channel)->is_live;
}

enum usher_rank usher_channel_rank(enum usher_channel channel)
{
    if (channel == USHER_CHANNEL_OUTBOUND)
        return USHER_RANK_OURS;
    return usher_channel_is_live(channel) ? USHER_RANK_LIVE : USHER_RANK_DEFERRED;
}

enum usher_channel usher_channel_pool(enum usher_channel channel)
{
    return usher_channel_is_phone(channel) ? USHER_CHANNEL_VOICE : channel;
}

struct usher_channel_load usher_channel_default_load(enum usher_channel channel)
{
    return row_of(channel)->load;
}
