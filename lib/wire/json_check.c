/* The strict checker: one pass, no allocation, recursion no deeper than depth_max. Everything else
 * in this room trusts what it accepted.
 *
 * The keys of all open objects lie on one stack, chained by hash. An object's keys are the newest
 * of each chain, so a search stops at the first key below the object's own, and closing the object
 * unlinks its keys in the reverse order. */
#include <assert.h>
#include <stdint.h>

#include "wire/json.h"
#include "wire/json_string.h"

enum { CHAINS = 256 };

struct open_key {
    struct usher_text inner; /* as written, without the quotes */
    uint32_t hash;           /* of the unescaped bytes */
    uint16_t below;          /* 1-based: the next key of the chain; 0 = none */
};

struct checker {
    const char *start;
    const char *at;
    const char *end;
    size_t depth_left;
    struct usher_json_problem *problem;
    size_t keys_count;
    uint16_t chains[CHAINS]; /* 1-based: the newest key of each chain; 0 = none */
    struct open_key keys[USHER_JSON_KEYS_MAX];
};

static const char unexpected[] = "an unexpected character";
static const char too_early[] = "an unexpected end";

static bool fail_at(struct checker *c, const char *at, const char *what)
{
    c->problem->column = (size_t)(at - c->start) + 1;
    c->problem->what = what;
    return false;
}

/* Something else than `what` stands here, or nothing. */
static bool fail(struct checker *c, const char *what)
{
    return fail_at(c, c->at, c->at == c->end ? too_early : what);
}

static void skip_space(struct checker *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r'))
        c->at++;
}

/* The length of the UTF-8 character at `at`, whose first byte is beyond ASCII; 0 when it is not
 * well formed (RFC 3629). */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    unsigned char lead = at[0];
    if (lead < 0xc2 || lead > 0xf4 || left < 2)
        return 0;
    if (lead < 0xe0)
        return (at[1] & 0xc0) == 0x80 ? 2 : 0;
    size_t length = lead < 0xf0 ? 3 : 4;
    if (length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    bool is_overlong = (lead == 0xe0 && at[1] < 0xa0) || (lead == 0xf0 && at[1] < 0x90);
    bool is_surrogate = lead == 0xed && at[1] > 0x9f;
    bool is_beyond = lead == 0xf4 && at[1] > 0x8f;
    return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

/* Consumes characters beyond ASCII, as many as follow each other. */
static bool check_utf8(struct checker *c)
{
    while (c->at < c->end && (unsigned char)*c->at >= 0x80) {
        size_t length = utf8_length((const unsigned char *)c->at, (size_t)(c->end - c->at));
        if (length == 0)
            return fail(c, "bad UTF-8");
        c->at += length;
    }
    return true;
}

/* Consumes the four digits of a \u escape. */
static bool check_hex4(struct checker *c, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, c->at++) {
        int digit = c->at < c->end ? usher_json_hex(*c->at) : -1;
        if (digit < 0)
            return fail(c, "a bad \\u escape");
        *code = *code * 16 + (uint32_t)digit;
    }
    return true;
}

/* Consumes an escape whose backslash is consumed. */
static bool check_escape(struct checker *c)
{
    const char *backslash = c->at - 1;
    if (c->at == c->end)
        return fail(c, too_early);
    char kind = *c->at++;
    if (kind != 'u')
        return (kind != '\0' && strchr("\"\\/bfnrt", kind)) ||
               fail_at(c, backslash, "an unknown escape");

    uint32_t code;
    uint32_t low;
    if (!check_hex4(c, &code))
        return false;
    if (code == 0)
        return fail_at(c, backslash, "a NUL");
    if (code < 0xd800 || code > 0xdfff)
        return true;
    if (code > 0xdbff || c->end - c->at < 2 || c->at[0] != '\\' || c->at[1] != 'u')
        return fail_at(c, backslash, "a lone surrogate");
    c->at += 2;
    if (!check_hex4(c, &low))
        return false;
    return (low >= 0xdc00 && low <= 0xdfff) || fail_at(c, backslash, "a lone surrogate");
}

/* Consumes a string from its opening quote. */
static bool check_string(struct checker *c, struct usher_text *inner, bool *has_escape)
{
    const char *first = ++c->at;
    *has_escape = false;
    for (;;) {
        c->at = usher_json_skip_plain(c->at, c->end);
        if (c->at == c->end)
            return fail(c, too_early);
        unsigned char byte = (unsigned char)*c->at;
        if (byte == '"')
            break;
        if (byte == '\\') {
            *has_escape = true;
            c->at++;
            if (!check_escape(c))
                return false;
        } else if (byte >= 0x80) {
            if (!check_utf8(c))
                return false;
        } else {
            return fail(c, byte == 0 ? "a NUL" : "a control character in a string");
        }
    }
    *inner = (struct usher_text){first, (size_t)(c->at - first)};
    c->at++;
    return true;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 32);
}

/* The hash of a string without escapes: its bytes by eights, the last word filled up with zeros. */
static uint64_t hash_plain(struct usher_text inner, const char *end)
{
    uint64_t hash = 0;
    uint64_t word = 0;
    size_t left = inner.length;
    for (; left >= 8; left -= 8, inner.at += 8)
        hash = mix(hash, usher_json_word(inner.at));
    if (left > 0 && end - inner.at >= 8) {
        word = usher_json_word(inner.at) & (UINT64_MAX >> (64 - 8 * left));
    } else {
        for (size_t i = 0; i < left; i++)
            word |= (uint64_t)(unsigned char)inner.at[i] << (8 * i);
    }
    return mix(hash, word);
}

