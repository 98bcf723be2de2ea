/* Invariants: the engine never sees a contact whose memory is on its way; commands of a contact
 * keep their order. Without a customer's key nothing here is touched. */
#include "router_customers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/sync.h"
#include "journal/customer.h"
#include "journal/recall.h"
#include "journal/remember.h"
#include "log.h"
#include "router.h"
#include "router_state.h"
#include "wire/mask.h"

#define KEEP_MS_DEFAULT (INT64_C(365) * 86400000) /* before the first rules */

static int64_t keep_ms(const struct router *router)
{
    const struct usher_rules *rules = usher_engine_rules(router->engine);
    return rules ? rules->customer.keep_ms : KEEP_MS_DEFAULT;
}

/* Reading. */

static void add_memory(struct usher_fields *fields, const struct customer *customer)
{
    USHER_FIELDS_SET(fields, MEMORY, memory, usher_bytes_text(&customer->memory));
    if (fields->last_agent.length > 0 || customer->last_agent[0] == '\0')
        return; /* the PBX knows better */
    USHER_FIELDS_SET(fields, LAST_AGENT, last_agent, usher_text_of(customer->last_agent));
    USHER_FIELDS_SET(fields, LAST_MS, last_ms, customer->last_ms);
}

/* Carries out what has waited, in its order. */
static void router_release(struct router *router, struct arrival *arrival,
                           const struct customer *customer)
{
    struct held *held;
    bool is_first = true;
    arriving_remove(&router->customers.arriving, arrival);
    while ((held = hold_take(&arrival->commands)) != NULL) {
        if (is_first && customer)
            add_memory(&held->command.fields, customer);
        if (router_is_holding(router))
            router_hold(router, held);
        else if (held->kind == HELD_SYNC)
            router_end_sync(router, held);
        else if (is_first || !arrival->sync || !router_await_memory(router, held))
            router_carry_out(router, held->serial, held->id, &held->command);
        is_first = false;
        held_free(held);
    }
    arrival_free(arrival);
}

/* The memory of one of the customers of a PBX's list; NULL: it was not read in time. */
static void router_recall_listed(struct router *router, struct arrival *arrival, uint64_t ticket,
                                 const struct customer *customer)
{
    const struct held *held = usher_list_entry(arrival->commands.list.next, struct held, node);
    struct usher_fields known = {0};
    if (customer && parties_find(&router->parties, held->serial)) {
        add_memory(&known, customer);
        usher_sync_remember(arrival->sync, (size_t)(ticket - arrival->ticket), &known);
    }
    if (--arrival->asked_count == 0)
        router_release(router, arrival, NULL);
}

static void on_recalled(void *owner, uint64_t ticket, const struct customer *customer)
{
    struct router *router = owner;
    struct arrival *arrival = arriving_find_ticket(&router->customers.arriving, ticket);
    if (arrival && arrival->sync)
        router_recall_listed(router, arrival, ticket, customer);
    else if (arrival)
        router_release(router, arrival, customer);
}

static const struct recall_ops recall_ops = {.recalled = on_recalled};

void router_release_arrivals(struct router *router)
{
    struct arrival *arrival;
    while ((arrival = arriving_oldest(&router->customers.arriving)) != NULL)
        router_release(router, arrival, NULL);
}

/* What is remembered of a customer who is about to be erased must not come in behind that: whoever
 * waits for it does so no longer, and nobody asks for it again until it is gone. */
static void router_begin_erasing(struct router *router, struct usher_text erased)
{
    struct customers *customers = &router->customers;
    usher_list_for_each_safe (node, &customers->arriving.list) {
        struct arrival *arrival = usher_list_entry(node, struct arrival, node);
        const struct held *first = usher_list_entry(arrival->commands.list.next, struct held, node);
        char room[USHER_CUSTOMER_MAX];
        struct usher_text customer =
            usher_customer_of(router->engine, &first->command.fields, room);
        if (arrival->sync || usher_text_is_equal(customer, erased))
            router_release(router, arrival, NULL);
    }
    customers->is_erasing = true;
    customers->erasing = usher_engine_last_number(router->engine);
}

