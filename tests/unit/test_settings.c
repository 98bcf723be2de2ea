/* usherd.yaml: defaults, every key, and every problem. */
#include "settings.h"

#include <errno.h>
#include <unistd.h>

#include "unit/settings_world.h"
#include "unit/suite.h"

START_TEST(shortest_file_has_all_defaults)
{
    struct scene *scene = good(END);
    const struct settings *settings = &scene->settings;
    char path[128];

    ck_assert_str_eq(settings->site, "demo");
    (void)snprintf(path, sizeof(path), "%s/rules.yaml", scene->folder);
    ck_assert_str_eq(settings->rules, path);
    ck_assert_str_eq(settings->redis.socket, "");
    ck_assert_str_eq(settings->redis.place.host, "127.0.0.1");
    ck_assert_uint_eq(settings->redis.place.port, 6379);
    ck_assert(!settings->redis.accept_loss);
    ck_assert_uint_eq(settings->listeners_count, 1);
    ck_assert(!settings->listeners[0].is_tcp);
    ck_assert_uint_eq(settings->listeners[0].mode, 0660);
    ck_assert_uint_eq(settings->listeners[0].grants_count, 0);
    ck_assert_uint_eq(settings->links_count, 0);
    ck_assert_int_eq(settings->timing.heartbeat_ms, 1000);
    ck_assert_int_eq(settings->timing.lease_ms, 2500);
    ck_assert_int_eq(settings->timing.grace_ms, 30000);
    ck_assert_int_eq(settings->timing.silent_reads, 3);
    ck_assert_int_eq(settings->timing.read_ms, 1000);
    ck_assert_int_eq(settings->timing.claim_jitter_ms, 300);
    ck_assert(!settings->is_standby);
    (void)snprintf(path, sizeof(path), "%s/a.sock", scene->folder);
    ck_assert_str_eq(settings->addresses, path);
    ck_assert_int_eq(settings->journal.keep_ms, INT64_C(48) * 3600000);
    ck_assert_int_eq(settings->journal.max_bytes, INT64_C(1) << 30);
    ck_assert_int_eq(settings->journal.snapshot_every, 100000);
    ck_assert_uint_eq(settings->limits.contacts, 20000);
    ck_assert_uint_eq(settings->limits.agents, 20000);
    ck_assert_uint_eq(settings->limits.classes, 1000);
    ck_assert_uint_eq(settings->limits.clients, USHER_LIMITS_DEFAULT.clients);
    ck_assert_uint_eq(settings->limits.ended, USHER_LIMITS_DEFAULT.ended);
    ck_assert_uint_eq(settings->limits.context_bytes, 8192);
    ck_assert_int_eq(settings->ring_bytes, 8 << 20);
    ck_assert_int_eq(settings->pending_bytes, 64 << 20);
    scene_free(scene);
}
END_TEST

START_TEST(numbers_are_read)
{
    struct scene *scene =
        good(END "redis: {host: redis.local, port: 7000, accept_loss: true}\n"
                 "timing: {heartbeat: 500ms, lease: 2s, grace: 1m}\n"
                 "journal: {keep: 30d, max: 2GiB, snapshot_every: 10, archive: old}\n"
                 "limits: {contacts: 10, agents: 11, classes: 12, context: 1KiB, ring: 1MiB, "
                 "pending: 2MiB}\n");
    const struct settings *settings = &scene->settings;

    ck_assert_str_eq(settings->redis.place.host, "redis.local");
    ck_assert_uint_eq(settings->redis.place.port, 7000);
    ck_assert(settings->redis.accept_loss);
    ck_assert_int_eq(settings->timing.heartbeat_ms, 500);
    ck_assert_int_eq(settings->timing.lease_ms, 2000);
    ck_assert_int_eq(settings->timing.grace_ms, 60000);
    ck_assert_int_eq(settings->journal.keep_ms, INT64_C(30) * 86400000);
    ck_assert_int_eq(settings->journal.max_bytes, INT64_C(2) << 30);
    ck_assert_int_eq(settings->journal.snapshot_every, 10);
    ck_assert_str_eq(settings->journal.archive + strlen(scene->folder), "/old");
    ck_assert_uint_eq(settings->limits.contacts, 10);
    ck_assert_uint_eq(settings->limits.agents, 11);
    ck_assert_uint_eq(settings->limits.classes, 12);
    ck_assert_uint_eq(settings->limits.context_bytes, 1024);
    ck_assert_int_eq(settings->ring_bytes, 1 << 20);
    ck_assert_int_eq(settings->pending_bytes, 2 << 20);
    scene_free(scene);
}
END_TEST

