/* A snapshot as it lies in Redis: a hash with the form's version, the rules that the state may
 * name, a checksum and the state's bytes. */
#ifndef JOURNAL_IMAGE_H
#define JOURNAL_IMAGE_H

#include "base/text.h"

struct redisReply;

#define JOURNAL_IMAGE_ARGS     10
#define JOURNAL_IMAGE_SUM_SIZE 17

/* What HSET needs; all texts borrowed, `sum` is filled by journal_image_seal. */
struct journal_image {
    struct usher_text rules; /* hashes with spaces between them */
    struct usher_text saved; /* the state */
    char sum[JOURNAL_IMAGE_SUM_SIZE];
};

void journal_image_seal(struct journal_image *image);
/* HSET key … ; the image must be sealed and stay where it is. */
void journal_image_command(const struct journal_image *image, struct usher_text key,
                           struct usher_text args[JOURNAL_IMAGE_ARGS]);

enum journal_image_result {
    JOURNAL_IMAGE_READ = 0,
    JOURNAL_IMAGE_BROKEN, /* a field is missing, or the sum is wrong */
    JOURNAL_IMAGE_NEWER,  /* of a form that this program does not know */
};

/* Reads the answer to HGETALL; the texts are borrowed from it. */
USHER_MUST_USE enum journal_image_result journal_image_read(struct journal_image *image,
                                                            const struct redisReply *reply);

#endif
