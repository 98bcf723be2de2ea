/* The parties. Invariants: an open party's node stands in one list, `seeing` or its group's; a
 * group has a member, but for the time of a hand-out; a serial is slot and use, and is never given
 * out twice. */
#include "parties.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PARTIES_GROUPS_START 64
#define PARTIES_KEY_SIZE     (2 + USHER_AGENT_ID_MAX + 1) /* "d/olena", "p/pbx1" */

struct parties_group {
    struct usher_list node;
    struct usher_list members;
    char key[PARTIES_KEY_SIZE];
};

_Static_assert(USHER_CLIENT_NAME_MAX <= USHER_AGENT_ID_MAX, "a client's name fits in a key");

static struct usher_text parties_key_of(const void *item)
{
    return usher_text_of(((const struct parties_group *)item)->key);
}

static struct usher_text parties_key(enum usher_role role, struct usher_text name,
                                     char room[PARTIES_KEY_SIZE])
{
    assert(name.length < PARTIES_KEY_SIZE - 2);
    room[0] = role == USHER_ROLE_PBX ? 'p' : 'd';
    room[1] = '/';
    memcpy(room + 2, name.at, name.length);
    room[2 + name.length] = '\0';
    return (struct usher_text){room, 2 + name.length};
}

static struct parties_group *parties_find_group(const struct parties *parties, enum usher_role role,
                                                struct usher_text name)
{
    char room[PARTIES_KEY_SIZE];
    if (name.length == 0)
        return NULL;
    return usher_table_find(&parties->by_key, parties_key(role, name, room));
}

static bool parties_sees_all(const struct router_party *party)
{
    return party->role != USHER_ROLE_PBX && party->role != USHER_ROLE_DESK;
}

static struct usher_text parties_name_of(const struct router_party *party)
{
    return usher_text_of(party->role == USHER_ROLE_PBX ? party->client : party->agent);
}

int parties_init(struct parties *parties, struct usher_hash_seed seed)
{
    *parties = (struct parties){.free_slot = SIZE_MAX, .seed = seed};
    usher_list_init(&parties->seeing);
    usher_list_init(&parties->groups);
    return usher_table_init(&parties->by_key, PARTIES_GROUPS_START, seed, parties_key_of) ? 0
                                                                                          : -ENOMEM;
}

static void parties_drop_group(struct parties *parties, struct parties_group *group)
{
    usher_table_remove(&parties->by_key, group);
    usher_list_remove(&group->node);
    free(group);
}

void parties_fini(struct parties *parties)
{
    assert(usher_list_is_empty(&parties->seeing) && usher_list_is_empty(&parties->groups));
    usher_table_fini(&parties->by_key);
    free(parties->slots);
}

/* Doubles the table of groups. */
static int parties_grow_table(struct parties *parties)
{
    struct usher_table grown;
    if (!usher_table_init(&grown, parties->by_key.count_max * 2, parties->seed, parties_key_of))
        return -ENOMEM;
    usher_list_for_each (node, &parties->groups) {
        struct parties_group *group = usher_list_entry(node, struct parties_group, node);
        enum usher_table_put_result result = usher_table_put(&grown, group);
        assert(result == USHER_TABLE_PUT);
        (void)result;
    }
    usher_table_fini(&parties->by_key);
    parties->by_key = grown;
    return 0;
}

static struct parties_group *parties_make_group(struct parties *parties, enum usher_role role,
                                                struct usher_text name)
{
    if (parties->by_key.count == parties->by_key.count_max && parties_grow_table(parties) < 0)
        return NULL;
    struct parties_group *group = calloc(1, sizeof(*group));
    if (!group)
        return NULL;
    usher_list_init(&group->members);
    usher_list_init(&group->node);
    (void)parties_key(role, name, group->key);
    usher_list_append(&parties->groups, &group->node);
    enum usher_table_put_result result = usher_table_put(&parties->by_key, group);
    assert(result == USHER_TABLE_PUT);
    (void)result;
    return group;
}