START_TEST(paths_lie_in_the_folder_of_the_file_unless_absolute)
{
    struct scene *scene = good("site: demo\nrules: /etc/r.yaml\nredis: {socket: ./redis.sock}\n"
                               "listen:\n  - unix: sub/u.sock\n  - {tcp: '127.0.0.1:0', tokens: "
                               "t.yaml}\n");
    char path[128];

    ck_assert_str_eq(scene->settings.rules, "/etc/r.yaml");
    (void)snprintf(path, sizeof(path), "%s/redis.sock", scene->folder);
    ck_assert_str_eq(scene->settings.redis.socket, path);
    (void)snprintf(path, sizeof(path), "%s/sub/u.sock", scene->folder);
    ck_assert_str_eq(scene->settings.listeners[0].address, path);
    (void)snprintf(path, sizeof(path), "%s/t.yaml", scene->folder);
    ck_assert_str_eq(scene->settings.listeners[1].tokens, path);
    scene_free(scene);
}
END_TEST

START_TEST(relative_path_of_the_file_is_made_absolute)
{
    struct scene *scene = good(END);
    char before[512];
    char rules[128];

    ck_assert_ptr_nonnull(getcwd(before, sizeof(before)));
    ck_assert_int_eq(chdir(scene->folder), 0);
    (void)snprintf(rules, sizeof(rules), "%s/rules.yaml", scene->folder);
    ck_assert_int_eq(settings_read(&scene->settings, "usherd.yaml", &scene->problems), 0);
    ck_assert_str_eq(scene->settings.rules, rules);
    ck_assert_int_eq(chdir("/tmp"), 0);
    ck_assert_int_eq(
        settings_read(&scene->settings, scene->path + strlen("/tmp/"), &scene->problems), 0);
    ck_assert_str_eq(scene->settings.rules, rules);
    ck_assert_int_eq(chdir(before), 0);
    scene_free(scene);
}
END_TEST

START_TEST(roles_are_granted_to_users_and_groups_by_name_and_number)
{
    struct scene *scene =
        good(TOP "listen:\n  - unix: a.sock\n    mode: \"0600\"\n    roles:\n"
                 "      pbx: {group: root}\n      admin: [{user: root}, {user: 1234}, {group: 0}]\n"
                 "      observer: [{group: '77'}]\n");
    const struct settings_listener *listener = &scene->settings.listeners[0];

    ck_assert_uint_eq(listener->mode, 0600);
    ck_assert_uint_eq(listener->grants_count, 5);
    ck_assert_int_eq((int)listener->grants[0].role, USHER_ROLE_PBX);
    ck_assert(listener->grants[0].is_group);
    ck_assert_uint_eq(listener->grants[0].id, 0);
    ck_assert_int_eq((int)listener->grants[1].role, USHER_ROLE_ADMIN);
    ck_assert(!listener->grants[1].is_group);
    ck_assert_uint_eq(listener->grants[2].id, 1234);
    ck_assert(listener->grants[3].is_group);
    ck_assert_int_eq((int)listener->grants[4].role, USHER_ROLE_OBSERVER);
    ck_assert_uint_eq(listener->grants[4].id, 77);
    scene_free(scene);
}
END_TEST

