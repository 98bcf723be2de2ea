/* What the files that read usherd.yaml share: each takes one key of the file. */
#ifndef SETTINGS_PART_H
#define SETTINGS_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/document.h"
#include "rules/problem.h"
#include "rules/schema.h"
#include "settings.h"

/* The keys inside `redis`, of a member of `listen`, and of one of `links`. */
extern const struct usher_schema settings_redis_schema;
extern const struct usher_schema settings_listen_schema;
extern const struct usher_schema settings_link_schema;

struct settings_part {
    struct settings *settings;
    const char *folder; /* absolute: that of usherd.yaml */
    struct usher_problems *problems;
};

/* `node` is a mapping, or NULL when the key is absent. */
void settings_read_redis(struct settings_part *part, const struct usher_node *node);
/* Whether Redis's timing fits to `timing`, which must have been read. */
void settings_check_redis(struct settings_part *part, const struct usher_node *node);
/* `node` is a list, or NULL when the key is absent. */
void settings_read_listen(struct settings_part *part, const struct usher_node *node);
/* `node` is a list, or NULL when the key is absent: then the listeners, which must have been read,
 * are how clients reach this usherd. */
void settings_read_addresses(struct settings_part *part, const struct usher_node *node);
/* `outage` and `state`; each is NULL when the key is absent. `standby` and `redis` must have
 * been read. */
void settings_read_outage(struct settings_part *part, const struct usher_node *outage,
                          const struct usher_node *state);
/* Whether a standby's timing fits together; `timing` is its mapping, or NULL when it is absent. */
void settings_check_standby(struct settings_part *part, const struct usher_node *timing);
/* `node` is a mapping, or NULL when the key is absent. */
void settings_read_links(struct settings_part *part, const struct usher_node *node);

/* Writes the path that `node` holds, against the folder when it is relative, into `room`. False
 * after adding a problem, when it does not fit into `size`, its NUL included. */
bool settings_read_path(struct settings_part *part, const struct usher_node *node, char *room,
                        size_t size);

/* Splits "host:port" or "[v6]:port". False, with nothing added, when it is neither, the host does
 * not fit into `size` or the port is no number up to 65535. */
bool settings_split_address(struct usher_text address, char *host, size_t size, uint16_t *port);

#endif
