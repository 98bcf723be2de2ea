/* A snapshot's hash. The checksum is SipHash with a fixed key: it finds damage, it is no signature.
 */
#include "journal/image.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hash.h"
#include "journal/reply.h"

#define IMAGE_FORMAT 1

static const struct usher_hash_seed sum_seed = {UINT64_C(0x757368657220736e),
                                                UINT64_C(0x617073686f742031)};

void journal_image_seal(struct journal_image *image)
{
    (void)snprintf(image->sum, sizeof(image->sum), "%016" PRIx64,
                   usher_hash(sum_seed, image->saved.at, image->saved.length));
}

void journal_image_command(const struct journal_image *image, struct usher_text key,
                           struct usher_text args[JOURNAL_IMAGE_ARGS])
{
    args[0] = USHER_TEXT("HSET");
    args[1] = key;
    args[2] = USHER_TEXT("format");
    args[3] = USHER_TEXT("1");
    args[4] = USHER_TEXT("rules");
    args[5] = image->rules;
    args[6] = USHER_TEXT("sum");
    args[7] = usher_text_of(image->sum);
    args[8] = USHER_TEXT("bytes");
    args[9] = image->saved;
}

enum journal_image_result journal_image_read(struct journal_image *image,
                                             const struct redisReply *reply)
{
    int64_t format;
    struct usher_text sum = journal_reply_text(journal_reply_find(reply, "sum"));
    if (!usher_text_read_int64(journal_reply_text(journal_reply_find(reply, "format")), &format))
        return JOURNAL_IMAGE_BROKEN;
    if (format > IMAGE_FORMAT)
        return JOURNAL_IMAGE_NEWER;
    image->rules = journal_reply_text(journal_reply_find(reply, "rules"));
    image->saved = journal_reply_text(journal_reply_find(reply, "bytes"));
    if (!image->rules.at || !image->saved.at)
        return JOURNAL_IMAGE_BROKEN;
    journal_image_seal(image);
    return usher_text_is_equal(sum, usher_text_of(image->sum)) ? JOURNAL_IMAGE_READ
                                                               : JOURNAL_IMAGE_BROKEN;
}