START_TEST(loopback_addresses_and_links_are_read)
{
    struct scene *scene = good(
        TOP "listen:\n  - {tcp: \"127.0.0.1:7411\", tokens: t}\n  - {tcp: \"[::1]:0\", tokens: t}\n"
            "  - {tcp: \"127.3.2.1:7411\", tokens: t}\n"
            "links:\n  kam1: {kind: kamailio, address: \"127.0.0.1:8448\"}\n"
            "  kam2: {kind: kamailio, address: \"[fe80::1]:8448\"}\n"
            "  kam3: {kind: kamailio, address: localhost:1}\n");
    const struct settings *settings = &scene->settings;

    ck_assert_uint_eq(settings->listeners_count, 3);
    ck_assert(settings->listeners[0].is_tcp);
    ck_assert_str_eq(settings->listeners[0].address, "127.0.0.1");
    ck_assert_uint_eq(settings->listeners[0].port, 7411);
    ck_assert_str_eq(settings->listeners[1].address, "::1");
    ck_assert_uint_eq(settings->listeners[1].port, 0);
    ck_assert_uint_eq(settings->links_count, 3);
    ck_assert_str_eq(settings->links[0].name, "kam1");
    ck_assert_int_eq((int)settings->links[0].kind, SETTINGS_LINK_KAMAILIO);
    ck_assert_str_eq(settings->links[0].host, "127.0.0.1");
    ck_assert_uint_eq(settings->links[0].port, 8448);
    ck_assert_str_eq(settings->links[1].host, "fe80::1");
    ck_assert_str_eq(settings->links[2].host, "localhost");
    scene_free(scene);
}
END_TEST

START_TEST(missing_and_unknown_keys_are_told)
{
    told_assert(told_of("nonsense: false\nlisten: []\n"),
                "f:1:1: `rules` is missing; add it: the file with the routing rules\n"
                "f:1:1: `site` is missing; add it: the center's name, which is part of the keys in "
                "Redis\n"
                "f:1:1: unknown key `nonsense`; known here: site, rules, redis, listen, links, "
                "outage, state, standby, addresses, timing, journal, limits\n"
                "f:2:9: `listen` has 0 members; 1 to 16 are possible\n");
}
END_TEST

START_TEST(bad_values_are_told)
{
    told_assert(
        told_of("site: Demo\nrules: [a]\nlisten: [{unix: a.sock}]\n"
                "redis: {socket: a, port: 0}\n"
                "timing: {heartbeat: 1s, lease: 1s, grace: 2}\n"
                "journal: {keep: 31d, max: 1KiB}\n"
                "limits: {classes: 1001, context: 17KiB, contcats: 5}\n"),
        "f:1:7: `site` is `Demo`; write small letters, digits and - only\n"
        "f:2:8: `rules` is a list; it must be a text\n"
        "f:4:26: `port` is `0`; it must be 1 to 65535: the port on which Redis listens\n"
        "f:5:9: `lease` must be longer than `heartbeat`; two and a half heartbeats are good\n"
        "f:5:43: `grace` is `2`; it must be a duration such as 250ms, 15s, 5m, 4h or 2d: how long "
        "the contacts of a lost PBX stay\n"
        "f:6:17: `keep` is `31d`; it must be 1m to 30d: how long events stay in the journal\n"
        "f:6:27: `max` is `1KiB`; it must be 1MiB to 1024GiB: how large the journal may grow\n"
        "f:7:19: `classes` is `1001`; it must be 1 to 1000: how many kinds of contacts, by need, "
        "tier and channel, there may be\n"
        "f:7:34: `context` is `17KiB`; it must be 64 to 16KiB: how large the data of one contact "
        "may be\n"
        "f:7:41: unknown key `contcats`; did you mean `contacts`?\n");
    told_assert(told_of(END "redis: {socket: a, host: b}\n"),
                "f:4:9: `redis` has a socket and a host or port; keep the one or the other\n");
}
END_TEST

START_TEST(standby_is_read)
{
    struct scene *scene = good(TOP "listen: [{unix: /run/a.sock}, {tcp: '127.0.0.1:0', tokens: t}, "
                                   "{tcp: '[::1]:7411', tokens: t}]\nstandby: true\n"
                                   "timing: {silent_reads: 5, read: 600ms, claim_jitter: 0s}\n");

    ck_assert(scene->settings.is_standby);
    ck_assert_int_eq(scene->settings.timing.silent_reads, 5);
    ck_assert_int_eq(scene->settings.timing.read_ms, 600);
    ck_assert_int_eq(scene->settings.timing.claim_jitter_ms, 0);
    ck_assert_str_eq(scene->settings.addresses, "/run/a.sock,[::1]:7411");
    scene_free(scene);
    scene = good(END "addresses: [/run/b.sock, 'router1:7411']\n");
    ck_assert_str_eq(scene->settings.addresses, "/run/b.sock,router1:7411");
    scene_free(scene);
}
END_TEST

