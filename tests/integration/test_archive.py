"""What goes from the journal is filed in the archive folder first, once and in order, and the past is folded over both."""
import glob
import json
import os
import signal
import subprocess
import unittest

from harness import Center, wait_until
from pair import FAST, Pair

FOLD = os.environ["FOLD"]
SETTINGS = """\
timing: {heartbeat: 100ms, lease: 500ms}
journal: {max: 1MiB, keep: 1m, snapshot_every: 60, archive: archive}
limits: {contacts: 1000, agents: 100, context: 16KiB}
"""
LARGE = {"text": "x" * 15000}
ERROR = "The archive could not be written"


class WithArchive(unittest.TestCase):
    config = "usherd.yaml"

    def make_center(self):
        return Center(settings=SETTINGS)

    def setUp(self):
        self.center = self.make_center()
        self.center.write_settings = self.write_settings
        self.center.__enter__()
        self.addCleanup(self.center.close)
        self.folder = self.center.path("archive")
        self.pbx = None
        self.calls = 0

    def write_settings(self, *arguments):
        os.makedirs(self.center.path("archive"), exist_ok=True)
        Center.write_settings(self.center, *arguments)

    def pump(self, count):
        """As many large contacts come and leave; two events each."""
        if self.pbx is None:
            self.pbx = self.center.client("pbx", client="pbx1")
        for _ in range(count):
            self.calls += 1
            self.pbx.call({"do": "contact.arrive", "contact": str(self.calls), "channel": "voice", "data": LARGE})
            self.pbx.call({"do": "contact.abandon", "contact": str(self.calls)})

    def restart(self):
        self.center.start_usherd()
        self.pbx = None

    def filed(self):
        """The lines of the archive as objects, in the order of the files."""
        lines = []
        for name in sorted(glob.glob(self.folder + "/journal-test-*.jsonl")):
            with open(name) as file:
                lines += [json.loads(line) for line in file]
        return lines

    def pump_until(self, condition, what):
        for _ in range(40):
            self.pump(20)
            if condition():
                return
        self.fail(f"in vain: {what}")

    def states(self):
        return sorted(glob.glob(self.folder + "/snapshot-test-*"), key=os.path.getmtime)

    def check_whole(self):
        """Archive and stream together hold each event once; returns all."""
        filed = self.filed()
        numbers = [event["n"] for event in filed]
        self.assertEqual(len(numbers), len(set(numbers)))
        known = set(numbers)
        events = filed + [event for event in self.center.journal() if event["n"] not in known]
        before = (0, 0)
        for event in events:
            epoch, seq = map(int, event["n"].split("-"))
            self.assertTrue((epoch, seq) == (before[0], before[1] + 1) or (epoch > before[0] and seq == 1),
                            f"{event['n']} follows {before}")
            before = (epoch, seq)
        return events

    def fold(self, *arguments):
        result = subprocess.run([FOLD, self.center.path(self.config), *map(str, arguments)], capture_output=True,
                                text=True, timeout=30, stdin=subprocess.DEVNULL)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        number, known, events, beats, differing, _ = result.stdout.split()
        self.assertEqual(differing, "0")
        return number, int(known), int(events), int(beats)