static bool router_may_ask(const struct router *router, struct usher_text customer)
{
    const struct customers *customers = &router->customers;
    const struct usher_rules *rules = usher_engine_rules(router->engine);
    return customer.at && customers->recall && !customers->is_erasing && rules &&
           rules->customer.read_ms != 0 && !remember_is_erasing(customers->remember, customer);
}

/* Asks for the memory of the customer of an arrival, if there is one to ask for. */
static bool router_ask_memory(struct router *router, const struct held *held,
                              struct usher_text contact)
{
    struct customers *customers = &router->customers;
    const struct usher_rules *rules = usher_engine_rules(router->engine);
    const struct usher_command *command = &held->command;
    char room[USHER_CUSTOMER_MAX];
    struct usher_text customer = usher_customer_of(router->engine, &command->fields, room);
    if (!router_may_ask(router, customer) || command->fields.memory.at ||
        (command->id.at && usher_engine_has_done(router->engine, command->client, command->id)))
        return false;
    /* It does not lose its place in line meanwhile. */
    struct held arrived = *held;
    if (command->kind == USHER_COMMAND_CONTACT_ARRIVE &&
        !usher_fields_has(&command->fields, USHER_FIELD_SINCE_MS))
        USHER_FIELDS_SET(&arrived.command.fields, SINCE_MS, since_ms, router_now_ms(router));
    struct arrival *arrival = arriving_add(&customers->arriving, contact, &arrived);
    if (!arrival)
        return false;
    if (recall_ask(customers->recall, customer, rules->customer.read_ms, arrival->ticket))
        return true;
    arriving_remove(&customers->arriving, arrival);
    arrival_free(arrival);
    return false;
}

/* The full id of the command's contact, in `room`; of a booking that Usher is to name, an id that
 * no command can mean. False when there is none. */
static bool find_id(const struct router *router, const struct usher_command *command,
                    char room[USHER_CONTACT_ID_MAX + 1], struct usher_text *contact)
{
    if (command->fields.contact.at)
        return usher_engine_contact_id(command, room, contact);
    if (command->kind != USHER_COMMAND_CONTACT_SCHEDULE)
        return false;
    int length = snprintf(room, USHER_CONTACT_ID_MAX + 1, "/%" PRIu64,
                          router->customers.arriving.ticket_last + 1);
    *contact = (struct usher_text){room, (size_t)length};
    return true;
}

/* Under what name the list of a PBX waits: no contact and no booking has it. */
static struct usher_text name_of_list(struct usher_text client, char room[USHER_CONTACT_ID_MAX + 1])
{
    int length = snprintf(room, USHER_CONTACT_ID_MAX + 1, "//%.*s", USHER_TEXT_ARGS(client));
    return (struct usher_text){room, (size_t)length};
}

bool router_await_listed(struct router *router, const struct held *held, struct usher_text client)
{
    struct arriving *arriving = &router->customers.arriving;
    const struct usher_rules *rules = usher_engine_rules(router->engine);
    char room[USHER_CONTACT_ID_MAX + 1];
    char customer_room[USHER_CUSTOMER_MAX];
    struct usher_text name = name_of_list(client, room);
    size_t count = usher_sync_count(held->sync);
    struct arrival *arrival = arriving_find(arriving, name);
    if (arrival)
        router_release(router, arrival, NULL);
    if (!router->customers.recall || !(arrival = arriving_add(arriving, name, held)))
        return false;
    arriving_take_tickets(arriving, arrival, count);
    for (size_t i = 0; i < count; i++) {
        struct usher_text customer =
            usher_sync_customer(held->sync, router->engine, client, i, customer_room);
        if (router_may_ask(router, customer) &&
            recall_ask(router->customers.recall, customer, rules->customer.read_ms,
                       arrival->ticket + i))
            arrival->asked_count++;
    }
    if (arrival->asked_count > 0)
        return true;
    arriving_remove(arriving, arrival);
    arrival_free(arrival);
    return false;
}

/* What a PBX says after its list waits behind that. */
static bool router_await_list(struct router *router, const struct held *held)
{
    struct arriving *arriving = &router->customers.arriving;
    char room[USHER_CONTACT_ID_MAX + 1];
    struct arrival *arrival =
        arriving->count > 0 && held->command.role == USHER_ROLE_PBX
            ? arriving_find(arriving, name_of_list(held->command.client, room))
            : NULL;
    if (!arrival)
        return false;
    if (arriving_push(arriving, arrival, held))
        return true;
    router_release(router, arrival, NULL);
    return false;
}

