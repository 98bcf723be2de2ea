"""How usherd starts and ends: exit codes, what systemd is told, an orderly end."""

import os
import re
import signal
import socket
import subprocess
import time
import unittest

from harness import Center, Client, wait_until


class Notified:
    """The socket that NOTIFY_SOCKET names."""

    def __init__(self, center):
        self.path = center.path("notify.sock")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(10)
        self.seen = []

    def wait(self, pattern):
        while True:
            text = self.socket.recv(4096).decode()
            self.seen.append(text)
            if re.search(pattern, text):
                return text

    def close(self):
        self.socket.close()


def restart_notified(center, **env):
    center.kill_usherd(signal.SIGTERM)
    notified = Notified(center)
    center.start_usherd(env={"NOTIFY_SOCKET": notified.path, **env})
    return notified


class End(unittest.TestCase):
    def test_sigterm_ends_in_order_and_loses_nothing(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1")
            ids = [pbx.send({"do": "contact.arrive", "contact": str(i), "channel": "voice"}) for i in range(50)]
            pbx.wait_answer(ids[0])
            self.assertEqual(center.kill_usherd(signal.SIGTERM), 0)
            for _ in range(200):
                if not pbx.pump(5):
                    break
            done = [i for i in range(50) if pbx.answers.get(ids[i], {}).get("ok") or i == 0]
            journal = center.journal()
            arrived = {e["contact"] for e in journal if e["ev"] == "contact.arrived"}
            for i in done:
                self.assertIn(f"pbx1/{i}", arrived)
            self.assertEqual(journal[-1]["ev"], "router.stopped")

    def test_drain_by_an_admin_ends_too(self):
        with Center() as center:
            admin = center.client("admin")
            admin.call({"do": "router.drain"})
            self.assertEqual(center.usherd.wait(10), 0)

    def test_drain_without_redis_ends_at_once_when_nothing_waits(self):
        with Center() as center:
            center.kill_redis()
            center.wait_log("Redis is away")
            start = time.monotonic()
            self.assertEqual(center.kill_usherd(signal.SIGTERM), 0)
            self.assertLess(time.monotonic() - start, 4)

    def test_drain_without_redis_gives_up_what_waits_and_says_so(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1")
            center.kill_redis()
            center.wait_log("Redis is away")
            pbx.send({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            time.sleep(0.2)
            self.assertEqual(center.kill_usherd(signal.SIGTERM), 1)
            center.wait_log("Redis did not take")

    def test_second_sigterm_ends_at_once(self):
        with Center() as center:
            center.kill_redis(signal.SIGSTOP)
            center.usherd.send_signal(signal.SIGTERM)
            center.wait_log("Asked to stop")
            center.usherd.send_signal(signal.SIGTERM)
            self.assertEqual(center.usherd.wait(4), 1)

    def test_systemd_is_told(self):
        with Center() as center:
            notified = restart_notified(center)
            notified.wait(r"^READY=1$")
            self.assertTrue(any(text.startswith("STATUS=Leading") for text in notified.seen))
            center.usherd.send_signal(signal.SIGHUP)
            reloading = notified.wait(r"^RELOADING=1\nMONOTONIC_USEC=\d+$")
            self.assertLess(abs(time.monotonic() - int(reloading.split("=")[-1]) / 1e6), 10)
            notified.wait(r"^READY=1$")
            center.kill_redis()
            notified.wait(r"^STATUS=Redis is away, nothing is decided; 0 contacts")
            center.kill_usherd(signal.SIGTERM)
            notified.wait(r"^STOPPING=1$")
            notified.close()

    def test_watchdog_gets_signs_of_life_from_the_loop(self):
        with Center() as center:
            notified = restart_notified(center, WATCHDOG_USEC="400000")
            start = time.monotonic()
            for _ in range(5):
                notified.wait(r"^WATCHDOG=1$")
            self.assertGreater(time.monotonic() - start, 0.6)
            center.usherd.send_signal(signal.SIGSTOP)
            time.sleep(0.1)
            notified.socket.settimeout(0.5)
            with self.assertRaises(socket.timeout):
                while True:
                    notified.wait(r"^WATCHDOG=1$")
            notified.close()

    def test_exit_codes(self):
        def run(*arguments):
            return subprocess.run([os.environ["USHERD"], *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, timeout=30)

        with Center() as center:
            self.assertEqual(run("--version").returncode, 0)
            help_text = run("--help")
            self.assertEqual(help_text.returncode, 0)
            self.assertIn("Examples:", help_text.stdout)
            self.assertEqual(run("--no-such-option").returncode, 2)
            self.assertEqual(run("stray").returncode, 2)
            self.assertEqual(run("-c", center.path("none.yaml")).returncode, 3)
            with open(center.path("bad.yaml"), "w") as file:
                file.write("site: test\nrulez: rules.yaml\n")
            bad = run("-c", center.path("bad.yaml"))
            self.assertEqual(bad.returncode, 3)
            self.assertIn("bad.yaml:2:1", bad.stdout)
            self.assertEqual(run("-c", center.path("usherd.yaml"), "--check-config").returncode, 0)
            self.assertEqual(run("-c", center.path("none.yaml"), "--check-config").returncode, 3)
            center.write_settings("nowhere.yaml", "no/such/folder.sock")
            self.assertEqual(run("-c", center.path("nowhere.yaml")).returncode, 4)

    def test_file_that_cannot_be_read_is_a_problem_as_any_other(self):
        with Center() as center:
            with open(center.path("bad.yaml"), "w") as file:
                file.write("site: test\nrules: none.yaml\nrulez: x\nlisten: [{unix: u.sock}]\n")
            done = subprocess.run([os.environ["USHERD"], "-c", center.path("bad.yaml"), "--check-config"], capture_output=True,
                                  text=True, timeout=30)
            self.assertEqual(done.returncode, 3)
            self.assertIn("none.yaml: cannot be read", done.stdout)
            *lines, summary = done.stdout.splitlines()
            self.assertGreater(len(lines), 1)
            self.assertEqual(summary, f"{len(lines)} problems were found")

    def test_redis_that_may_forget_is_refused(self):
        with Center() as center:
            center.kill_usherd(signal.SIGTERM)
            center.redis_cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
            center.start_usherd(wait=False)
            self.assertEqual(center.usherd.wait(10), 1)
            center.wait_log("maxmemory-policy=allkeys-lru")

    def test_log_for_journald_has_priorities(self):
        with Center() as center:
            center.kill_usherd(signal.SIGTERM)
            center.start_usherd("--log-priorities", "--verbose")
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice", "from": "+380501234567"})
            center.wait_log(r"^<6>usherd starts version=")
            center.wait_log(r"^<7>A contact came, and waits in a queue. ev=contact.arrived n=\d+-\d+ client=pbx1")
            self.assertNotIn("+380501234567", center.log())

    def test_sessions_before_the_claim_are_told_to_try_again(self):
        with Center() as center:
            center.kill_usherd()
            center.kill_redis()
            center.start_usherd(wait=False)
            client = wait_until(lambda: self.try_connect(center), "the socket is there")
            client.refuse({"do": "hello", "role": "observer"}, "storage_unavailable")
            client.close()
            center.start_redis()
            wait_until(center.is_leading, "it leads when Redis comes")

    def try_connect(self, center):
        try:
            return Client(center.socket)
        except OSError:
            return None


if __name__ == "__main__":
    unittest.main()
