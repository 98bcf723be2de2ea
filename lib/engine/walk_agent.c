/* The walk over agents: what a profile says and how they stand. What they are to the classes and
 * pools is made anew. */
#include "engine/sound.h"
#include "engine/walk.h"

/* What ends by itself, or with the contacts in hand. */
static void walk_leases(struct usher_archive *archive, struct usher_agent *agent)
{
    uint32_t leaving_to = agent->leaving_to;
    uint32_t desk_state = agent->desk_state;
    usher_archive_u32(archive, &leaving_to);
    usher_archive_chars(archive, agent->leaving_reason, sizeof(agent->leaving_reason));
    usher_walk_time(archive, &agent->away_until_ms);
    usher_archive_u32(archive, &desk_state);
    usher_walk_time(archive, &agent->desk_until_ms);
    if (leaving_to >= USHER_AGENT_STATE_COUNT || desk_state >= USHER_DESK_STATE_COUNT)
        archive->is_bad = true;
    if (archive->is_bad || !usher_archive_is_loading(archive))
        return;
    agent->leaving_to = (enum usher_agent_state)leaving_to;
    agent->desk_state = (enum usher_desk_state)desk_state;
}

void usher_walk_agent(struct usher_archive *archive, struct usher_agent *agent, int64_t now_ms)
{
    uint32_t state = agent->state;
    uint32_t phone_state = agent->phone_state;
    uint32_t missed = agent->missed_count;
    usher_archive_chars(archive, agent->name, sizeof(agent->name));
    usher_archive_chars(archive, agent->phone, sizeof(agent->phone));
    usher_walk_owned(archive, &agent->skills);
    usher_walk_owned(archive, &agent->capacity);
    usher_archive_u32(archive, &state);
    usher_archive_chars(archive, agent->reason, sizeof(agent->reason));
    usher_walk_time(archive, &agent->since_ms);
    usher_archive_u32(archive, &phone_state);
    usher_walk_time(archive, &agent->phone_until_ms);
    usher_walk_time(archive, &agent->idle_since_ms);
    usher_archive_u32(archive, &missed);
    if (archive->version >= 3)
        walk_leases(archive, agent);
    if (state >= USHER_AGENT_STATE_COUNT || phone_state >= USHER_PHONE_STATE_COUNT ||
        missed > UINT8_MAX)
        archive->is_bad = true;
    if (archive->is_bad || !usher_archive_is_loading(archive))
        return;
    agent->state = (enum usher_agent_state)state;
    agent->phone_state = (enum usher_phone_state)phone_state;
    agent->missed_count = (uint8_t)missed;
    archive->is_bad = !usher_sound_agent(agent, now_ms);
}

void usher_walk_agents(struct usher_archive *archive, struct usher_engine *engine)
{
    struct usher_floor *floor = &engine->floor;
    size_t count = floor->agents_count;
    usher_archive_count(archive, &count, floor->agents_max);
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        struct usher_agent *agent = &floor->agents[i];
        struct usher_text id = usher_text_of(agent->id);
        usher_archive_text(archive, &id);
        if (usher_archive_is_loading(archive)) {
            if (id.length == 0 || id.length > USHER_AGENT_ID_MAX) {
                archive->is_bad = true;
                return;
            }
            agent = usher_floor_add_agent(floor, id, 0);
            archive->is_bad |= usher_table_put(&engine->agents_by_id, agent) != USHER_TABLE_PUT;
        }
        usher_walk_agent(archive, agent, engine->last_ms);
    }
    for (size_t i = 0; i < count && !archive->is_bad && usher_archive_is_loading(archive); i++) {
        struct usher_agent *agent = &floor->agents[i];
        archive->is_bad |= !usher_floor_profile(floor, agent, agent->since_ms);
        usher_engine_place_agent(engine, agent);
        if (agent->leaving_to != USHER_AGENT_NONE)
            usher_list_append(&engine->leaving, &agent->leaving);
    }
}
