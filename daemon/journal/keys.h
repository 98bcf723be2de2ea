/* The names of a site's keys in Redis. They share a hash tag, so that they lie on one slot of a
 * cluster. */
#ifndef JOURNAL_KEYS_H
#define JOURNAL_KEYS_H

#include "model/event.h"

#define JOURNAL_KEY_SIZE 192 /* of any key, with the NUL */

/* usher:{site}:journal */
struct usher_text journal_key_stream(const char *site, char room[JOURNAL_KEY_SIZE]);
/* usher:{site}:snapshot:<epoch>-<seq> */
struct usher_text journal_key_snapshot(const char *site, struct usher_number n,
                                       char room[JOURNAL_KEY_SIZE]);
/* usher:{site}:snapshot:* */
struct usher_text journal_key_snapshots(const char *site, char room[JOURNAL_KEY_SIZE]);
/* The number in a snapshot's key. False when it has none. */
USHER_MUST_USE bool journal_key_read_snapshot(const char *site, struct usher_text key,
                                              struct usher_number *n);
/* usher:{site}:rules:<hash>; of the hash at most 64 bytes are used. */
struct usher_text journal_key_rules(const char *site, struct usher_text hash,
                                    char room[JOURNAL_KEY_SIZE]);
/* usher:{site}:rules: a hash of all rules that were ever in use, by their hash; the value is when
 * they were taken into use last, in milliseconds since 1970. */
struct usher_text journal_key_versions(const char *site, char room[JOURNAL_KEY_SIZE]);
/* usher:{site}:agent:<suffix>; suffix "" is the prefix of all, "*" the pattern. */
struct usher_text journal_key_agent(const char *site, const char *suffix,
                                    char room[JOURNAL_KEY_SIZE]);
/* usher:{site}:customer:<key>, of a key of at most USHER_CUSTOMER_MAX bytes: a hash of what is
 * remembered of a customer; fields of ours begin with `usher.`, all others are the CRM's. */
struct usher_text journal_key_customer(const char *site, struct usher_text customer,
                                       char room[JOURNAL_KEY_SIZE]);
/* usher:{site}:erased: a hash from the keys of erased customers to the number of the event that
 * erased each, as long as the stream may hold events of before. */
struct usher_text journal_key_erased(const char *site, char room[JOURNAL_KEY_SIZE]);

#endif
