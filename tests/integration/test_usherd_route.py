"""`outage: route`: usherd goes on while Redis is away, appends later, and lets nobody lead beside it."""

import json
import os
import signal
import subprocess
import unittest

from harness import Center, Refused, wait_until

ROUTE = "outage: route\nstate: .\n"


def serve(pbx, desk, contact):
    """A contact's whole life; returns what the PBX was told of it."""
    pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", "from": "+380441112233"})
    offered = desk.wait_event("contact.offered", contact=f"pbx1/{contact}")
    pbx.call({"do": "contact.answer", "contact": contact, "offer": offered["offer"]})
    pbx.call({"do": "contact.end", "contact": contact})
    pbx.wait_event("contact.done", contact=f"pbx1/{contact}")
    return [event for event in pbx.events if event.get("contact") == f"pbx1/{contact}"]


class Routing(Center):
    def __init__(self, settings=ROUTE, **others):
        super().__init__(settings=settings, **others)

    def begin(self):
        """olena is ready; the PBX and her desk."""
        self.profile("olena", billing=8)
        pbx = self.client("pbx", client="pbx1")
        desk = self.client("desk", agent="olena")
        desk.call({"do": "agent.ready"})
        return pbx, desk

    def lose_redis(self):
        self.kill_redis()
        self.wait_log("Redis is away; goes on from memory")

    def wait_appended(self):
        """Redis has all that usherd has decided."""
        self.wait_log("Redis is back")
        probe = self.client("observer")
        last = probe.welcome["n"]
        wait_until(lambda: number(self.journal()[-1]["n"]) >= number(last), "the journal has all of it")

    def start_other(self, *arguments, settings=None):
        """A second usherd of the site with a state folder of its own; returns it."""
        first, self.settings = self.usherd, settings or ROUTE.replace("state: .", "state: other")
        os.makedirs(self.path("other"), exist_ok=True)
        self.others.append(first)
        self.write_settings("other.yaml", "other.sock")
        return self.start_usherd(*arguments, config="other.yaml", wait=False)

    def refused(self):
        found = [name for name in os.listdir(self.folder) if name.startswith("refused-")]
        lines = []
        for name in found:
            self.modes = os.stat(self.path(name)).st_mode & 0o777
            with open(self.path(name)) as file:
                lines += [json.loads(line) for line in file]
        return found, lines


def number(text):
    return tuple(map(int, text.split("-")))


