"""Sockets that systemd holds for usherd: passed as systemd does, over restarts in which nobody is refused."""

import hashlib
import os
import signal
import socket
import stat
import sys
import tempfile
import unittest

from harness import Center, Client, wait_until

# Lays the descriptors named by its first argument from 3 on, as systemd does, and becomes the program.
LAUNCHER = """
import os, sys
given = [int(number) for number in sys.argv[1].split(",")]
high = [os.dup(os.dup2(number, 100 + place)) for place, number in enumerate(given)]
for place, number in enumerate(high):
    os.dup2(number, 3 + place)
os.closerange(3 + len(high), 200)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(high)), LISTEN_FDNAMES=sys.argv[2])
os.execv(sys.argv[3], sys.argv[3:])
"""


class Held(Center):
    """A center whose sockets the test holds, as systemd would."""

    def __init__(self, kind=socket.SOCK_STREAM, does_listen=True, further=(), **others):
        super().__init__(**others)
        self.kind = kind
        self.does_listen = does_listen
        self.held = list(further)

    def hold(self):
        held = socket.socket(socket.AF_UNIX, self.kind)
        held.bind(self.path("usher.sock"))
        os.chmod(self.path("usher.sock"), 0o600)
        if self.does_listen and self.kind == socket.SOCK_STREAM:
            held.listen(64)
        self.held.insert(0, held)

    def start_usherd(self, *arguments, **options):
        if not os.path.exists(self.path("usher.sock")):
            self.hold()
        self.passed = [held.fileno() for held in self.held]
        self.launcher = (sys.executable, "-c", LAUNCHER, ",".join(map(str, self.passed)), ":".join("ab"[:len(self.passed)]))
        return super().start_usherd(*arguments, **options)

    def close(self, is_failed=False):
        super().close(is_failed)
        for held in self.held:
            held.close()


def tcp_listener():
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.listen()
    return held


class Passed(unittest.TestCase):
    def serve(self, center, clients):
        """Starts usherd again, and all who wait are served."""
        hellos = [client.send({"do": "hello", "role": "observer"}) for client in clients]
        center.start_usherd(wait=False)
        for client, hello in zip(clients, hellos):
            answer = client.wait_answer(hello, 20)
            self.assertTrue(answer.get("ok"), answer)
            client.close()

    def test_who_connects_during_a_restart_waits_and_is_served(self):
        with Held() as center:
            pbx = center.client("pbx", "pbx1")
            center.kill_redis(signal.SIGSTOP)
            pbx.send({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            pbx.call({"do": "ping"})  # the arrival was read before it
            center.usherd.send_signal(signal.SIGTERM)
            center.wait_log("Asked to stop")  # and cannot yet: the contact is not durable
            waiting = [Client(center.socket) for _ in range(5)]
            center.kill_redis(signal.SIGCONT)
            self.assertEqual(center.usherd.wait(20), 0)
            waiting += [Client(center.socket) for _ in range(5)]
            self.serve(center, waiting)
            self.assertEqual(len(center.client("observer").state("contact")), 1)
            self.assertEqual(center.log().count("Listening on systemd's socket"), 2)

    def test_who_connects_after_a_death_waits_and_is_served(self):
        with Held() as center:
            center.usherd.kill()
            center.usherd.wait(20)
            self.serve(center, [Client(center.socket)])

    def test_file_and_its_mode_stay_systemds(self):
        with Held() as center:
            self.assertEqual(center.kill_usherd(signal.SIGTERM), 0)
            status = os.stat(center.socket)
            self.assertTrue(stat.S_ISSOCK(status.st_mode))
            self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)

    def test_roles_of_the_entry_hold(self):
        with Held() as center:
            center.client("admin").call({"do": "ping"})

    def test_tcp_listener_is_found_by_address_and_port(self):
        held = tcp_listener()
        port = held.getsockname()[1]
        tokens = self.enterContext(tempfile.NamedTemporaryFile("w", suffix=".yaml"))
        print(f"- {{client: pbx1, role: pbx, sha256: {hashlib.sha256(b'word').hexdigest()}}}", file=tokens, flush=True)
        with Held(further=[held], listen=[f'{{tcp: "127.0.0.1:{port}", tokens: "{tokens.name}"}}']) as center:
            center.wait_log(f"Listening on systemd's socket.*port={port}")

    def test_socket_that_is_not_in_listen_is_warned_of(self):
        held = tcp_listener()
        with Held(further=[held]) as center:
            line = center.wait_log("is not in `listen`")
            self.assertIn(f"address=127.0.0.1 port={held.getsockname()[1]}", line)
            self.assertIn("socket=b", line)

    def test_entry_that_nobody_passes_is_opened_by_usherd(self):
        with Held(listen=['{unix: "own.sock"}']) as center:
            self.assertTrue(wait_until(lambda: os.path.exists(center.path("own.sock")), "its own socket"))
            self.assertEqual(center.kill_usherd(signal.SIGTERM), 0)
            self.assertFalse(os.path.exists(center.path("own.sock")))

    def test_socket_that_takes_no_connections_is_refused(self):
        for options in ({"kind": socket.SOCK_DGRAM}, {"does_listen": False}):
            with self.subTest(options), Center() as center:
                center.kill_usherd(signal.SIGTERM)
                other = Held(**options)
                other.folder, other.redis_socket, other.socket = center.folder, center.redis_socket, center.socket
                other.write_settings()
                other.start_usherd(wait=False)
                self.assertEqual(other.usherd.wait(20), 4)
                center.wait_log("takes no connections: write it as ListenStream=")
                for held in other.held:
                    held.close()

    def test_variables_for_another_process_are_left_alone(self):
        with Center() as center:
            center.kill_usherd(signal.SIGTERM)
            center.start_usherd(env={"LISTEN_PID": "1", "LISTEN_FDS": "1"})

    def test_variables_that_make_no_sense_are_refused(self):
        with Held() as center:
            center.kill_usherd(signal.SIGTERM)
            center.launcher = ("sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=many exec "$@"', "sh")
            Center.start_usherd(center, wait=False)
            self.assertEqual(center.usherd.wait(20), 4)
            center.wait_log("LISTEN_FDS is no number")


if __name__ == "__main__":
    unittest.main()