class Archive(WithArchive):
    def test_the_past_is_folded_over_archive_and_journal(self):
        self.pump_until(lambda: self.filed() and self.states(), "events and a state are filed")
        self.pump(5)
        wait_until(lambda: sum(e["ev"] == "router.heartbeat" for e in self.center.journal()) > 16, "heartbeats came")
        self.center.kill_usherd()
        events = self.check_whole()
        self.assertNotEqual(self.center.journal()[0]["n"], events[0]["n"])
        number, known, seen, beats = self.fold("all")
        self.assertEqual((number, known, seen), (events[-1]["n"], 0, len(events)))
        self.assertGreater(beats, 16)
        middle = events[len(self.filed()) // 2]
        self.assertEqual(self.fold("end", "end", middle["n"])[0], events[events.index(middle) - 1]["n"])
        self.assertEqual(os.stat(glob.glob(self.folder + "/journal-test-*")[0]).st_mode & 0o777, 0o640)
        self.check_without_the_beginning(events)

    def check_without_the_beginning(self, events):
        """The lines before the first filed state are gone, and so are the rules in Redis."""
        state = self.states()[0]
        epoch, seq, at = os.path.basename(state).split("-")[-3:]
        self.center.redis_cli("EVAL", "return redis.call('DEL', unpack(redis.call('KEYS', ARGV[1])))", 0,
                              self.center.key("rules:*").replace("{", "\\{"))
        name = glob.glob(self.folder + "/journal-test-*")[0]
        with open(name) as file:
            kept = [line for line in file if tuple(map(int, json.loads(line)["n"].split("-"))) > (int(epoch), int(seq))]
        with open(name, "w") as file:
            file.writelines(kept)
        number, known, _, _ = self.fold("all")
        self.assertEqual((number, known), (events[-1]["n"], int(at)))

    def test_lines_that_were_filed_and_not_trimmed_are_not_filed_again(self):
        self.center.redis_cli("ACL", "SETUSER", "default", "-xtrim")
        self.pump_until(self.filed, "events are filed")
        wait_until(lambda: self.center.wait_log("Redis refused a command of the snapshot's command=XTRIM"), "no trim")
        self.assertEqual(self.center.journal()[0]["n"], self.filed()[0]["n"])
        self.center.kill_usherd()
        name = glob.glob(self.folder + "/journal-test-*")[0]
        with open(name, "a") as file:
            file.write('{"at":17637192')
        self.center.redis_cli("ACL", "SETUSER", "default", "+xtrim")
        self.restart()
        before = self.filed_count()
        self.pump_until(lambda: self.filed_count() > before, "more is filed")
        self.center.kill_usherd()
        self.check_whole()
        self.fold("all")

    def filed_count(self):
        try:
            return len(self.filed())
        except ValueError:
            return 0  # the line that was cut short is still there

    def usherctl(self, *arguments):
        result = subprocess.run([os.environ["USHERCTL"], "--config", self.center.path(self.config), *arguments],
                                capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def test_a_contact_of_the_archive_is_shown_and_explained(self):
        self.center.profile("olena", billing=8)
        desk = self.center.client("desk", agent="olena")
        wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "olena is known")
        self.pump(0)
        self.pbx.call({"do": "contact.arrive", "contact": "early", "channel": "voice", "data": {"topic": "billing"}})
        offer = self.pbx.wait_event("contact.offered")["offer"]
        self.pbx.call({"do": "contact.answer", "contact": "early", "offer": offer})
        self.pump_until(lambda: any(event["ev"] == "contact.answered" for event in self.filed()), "it is filed")
        wait_until(lambda: all(event.get("contact") != "pbx1/early" for event in self.center.journal()), "it is trimmed")
        explained = json.loads(self.usherctl("explain", "early", "--json"))
        self.assertEqual([step["explanation"]["chosen"]["agent"] for step in explained["steps"] if "explanation" in step],
                         ["olena"])
        shown = self.usherctl("journal", "show", "--contact", "early").splitlines()
        self.assertEqual([line.split()[1] for line in shown], ["contact.arrived", "contact.offered", "contact.answered"])

    def test_the_archive_alone_is_folded_to_its_end(self):
        """Redis was emptied, or the folder was taken to another machine."""
        self.pump_until(lambda: self.filed() and self.states(), "events and a state are filed")
        self.center.kill_usherd()
        self.center.redis_cli("FLUSHALL")
        self.assertEqual(self.fold()[0], self.filed()[-1]["n"])

    def test_what_cannot_be_filed_goes_only_above_max_and_is_told(self):
        os.rename(self.folder, self.folder + "-away")
        self.pump_until(lambda: "above journal.max" in self.center.log(), "it is told")
        self.assertIn(ERROR, self.center.log())
        os.rename(self.folder + "-away", self.folder)
        self.pump_until(self.filed, "events are filed")
        self.center.kill_usherd()
        self.assertEqual(self.fold()[0], self.center.journal()[-1]["n"])

    def test_a_folder_that_is_missing_is_told_by_the_check_and_at_the_start(self):
        os.rmdir(self.folder)
        result = subprocess.run([os.environ["USHERD"], "--config", self.center.path(self.config), "--check-config"],
                                capture_output=True, text=True, timeout=20)
        self.assertEqual(result.returncode, 3)
        self.assertIn("1 problem was found", result.stdout)
        self.assertIn(f"install -d -m 0750 -o usher -g usher {self.folder}", result.stdout)
        self.center.kill_usherd()
        self.restart()
        self.center.wait_log("The journal's archive cannot be written; usherd goes on")


class Change(WithArchive):
    config = "a.yaml"

    def make_center(self):
        journal = SETTINGS.split("\n", 1)[1]
        return Pair(settings=FAST + journal)

    def test_who_leads_next_goes_on_in_the_same_folder(self):
        self.pump_until(self.filed, "the first one files")
        count = len(self.filed())
        self.center.kill("a", signal.SIGKILL)
        self.center.wait_leader("b")
        self.pbx = None
        self.pump_until(lambda: len(self.filed()) > count + 100, "the second one files")
        self.center.kill("b", signal.SIGKILL)
        events = self.check_whole()
        self.assertEqual(len({event["n"].split("-")[0] for event in events}), 2)
        self.assertEqual(self.fold("all")[:3], (events[-1]["n"], 0, len(events)))


if __name__ == "__main__":
    unittest.main()