/* The same hash for a string with escapes. */
static uint64_t hash_escaped(struct usher_text inner)
{
    struct usher_json_string string = usher_json_string_start(inner);
    uint64_t hash = 0;
    uint64_t word = 0;
    unsigned shift = 0;
    for (int byte; (byte = usher_json_string_next(&string)) >= 0;) {
        word |= (uint64_t)byte << shift;
        shift = (shift + 8) % 64;
        if (shift == 0) {
            hash = mix(hash, word);
            word = 0;
        }
    }
    return mix(hash, word);
}

/* Puts a key of the object whose first key is number `first` on the stack, unless that object has
 * it. */
static bool take_key(struct checker *c, struct usher_text inner, bool has_escape, size_t first)
{
    uint32_t hash = (uint32_t)(has_escape ? hash_escaped(inner) : hash_plain(inner, c->end));
    uint16_t *chain = &c->chains[hash % CHAINS];
    for (size_t i = *chain; i > first; i = c->keys[i - 1].below) {
        /* The analyzer cannot know that a chain holds only keys that were put on the stack. */
        /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage) */
        if (c->keys[i - 1].hash == hash && usher_json_string_is_equal(c->keys[i - 1].inner, inner))
            return fail_at(c, inner.at - 1, "a duplicate key");
    }
    if (c->keys_count == USHER_JSON_KEYS_MAX)
        return fail_at(c, inner.at - 1, "one key too many");
    c->keys[c->keys_count++] = (struct open_key){.inner = inner, .hash = hash, .below = *chain};
    *chain = (uint16_t)c->keys_count;
    return true;
}

static void drop_keys(struct checker *c, size_t first)
{
    while (c->keys_count > first) {
        const struct open_key *key = &c->keys[--c->keys_count];
        c->chains[key->hash % CHAINS] = key->below;
    }
}

static bool check_value(struct checker *c);

static bool check_member(struct checker *c, size_t first_key)
{
    struct usher_text key = USHER_NO_TEXT;
    bool has_escape = false;
    skip_space(c);
    if (c->at == c->end || *c->at != '"')
        return fail(c, "a key that is no string");
    if (!check_string(c, &key, &has_escape) || !take_key(c, key, has_escape, first_key))
        return false;
    skip_space(c);
    if (c->at == c->end || *c->at != ':')
        return fail(c, "a key without a colon");
    c->at++;
    return check_value(c);
}

/* Consumes an object or array from its opening bracket. */
static bool check_nest(struct checker *c, char closing)
{
    if (c->depth_left == 0)
        return fail(c, "one level too deep");
    c->depth_left--;
    c->at++;
    size_t first_key = c->keys_count;
    skip_space(c);
    if (c->at < c->end && *c->at == closing) {
        c->at++;
        c->depth_left++;
        return true;
    }
    for (;;) {
        if (!(closing == '}' ? check_member(c, first_key) : check_value(c)))
            return false;
        skip_space(c);
        if (c->at == c->end || (*c->at != ',' && *c->at != closing))
            return fail(c, unexpected);
        if (*c->at++ == closing)
            break;
    }
    drop_keys(c, first_key);
    c->depth_left++;
    return true;
}

static bool check_word(struct checker *c, const char *word, size_t length)
{
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0)
        return fail(c, "an unknown word");
    c->at += length;
    return true;
}

static bool check_digits(struct checker *c)
{
    const char *first = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
        c->at++;
    return c->at > first || fail(c, "a number without digits");
}

static bool check_number(struct checker *c)
{
    if (*c->at == '-')
        c->at++;
    const char *first = c->at;
    if (!check_digits(c))
        return false;
    if (*first == '0' && c->at > first + 1)
        return fail_at(c, first, "a number with a leading zero");
    if (c->at < c->end && *c->at == '.') {
        c->at++;
        if (!check_digits(c))
            return false;
    }
    if (c->at < c->end && (*c->at == 'e' || *c->at == 'E')) {
        c->at++;
        if (c->at < c->end && (*c->at == '+' || *c->at == '-'))
            c->at++;
        return check_digits(c);
    }
    return true;
}

static bool check_value(struct checker *c)
{
    struct usher_text inner;
    bool has_escape;
    skip_space(c);
    if (c->at == c->end)
        return fail(c, too_early);
    switch (*c->at) {
    case '{':
        return check_nest(c, '}');
    case '[':
        return check_nest(c, ']');
    case '"':
        return check_string(c, &inner, &has_escape);
    case 't':
        return check_word(c, "true", 4);
    case 'f':
        return check_word(c, "false", 5);
    case 'n':
        return check_word(c, "null", 4);
    default:
        if (*c->at == '-' || (*c->at >= '0' && *c->at <= '9'))
            return check_number(c);
        return fail(c, unexpected);
    }
}

bool usher_json_check(struct usher_text line, size_t depth_max, struct usher_json_problem *problem)
{
    assert(depth_max <= USHER_JSON_DEPTH_MAX);
    struct checker c;
    c.start = c.at = line.at ? line.at : "";
    c.end = c.start + line.length;
    c.depth_left = depth_max;
    c.problem = problem;
    c.keys_count = 0;
    memset(c.chains, 0, sizeof(c.chains));
    *problem = (struct usher_json_problem){0, ""};

    if (!check_value(&c))
        return false;
    skip_space(&c);
    return c.at == c.end || fail(&c, "text after the value");
}
