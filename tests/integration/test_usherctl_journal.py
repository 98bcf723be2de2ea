"""`usherctl journal`: what no router wrote into the journal is found, shown and removed, and usherd goes on without a restart."""
import json
import os
import pty
import signal
import subprocess
import time
import unittest

from harness import Center, wait_until
from pair import Pair

ALARM = "an entry that no router wrote"
OVER = "The journal holds routers' entries only"
PERSONAL = "+380501112233"


class Journal(unittest.TestCase):
    center_class = Center

    def setUp(self):
        self.center = self.center_class()
        self.center.__enter__()
        self.addCleanup(self.center.close)
        self.key = self.center.key("journal")
        self.config = self.center.path("usherd.yaml")

    def usherctl(self, *arguments, input=None):
        plain = {name: value for name, value in os.environ.items() if not name.startswith("USHER_")}
        result = subprocess.run([os.environ["USHERCTL"], "--config", self.config, *arguments], input=input,
                                stdin=None if input else subprocess.DEVNULL, capture_output=True, text=True,
                                timeout=30, env=plain)
        return result.returncode, result.stdout, result.stderr

    def add(self, *fields, id="*"):
        return self.center.redis_cli("XADD", self.key, id, *fields)

    def ids(self):
        lines = self.center.redis_cli("XRANGE", self.key, "-", "+").splitlines()
        return [line for line in lines if line.replace("-", "").isdigit() and "-" in line]

    def last_given(self):
        lines = self.center.redis_cli("XINFO", "STREAM", self.key).splitlines()
        return lines[lines.index("last-generated-id") + 1]


