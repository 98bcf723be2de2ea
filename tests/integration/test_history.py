"""The past: folding the journal gives the state that usherd had, from wherever the fold begins."""
import json
import os
import subprocess
import time
import unittest

from harness import Center, wait_until

FOLD = os.environ["FOLD"]
FAST = "timing: {heartbeat: 100ms, lease: 500ms}\n"


class Past(unittest.TestCase):
    settings = FAST

    def setUp(self):
        self.center = Center(settings=self.settings)
        self.center.__enter__()
        self.addCleanup(self.center.close)
        self.config = self.center.path("usherd.yaml")
        self.calls = 0

    def run_fold(self, *arguments):
        result = subprocess.run([FOLD, self.config, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=30)
        return result.returncode, result.stdout, result.stderr

    def fold(self, *arguments):
        """(number, known_ms, events, heartbeats, contacts); the folded state is that of every heartbeat."""
        status, output, errors = self.run_fold(*arguments)
        self.assertEqual((status, errors), (0, ""), output)
        number, known, events, heartbeats, differing, contacts = output.split()
        self.assertEqual(differing, "0")
        return number, int(known), int(events), int(heartbeats), int(contacts)

    def live(self, count):
        """Lets `count` contacts arrive and one of two be answered and end."""
        if not self.calls:
            self.center.profile("olena", billing=8)
            self.pbx = self.center.client("pbx", client="pbx1")
            self.desk = self.center.client("desk", agent="olena")
            wait_until(lambda: self.desk.ask({"do": "agent.ready"}).get("ok"), "olena is known and ready")
        for _ in range(count):
            self.calls += 1
            contact = str(self.calls)
            self.pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice"})
            if self.calls % 2:
                offer = self.pbx.wait_event("contact.offered")
                offered, number = offer["contact"].split("/")[1], offer["offer"]
                self.pbx.call({"do": "contact.answer", "contact": offered, "offer": number})
                self.pbx.call({"do": "contact.end", "contact": offered})

    def snapshots(self):
        keys = self.center.redis_cli("KEYS", self.center.key("snapshot:*")).splitlines()
        return [key.rsplit(":", 1)[1] for key in keys if key]

    def wait_beats(self, count=4):
        """A digest looks at a sixteenth of the state."""
        def beats():
            return sum(event["ev"] == "router.heartbeat" for event in self.center.journal())
        before = beats()
        wait_until(lambda: beats() >= before + count, "heartbeats have come")


class FromTheBeginning(Past):
    def test_the_whole_journal_gives_the_state_of_every_heartbeat(self):
        self.live(20)
        self.wait_beats(17)
        self.center.kill_usherd()
        events = self.center.journal()
        number, known, seen, heartbeats, _ = self.fold()
        self.assertEqual((number, known, seen), (events[-1]["n"], 0, len(events)))
        self.assertGreaterEqual(heartbeats, 17)

    def test_a_fold_ends_at_a_moment_and_before_a_number(self):
        self.live(6)
        self.center.kill_usherd()
        events = self.center.journal()
        arrived = [i for i, event in enumerate(events) if event["ev"] == "contact.arrived"]
        at = events[arrived[3]]["at"]
        last = [event for event in events if event["at"] <= at][-1]
        self.assertEqual(self.fold("all", at)[0], last["n"])
        self.assertEqual(self.fold("all", "end", events[arrived[3]]["n"])[0], events[arrived[3] - 1]["n"])

    def test_restarts_and_new_rules_are_folded_over(self):
        self.live(3)
        self.center.write_rules(self.center.rules.replace("ring: 15s", "ring: 16s"))
        self.center.kill_usherd()
        self.center.start_usherd()
        self.calls = 0
        self.wait_beats()
        self.center.kill_usherd()
        self.assertEqual(self.fold()[0], self.center.journal()[-1]["n"])

    def test_what_no_router_wrote_is_passed_over(self):
        self.live(3)
        self.center.kill_usherd()
        self.center.redis_cli("XADD", self.center.key("journal"), "*", "note", "x")
        status, output, errors = self.run_fold()
        self.assertEqual((status, output.split()[4]), (0, "0"))
        self.assertIn("1 entries that no router wrote", errors)


class FromASnapshot(Past):
    settings = FAST + "journal: {snapshot_every: 50}\n"

    def test_newest_snapshot_and_oldest_state_give_the_same(self):
        self.live(30)
        wait_until(self.snapshots, "a snapshot is there")
        self.live(10)
        self.wait_beats()
        self.center.kill_usherd()
        whole = self.fold("all")
        newest = self.fold()
        self.assertEqual(whole[0], newest[0])
        self.assertEqual(whole[1], 0)
        self.assertGreater(newest[1], 0)
        self.assertLess(newest[2], whole[2])

    def test_a_damaged_snapshot_gives_way_to_what_was_before(self):
        self.live(30)
        wait_until(self.snapshots, "a snapshot is there")
        self.center.kill_usherd()
        for number in self.snapshots():
            self.center.redis_cli("HSET", self.center.key("snapshot:" + number), "bytes", "damaged")
        self.assertEqual(self.fold()[:2], (self.center.journal()[-1]["n"], 0))

    def test_without_its_beginning_the_past_is_known_from_the_oldest_snapshot_on(self):
        self.live(30)
        snapshot = wait_until(self.snapshots, "a snapshot is there")[0]
        self.live(10)
        self.center.kill_usherd()
        first = self.center.journal()[0]["at"]
        self.center.redis_cli("XTRIM", self.center.key("journal"), "MINID", snapshot)
        oldest = self.fold("all")
        self.assertGreater(oldest[1], first)
        status, _, errors = self.run_fold("all", first)
        self.assertEqual(status, 1)
        self.assertIn("the past is known only from", errors)

    def test_a_journal_that_was_written_anew_is_folded_from_its_snapshot(self):
        self.live(10)
        self.center.redis_cli("FLUSHALL")
        self.center.profile("olena", billing=8)
        self.live(5)
        self.wait_beats()
        self.center.kill_usherd()
        self.assertEqual(self.fold("all")[0], self.center.journal()[-1]["n"])


class Fails(Past):
    def test_no_redis_no_journal_and_a_newer_router_are_told(self):
        self.live(1)
        self.center.kill_usherd()
        entry = json.loads(self.center.redis_cli("--json", "XREVRANGE", self.center.key("journal"), "+", "-", "COUNT", 1))
        epoch = int(entry[0][0].split("-")[0]) + 1
        line = {"at": int(time.time() * 1000), "n": f"{epoch}-1", "ev": "router.started", "token": "x",
                "prev": entry[0][0], "version": 999, "outage": "hold"}
        self.center.redis_cli("XADD", self.center.key("journal"), f"{epoch}-1", "b", json.dumps(line) + "\n")
        status, _, errors = self.run_fold()
        self.assertEqual(status, 1)
        self.assertIn("newer usherd", errors)
        self.center.redis_cli("DEL", self.center.key("journal"))
        status, _, errors = self.run_fold()
        self.assertEqual(status, 1)
        self.assertIn("there is no journal", errors)
        self.center.kill_redis()
        self.assertEqual(self.run_fold()[0], 3)


if __name__ == "__main__":
    unittest.main()
