/* What the files that read a traffic model share. */
#ifndef USHER_SIMULATE_TRAFFIC_READ_H
#define USHER_SIMULATE_TRAFFIC_READ_H

#include "model/limits.h"
#include "rules/arena.h"
#include "rules/document.h"
#include "simulate/traffic.h"

/* The model and everything that it points to; traffic.owner is this. */
struct usher_traffic_owner {
    struct usher_traffic traffic;
    struct usher_arena arena;
};

struct usher_traffic_reader {
    struct usher_traffic_owner *owner;
    struct usher_problems *problems;
    /* The file's `shape`, in thousandths. */
    int64_t shape[USHER_SHAPE_MAX];
    size_t shape_count;
};

extern const struct usher_schema usher_traffic_kind_schema;
extern const struct usher_schema usher_traffic_crew_schema;
extern const struct usher_schema_row usher_traffic_rate_row;

/* A copy that lies in the arena; absent after adding the problem that memory is out. */
struct usher_text usher_traffic_keep(struct usher_traffic_reader *reader, struct usher_text text);

/* Reads the list of figures that stands behind `key`, in thousandths. Returns how many; 0 after a
 * problem. */
size_t usher_traffic_read_list(struct usher_traffic_reader *reader, const struct usher_node *node,
                               const char *key, int64_t list[USHER_SHAPE_MAX]);
/* Reads a mapping of names to whole numbers. Returns how many, 0 for no node. */
size_t usher_traffic_read_shares(struct usher_traffic_reader *reader, const struct usher_node *node,
                                 const struct usher_schema_row *row,
                                 const struct usher_traffic_share **shares);
/* The same numbers as a JSON object in the owner's arena; absent for none. */
struct usher_text usher_traffic_object(struct usher_traffic_reader *reader,
                                       const struct usher_traffic_share *shares, size_t count);

/* Reads the keys of `node` into `values`, and those that it does not have from `usual`, a mapping
 * or NULL. `before` is room for another of the schema's structs. */
void usher_traffic_read_keys(struct usher_traffic_reader *reader, const struct usher_schema *schema,
                             const struct usher_node *node, const struct usher_node *usual,
                             void *values, void *before);

/* `usual`: a mapping whose keys hold where `node` does not say otherwise, or NULL. */
void usher_traffic_read_kind(struct usher_traffic_reader *reader, const struct usher_node *node,
                             const struct usher_node *usual, struct usher_traffic_kind *kind);
void usher_traffic_read_crew(struct usher_traffic_reader *reader, const struct usher_node *node,
                             const struct usher_node *usual, struct usher_traffic_crew *crew);

#endif
