/* `outage` and `state` in usherd.yaml. */
#include <stdlib.h>
#include <string.h>

#include "unit/settings_world.h"
#include "unit/suite.h"

START_TEST(route_is_what_holds_and_hold_at_a_standby_and_with_strict_replicas)
{
    struct scene *scene = good(END);
    ck_assert_int_eq(scene->settings.outage, SETTINGS_OUTAGE_ROUTE);
    ck_assert_str_eq(settings_outage_name(scene->settings.outage), "route");
    scene_free(scene);
    scene = good(END "outage: hold\n");
    ck_assert_int_eq(scene->settings.outage, SETTINGS_OUTAGE_HOLD);
    ck_assert_str_eq(settings_outage_name(scene->settings.outage), "hold");
    scene_free(scene);
    scene = good(END "standby: true\n");
    ck_assert_int_eq(scene->settings.outage, SETTINGS_OUTAGE_HOLD);
    scene_free(scene);
    scene = good(END "redis: {wait_replicas: 1}\n");
    ck_assert_int_eq(scene->settings.outage, SETTINGS_OUTAGE_HOLD);
    scene_free(scene);
    scene = good(END "redis: {wait_replicas: 1, replicas: best}\n");
    ck_assert_int_eq(scene->settings.outage, SETTINGS_OUTAGE_ROUTE);
    scene_free(scene);
}
END_TEST

START_TEST(state_folder_is_named_or_systemds_or_the_usual_one)
{
    struct scene *scene;
    ck_assert_int_eq(unsetenv("STATE_DIRECTORY"), 0);
    scene = good(END);
    ck_assert_str_eq(scene->settings.state, "/var/lib/usher");
    scene_free(scene);
    ck_assert_int_eq(setenv("STATE_DIRECTORY", "/var/lib/usher/kyiv:/var/lib/more", 1), 0);
    scene = good(END);
    ck_assert_str_eq(scene->settings.state, "/var/lib/usher/kyiv");
    scene_free(scene);
    scene = good(END "state: /srv/usher\n");
    ck_assert_str_eq(scene->settings.state, "/srv/usher");
    scene_free(scene);
    ck_assert_int_eq(unsetenv("STATE_DIRECTORY"), 0);
}
END_TEST

START_TEST(its_own_path_is_known)
{
    struct scene *scene = good(END);
    ck_assert_str_eq(scene->settings.file, scene->path);
    scene_free(scene);
}
END_TEST

START_TEST(bad_outage_is_told)
{
    told_assert(told_of(END "outage: rout\n"),
                "f:4:9: `outage` is `rout`; write `route` to go on from memory while Redis is "
                "away, or `hold` to wait for it\n");
    told_assert(told_of(END "standby: true\noutage: route\n"),
                "f:5:9: `outage: route` cannot go with `standby: true`: a standby cannot know "
                "what a leader decides without Redis; write `hold`, or leave it out\n");
    told_assert(
        told_of(END "redis: {wait_replicas: 1}\noutage: route\n"),
        "f:5:9: `outage: route` cannot go with `replicas: strict`, which tells nothing that "
        "the replicas do not have; write `hold`, or leave it out\n");
}
END_TEST

SUITE_MAIN("settings_outage", route_is_what_holds_and_hold_at_a_standby_and_with_strict_replicas,
           state_folder_is_named_or_systemds_or_the_usual_one, its_own_path_is_known,
           bad_outage_is_told)
