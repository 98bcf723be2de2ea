/* Sockets that systemd passed, found by where they are. */
#include "passed.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/suite.h"

enum { FIRST = 50 }; /* descriptors that nobody else has */

static struct passed passed;

/* A socket of ::1 at `fd`, and its port. */
static uint16_t open_v6(int fd, bool is_listening)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t size = sizeof(address);
    int made = socket(AF_INET6, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(made, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(getsockname(made, (struct sockaddr *)&address, &size), 0);
    if (is_listening)
        ck_assert_int_eq(listen(made, 1), 0);
    ck_assert_int_eq(dup2(made, fd), fd);
    close(made);
    return ntohs(address.sin6_port);
}

static struct settings_listener entry(const char *address, uint16_t port)
{
    struct settings_listener settings = {.is_tcp = true, .port = port};
    (void)snprintf(settings.address, sizeof(settings.address), "%s", address);
    return settings;
}

START_TEST(socket_is_found_by_its_address_however_it_is_written_and_given_once)
{
    int fd;
    struct settings_listener settings = entry("0:0:0:0:0:0:0:1", open_v6(FIRST, true));
    struct settings_listener other = entry("127.0.0.1", settings.port);
    ck_assert_int_eq(passed_init_at(&passed, FIRST, 1, "native"), 0);
    ck_assert_str_eq(passed.list[0].name, "native");
    ck_assert_int_eq(passed_take(&passed, &other, &fd), 0);
    ck_assert_int_eq(fd, -1);
    ck_assert_int_eq(passed_take(&passed, &settings, &fd), 0);
    ck_assert_int_eq(fd, FIRST);
    ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    ck_assert_int_eq(passed_take(&passed, &settings, &fd), 0);
    ck_assert_int_eq(fd, -1);
    passed_fini(&passed);
    ck_assert_int_eq(close(FIRST), 0);
}
END_TEST

START_TEST(socket_that_does_not_listen_is_refused)
{
    int fd;
    struct settings_listener settings = entry("::1", open_v6(FIRST, false));
    ck_assert_int_eq(passed_init_at(&passed, FIRST, 1, NULL), 0);
    ck_assert_int_lt(passed_take(&passed, &settings, &fd), 0);
    ck_assert_int_eq(fd, -1);
    passed_fini(&passed);
}
END_TEST

START_TEST(what_nobody_takes_is_closed)
{
    (void)open_v6(FIRST, true);
    (void)open_v6(FIRST + 1, true);
    ck_assert_int_eq(passed_init_at(&passed, FIRST, 2, "one:two"), 0);
    ck_assert_str_eq(passed.list[1].name, "two");
    passed_fini(&passed);
    ck_assert_int_lt(fcntl(FIRST, F_GETFD), 0);
    ck_assert_int_lt(fcntl(FIRST + 1, F_GETFD), 0);
}
END_TEST

START_TEST(more_than_there_is_room_for_or_none_at_all_is_refused)
{
    ck_assert_int_lt(passed_init_at(&passed, FIRST, PASSED_MAX + 1, NULL), 0);
    ck_assert_int_lt(passed_init_at(&passed, FIRST, 1, NULL), 0); /* not open */
    ck_assert_uint_eq(passed.count, 0);
}
END_TEST

SUITE_MAIN("passed", socket_is_found_by_its_address_however_it_is_written_and_given_once,
           socket_that_does_not_listen_is_refused, what_nobody_takes_is_closed,
           more_than_there_is_room_for_or_none_at_all_is_refused)
