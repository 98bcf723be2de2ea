/* Invariants: the engine never sees a contact whose memory is on its way; commands of a contact
 * keep their order. Without a customer's key nothing here is touched. */
#include "router_customers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
        is_first = false;
        if (router_is_holding(router))
            router_hold(router, held);
        else
            router_carry_out(router, held->serial, held->id, &held->command);
        held_free(held);
    }
    arrival_free(arrival);
}

static void on_recalled(void *owner, uint64_t ticket, const struct customer *customer)
{
    struct router *router = owner;
    struct arrival *arrival = arriving_find_ticket(&router->customers.arriving, ticket);
    if (arrival)
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
        if (usher_text_is_equal(customer, erased))
            router_release(router, arrival, NULL);
    }
    customers->is_erasing = true;
    customers->erasing = usher_engine_last_number(router->engine);
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
    if (!customer.at || customers->is_erasing || !rules || rules->customer.read_ms == 0 ||
        command->fields.memory.at ||
        (command->id.at && usher_engine_has_done(router->engine, command->client, command->id)) ||
        remember_is_erasing(customers->remember, customer))
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

bool router_await_memory(struct router *router, const struct held *held)
{
    struct customers *customers = &router->customers;
    const struct usher_command *command = &held->command;
    char room[USHER_CONTACT_ID_MAX + 1];
    struct usher_text contact;
    if (command->kind == USHER_COMMAND_CUSTOMER_ERASE)
        router_begin_erasing(router, command->fields.customer);
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
