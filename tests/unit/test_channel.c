/* Channels. */
#include <check.h>

#include "model/channel.h"
#include "unit/suite.h"

START_TEST(every_channel_is_found_by_its_name)
{
    for (int i = USHER_CHANNEL_NONE + 1; i < USHER_CHANNEL_COUNT; i++) {
        enum usher_channel channel = (enum usher_channel)i;
        ck_assert_int_eq(usher_channel_find(usher_channel_name(channel)), channel);
        ck_assert_int_ge(usher_channel_default_load(channel).cap, 1);
        ck_assert_int_eq(usher_channel_pool(channel),
                         usher_channel_is_phone(channel) ? USHER_CHANNEL_VOICE : channel);
    }
    ck_assert_int_eq(usher_channel_find(USHER_TEXT("")), USHER_CHANNEL_NONE);
    ck_assert_int_eq(usher_channel_find(USHER_TEXT("fax")), USHER_CHANNEL_NONE);
}
END_TEST

SUITE_MAIN("channel", every_channel_is_found_by_its_name)
