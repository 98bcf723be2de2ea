"""`usherctl journal show` tells what has been, `usherctl tail` what was just now and what comes, over restarts and changes of the leader."""
import json
import os
import signal
import subprocess
import threading
import time
import unittest

from harness import Center, wait_until
from pair import Pair

USHERCTL = os.environ["USHERCTL"]
CALLER = {"from": "+380501112233", "data": {"topic": "billing", "contract": "77-1234"}}


class Follower:
    """usherctl, with what it has said so far."""

    def __init__(self, *arguments):
        plain = {name: value for name, value in os.environ.items() if not name.startswith("USHER_")}
        self.process = subprocess.Popen([USHERCTL, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=plain)
        self.lines = []
        self.errors = []
        self.threads = [threading.Thread(target=lambda pipe, to: to.extend(iter_lines(pipe, to)), args=pair, daemon=True)
                        for pair in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))]
        for thread in self.threads:
            thread.start()

    def wait_line(self, text):
        wait_until(lambda: any(text in line for line in self.lines), f"{text!r} is told; so far: {self.lines} {self.errors}")

    def wait_error(self, text):
        wait_until(lambda: any(text in line for line in self.errors), f"{text!r} is said; so far: {self.errors}")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join()
        self.process.stdout.close()
        self.process.stderr.close()


def iter_lines(pipe, to):
    for line in pipe:
        to.append(line.rstrip("\n"))
    return ()


class WithCenter(unittest.TestCase):
    center_class = Center

    def setUp(self):
        self.center = self.center_class()
        self.center.__enter__()
        self.addCleanup(self.center.close)
        self.center.profile("olena", billing=8)
        self.center.profile("taras", internet=8)
        self.pbx = None

    def usherctl(self, *arguments):
        plain = {name: value for name, value in os.environ.items() if not name.startswith("USHER_")}
        result = subprocess.run([USHERCTL, "--socket", self.center.socket, "--config", self.center.path("usherd.yaml"),
                                 *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                timeout=20, env=plain)
        return result.returncode, result.stdout, result.stderr

    def run_ok(self, *arguments):
        status, output, errors = self.usherctl(*arguments)
        self.assertEqual((status, errors), (0, ""))
        return output.splitlines()

    def follow(self, *arguments):
        follower = Follower("--socket", self.center.socket, "tail", *arguments)
        self.addCleanup(follower.end)
        return follower

    def arrive(self, contact, **fields):
        if self.pbx is None:
            self.pbx = self.center.client("pbx", client="pbx1")
        self.pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", **fields})

    def talk(self, contact="0042"):
        """A billing call that olena answers and that ends; then another call waits."""
        self.arrive(contact, **CALLER)
        desk = self.center.client("desk", agent="olena")
        wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "olena is known")
        offer = self.pbx.wait_event("contact.offered")
        self.assertEqual(offer["contact"], f"pbx1/{contact}")
        self.pbx.call({"do": "contact.answer", "contact": contact, "offer": offer["offer"]})
        desk.call({"do": "agent.not_ready", "reason": "lunch"})
        self.pbx.call({"do": "contact.end", "contact": contact})
        self.arrive("0001")


