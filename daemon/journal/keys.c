/* The names of a site's keys: usher:{site}:<noun>:<id>. */
#include "journal/keys.h"

#include <assert.h>
#include <stdio.h>

static struct usher_text write_key(const char *site, const char *noun, struct usher_text id,
                                   char room[JOURNAL_KEY_SIZE])
{
    int length =
        snprintf(room, JOURNAL_KEY_SIZE, "usher:{%s}:%s%.*s", site, noun, USHER_TEXT_ARGS(id));
    assert(length > 0 && length < JOURNAL_KEY_SIZE);
    return (struct usher_text){room, (size_t)length};
}

struct usher_text journal_key_stream(const char *site, char room[JOURNAL_KEY_SIZE])
{
    return write_key(site, "journal", USHER_TEXT(""), room);
}

struct usher_text journal_key_snapshot(const char *site, struct usher_number n,
                                       char room[JOURNAL_KEY_SIZE])
{
    char number[USHER_NUMBER_SIZE];
    return write_key(site, "snapshot:", usher_number_write(n, number), room);
}

struct usher_text journal_key_snapshots(const char *site, char room[JOURNAL_KEY_SIZE])
{
    return write_key(site, "snapshot:", USHER_TEXT("*"), room);
}

bool journal_key_read_snapshot(const char *site, struct usher_text key, struct usher_number *n)
{
    char room[JOURNAL_KEY_SIZE];
    struct usher_text prefix = write_key(site, "snapshot:", USHER_TEXT(""), room);
    if (key.length <= prefix.length || memcmp(key.at, prefix.at, prefix.length) != 0)
        return false;
    return usher_number_read(
        (struct usher_text){key.at + prefix.length, key.length - prefix.length}, n);
}

struct usher_text journal_key_rules(const char *site, struct usher_text hash,
                                    char room[JOURNAL_KEY_SIZE])
{
    if (hash.length > 64)
        hash.length = 64;
    return write_key(site, "rules:", hash, room);
}

struct usher_text journal_key_versions(const char *site, char room[JOURNAL_KEY_SIZE])
{
    return write_key(site, "rules", USHER_TEXT(""), room);
}

struct usher_text journal_key_agent(const char *site, const char *suffix,
                                    char room[JOURNAL_KEY_SIZE])
{
    return write_key(site, "agent:", usher_text_of(suffix), room);
}

struct usher_text journal_key_customer(const char *site, struct usher_text customer,
                                       char room[JOURNAL_KEY_SIZE])
{
    assert(customer.length <= USHER_CUSTOMER_MAX);
    return write_key(site, "customer:", customer, room);
}

struct usher_text journal_key_erased(const char *site, char room[JOURNAL_KEY_SIZE])
{
    return write_key(site, "erased", USHER_TEXT(""), room);
}