START_TEST(bad_standby_is_told)
{
    told_assert(told_of(END "addresses: []\n"),
                "f:4:12: `addresses` is empty; leave it out, or name an address\n");
    told_assert(told_of(END "addresses: [a.sock, 'host:0', 'a,b:1']\n"),
                "f:4:13: `a.sock` is no address; write the whole path of a Unix socket, or a host "
                "and a port such as \"router1:7411\"\n"
                "f:4:21: `host:0` is no address; write the whole path of a Unix socket, or a host "
                "and a port such as \"router1:7411\"\n"
                "f:4:31: `a,b:1` is no address; write the whole path of a Unix socket, or a host "
                "and a port such as \"router1:7411\"\n");
    told_assert(told_of(END "standby: true\ntiming: {silent_reads: 2, read: 900ms}\n"),
                "f:5:9: `silent_reads` times `read` must be longer than `lease`: a standby must "
                "not take over while the leader may still publish\n"
                "f:5:9: `silent_reads` times `read` must be longer than two `heartbeat`s: one that "
                "is late is no silence\n");
}
END_TEST

START_TEST(bad_listeners_are_told)
{
    told_assert(
        told_of(TOP "listen:\n"
                    "  - {tcp: \"0.0.0.0:7411\", tokens: t}\n"
                    "  - {tcp: \"[::]:7411\", tokens: t}\n"
                    "  - {tcp: \"localhost:7411\", tokens: t}\n"
                    "  - {tcp: 7411, tokens: t}\n"
                    "  - {tcp: \"127.0.0.1:70000\", tokens: t, mode: \"0600\"}\n"
                    "  - {tcp: \"127.0.0.1:1\"}\n"
                    "  - {tcp: \"127.0.0.1:1\", tokens: t, unix: a}\n"
                    "  - {mode: \"0600\"}\n"
                    "  - {unix: a, mode: \"0888\", tokens: t}\n"
                    "  - {unix: b, mode: rw}\n"
                    "  - {unix: a}\n"
                    "  - 5\n"),
        "f:4:11: `0.0.0.0:7411` is no loopback address, and TLS does not exist yet in this "
        "version; "
        "listen on 127.0.0.1 or [::1] and put a TLS proxy in front\n"
        "f:5:11: `[::]:7411` is no loopback address, and TLS does not exist yet in this version; "
        "listen on 127.0.0.1 or [::1] and put a TLS proxy in front\n"
        "f:6:11: `localhost:7411` is no loopback address, and TLS does not exist yet in this "
        "version; listen on 127.0.0.1 or [::1] and put a TLS proxy in front\n"
        "f:7:11: `tcp` is `7411`; it must be an address and a port, such as \"127.0.0.1:7411\" or "
        "\"[::1]:7411\"\n"
        "f:8:11: `tcp` is `127.0.0.1:70000`; it must be an address and a port, such as "
        "\"127.0.0.1:7411\" or \"[::1]:7411\"\n"
        "f:8:41: `mode` is for Unix sockets; TCP clients get their role by `tokens`\n"
        "f:9:5: a TCP address needs `tokens`, since its peers are unknown; name a file of tokens\n"
        "f:10:5: a listener has either `unix` or `tcp`; write one of them\n"
        "f:11:5: a listener has either `unix` or `tcp`; write one of them\n"
        "f:12:21: `mode` is `0888`; it must be an octal mode, such as \"0660\"\n"
        "f:12:29: `tokens` are for TCP; a Unix socket's peers are known by user and group, so "
        "write "
        "`roles`\n"
        "f:13:21: `mode` is `rw`; it must be an octal mode, such as \"0660\"\n"
        "f:14:5: usherd listens there already; take one of the two out\n"
        "f:15:5: `listen` is `5`; it must be a mapping of keys to values\n");
}
END_TEST