class Show(WithCenter):
    def test_events_are_told_in_words_with_or_without_usherd(self):
        self.talk()
        for _ in range(2):
            told = [line.split()[1] for line in self.run_ok("journal", "show", "--contact", "0042")]
            self.assertEqual(told[:3], ["contact.arrived", "contact.offered", "contact.answered"])
            self.assertEqual(self.run_ok("journal", "show", "--contact", "pbx1/0042", "--count", 1),
                             self.run_ok("journal", "show", "--contact", "0042", "--count", 1))
            if self.center.usherd.poll() is None:
                self.center.kill_usherd()

    def test_filters_choose_by_agent_queue_and_event(self):
        self.talk()
        shown = self.run_ok("journal", "show", "--agent", "olena", "--event", "contact")
        self.assertTrue(shown)
        self.assertTrue(all("olena" in line and " contact." in line for line in shown), shown)
        queue = [json.loads(line) for line in self.run_ok("journal", "show", "--queue", "billing", "--json")]
        self.assertEqual({event["contact"] for event in queue}, {"pbx1/0042"})
        self.assertIn("contact.answered", [event["ev"] for event in queue])
        self.assertEqual(len(self.run_ok("journal", "show", "--event", "contact.arrived")), 2)

    def test_a_queue_has_the_contacts_that_were_in_it_before(self):
        self.talk()
        own = [e for e in self.center.journal() if e.get("contact") == "pbx1/0042"]
        lines = self.run_ok("journal", "show", "--queue", "billing", "--since", own[-1]["at"], "--json")
        self.assertEqual([json.loads(line)["n"] for line in lines if "0042" in line],
                         [e["n"] for e in own if e["at"] >= own[-1]["at"]])

    def test_personal_data_and_heartbeats_are_shown_only_when_asked_for(self):
        self.talk()
        wait_until(lambda: self.usherctl("journal", "show", "--event", "router.heartbeat")[1], "a heartbeat came")
        for arguments, wanted in (([], False), (["--all"], True), (["--event", "router"], False)):
            shown = "\n".join(self.run_ok("journal", "show", *arguments))
            self.assertEqual("router.heartbeat" in shown, wanted, arguments)
        for arguments in ([], ["--json"]):
            output = "\n".join(self.run_ok("journal", "show", *arguments))
            self.assertNotIn("+380501112233", output)
            self.assertNotIn("77-1234", output)
            full = "\n".join(self.run_ok("journal", "show", "--full", *arguments))
            self.assertIn("+380501112233", full)
            self.assertIn("77-1234", full)

    def test_times_bound_what_is_shown(self):
        self.talk()
        events = self.center.journal()
        arrived = next(event for event in events if event["ev"] == "contact.arrived")
        lines = self.run_ok("journal", "show", "--since", arrived["at"], "--json", "--all", "--full")
        self.assertEqual(json.loads(lines[0])["n"], next(e["n"] for e in events if e["at"] >= arrived["at"]))
        lines = self.run_ok("journal", "show", "--until", arrived["at"], "--json", "--all", "--full")
        self.assertEqual(json.loads(lines[-1])["n"], [e["n"] for e in events if e["at"] <= arrived["at"]][-1])
        status, output, errors = self.usherctl("journal", "show", "--until", "2020-01-01")
        self.assertEqual((status, output), (0, ""))
        self.assertIn("no such event", errors)

    def test_the_newest_are_shown_in_their_order(self):
        self.talk()
        whole = self.run_ok("journal", "show")
        self.assertEqual(self.run_ok("journal", "show", "--last", "4"), whole[-4:])
        for many in (1000, 2 ** 60 + 1, 2 ** 63 - 1):
            self.assertEqual(self.run_ok("journal", "show", "--last", many), whole)

    def test_since_is_found_among_many_events(self):
        for contact in range(300):
            self.arrive(str(contact))
        time.sleep(0.01)  # so that the next one has a time of its own
        self.arrive("last")
        at = self.center.journal()[-1]["at"]
        shown = [json.loads(line)["contact"] for line in self.run_ok("journal", "show", "--since", at, "--json")]
        self.assertEqual(shown, ["pbx1/last"])

    def test_wrong_times_and_events_are_told(self):
        for arguments, wanted in ((["--since", "soon"], "2026-11-21T10:00"), (["--event", "contact.arived"], "contact.arrived"),
                                  (["--since", "-1m", "--until", "-2m"], "lies behind")):
            status, output, errors = self.usherctl("journal", "show", *arguments)
            self.assertEqual((status, output), (2, ""))
            self.assertIn(wanted, errors)


class Tail(WithCenter):
    def test_the_newest_events_come_first_and_then_what_happens(self):
        self.talk()
        events = [e["ev"] for e in self.center.journal() if e["ev"] != "router.heartbeat"]
        follower = self.follow("--last", "3")
        wait_until(lambda: len(follower.lines) >= 3, "the newest are told")
        self.assertEqual([line.split()[1] for line in follower.lines], events[-3:])
        self.arrive("0099")
        follower.wait_line("pbx1/0099")
        self.assertNotIn("77-1234", "".join(follower.lines))

    def test_filters_hold_for_the_past_and_for_what_comes(self):
        self.talk()
        follower = self.follow("--queue", "general", "--json", "--count", "2")
        follower.wait_line("pbx1/0001")
        self.arrive("0043", **CALLER)
        self.arrive("0044")
        self.pbx.call({"do": "contact.abandon", "contact": "0001"})
        self.assertEqual(follower.process.wait(10), 0)
        follower.threads[0].join()
        told = [json.loads(line) for line in follower.lines]
        self.assertEqual([(event["ev"], event["contact"]) for event in told],
                         [("contact.arrived", "pbx1/0001"), ("contact.arrived", "pbx1/0044"),
                          ("contact.abandoned", "pbx1/0001")])

    def test_a_queue_that_is_none_is_told(self):
        self.follow("--queue", "biling").wait_error('no queue "biling"; did you mean "billing"?')
        self.follow("--queue", "gardening").wait_error('no queue "gardening"; waiting for it')

    def test_it_goes_on_after_usherds_restart(self):
        follower = self.follow()
        follower.wait_line("agent.profiled")
        self.center.kill_usherd()
        follower.wait_error("Waiting for usherd")
        self.center.start_usherd()
        follower.wait_error("again")
        self.pbx = None
        self.arrive("0050")
        follower.wait_line("pbx1/0050")
        self.assertIsNone(follower.process.poll())

    def test_without_usherd_it_ends_as_others_do(self):
        self.center.kill_usherd()
        follower = self.follow()
        self.assertEqual(follower.process.wait(10), 3)


class Change(WithCenter):
    center_class = Pair

    def test_tail_goes_along_when_another_usherd_leads(self):
        pair = self.center
        sockets = ",".join(pair.address(name) for name in ("a", "b"))
        follower = Follower("--socket", sockets, "tail", "--event", "contact")
        self.addCleanup(follower.end)
        pbx = pair.client("pbx", client="pbx1")
        pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
        follower.wait_line("pbx1/1")
        pair.kill("a", signal.SIGKILL)
        pair.wait_leader("b")
        follower.wait_error("again")
        pbx = pair.come_back("pbx", "pbx1")
        pbx.call({"do": "contact.arrive", "contact": "2", "channel": "voice"})
        follower.wait_line("pbx1/2")


if __name__ == "__main__":
    unittest.main()
