/* The tokens' file. Invariant: `rows` is what the file said when it had the identity in `seen`, or
 * empty if that was wrong. */
#include "link/tokens.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "log.h"

#define TOKENS_ROWS_MAX    16384
#define TOKENS_BYTES_MAX   (4L * 1024 * 1024)
#define TOKENS_DIGEST_SIZE sizeof(((struct tokens_row *)NULL)->digest)

/* What tells one version of the file from another. */
struct tokens_identity {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed; /* ctime: it cannot be set */
};

struct tokens {
    char *path;
    struct tokens_identity seen;
    struct tokens_row *rows;
    size_t rows_count;
    size_t rows_room;
};

/* A file that is being read. */
struct tokens_reading {
    struct tokens *tokens;
    yaml_parser_t parser;
    yaml_event_t event; /* the present one */
};

static int tokens_refuse(const struct tokens_reading *reading, const char *reason)
{
    log_error("The tokens' file is refused", "file=%s line=%zu column=%zu reason=\"%s\"",
              reading->tokens->path, reading->event.start_mark.line + 1,
              reading->event.start_mark.column + 1, reason);
    return -EINVAL;
}

/* Steps to the next event. */
static int tokens_next(struct tokens_reading *reading)
{
    yaml_event_delete(&reading->event);
    memset(&reading->event, 0, sizeof(reading->event));
    if (yaml_parser_parse(&reading->parser, &reading->event))
        return 0;
    reading->event.start_mark = reading->parser.problem_mark;
    return tokens_refuse(reading,
                         reading->parser.problem ? reading->parser.problem : "out of memory");
}

static bool tokens_is(const struct tokens_reading *reading, yaml_event_type_t type)
{
    return reading->event.type == type;
}

/* The present scalar; absent when it is none, or has an anchor or a tag. */
static struct usher_text tokens_scalar(const struct tokens_reading *reading)
{
    if (!tokens_is(reading, YAML_SCALAR_EVENT) || reading->event.data.scalar.anchor ||
        reading->event.data.scalar.tag)
        return USHER_NO_TEXT;
    return (struct usher_text){(const char *)reading->event.data.scalar.value,
                               reading->event.data.scalar.length};
}

static bool tokens_read_digest(struct usher_text hex, unsigned char *digest)
{
    static const char digits[] = "0123456789abcdef";
    if (hex.length != 2 * TOKENS_DIGEST_SIZE)
        return false;
    for (size_t i = 0; i < hex.length; i++) {
        const char *digit = memchr(digits, hex.at[i], sizeof(digits) - 1);
        if (!digit)
            return false;
        digest[i / 2] = (unsigned char)(digest[i / 2] << 4 | (digit - digits));
    }
    return true;
}

/* What is wrong with this member of a row, or NULL. */
static const char *tokens_set(struct tokens_row *row, struct usher_text key,
                              struct usher_text value, bool *has_digest)
{
    if (usher_text_is_equal(key, USHER_TEXT("client"))) {
        if (row->client[0])
            return "a second client in one row";
        return usher_text_is_id(value) && usher_text_copy(row->client, sizeof(row->client), value)
                   ? NULL
                   : "client must be 1 to 32 of [A-Za-z0-9._@:+-]";
    }
    if (usher_text_is_equal(key, USHER_TEXT("agent"))) {
        if (row->agent[0])
            return "a second agent in one row";
        return usher_text_is_id(value) && usher_text_copy(row->agent, sizeof(row->agent), value)
                   ? NULL
                   : "agent must be 1 to 64 of [A-Za-z0-9._@:+-]";
    }
    if (usher_text_is_equal(key, USHER_TEXT("role"))) {
        if (row->role != USHER_ROLE_NONE)
            return "a second role in one row";
        row->role = usher_role_find(value);
        return row->role != USHER_ROLE_NONE
                   ? NULL
                   : "role must be pbx, desk, supervisor, admin or observer";
    }
    if (usher_text_is_equal(key, USHER_TEXT("sha256"))) {
        if (*has_digest)
            return "a second sha256 in one row";
        *has_digest = true;
        return tokens_read_digest(value, row->digest)
                   ? NULL
                   : "sha256 must be 64 hexadecimal digits, in small letters";
    }
    return "a row has client, role, agent and sha256, and nothing else";
}

static int tokens_add(struct tokens_reading *reading, const struct tokens_row *row)
{
    struct tokens *tokens = reading->tokens;
    if (tokens->rows_count == TOKENS_ROWS_MAX)
        return tokens_refuse(reading, "more than 16384 rows");
    if (tokens->rows_count == tokens->rows_room) {
        size_t room = tokens->rows_room > 0 ? 2 * tokens->rows_room : 16;
        struct tokens_row *rows = realloc(tokens->rows, room * sizeof(*rows));
        if (!rows)
            return -ENOMEM;
        tokens->rows = rows;
        tokens->rows_room = room;
    }
    tokens->rows[tokens->rows_count++] = *row;
    return 0;
}

