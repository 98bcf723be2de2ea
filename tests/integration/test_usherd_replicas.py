"""Redis with a replica: what is acknowledged is at the replica too, and what happens when that is away."""
import os
import re
import signal
import subprocess
import unittest

from harness import Center, die_with_parent, free_port, wait_until

STRICT = "wait_replicas: 1, replicas: strict, replica_timeout: 100ms"
BEST = "wait_replicas: 1, replicas: best, replica_timeout: 100ms"
FEW = "Too few replicas of Redis confirm what is written"
ENOUGH = "Enough replicas of Redis confirm what is written"


class Replicated(Center):
    """A center whose Redis has a replica; `replication` is what usherd.yaml says of it."""

    def __init__(self, replication, **others):
        super().__init__(**others)
        self.replication = replication
        self.port = free_port()
        self.replica_port = free_port()
        self.replica = None

    def start_server(self, port, folder, *arguments):
        os.makedirs(folder, exist_ok=True)
        with open(self.path("redis.log"), "ab") as file:
            return subprocess.Popen(
                ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes",
                 "--appendfsync", "always", "--save", "", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1",
                 "--loglevel", "warning", *arguments],
                stdin=subprocess.DEVNULL, stdout=file, stderr=file, preexec_fn=die_with_parent)

    def start_redis(self, wait=True):
        self.redis = self.start_server(self.port, self.folder, "--unixsocket", self.redis_socket)
        wait_until(lambda: self.redis_cli("PING", check=False) == "PONG", "redis-server answers")
        if not self.replica:
            self.start_replica()

    def start_replica(self):
        self.replica = self.start_server(self.replica_port, self.path("replica"), "--replicaof", "127.0.0.1", str(self.port))
        self.others.append(self.replica)
        self.wait_replica()

    def wait_replica(self):
        wait_until(lambda: "state=online" in self.redis_cli("INFO", "replication"), "the replica is online", 20)
        # Online it may yet be silent for a second: then the first write would be one too few have confirmed.
        subprocess.run(["redis-cli", *self.redis_address()], input="SET probe 1\nDEL probe\nWAIT 1 20000\n",
                       stdout=subprocess.DEVNULL, text=True, timeout=30, check=True)

    def at_replica(self, *arguments):
        result = subprocess.run(["redis-cli", "-p", str(self.replica_port), *arguments], stdout=subprocess.PIPE, text=True,
                                timeout=20)
        return result.stdout

    def redis_settings(self):
        return f"{super().redis_settings()}, {self.replication}"

    def arrive(self, pbx, contact):
        return pbx.send({"do": "contact.arrive", "contact": contact, "channel": "voice"})


class Strict(unittest.TestCase):
    def test_what_is_acknowledged_is_at_the_replica(self):
        with Replicated(STRICT) as center:
            center.wait_log("Durability: acknowledged = on disk here, and in the memory of as many replicas")
            pbx = center.client("pbx", client="pbx1")
            for i in range(20):
                self.assertTrue(pbx.wait_answer(center.arrive(pbx, str(i)))["ok"])
                self.assertIn(f'"contact":"pbx1/{i}"', center.at_replica("XREVRANGE", center.key("journal"), "+", "-", "COUNT", "3"))
            self.assertNotIn(FEW, center.log())

    def test_without_the_replica_it_is_held_and_comes_when_the_replica_is_back(self):
        with Replicated(STRICT) as center:
            pbx = center.client("pbx", client="pbx1")
            center.replica.send_signal(signal.SIGSTOP)
            sent = center.arrive(pbx, "1")
            center.wait_log(FEW + ".*Remedy:")
            center.wait_log("Redis is away")
            pbx.expect_no_event("contact.arrived", during=1.0)
            self.assertNotIn(sent, pbx.answers)
            self.assertEqual(center.log().count(FEW), 1)
            center.replica.send_signal(signal.SIGCONT)
            self.assertTrue(pbx.wait_answer(sent, timeout=20)["ok"])
            pbx.wait_event("contact.arrived", contact="pbx1/1")
            center.wait_log(ENOUGH)
            self.assertEqual([e["contact"] for e in center.journal() if e["ev"] == "contact.arrived"], ["pbx1/1"])

    def test_batch_found_after_a_lost_connection_is_not_told_before_the_replica_has_it(self):
        """WAIT over a new connection says nothing of what an older one wrote."""
        with Replicated(STRICT) as center:
            pbx = center.client("pbx", client="pbx1")
            center.replica.send_signal(signal.SIGSTOP)
            sent = center.arrive(pbx, "1")
            center.wait_log(FEW)
            for _ in range(3):
                center.redis_cli("CLIENT", "KILL", "TYPE", "normal", check=False)
                pbx.expect_no_event("contact.arrived", during=0.5)
            self.assertNotIn(sent, pbx.answers)
            center.replica.send_signal(signal.SIGCONT)
            self.assertTrue(pbx.wait_answer(sent, timeout=20)["ok"])

    def test_start_waits_for_the_replica(self):
        with Replicated(STRICT) as center:
            center.kill_usherd()
            center.replica.kill()
            center.replica.wait()
            wait_until(lambda: "connected_slaves:0" in center.redis_cli("INFO", "replication"), "the replica is gone")
            center.start_usherd(wait=False)
            center.wait_log("fewer replicas than `wait_replicas` asks for")
            center.wait_log(FEW)
            self.assertFalse(center.is_leading())
            center.start_replica()
            wait_until(center.is_leading, "usherd leads", 20)

    def test_failover_loses_nothing_that_was_acknowledged(self):
        with Replicated(STRICT) as center:
            pbx = center.client("pbx", client="pbx1")
            for i in range(10):
                self.assertTrue(pbx.wait_answer(center.arrive(pbx, str(i)))["ok"])
            center.kill_redis()
            center.kill_usherd()
            center.at_replica("REPLICAOF", "NO", "ONE")
            told = center.at_replica("XRANGE", center.key("journal"), "-", "+")
            self.assertEqual(len(re.findall(r'"ev":"contact.arrived"', told)), 10)


class Best(unittest.TestCase):
    def test_without_the_replica_it_goes_on_is_said_once_and_counted(self):
        with Replicated(BEST) as center:
            center.wait_log("Durability: acknowledged = on disk here; replicas are waited for")
            pbx = center.client("pbx", client="pbx1")
            center.replica.send_signal(signal.SIGSTOP)
            for i in range(30):
                self.assertTrue(pbx.wait_answer(center.arrive(pbx, str(i)))["ok"])
            self.assertEqual(center.log().count(FEW), 1)
            self.assertNotIn("Redis is away", center.log())
            pbx.call({"do": "router.describe"})
            self.assertGreater(pbx.wait_event("state.router")["unconfirmed"], 20)
            told = subprocess.run([os.environ["USHERCTL"], "--socket", center.socket, "standby"], capture_output=True, text=True,
                                  timeout=20)
            self.assertEqual(told.returncode, 0)
            self.assertRegex(told.stderr, r"leads without enough of Redis's replicas: .* of \d+ batches")
            center.replica.send_signal(signal.SIGCONT)
            center.wait_log(ENOUGH, timeout=20)
            line = center.wait_log("replicas had not confirmed")
            self.assertGreater(int(re.search(r"unconfirmed=(\d+)", line)[1]), 20)


class NotWaited(unittest.TestCase):
    def test_replicas_that_are_not_waited_for_are_warned_of(self):
        with Replicated("wait_replicas: 0") as center:
            center.wait_log("a failover to a replica may lose the newest events.*replicas=1")


if __name__ == "__main__":
    unittest.main()