START_TEST(bad_roles_are_told)
{
    told_assert(
        told_of(TOP "listen:\n  - unix: a\n    roles:\n"
                    "      pbxx: {user: root}\n"
                    "      router: {user: root}\n"
                    "      pbx: {user: no-such-user-here}\n"
                    "      desk: [{group: no-such-group-here}, {user: root, group: root}, {}]\n"
                    "      admin: root\n"
                    "      observer: {user: [root]}\n"),
        "f:6:7: unknown key `pbxx`; did you mean `pbx`?\n"
        "f:7:7: unknown key `router`; known here: pbx, desk, supervisor, admin, observer\n"
        "f:8:19: this system has no user `no-such-user-here`; create it, or write another or its "
        "number\n"
        "f:9:22: this system has no group `no-such-group-here`; create it, or write another or its "
        "number\n"
        "f:9:43: a grant has either a user or a group; write {user: NAME} or {group: NAME}, and a "
        "list for several\n"
        "f:9:70: a grant has either a user or a group; write {user: NAME} or {group: NAME}, and a "
        "list for several\n"
        "f:10:14: `admin` is `root`; it must be a mapping of keys to values\n"
        "f:11:24: `user` is a list; it must be a text\n");
}
END_TEST

START_TEST(bad_links_are_told)
{
    told_assert(
        told_of(END "links:\n  k 1: {kind: kamailio, address: \"[::1]:1\"}\n"
                    "  k2: {kind: asterisk, address: \"[::1]:1\"}\n"
                    "  k3: {kind: kamailio, address: \"a\"}\n"
                    "  k4: {kind: kamailio, address: \"[::1]:0\"}\n"
                    "  k7: {kind: kamailio, address: pbx.local:1}\n"
                    "  k5: {}\n"
                    "  k6: []\n"),
        "f:5:3: a link cannot be called `k 1`; use letters, digits and . _ @ : + -, at most 32\n"
        "f:6:14: `asterisk` is no kind of link that this version knows; write kamailio\n"
        "f:7:33: `address` is `a`; it must be a number and a port, such as "
        "\"127.0.0.1:8448\": names are not looked up\n"
        "f:8:33: `address` is `[::1]:0`; it must be a number and a port, such as "
        "\"127.0.0.1:8448\": names are not looked up\n"
        "f:9:33: `address` is `pbx.local:1`; it must be a number and a port, such as "
        "\"127.0.0.1:8448\": names are not looked up\n"
        "f:10:7: `address` is missing; add it: the PBX's address and port, such as "
        "\"127.0.0.1:8448\"\n"
        "f:10:7: `kind` is missing; add it: what the PBX is: kamailio\n"
        "f:11:7: `k6` is a list; it must be a mapping of keys to values; write `name: …` lines "
        "without dashes\n");
}
END_TEST

START_TEST(socket_path_too_long_for_the_system_is_told)
{
    char text[512];
    char name[101];

    memset(name, 'a', 100);
    name[100] = '\0';
    (void)snprintf(text, sizeof(text), TOP "listen: [{unix: %s}]\n", name);
    told_assert(told_of(text),
                "f:3:17: the path is 127 bytes long with its folder; at most 107 are "
                "possible\n");
}
END_TEST

START_TEST(file_that_cannot_be_read_is_no_problem_of_its_text)
{
    struct settings *settings = calloc(1, sizeof(*settings));
    struct usher_problems *problems = told_new();

    ck_assert_ptr_nonnull(settings);
    ck_assert_int_eq(settings_read(settings, "/no/such/file.yaml", problems), -ENOENT);
    ck_assert_int_eq(settings_read(settings, "/tmp", problems), -EISDIR);
    ck_assert_int_eq(settings_read(settings, "/dev/null", problems), -EINVAL);
    ck_assert_uint_eq(problems->count, 0);
    free(problems);
    free(settings);
}
END_TEST

SUITE_MAIN("settings", shortest_file_has_all_defaults, numbers_are_read,
           paths_lie_in_the_folder_of_the_file_unless_absolute,
           relative_path_of_the_file_is_made_absolute,
           roles_are_granted_to_users_and_groups_by_name_and_number,
           loopback_addresses_and_links_are_read, missing_and_unknown_keys_are_told,
           bad_values_are_told, standby_is_read, bad_standby_is_told, bad_listeners_are_told,
           bad_roles_are_told, bad_links_are_told, socket_path_too_long_for_the_system_is_told,
           file_that_cannot_be_read_is_no_problem_of_its_text)
