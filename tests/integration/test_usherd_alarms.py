"""Each trouble of Redis's that an operator can end is told once, with its remedy, and once more when it is over."""
import os
import resource
import subprocess
import unittest

from harness import Center, die_with_parent, wait_until


class Stubborn(Center):
    """Its Redis takes further arguments."""

    arguments = ()

    def start_redis(self, wait=True):
        arguments = ["redis-server", "--port", "0", "--unixsocket", self.redis_socket, "--dir", self.folder, "--appendonly", "yes",
                     "--appendfsync", "always", "--save", "", "--loglevel", "warning", *self.arguments]
        with open(self.path("redis.log"), "ab") as file:
            self.redis = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=file, stderr=file, preexec_fn=die_with_parent)
        if wait:
            wait_until(lambda: self.redis_cli("PING", check=False) == "PONG", "redis-server answers")


class Alarms(unittest.TestCase):
    def setUp(self):
        self.center = Stubborn(settings="outage: hold\n")
        self.center.__enter__()
        self.addCleanup(self.center.close)
        self.pbx = self.center.client("pbx", client="pbx1")

    def arrive(self, contact):
        return self.pbx.send({"do": "contact.arrive", "contact": contact, "channel": "voice"})

    def set(self, name, value):
        self.center.redis_cli("CONFIG", "SET", name, value)

    def check(self, alarm, over, begin, end):
        """`begin` makes the trouble, `end` ends it; what came meanwhile is decided then."""
        begin()
        sent = self.arrive("1")
        line = self.center.wait_log(alarm)
        self.assertIn("Remedy:", line)
        self.pbx.expect_no_event("contact.arrived", during=1.2)
        self.assertEqual(len([line for line in self.center.log().splitlines() if alarm in line]), 1)
        end()
        self.assertTrue(self.pbx.wait_answer(sent, timeout=20)["ok"])
        self.center.wait_log(over)

    def test_memory_is_full(self):
        self.check("Redis has no memory left for the journal", "Redis has memory again",
                   lambda: self.set("maxmemory", "1"), lambda: self.set("maxmemory", "0"))
        self.assertRegex(self.center.wait_log("Redis's memory used"), r"used_memory=\d+ maxmemory=1$")
        self.assertRegex(self.center.wait_log("is the journal's"), r"bytes=\d+$")

    def test_snapshots_of_redis_fail(self):
        dump = self.center.path("dump.rdb")

        def begin():
            os.mkdir(dump)
            os.mkdir(os.path.join(dump, "in-the-way"))
            self.set("save", "3600 1")
            self.center.redis_cli("BGSAVE")
            wait_until(lambda: "rdb_last_bgsave_status:err" in self.center.redis_cli("INFO", "persistence"), "it fails")

        def end():
            os.rmdir(os.path.join(dump, "in-the-way"))
            os.rmdir(dump)
            self.center.redis_cli("BGSAVE")
        self.check("Redis cannot write to its disk", "Redis writes to its disk again", begin, end)
        self.assertIn("rdb_last_bgsave_status=err", self.center.wait_log("Redis's last writes to its disk"))
        self.assertIn(self.center.folder, self.center.wait_log("Redis keeps its files here"))

    def test_replicas_are_missing(self):
        self.check("Redis has fewer replicas than its min-replicas-to-write asks for", "Redis has its replicas again",
                   lambda: self.set("min-replicas-to-write", "1"), lambda: self.set("min-replicas-to-write", "0"))

    def test_acl_forbids_a_command(self):
        self.check("Redis's ACL forbids usherd a command or a key", "Redis's ACL lets usherd do its work again",
                   lambda: self.center.redis_cli("ACL", "SETUSER", "default", "-xadd"),
                   lambda: self.center.redis_cli("ACL", "SETUSER", "default", "+xadd"))

    def test_key_holds_something_else(self):
        key = self.center.key("journal")
        self.check("The journal's key holds something else than a stream", "The journal's key holds a stream",
                   lambda: self.center.redis_cli("SET", key, "x"), lambda: self.center.redis_cli("DEL", key))
        self.center.wait_log("The journal is gone; it is written anew from memory. Find out who emptied Redis")

    def test_disk_is_full_and_redis_ends_itself(self):
        folder = self.center.path("appendonlydir")
        sizes = [os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder)]
        limit = max(sizes) + 10
        resource.prlimit(self.center.redis.pid, resource.RLIMIT_FSIZE, (limit, limit))
        sent = self.arrive("1")
        self.assertNotEqual(self.center.redis.wait(10), 0)
        self.assertIn("with appendfsync always it ends itself when its disk is full",
                      self.center.wait_log("Redis cannot be reached; trying again.*connection=journal"))
        self.center.start_redis()
        self.assertTrue(self.pbx.wait_answer(sent, timeout=20)["ok"])
        self.center.wait_log("Redis is back connection=journal")

    def test_password_is_wanted(self):
        self.set("requirepass", "secret")
        self.center.redis_cli("-a", "secret", "CLIENT", "KILL", "TYPE", "normal", check=False)
        line = self.center.wait_log("Redis does not let usherd do its work.*connection=journal")
        self.assertIn("password_file", line)
        self.assertNotIn("secret", self.center.log())
        self.center.redis_cli("-a", "secret", "CONFIG", "SET", "requirepass", "", check=False)
        self.center.wait_log("Redis is back connection=journal")

    def test_redis_is_made_a_replica(self):
        self.center.redis_cli("REPLICAOF", "127.0.0.1", "1")
        self.center.wait_log("This Redis is no master. Name the master")
        self.center.redis_cli("REPLICAOF", "NO", "ONE")
        self.assertTrue(self.pbx.wait_answer(self.arrive("1"), timeout=20)["ok"])

    def test_redis_reads_its_files(self):
        center = self.center
        center.redis_cli("EVAL", "for i = 1, 4000 do redis.call('SET', 'filler:' .. i, string.rep('x', 200)) end", "0")
        center.redis_cli("BGREWRITEAOF")
        done = {"aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0"}
        wait_until(lambda: done <= set(center.redis_cli("INFO", "persistence").split()), "it is rewritten")
        center.kill_redis()
        center.arguments = ["--key-load-delay", "500", "--loading-process-events-interval-bytes", "1024"]
        center.start_redis(wait=False)
        sent = self.arrive("1")
        center.wait_log("Redis reads its files after a start. Nothing to do but to wait")
        self.assertRegex(center.wait_log("Redis's reading of its files"), r"percent=\S+ seconds_left=\d+")
        self.assertTrue(self.pbx.wait_answer(sent, timeout=30)["ok"])
        center.wait_log("Redis has read its files")

    def test_very_first_start_says_what_to_check(self):
        line = self.center.wait_log("This is the site's very first start")
        self.assertIn("another Redis?", line)
        self.center.kill_usherd()
        self.center.start_usherd()
        self.assertEqual(self.center.log().count("very first start"), 1)


if __name__ == "__main__":
    unittest.main()
