/* The index is sorted by a heap: qsort has no room for the names that the numbers stand for. */
#include "rules/names.h"

#include <assert.h>

#include "rules/suggest.h"

static int compare(const struct usher_names *names, size_t a, size_t b)
{
    return usher_text_compare(names->at[names->sorted[a]], names->at[names->sorted[b]]);
}

static void swap(const struct usher_names *names, size_t a, size_t b)
{
    uint16_t kept = names->sorted[a];

    names->sorted[a] = names->sorted[b];
    names->sorted[b] = kept;
}

static void sift_down(const struct usher_names *names, size_t from, size_t count)
{
    for (size_t child = 2 * from + 1; child < count; child = 2 * from + 1) {
        if (child + 1 < count && compare(names, child, child + 1) < 0)
            child++;
        if (compare(names, from, child) >= 0)
            return;
        swap(names, from, child);
        from = child;
    }
}

bool usher_names_init(struct usher_names *names, struct usher_arena *arena,
                      const struct usher_text *at, size_t count)
{
    assert(count <= UINT16_MAX);
    names->at = at;
    names->count = 0;
    names->sorted = usher_arena_take(arena, count + 1, sizeof(uint16_t));
    if (!names->sorted)
        return false;
    names->count = count;
    for (size_t i = 0; i < count; i++)
        names->sorted[i] = (uint16_t)i;
    for (size_t i = count / 2; i > 0; i--)
        sift_down(names, i - 1, count);
    for (size_t i = count; i > 1; i--) {
        swap(names, 0, i - 1);
        sift_down(names, 0, i - 1);
    }
    return true;
}

/* The first place in `sorted` whose name is not below `name`. */
static size_t lower_bound(const struct usher_names *names, struct usher_text name)
{
    size_t low = 0;
    size_t high = names->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (usher_text_compare(names->at[names->sorted[middle]], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t usher_names_find(const struct usher_names *names, struct usher_text name)
{
    size_t place = lower_bound(names, name);

    if (place == names->count || !usher_text_is_equal(names->at[names->sorted[place]], name))
        return SIZE_MAX;
    return names->sorted[place];
}

size_t usher_names_find_prefix(const struct usher_names *names, struct usher_text prefix)
{
    size_t place = lower_bound(names, prefix);
    struct usher_text name;

    if (place == names->count)
        return SIZE_MAX;
    name = names->at[names->sorted[place]];
    if (name.length < prefix.length)
        return SIZE_MAX;
    name.length = prefix.length;
    return usher_text_is_equal(name, prefix) ? names->sorted[place] : SIZE_MAX;
}

struct usher_text usher_names_suggest(const struct usher_names *names, struct usher_text wrong)
{
    struct usher_suggestion suggestion;

    usher_suggestion_start(&suggestion, wrong);
    for (size_t i = 0; i < names->count; i++)
        usher_suggestion_offer(&suggestion, names->at[i]);
    return suggestion.best;
}