class Alone(unittest.TestCase):
    def test_contacts_are_served_while_redis_is_dead_and_stand_in_the_journal_later(self):
        with Routing() as center:
            pbx, desk = center.begin()
            serve(pbx, desk, "before")
            center.lose_redis()
            told = [event for i in range(5) for event in serve(pbx, desk, f"alone-{i}")]
            center.start_redis()
            center.wait_appended()
            serve(pbx, desk, "after")
            journal = center.journal()
            numbers = [number(event["n"]) for event in journal]
            epoch = numbers[-1][0]
            self.assertEqual(numbers, [(epoch, seq) for seq in range(1, len(numbers) + 1)])
            by_number = {event["n"]: event for event in journal}
            for event in told:
                self.assertEqual(event, by_number[event["n"]])
            self.assertEqual([e["contact"] for e in journal if e["ev"] == "contact.done"],
                             ["pbx1/before", *(f"pbx1/alone-{i}" for i in range(5)), "pbx1/after"])

    def test_what_was_decided_alone_is_there_after_a_kill(self):
        with Routing() as center:
            pbx, desk = center.begin()
            center.lose_redis()
            serve(pbx, desk, "1")
            pbx.call({"do": "contact.arrive", "contact": "2", "channel": "voice"})
            center.start_redis()
            center.wait_appended()
            center.kill_usherd()
            center.start_usherd()
            observer = center.client("observer")
            self.assertEqual([c["contact"] for c in observer.state("contact")], ["pbx1/2"])
            self.assertEqual(pbx_rejected(center, "1"), "contact_exists")

    def test_redis_that_stands_still_holds_nothing_up_longer_than_a_lease(self):
        with Routing(ROUTE + "timing: {heartbeat: 200ms, lease: 600ms}\n") as center:
            pbx, desk = center.begin()
            center.kill_redis(signal.SIGSTOP)
            serve(pbx, desk, "1")
            serve(pbx, desk, "2")
            center.kill_redis(signal.SIGCONT)
            center.wait_appended()
            self.assertEqual([e["contact"] for e in center.journal() if e["ev"] == "contact.done"], ["pbx1/1", "pbx1/2"])

    def test_deadlines_fire_while_redis_is_dead(self):
        with Routing() as center:
            center.write_rules(center.rules.replace("ring: 15s", "ring: 5s"))
            center.kill_usherd(signal.SIGHUP)
            pbx, desk = center.begin()
            center.lose_redis()
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            offered = desk.wait_event("contact.offered")
            self.assertEqual(pbx.wait_event("offer.expired", timeout=12)["offer"], offered["offer"])
            center.start_redis()

    def test_redis_that_dies_again_while_the_backlog_is_appended_loses_nothing(self):
        with Routing() as center:
            pbx, desk = center.begin()
            for i in range(6):
                center.lose_redis() if i == 0 else center.kill_redis()
                for j in range(3):
                    serve(pbx, desk, f"{i}-{j}")
                center.start_redis()
            center.wait_appended()
            numbers = [number(event["n"]) for event in center.journal()]
            self.assertEqual(numbers, [(numbers[-1][0], seq) for seq in range(1, len(numbers) + 1)])
            self.assertEqual([e["contact"] for e in center.journal() if e["ev"] == "contact.done"],
                             [f"pbx1/{i}-{j}" for i in range(6) for j in range(3)])

    def test_flush_while_alone_is_written_anew_with_all_that_was_decided(self):
        with Routing() as center:
            pbx, desk = center.begin()
            center.lose_redis()
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            os.rename(center.path("appendonlydir"), center.path("gone"))
            center.start_redis()
            center.wait_log("The journal was gone")
            pbx.call({"do": "contact.arrive", "contact": "2", "channel": "voice"})
            center.kill_usherd()
            center.start_usherd()
            self.assertEqual({c["contact"] for c in center.client("observer").state("contact")}, {"pbx1/1", "pbx1/2"})

    def test_at_the_limit_it_holds_and_then_refuses_and_keeps_all_that_it_acknowledged(self):
        with Routing(ROUTE + "limits: {pending: 1MiB}\n") as center:
            pbx, _ = center.begin()
            center.lose_redis()
            data = {"text": "x" * 7000}
            acknowledged, unanswered, is_refused = [], [], False
            for i in range(1000):
                command = {"do": "contact.arrive", "contact": str(i), "channel": "voice", "data": data}
                id = pbx.send(command)
                if "nothing more is decided" not in center.log():
                    try:
                        self.assertTrue(pbx.wait_answer(id, timeout=1)["ok"])
                        acknowledged.append(f"pbx1/{i}")
                        continue
                    except AssertionError:
                        center.wait_log("nothing more is decided")
                unanswered.append((id, f"pbx1/{i}"))
                if i % 20 == 0:
                    pbx.call({"do": "ping"})
                if any(answer.get("error", {}).get("code") == "storage_unavailable" for answer in pbx.answers.values()):
                    is_refused = True
                    break
            self.assertTrue(is_refused, "more and more was held")
            self.assertGreater(len(acknowledged), 100)
            center.start_redis()
            for id, contact in unanswered:
                if pbx.wait_answer(id, timeout=20).get("ok"):
                    acknowledged.append(contact)
            arrived = [e["contact"] for e in center.journal() if e["ev"] == "contact.arrived"]
            self.assertEqual(arrived, acknowledged)


def pbx_rejected(center, contact):
    pbx = center.client("pbx", client="pbx1")
    try:
        pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice"})
    except Refused as refused:
        return refused.code
    return None


class Fence(unittest.TestCase):
    def test_other_usherd_does_not_start_beside_a_leader_that_goes_on_alone(self):
        with Routing() as center:
            pbx, desk = center.begin()
            other = center.start_other()
            self.assertEqual(other.wait(10), 5)
            center.wait_log("start once with --take-over")
            serve(pbx, desk, "1")

    def test_other_usherd_starts_after_an_orderly_end(self):
        with Routing() as center:
            center.begin()
            self.assertEqual(center.kill_usherd(signal.SIGTERM), 0)
            center.start_other()
            wait_until(lambda: center.is_leading(center.path("other.sock")), "the other leads")

    def test_same_state_folder_needs_no_word_after_a_kill(self):
        with Routing() as center:
            center.begin()
            center.kill_usherd()
            center.start_usherd()

    def test_state_folder_that_another_has_or_that_is_not_there_is_told(self):
        with Routing() as center:
            other = center.start_other(settings=ROUTE)
            self.assertEqual(other.wait(10), 1)
            center.wait_log("Another usherd has this state folder")
            absent = center.start_other(settings=ROUTE.replace("state: .", "state: absent"))
            self.assertEqual(absent.wait(10), 3)
            center.wait_log("Make the folder for usherd's user")

    def test_backlog_of_one_whom_another_replaced_is_kept_in_a_file(self):
        with Routing() as center:
            pbx, desk = center.begin()
            center.lose_redis()
            told = serve(pbx, desk, "1")
            first = center.usherd
            os.kill(first.pid, signal.SIGSTOP)
            center.start_redis()
            center.start_other("--take-over")
            wait_until(lambda: center.is_leading(center.path("other.sock")), "the other leads")
            os.kill(first.pid, signal.SIGCONT)
            self.assertEqual(first.wait(20), 1)
            names, lines = center.refused()
            self.assertEqual(names, [f"refused-{number(told[0]['n'])[0]}.jsonl"])
            self.assertEqual(center.modes, 0o600)
            self.assertEqual([line for line in lines if line.get("contact") == "pbx1/1" and line in told], told)
            center.wait_log("did not reach the journal")
            self.assertFalse([e for e in center.journal() if e.get("contact") == "pbx1/1"])

    def test_orderly_end_without_redis_keeps_the_backlog_in_a_file(self):
        with Routing() as center:
            pbx, desk = center.begin()
            center.lose_redis()
            told = serve(pbx, desk, "1")
            self.assertEqual(center.kill_usherd(signal.SIGTERM), 1)
            _, lines = center.refused()
            for event in told:
                self.assertIn(event, lines)


