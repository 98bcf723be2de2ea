/* A snapshot that was damaged and sealed again is refused with words, or gives an engine that can
 * be used.
 *
 * The input says what is done to a snapshot of the center after a fixed story, so that the corpus
 * outlives a change of the form: four bytes each for place (2), deed and value. An input that
 * begins with `=` is the body of a snapshot itself. */
#include "fuzz/center.h"
#include "fuzz/fuzz.h"
#include "fuzz/use.h"

#define SAVED_MAX  ((size_t)1 << 22)
#define CHECK_SIZE 8
#define EDITS_MAX  16

static const char *const story[] = {
    "back pbx1 one",
    "olena {\"do\":\"agent.ready\",\"id\":\"d-1\"}",
    "petro {\"do\":\"agent.ready\"}",
    "anna {\"do\":\"agent.not_ready\",\"reason\":\"lunch\"}",
    "pbx1 {\"do\":\"contact.arrive\",\"contact\":\"ended\",\"channel\":\"voice\",\"to\":\"9\"}",
    "pbx1 {\"do\":\"contact.abandon\",\"contact\":\"ended\"}",
    "+1500",
    "pbx1 {\"do\":\"contact.arrive\",\"contact\":\"talking\",\"channel\":\"voice\",\"to\":\"100\","
    "\"from\":\"+38\",\"data\":{\"a\":1},\"id\":\"c-1\"}",
    "pbx1 {\"do\":\"contact.answer\",\"contact\":\"talking\",\"offer\":\"$talking\"}",
    "boss {\"do\":\"contact.note\",\"contact\":\"pbx1/talking\",\"note\":\"x\"}",
    "pbx1 {\"do\":\"contact.arrive\",\"contact\":\"wrapping\",\"channel\":\"voice\",\"to\":"
    "\"200\"}",
    "pbx1 {\"do\":\"contact.answer\",\"contact\":\"wrapping\",\"offer\":\"$wrapping\"}",
    "+20000",
    "pbx1 {\"do\":\"contact.end\",\"contact\":\"wrapping\"}",
    "anna {\"do\":\"agent.ready\"}",
    "pbx1 {\"do\":\"contact.arrive\",\"contact\":\"chat\",\"channel\":\"chat\",\"to\":\"7\"}",
    "anna {\"do\":\"offer.decline\",\"offer\":\"$chat\"}",
    "pbx1 {\"do\":\"contact.arrive\",\"contact\":\"waiting\",\"channel\":\"voice\",\"to\":\"100\"}",
    "pbx2 {\"do\":\"contact.arrive\",\"contact\":\"lost\",\"channel\":\"voice\",\"data\":{\"lang\":"
    "\"en\"}}",
    "pbx1 {\"do\":\"contact.arrive\",\"contact\":\"mail\",\"channel\":\"email\",\"to\":\"200\"}",
    "lose pbx2 45000",
};

static struct usher_bytes base; /* without its checksum */

static void make_base(void)
{
    static struct center center;
    center_open(&center);
    for (size_t i = 0; i < USHER_COUNT_OF(story); i++)
        center_do(&center, usher_text_of(story[i]));
    usher_bytes_init(&base, SAVED_MAX);
    usher_engine_save(center.world.engine, &base);
    usher_bytes_cut(&base, base.length - CHECK_SIZE);
    center_close(&center);
}

static void seal(struct usher_bytes *saved)
{
    const struct usher_hash_seed seed = {0x736e617073686f74u, 0x636865636b73756du};
    uint64_t check = usher_hash(seed, saved->at, saved->length);
    for (size_t i = 0; i < CHECK_SIZE; i++)
        usher_bytes_append_char(saved, (char)(check >> (8 * i)));
}

static void edit(struct usher_bytes *saved, const uint8_t deed[4])
{
    size_t at = (size_t)(deed[0] << 8 | deed[1]) % saved->length;
    size_t rest = saved->length - at;
    switch (deed[2] % 6) {
    case 0:
        saved->at[at] = (char)deed[3];
        break;
    case 1:
        saved->at[at] = (char)(saved->at[at] ^ (1 << (deed[3] & 7)));
        break;
    case 2: /* numbers have eight bytes, the lowest first */
        memset(saved->at + at, deed[3], rest < 8 ? rest : 8);
        break;
    case 3: /* another place's bytes */
        if (rest > 8 && deed[3] > 0)
            memcpy(saved->at + at, base.at + base.length * deed[3] / 256 % (base.length - 8), 8);
        break;
    case 4:
        memmove(saved->at + at, saved->at + at + 1, rest - 1);
        usher_bytes_cut(saved, saved->length - 1);
        break;
    default:
        usher_bytes_append_char(saved, '\0');
        memmove(saved->at + at + 1, saved->at + at, rest);
        saved->at[at] = (char)deed[3];
    }
}

static void make_saved(struct usher_bytes *saved, const uint8_t *data, size_t size)
{
    usher_bytes_init(saved, SAVED_MAX);
    if (size > 0 && data[0] == '=') {
        usher_bytes_append(saved, data + 1, size - 1);
    } else {
        usher_bytes_append(saved, base.at, base.length);
        for (size_t i = 0; i + 4 <= size && i < (size_t)4 * EDITS_MAX && saved->length > 0; i += 4)
            edit(saved, data + i);
    }
    seal(saved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct usher_bytes saved;
    struct usher_answer answer = {0};
    if (!base.at)
        make_base();
    make_saved(&saved, data, size);
    struct usher_engine *engine = use_new_engine();
    struct usher_text hash = usher_engine_saved_hash(usher_bytes_text(&saved));
    if (hash.at)
        center_shelve(engine, hash);
    if (usher_engine_load(engine, usher_bytes_text(&saved), &answer)) {
        use_check_save(engine, true);
        use_engine(engine);
    } else {
        FUZZ_REQUIRE(answer.message[0] != '\0', "refused without words");
    }
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    return 0;
}
