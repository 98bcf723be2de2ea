/* The distance is that of Damerau and Levenshtein with adjacent swaps, in bytes. A name is near
 * when at most two letters, and no more than a third of the longer name, were missed, added,
 * changed or swapped. */
#include "rules/suggest.h"

#define LENGTH_MAX   48
#define DISTANCE_MAX 2

static size_t lower_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance_between(struct usher_text a, struct usher_text b)
{
    size_t rows[3][LENGTH_MAX + 1];
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];

    for (size_t j = 0; j <= b.length; j++)
        above[j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        size_t *oldest = before;

        row[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            size_t change = above[j - 1] + (a.at[i - 1] == b.at[j - 1] ? 0 : 1);

            row[j] = lower_of(change, lower_of(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
                row[j] = lower_of(row[j], before[j - 2] + 1);
        }
        before = above;
        above = row;
        row = oldest;
    }
    return above[b.length];
}

void usher_suggestion_start(struct usher_suggestion *suggestion, struct usher_text wrong)
{
    suggestion->wrong = wrong;
    suggestion->best = USHER_NO_TEXT;
    suggestion->distance = DISTANCE_MAX + 1;
}

void usher_suggestion_offer(struct usher_suggestion *suggestion, struct usher_text name)
{
    struct usher_text wrong = suggestion->wrong;
    size_t longer = wrong.length > name.length ? wrong.length : name.length;
    size_t shorter = lower_of(wrong.length, name.length);
    size_t distance;

    if (shorter == 0 || longer > LENGTH_MAX || longer - shorter > DISTANCE_MAX)
        return;
    distance = distance_between(wrong, name);
    if (distance < suggestion->distance && distance * 3 <= longer) {
        suggestion->best = name;
        suggestion->distance = distance;
    }
}