bool router_await_memory(struct router *router, const struct held *held)
{
    struct customers *customers = &router->customers;
    const struct usher_command *command = &held->command;
    char room[USHER_CONTACT_ID_MAX + 1];
    struct usher_text contact;
    if (command->kind == USHER_COMMAND_CUSTOMER_ERASE)
        router_begin_erasing(router, command->fields.customer);
    if (router_await_list(router, held))
        return true;
    bool is_arrival =
        customers->recall != NULL && (command->kind == USHER_COMMAND_CONTACT_ARRIVE ||
                                      command->kind == USHER_COMMAND_CONTACT_SCHEDULE);
    if ((!is_arrival && customers->arriving.count == 0) ||
        !find_id(router, command, room, &contact))
        return false;
    struct arrival *arrival = arriving_find(&customers->arriving, contact);
    if (!arrival)
        return is_arrival && router_ask_memory(router, held, contact);
    if (arriving_push(&customers->arriving, arrival, held))
        return true;
    router_release(router, arrival, NULL);
    return false;
}

/* Writing. */

void router_remember(struct router *router, const struct batch *batch)
{
    struct customers *customers = &router->customers;
    if (customers->is_erasing && batch->lines_count > 0)
        customers->is_erasing = usher_number_compare(batch_last(batch), customers->erasing) <= 0;
    if (batch->customers_count > 0)
        remember_take(router->customers.remember, usher_bytes_text(&batch->lines), keep_ms(router));
}

void router_remember_line(struct router *router, struct usher_text line)
{
    remember_take(router->customers.remember, line, keep_ms(router));
}

bool router_has_remembered(const struct router *router)
{
    return remember_is_settled(router->customers.remember);
}

void router_erase(struct router *router, const struct router_event *event)
{
    char room[USHER_CUSTOMER_MAX];
    struct usher_text customer = usher_mask_customer(event->line, room);
    log_warning("A customer is erased: his data are masked, and go from memory and archive", NULL);
    ring_erase(&router->ring, customer);
    journal_wish_snapshot(router->journal);
}

void router_erase_again(struct router *router, struct usher_text lines)
{
    static const struct usher_text mark = {"\"ev\":\"customer.erased\"", 22};
    const char *end = lines.at + lines.length;
    const char *found;
    while ((found = memmem(lines.at, (size_t)(end - lines.at), mark.at, mark.length)) != NULL) {
        const char *begin = memrchr(lines.at, '\n', (size_t)(found - lines.at));
        const char *newline = memchr(found, '\n', (size_t)(end - found));
        begin = begin ? begin + 1 : lines.at;
        lines.at = newline ? newline + 1 : end;
        router_remember_line(
            router, (struct usher_text){begin, (size_t)(lines.at - begin) - (newline != NULL)});
    }
}

/* Life. */

int router_customers_init(struct router *router, struct usher_hash_seed seed)
{
    int error = arriving_init(&router->customers.arriving, seed);
    if (error == 0)
        error = remember_new(&router->customers.remember, router->base, router->settings);
    return error;
}

static void router_drop_arrivals(struct router *router)
{
    struct arrival *arrival;
    while ((arrival = arriving_oldest(&router->customers.arriving)) != NULL) {
        arriving_remove(&router->customers.arriving, arrival);
        arrival_free(arrival);
    }
}

void router_forget_customers(struct router *router)
{
    recall_close(router->customers.recall);
    router->customers.recall = NULL;
    router_drop_arrivals(router);
    remember_rest(router->customers.remember);
}

void router_customers_fini(struct router *router)
{
    if (!router->customers.remember)
        return;
    router_forget_customers(router);
    remember_free(router->customers.remember);
    arriving_fini(&router->customers.arriving);
}

int router_know_customers(struct router *router)
{
    int error =
        recall_open(&router->customers.recall, router->base, router->settings, &recall_ops, router);
    return error == 0 ? remember_begin(router->customers.remember) : error;
}
