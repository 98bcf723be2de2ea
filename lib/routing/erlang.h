/* How many contacts a number of agents answers in time, by Erlang's delay formula: contacts come at
 * random, nobody gives up, and the agents do nothing else. Integers, so that every machine says the
 * same. */
#ifndef USHER_ROUTING_ERLANG_H
#define USHER_ROUTING_ERLANG_H

#include <stddef.h>
#include <stdint.h>

#define USHER_ERLANG_AGENTS_MAX 10000

/* Contacts that keep this many agents busy without a pause, in thousandths, rounded up.
 * `per_hour` is at most a million, `handle_ms` a day. */
uint64_t usher_erlang_load(int64_t per_hour, int64_t handle_ms);
/* How many of a thousand contacts are answered within `wait_ms`; 0 when the load (of
 * usher_erlang_load) is not below the agents, who are at most USHER_ERLANG_AGENTS_MAX. */
unsigned usher_erlang_answered(uint64_t load, size_t agents, int64_t wait_ms, int64_t handle_ms);
/* The fewest agents who answer at least `per_mille` so; SIZE_MAX when the most do not. */
size_t usher_erlang_agents(uint64_t load, unsigned per_mille, int64_t wait_ms, int64_t handle_ms);

#endif