class Change(unittest.TestCase):
    def test_reload_takes_hold_into_use_and_a_standby_can_follow_then(self):
        with Routing() as center:
            pbx, _ = center.begin()
            standby = "standby: true\nstate: other\n"
            other = center.start_other(settings=standby)
            self.assertEqual(other.wait(10), 5)
            center.wait_log("no standby can follow it")
            center.usherd = center.others[0]
            center.settings = ROUTE.replace("route", "hold")
            center.write_settings()
            center.kill_usherd(signal.SIGHUP)
            changed = wait_until(lambda: [e for e in center.journal() if e["ev"] == "router.outage"], "it is journaled")
            self.assertEqual(changed[0]["outage"], "hold")
            center.kill_redis()
            center.wait_log("Redis is away; commands wait")
            id = pbx.send({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            pbx.expect_no_event("contact.arrived", during=0.5)
            center.start_redis()
            self.assertTrue(pbx.wait_answer(id, timeout=20)["ok"])
            center.start_other(settings=standby)
            center.wait_log("This usherd is a standby and knows all")

    def test_reload_takes_route_into_use(self):
        with Routing("outage: hold\nstate: .\n") as center:
            pbx, desk = center.begin()
            center.settings = ROUTE
            center.write_settings()
            result = subprocess.run([os.environ["USHERCTL"], "--socket", center.socket, "reload", "--yes"], capture_output=True,
                                    text=True)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual([e["outage"] for e in center.journal() if e["ev"] == "router.outage"], ["route"])
            center.lose_redis()
            serve(pbx, desk, "1")
            center.start_redis()
            center.wait_appended()

    def reload(self, center, settings):
        """What usherctl says to a reload of these settings, or None when it is well."""
        center.settings = settings
        center.write_settings()
        result = subprocess.run([os.environ["USHERCTL"], "--socket", center.socket, "reload", "--yes"], capture_output=True,
                                    text=True)
        return None if result.returncode == 0 else result.stdout + result.stderr

    def test_reload_takes_no_route_into_one_that_was_started_as_a_standby_or_with_strict_replicas(self):
        with Center(settings="standby: true\ntiming: {heartbeat: 100ms, lease: 250ms, read: 100ms}\n") as center:
            self.assertRegex(self.reload(center, ROUTE), "needs a restart.*standby: true")
            self.assertFalse([e for e in center.journal() if e["ev"] == "router.outage"])

    def test_reload_that_cannot_have_its_state_folder_is_refused_whole(self):
        with Routing("outage: hold\n") as center:
            center.write_rules(center.rules + "# other rules\n")
            self.assertIn("needs the state folder", self.reload(center, "outage: route\nstate: absent\n"))
            self.assertEqual(len([e for e in center.journal() if e["ev"] == "rules.loaded"]), 1)

    def test_last_reload_counts_when_redis_was_away_at_each(self):
        with Routing("outage: hold\nstate: .\n") as center:
            pbx, _ = center.begin()
            center.kill_redis()
            center.wait_log("Redis is away; commands wait")
            for settings in (ROUTE, "outage: hold\nstate: .\n"):
                center.settings = settings
                center.write_settings()
                center.kill_usherd(signal.SIGHUP)
                center.wait_log("outage=" + settings.split()[1])
            center.start_redis()
            center.wait_appended()
            self.assertEqual([e["outage"] for e in center.journal() if e["ev"] == "router.outage"], ["route", "hold"])
            center.kill_redis()
            center.wait_log("Redis is away; commands wait", count=2)
            id = pbx.send({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            pbx.expect_no_event("contact.arrived", during=0.5)
            center.start_redis()
            self.assertTrue(pbx.wait_answer(id, timeout=20)["ok"])

    def test_reload_of_settings_with_a_problem_changes_nothing_and_says_where(self):
        with Routing() as center:
            center.begin()
            center.settings = ROUTE.replace("route", "rout")
            center.write_settings()
            result = subprocess.run([os.environ["USHERCTL"], "--socket", center.socket, "reload", "--yes"], capture_output=True,
                                    text=True)
            self.assertNotEqual(result.returncode, 0)
            self.assertRegex(result.stderr + result.stdout, r"usherd\.yaml:\d+:\d+: `outage` is `rout`")


if __name__ == "__main__":
    unittest.main()