class Repair(Journal):
    def test_usherd_holds_is_repaired_and_goes_on_with_all_its_clients(self):
        pbx = self.center.client("pbx", client="pbx1")
        pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
        self.add("note", "hello")
        sent = pbx.send({"do": "contact.arrive", "contact": "2", "channel": "voice"})
        line = self.center.wait_log(ALARM)
        self.assertIn("Remedy: usherctl journal repair", line)
        pbx.expect_no_event("contact.arrived", during=1.5, contact="pbx1/2")
        self.assertEqual(self.usherctl("journal", "repair", "--yes")[0], 0)
        self.assertTrue(pbx.wait_answer(sent)["ok"])
        pbx.wait_event("contact.arrived", contact="pbx1/2")
        self.center.wait_log(OVER)
        self.assertEqual(self.center.log().count(ALARM), 1)
        self.assertEqual(self.usherctl("journal", "check")[0], 0)

    def test_trace_of_an_entry_deleted_by_hand_is_seen_and_removed(self):
        pbx = self.center.client("pbx", client="pbx1")
        self.center.redis_cli("XDEL", self.key, self.add("note", "hello"))
        self.center.wait_log("though it was deleted. Remedy: usherctl journal repair")
        status, output, _ = self.usherctl("journal", "check")
        self.assertEqual(status, 1)
        self.assertIn("0 of them foreign", output)
        self.assertIn("The last id that Redis gave is", output)
        status, output, errors = self.usherctl("journal", "repair", "--yes")
        self.assertEqual((status, errors), (0, ""))
        self.assertTrue(pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})["ok"])
        self.center.wait_log("The journal goes on behind the last router's entry")

    def test_entries_that_are_foreign_in_every_way_go_and_routers_stay(self):
        center = self.center
        pbx = center.client("pbx", client="pbx1")
        center.kill_usherd()
        ours = self.ids()
        epoch, seq = map(int, ours[-1].split("-"))
        event = '{{"ev":"router.beat","n":"{}"}}\n'
        self.add("note", "x", id=f"{epoch}-{seq + 1}")
        self.add("b", "text", id=f"{epoch}-{seq + 2}")
        self.add("b", event.format(f"{epoch}-{seq}"), id=f"{epoch}-{seq + 3}")
        self.add("b", event.format(f"{epoch}-{seq + 4}"), id=f"{epoch}-{seq + 4}")
        self.add("from", PERSONAL, "b", "y" * 70)
        status, output, _ = self.usherctl("journal", "check")
        self.assertEqual(status, 1)
        for words in ("4 of them foreign", "it has no field b", "its field b does not hold events",
                      "its id is not the number of its last event", "its id is no number of a router",
                      "from (13 bytes), b (70 bytes)", f"the last one of a router is {epoch}-{seq + 4}"):
            self.assertIn(words, output)
        self.assertNotIn(PERSONAL, output)
        self.assertEqual(self.usherctl("journal", "repair", "--yes")[0], 0)
        self.assertEqual(self.ids(), [*ours, f"{epoch}-{seq + 4}"])
        self.assertEqual(self.last_given(), f"{epoch}-{seq + 4}")
        self.assertEqual(pbx.answers, {})

    def test_journal_that_was_repaired_survives_redis(self):
        self.add("note", "x")
        self.center.wait_log(ALARM)
        self.assertEqual(self.usherctl("journal", "repair", "--yes")[0], 0)
        self.center.wait_log(OVER)
        self.center.redis_cli("CONFIG", "SET", "aof-use-rdb-preamble", "no")
        self.center.redis_cli("BGREWRITEAOF")
        wait_until(lambda: "aof_rewrite_in_progress:0" in self.center.redis_cli("INFO", "persistence") and
                   "aof_rewrite_scheduled:0" in self.center.redis_cli("INFO", "persistence"), "it is rewritten")
        self.center.kill_redis()
        self.center.start_redis()
        pbx = self.center.client("pbx", client="pbx1")
        self.assertTrue(pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"}, timeout=20)["ok"])
        self.assertEqual(self.usherctl("journal", "check")[0], 0)

    def test_dry_run_and_no_terminal_change_nothing(self):
        foreign = self.add("note", "x")
        for arguments, wanted in ((["--dry-run"], 0), (["--dry-run", "--json"], 0), ([], 2), (["--json"], 2)):
            status, output, errors = self.usherctl("journal", "repair", *arguments)
            self.assertEqual(status, wanted, output + errors)
            self.assertIn(foreign, self.ids())
        self.assertIn("--yes is needed", errors)

    def test_on_a_terminal_it_asks(self):
        foreign = self.add("note", "x")
        for answer, status, stays in ((b"n\n", 1, True), (b"y\n", 0, False)):
            reader, writer = pty.openpty()
            process = subprocess.Popen([os.environ["USHERCTL"], "--config", self.config, "journal", "repair"],
                                       stdin=writer, stdout=subprocess.PIPE, text=True)
            os.write(reader, answer)
            output, _ = process.communicate(timeout=20)
            os.close(reader)
            os.close(writer)
            self.assertIn("[y/N]", output)
            self.assertEqual(process.returncode, status)
            self.assertEqual(foreign in self.ids(), stays)
        self.assertEqual(self.usherctl("journal", "repair"), (0, self.usherctl("journal", "check")[1], ""))

    def test_json_names_each_and_what_the_end_is(self):
        foreign = self.add("note", "x")
        status, output, _ = self.usherctl("journal", "check", "--json")
        entry, end = map(json.loads, output.splitlines())
        self.assertEqual((status, entry["entry"], entry["fields"]), (1, foreign, {"note": 1}))
        self.assertEqual((end["key"], end["foreign"], end["given"]), (self.key, 1, foreign))

    def test_json_of_many_is_whole(self):
        add = 'for i = 1, 20000 do redis.call("XADD", KEYS[1], "*", unpack(ARGV)) end'
        fields = [f"field_of_a_stranger_{i}" for i in range(20)]
        self.center.redis_cli("EVAL", add, 1, self.key, *fields)
        status, output, errors = self.usherctl("journal", "check", "--json")
        self.assertEqual((status, errors), (1, ""))
        lines = output.splitlines()
        entries = [json.loads(line) for line in lines]
        end = entries.pop()
        self.assertEqual((len(entries), end["foreign"]), (20000, 20000))
        self.assertEqual(({entry["fields_count"] for entry in entries}, len(entries[0]["fields"])), ({10}, 8))


class Route(Journal):
    @staticmethod
    def center_class():
        return Center(settings="outage: route\nstate: .\n")

    def test_router_goes_on_from_memory_and_appends_it_after_the_repair(self):
        pbx = self.center.client("pbx", client="pbx1")
        self.add("note", "hello")
        self.center.wait_log(ALARM)
        pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
        pbx.wait_event("contact.arrived", contact="pbx1/1")
        self.assertNotIn("contact.arrived", self.center.redis_cli("XRANGE", self.key, "-", "+"))
        self.assertEqual(self.usherctl("journal", "repair", "--yes")[0], 0)
        wait_until(lambda: [e for e in self.center.journal() if e["ev"] == "contact.arrived"], "it is appended")
        self.center.wait_log(OVER)


class Fails(Journal):
    def test_wrong_usage_wrong_settings_no_redis_and_no_journal_are_told_apart(self):
        self.assertEqual(self.usherctl("journal", "mend")[0], 2)
        self.assertEqual(self.usherctl("status", "--yes")[0], 2)
        with open(self.center.path("bad.yaml"), "w") as file:
            file.write("site: test\nredis: {soket: x}\n")
        self.config = self.center.path("bad.yaml")
        status, _, errors = self.usherctl("journal", "check")
        self.assertEqual(status, 2)
        self.assertIn("bad.yaml:2:9:", errors)
        self.config = self.center.path("none.yaml")
        status, _, errors = self.usherctl("journal", "check")
        self.assertEqual(status, 2)
        self.assertIn("--config FILE", errors)
        self.config = self.center.path("usherd.yaml")
        self.center.kill_usherd()
        self.center.redis_cli("DEL", self.key)
        status, _, errors = self.usherctl("journal", "repair", "--yes")
        self.assertEqual(status, 1)
        self.assertIn("there is no journal", errors)
        self.center.kill_redis()
        status, _, errors = self.usherctl("journal", "check")
        self.assertEqual(status, 3)
        self.assertIn("Redis cannot be reached", errors)

    def test_redis_that_stands_still_is_given_up_soon(self):
        """All at once: each waits for its own."""
        self.center.kill_redis(signal.SIGSTOP)
        self.addCleanup(self.center.kill_redis, signal.SIGCONT)
        begun = time.monotonic()
        commands = [["journal", "check"], ["explain", "pbx1/1"], ["profile", "show", "olena"], ["check"]]
        processes = [subprocess.Popen([os.environ["USHERCTL"], "--config", self.config, *command], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for command in commands]
        try:
            told = [process.communicate(timeout=20)[1] for process in processes]
        finally:
            for process in processes:
                process.kill()
                process.wait()
        self.assertLess(time.monotonic() - begun, 15)
        for command, process, errors in zip(commands, processes, told):
            with self.subTest(command):
                self.assertEqual(process.returncode, 3)
                self.assertIn(f"Redis cannot be reached: {self.center.redis_socket}: it does not answer", errors)
                self.assertIn(f"`redis-cli -s {self.center.redis_socket} PING` is answered; {self.config} names it", errors)

    def test_user_without_the_rights_is_told_which_to_give(self):
        self.add("note", "x")
        self.center.redis_cli("ACL", "SETUSER", "default", "-xdel")
        status, _, errors = self.usherctl("journal", "repair", "--yes")
        self.assertEqual(status, 1)
        remedy = errors[errors.index("ACL SETUSER default "):]
        self.center.redis_cli(*remedy.split())
        self.assertEqual(self.usherctl("journal", "repair", "--yes")[0], 0)


class Standby(Journal):
    center_class = Pair

    def test_pair_is_repaired_and_the_same_one_leads(self):
        pair = self.center
        self.config = pair.path("a.yaml")
        pbx = pair.client("pbx", client="pbx1")
        self.add("note", "hello")
        pair.wait_log(ALARM, count=2)
        self.assertEqual(self.usherctl("journal", "repair", "--yes")[0], 0)
        self.assertTrue(pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"}, timeout=20)["ok"])
        self.assertEqual(pair.state("a"), "leader")
        pair.wait_standby("b")
        pair.kill("a", signal.SIGKILL)
        pair.wait_leader("b")


if __name__ == "__main__":
    unittest.main()