/* The present event is the start of a row; afterwards it is its end. */
static int tokens_read_row(struct tokens_reading *reading)
{
    struct tokens_row row = {0};
    bool has_digest = false;
    char key_room[16];
    if (!tokens_is(reading, YAML_MAPPING_START_EVENT))
        return tokens_refuse(reading, "each row must be {client, role, agent, sha256}");
    for (;;) {
        int error = tokens_next(reading);
        if (error < 0)
            return error;
        if (tokens_is(reading, YAML_MAPPING_END_EVENT))
            break;
        if (!usher_text_copy(key_room, sizeof(key_room), tokens_scalar(reading)))
            return tokens_refuse(reading,
                                 "a row has client, role, agent and sha256, and nothing else");
        error = tokens_next(reading);
        if (error < 0)
            return error;
        const char *wrong =
            tokens_set(&row, usher_text_of(key_room), tokens_scalar(reading), &has_digest);
        if (wrong)
            return tokens_refuse(reading, wrong);
    }
    if (!row.client[0] || row.role == USHER_ROLE_NONE || !has_digest)
        return tokens_refuse(reading, "a row needs client, role and sha256");
    if ((row.role == USHER_ROLE_DESK) != (row.agent[0] != 0))
        return tokens_refuse(reading, "a desk's row needs its agent, and no other's has one");
    return tokens_add(reading, &row);
}

static int tokens_read_list(struct tokens_reading *reading)
{
    int error = 0;
    do /* the starts of stream and document; an empty file has no list */
        error = tokens_next(reading);
    while (error == 0 && (tokens_is(reading, YAML_STREAM_START_EVENT) ||
                          tokens_is(reading, YAML_DOCUMENT_START_EVENT)));
    if (error < 0)
        return error;
    if (!tokens_is(reading, YAML_SEQUENCE_START_EVENT))
        return tokens_refuse(reading, "it must be a list of {client, role, agent, sha256}");
    for (;;) {
        error = tokens_next(reading);
        if (error < 0 || tokens_is(reading, YAML_SEQUENCE_END_EVENT))
            return error;
        error = tokens_read_row(reading);
        if (error < 0)
            return error;
    }
}

static int tokens_parse(struct tokens *tokens, FILE *file)
{
    struct tokens_reading reading = {.tokens = tokens};
    if (!yaml_parser_initialize(&reading.parser))
        return -ENOMEM;
    yaml_parser_set_encoding(&reading.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_file(&reading.parser, file);
    int error = tokens_read_list(&reading);
    yaml_event_delete(&reading.event);
    yaml_parser_delete(&reading.parser);
    return error;
}

static struct tokens_identity tokens_identity_of(const struct stat *status)
{
    return (struct tokens_identity){status->st_dev, status->st_ino, status->st_size,
                                    status->st_ctim};
}

static bool tokens_is_changed(const struct tokens *tokens, const struct stat *status)
{
    const struct tokens_identity *seen = &tokens->seen;
    return seen->device != status->st_dev || seen->inode != status->st_ino ||
           seen->size != status->st_size || seen->changed.tv_sec != status->st_ctim.tv_sec ||
           seen->changed.tv_nsec != status->st_ctim.tv_nsec;
}

static int tokens_read(struct tokens *tokens)
{
    struct stat status;
    int error = 0;
    tokens->rows_count = 0;
    memset(&tokens->seen, 0, sizeof(tokens->seen));
    FILE *file = fopen(tokens->path, "re");
    if (!file || fstat(fileno(file), &status) < 0) {
        error = -errno;
        log_error("The tokens' file cannot be read", "file=%s error=\"%s\"", tokens->path,
                  strerror(-error));
        goto out;
    }
    tokens->seen = tokens_identity_of(&status);
    if (!S_ISREG(status.st_mode) || (status.st_mode & (S_IRWXO | S_IWGRP)) ||
        status.st_size > TOKENS_BYTES_MAX) {
        error = -EINVAL;
        log_error("The tokens' file is refused; it must be a file of at most 4 MiB that others can "
                  "neither read "
                  "nor write (chmod 0640)",
                  "file=%s mode=%04o", tokens->path, status.st_mode & 07777);
        goto out;
    }
    error = tokens_parse(tokens, file);
out:
    if (error < 0)
        tokens->rows_count = 0;
    if (file)
        fclose(file);
    return error;
}

int tokens_open(struct tokens **tokens, const char *path)
{
    struct tokens *made = calloc(1, sizeof(*made));
    int error = -ENOMEM;
    if (made)
        made->path = strdup(path);
    if (made && made->path)
        error = tokens_read(made);
    if (error < 0) {
        tokens_close(made);
        return error;
    }
    *tokens = made;
    return 0;
}

void tokens_close(struct tokens *tokens)
{
    if (!tokens)
        return;
    free(tokens->path);
    free(tokens->rows);
    free(tokens);
}

const struct tokens_row *tokens_find(struct tokens *tokens, struct usher_text token)
{
    struct stat status;
    unsigned char digest[TOKENS_DIGEST_SIZE];
    const struct tokens_row *found = NULL;
    if (stat(tokens->path, &status) < 0)
        status = (struct stat){0};
    if (tokens_is_changed(tokens, &status))
        (void)tokens_read(tokens); /* it has logged; then there are no rows */
    if (!token.at || !EVP_Digest(token.at, token.length, digest, NULL, EVP_sha256(), NULL))
        return NULL;
    for (size_t i = 0; i < tokens->rows_count; i++)
        if (CRYPTO_memcmp(digest, tokens->rows[i].digest, sizeof(digest)) == 0)
            found = &tokens->rows[i];
    OPENSSL_cleanse(digest, sizeof(digest));
    return found;
}