static int parties_grow_slots(struct parties *parties)
{
    size_t count = parties->slots_count ? parties->slots_count * 2 : 16;
    struct parties_slot *grown = realloc(parties->slots, count * sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    for (size_t i = parties->slots_count; i < count; i++) {
        grown[i] = (struct parties_slot){.next_free = parties->free_slot};
        parties->free_slot = i;
    }
    parties->slots = grown;
    parties->slots_count = count;
    return 0;
}

int parties_add(struct parties *parties, struct router_party *party)
{
    if (parties->free_slot == SIZE_MAX && parties_grow_slots(parties) < 0)
        return -ENOMEM;
    size_t index = parties->free_slot;
    struct parties_slot *slot = &parties->slots[index];
    parties->free_slot = slot->next_free;
    slot->party = party;
    slot->use++;
    party->serial = (uint64_t)slot->use << 32 | (uint32_t)index;
    party->since = (struct usher_number){0};
    usher_list_init(&party->node);
    return 0;
}

int parties_open(struct parties *parties, struct router_party *party)
{
    usher_list_remove(&party->node);
    if (parties_sees_all(party)) {
        usher_list_append(&parties->seeing, &party->node);
        return 0;
    }
    struct usher_text name = parties_name_of(party);
    assert(name.length > 0);
    struct parties_group *group = parties_find_group(parties, party->role, name);
    if (!group)
        group = parties_make_group(parties, party->role, name);
    if (!group)
        return -ENOMEM;
    usher_list_append(&group->members, &party->node);
    return 0;
}

bool parties_is_open(const struct router_party *party)
{
    return !usher_list_is_empty(&party->node);
}

void parties_remove(struct parties *parties, struct router_party *party)
{
    assert(parties_find(parties, party->serial) == party);
    size_t index = (uint32_t)party->serial;
    parties->slots[index].party = NULL;
    parties->slots[index].next_free = parties->free_slot;
    parties->free_slot = index;
    if (!parties_is_open(party))
        return;
    usher_list_remove(&party->node);
    if (parties_sees_all(party) || parties->is_handing_out)
        return;
    struct parties_group *group = parties_find_group(parties, party->role, parties_name_of(party));
    if (group && usher_list_is_empty(&group->members))
        parties_drop_group(parties, group);
}

struct router_party *parties_find(const struct parties *parties, uint64_t serial)
{
    size_t index = (uint32_t)serial;
    if (index >= parties->slots_count || parties->slots[index].use != serial >> 32)
        return NULL;
    return parties->slots[index].party;
}

static bool parties_has(const struct parties *parties, enum usher_role role, struct usher_text name)
{
    const struct parties_group *group = parties_find_group(parties, role, name);
    return group && !usher_list_is_empty(&group->members);
}

bool parties_has_pbx(const struct parties *parties, struct usher_text client)
{
    return parties_has(parties, USHER_ROLE_PBX, client);
}

bool parties_has_desk(const struct parties *parties, struct usher_text agent)
{
    return parties_has(parties, USHER_ROLE_DESK, agent);
}

bool parties_is_concerned(const struct router_party *party, const struct router_event *event)
{
    if (parties_sees_all(party))
        return true;
    struct usher_text of = party->role == USHER_ROLE_PBX ? event->client : event->agent;
    return of.length > 0 && usher_text_is_equal(of, parties_name_of(party));
}

static void parties_hand_to(struct usher_list *members, const struct router_event *event)
{
    usher_list_for_each_safe (node, members) {
        struct router_party *party = usher_list_entry(node, struct router_party, node);
        if (usher_number_compare(event->n, party->since) > 0)
            party->ops->event(party, event);
    }
}

/* Drops `group` if its last member left while events were handed out. */
static void parties_sweep(struct parties *parties, struct parties_group *group)
{
    if (group && usher_list_is_empty(&group->members))
        parties_drop_group(parties, group);
}

void parties_hand_out(struct parties *parties, const struct router_event *event)
{
    assert(!parties->is_handing_out);
    struct parties_group *pbx = parties_find_group(parties, USHER_ROLE_PBX, event->client);
    struct parties_group *desk = parties_find_group(parties, USHER_ROLE_DESK, event->agent);
    parties->is_handing_out = true;
    if (pbx)
        parties_hand_to(&pbx->members, event);
    if (desk)
        parties_hand_to(&desk->members, event);
    parties_hand_to(&parties->seeing, event);
    parties->is_handing_out = false;
    parties_sweep(parties, pbx);
    parties_sweep(parties, desk);
}

void parties_tell_leading(struct parties *parties, bool is_leading)
{
    for (size_t i = 0; i < parties->slots_count; i++) {
        struct router_party *party = parties->slots[i].party;
        if (party && party->ops->leading)
            party->ops->leading(party, is_leading);
    }
}
