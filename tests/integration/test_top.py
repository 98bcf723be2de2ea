"""usherctl top on a terminal: each panel tells what usherctl's JSON tells, the keys work, and a killed usherd is seen to come back."""
import json
import os
import re
import signal
import subprocess
import termios
import unittest

from harness import Center, wait_until
from pair import Pair
from terminal import Terminal

USHERCTL = os.environ["USHERCTL"]
CALLER = {"from": "+380501112233", "data": {"topic": "billing", "contract": "77-1234"}}
RULES = """\
skills: [billing, internet]
not_ready: [lunch]
switches: [outage_north]
tiers: {gold: {}, standard: {}}
queues:
  billing: {promise: {answer_within: 20s, target: 80%}, need: {billing: {min: 1}}}
  support: {promise: {answer_within: 1s, target: 90%}, need: {internet: {min: 1}}}
routes:
  - {when: {data.topic: billing}, queue: billing}
  - queue: support
"""


class WithCenter(unittest.TestCase):
    rules = RULES

    def setUp(self):
        self.center = Center(rules=self.rules)
        self.center.__enter__()
        self.addCleanup(self.center.close)
        self.center.profile("olena", name="Олена Коваль", billing=8)
        self.center.profile("taras", name="Taras Melnyk", internet=9, billing=2)
        self.boss = self.center.client("supervisor", client="boss")
        for agent in ("olena", "taras"):
            wait_until(lambda: self.boss.ask({"do": "agent.ready", "agent": agent}).get("ok"), f"{agent} is ready")
        self.pbx = self.center.client("pbx", client="pbx1")

    def open(self, *options, width=80, height=24, env=None):
        terminal = Terminal([USHERCTL, "--socket", self.center.socket, "top", *options], width, height, env)
        self.addCleanup(terminal.__exit__, None, None, None)
        terminal.wait("● live|\\* live|PAUSED")
        return terminal

    def json(self, noun):
        output = subprocess.run([USHERCTL, "--socket", self.center.socket, "--json", noun], capture_output=True, text=True,
                                check=True, timeout=20).stdout
        return [json.loads(line) for line in output.splitlines()]

    def arrive(self, contact, **fields):
        self.pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", **fields})

    def answer(self, contact):
        offer = self.pbx.wait_event("contact.offered", contact="pbx1/" + contact)
        self.pbx.call({"do": "contact.answer", "contact": contact, "offer": offer["offer"]})
        return offer


class OnATerminal(WithCenter):
    def test_queues_and_agents_are_as_json_tells_them(self):
        for contact in ("1", "2", "3", "4"):
            self.arrive(contact, **CALLER)
        self.answer("1")
        self.arrive("5")
        terminal = self.open()
        terminal.wait(r"waiting 3.*talking 1   ringing 1   free 0 of 2")
        for queue in self.json("queues"):
            row = terminal.line(rf"^.? +{queue['queue']} ").split()
            self.assertIn(f"{queue['free']}/{queue['signed_in']}", row)
            self.assertIn(str(queue["waiting"]), row)
        states = {"talking": "Олена Коваль", "ringing": "Taras Melnyk"}
        for state, name in states.items():
            self.assertRegex(terminal.line(rf"{name} +{state}"), r"\d s billing")
        self.assertEqual({agent["name"] for agent in self.json("agents")}, set(states.values()))

    def test_each_event_changes_the_page(self):
        terminal = self.open()
        terminal.wait(r"Олена Коваль +free")
        self.arrive("1", **CALLER)
        terminal.wait(r"› Олена Коваль +1 +billing +match \d+ %.*; best free")
        self.boss.wait_event("contact.offered", contact="pbx1/1")
        desk = self.center.client("desk", agent="olena")
        desk.call({"do": "offer.decline", "offer": desk.state("contact")[0]["offer"], "reason": "tired"})
        terminal.wait(r"- Олена Коваль +1 +billing +declined \(tired\); keeps its place")
        self.pbx.wait_event("contact.offered", contact="pbx1/1", agent="olena")
        self.answer("1")
        terminal.wait(r"\+ Taras Melnyk +1 +billing +answered after")
        terminal.wait(r"Taras Melnyk +talking")
        self.boss.call({"do": "agent.not_ready", "agent": "olena", "reason": "lunch"})
        terminal.wait(r"Олена Коваль +lunch")
        self.arrive("2")
        terminal.wait(r"! support +1 +\d s +\d s late")
        self.pbx.call({"do": "contact.abandon", "contact": "2"})
        terminal.wait(r"! +2 +support +gave up after \d s")
        terminal.wait(r"support +0 .* 0 % +1 ")
        terminal.wait(r"billing +0 .* 100 % +0 ")
        self.assertNotIn("+380501112233", terminal.written)
        self.assertNotIn("77-1234", terminal.written)

    def test_closed_queues_and_switches_that_are_on_are_seen(self):
        self.boss.call({"do": "switch.set", "name": "outage_north", "state": "on"})
        terminal = self.open()
        terminal.wait(r"^ BY HAND   outage_north on$")
        self.boss.call({"do": "queue.close", "queue": "billing"})
        terminal.wait(r"^ BY HAND   outage_north on   billing closed$")
        terminal.wait(r"^  billing +0 +closed ")
        self.boss.call({"do": "switch.set", "name": "outage_north", "state": "off"})
        terminal.wait(r"^ BY HAND   billing closed$")
        self.boss.call({"do": "queue.open", "queue": "billing"})
        terminal.wait_gone(r"^ BY HAND")
        terminal.wait(r"^  billing +0 +20 s ")

    def test_what_has_no_room_is_left_out(self):
        terminal = self.open(width=50)
        self.arrive("1", **CALLER)
        self.answer("1")
        terminal.wait("answered after")
        self.assertRegex(terminal.line(r"^.? +billing "), r"^ +billing +0 +20 s +1/2 ")

    def test_new_skills_change_whom_a_queue_has_without_a_reconnect_by_hand(self):
        terminal = self.open()
        terminal.wait(r"support .* 1/1 ")
        self.center.redis_cli("HSET", self.center.key("agent:olena"), "skill.internet", 5)
        terminal.wait(r"support .* 2/2 ")
        self.assertIsNone(terminal.line("away"))

    def test_keys(self):
        self.arrive("1", **CALLER)
        terminal = self.open("--action", "d:where:echo here; echo there")
        terminal.press("?")
        terminal.wait("any key closes it")
        terminal.press("x")
        terminal.wait_gone("any key closes it")
        terminal.press("f")
        terminal.wait("only billing")
        self.assertIsNone(terminal.line(r"^  support"))
        terminal.press("f")
        terminal.wait("only support")
        self.assertIsNone(terminal.line("Олена Коваль"))
        terminal.press("\x1b")
        terminal.wait(r"^  billing")
        terminal.press("d")
        terminal.wait("where: here")
        self.assertIsNone(terminal.line("there"))
        terminal.press("p")
        terminal.wait("PAUSED")
        self.boss.call({"do": "agent.not_ready", "agent": "taras", "reason": "lunch"})
        terminal.press("p")
        terminal.wait("Taras Melnyk +lunch")
        for _ in range(3):
            self.boss.call({"do": "agent.ready", "agent": "taras"})
            self.boss.call({"do": "agent.not_ready", "agent": "taras", "reason": "lunch"})
        terminal.resize(80, 11)
        terminal.press("\t\t")
        terminal.wait("› WHAT HAPPENS")
        self.assertIsNone(terminal.line("where: here"))
        terminal.press("\x1b[B" * 3)
        terminal.wait("where: here")
        terminal.press("q")
        self.assertEqual(terminal.wait_end(), 0)
        self.assertTrue(terminal.written.endswith("\x1b[?25h\x1b[?1049l"))
        self.assertEqual(termios.tcgetattr(terminal.end), terminal.before)

    def test_a_killed_usherd_is_seen_to_come_back_with_everybody(self):
        for contact in ("1", "2", "3", "4"):
            self.arrive(contact, **CALLER)
        terminal = self.open("--action", f"k:kill -9:kill -9 {self.center.usherd.pid}")
        epoch = re.search(r"epoch (\d+)", terminal.text())[1]
        terminal.press("k")
        terminal.wait(r"usherd is away, since 0\.\d s: below is what it knew, 2 waiting and 0 talking")
        self.assertTrue(terminal.line("Олена Коваль +ringing"))
        self.assertEqual(self.center.usherd.wait(10), -signal.SIGKILL)
        self.center.start_usherd()
        terminal.wait(r"usherd is back after \d+\.\d s: 4 of 4 contacts are there, 2 of 2 in place")
        self.assertGreater(int(re.search(r"epoch (\d+)", terminal.text())[1]), int(epoch))
        terminal.wait("● live")

    def test_a_hung_usherd_is_seen(self):
        terminal = self.open()
        self.center.usherd.send_signal(signal.SIGSTOP)
        terminal.wait(r"usherd says nothing, since \d s")
        self.center.usherd.send_signal(signal.SIGCONT)
        terminal.wait("● live")

    def test_any_size_will_do(self):
        terminal = self.open()
        for width, height in ((200, 60), (40, 10), (7, 2), (1, 1), (131, 24), (80, 24)):
            terminal.resize(width, height)
            terminal.wait(r"free 2 of 2" if width in (80, 131) else r"AGENTS FREE" if width == 200 else "U|…")
        self.assertTrue(terminal.line("Taras Melnyk +free"))
        self.assertIsNone(terminal.process.poll())

    def test_a_notice_stands_as_long_as_its_file(self):
        path = self.center.path("notice")
        terminal = self.open("--notice", path)
        with open(path, "w") as file:
            file.write("Outage in Chernihiv\nsecond line\n")
        terminal.wait("^ ! Outage in Chernihiv")
        terminal.wait(r"^\d\d:\d\d:\d\d ! Outage in Chernihiv")
        os.remove(path)
        terminal.wait_gone("^ ! Outage")
        self.assertNotIn("second line", terminal.written)

    def test_without_colour_and_without_utf_8_it_reads_as_well(self):
        terminal = self.open(env={"NO_COLOR": "1", "LC_ALL": "C"})
        self.arrive("1")
        terminal.wait(r"> Taras Melnyk +1 +support +match")
        self.assertIsNone(re.search(r"\x1b\[0[;0-9]*;3[0-7]m", terminal.written))
        self.assertTrue(terminal.written.isascii())

    def test_a_signal_gives_the_terminal_back(self):
        terminal = self.open()
        terminal.process.terminate()
        self.assertEqual(terminal.wait_end(), 0)
        self.assertEqual(termios.tcgetattr(terminal.end), terminal.before)


class OnANarrowTerminal(WithCenter):
    rules = RULES.replace("billing:", "billing-of-all-the-land:", 1).replace("queue: billing", "queue: billing-of-all-the-land")

    def test_columns_are_left_out_whole_and_how_many_wait_is_the_last(self):
        for contact in ("1", "2", "3", "4", "5"):
            self.arrive(contact, **CALLER)
        self.answer("1")
        terminal = self.open()
        for width, titles, row in (
                (60, "WAIT PROMISE FREE CALLS", r"^. billing-of-all-the-land +3 +.* 0/2  \S+$"),
                (50, "WAIT PROMISE FREE", r"^. billing-of-all-the-land +3 +.* 0/2$"),
                (40, "WAIT PROMISE", r"^. billing-of-all-the-l… +3 +(in \d+ s|\S+ s late)$"),
                (30, "WAIT PROMISE", r"^. billing-of… +3 +(in \d+ s|\S+ s late)$"),
                (20, "WAIT", r"^. billing-of-… +3$"),
                (10, "", r"^. b… +3$"),
                (8, "", r"^. billi…$")):
            terminal.resize(width, 16)
            terminal.wait(row)
            self.assertEqual(" ".join(re.findall("[A-Z]+", terminal.line("QUEU"))[1:]), titles, terminal.text())

    def test_parts_of_other_rows_are_left_out_whole(self):
        terminal = self.open()
        for width, totals, agent, foot in (
                (50, " waiting 0   talking 0   ringing 0   free 2 of 2", r"^ Taras Melnyk free +\d+ s$", "f queue  tab panel"),
                (40, " waiting 0   talking 0   ringing 0", r"^ Taras Melnyk free +\d+ s$", "f queue"),
                (24, " waiting 0   talking 0", r"^ Taras Melnyk free$", "p pause"),
                (20, " waiting 0", r"^ Taras Mel… free$", "? help")):
            terminal.resize(width, 16)
            terminal.wait(agent)
            terminal.wait(rf"{re.escape(foot)}$")
            self.assertEqual(terminal.line("waiting"), totals, terminal.text())


class ToldWaits(WithCenter):
    rules = RULES.replace("support: {", "support: {announce: 30s, forecast: {per_hour: 60, handle: 5m}, ")

    def test_how_right_told_waits_are_is_seen(self):
        terminal = self.open(width=150)
        self.arrive("1")
        self.answer("1")
        self.arrive("2")
        self.pbx.wait_event("contact.promised", contact="pbx1/2")
        self.pbx.call({"do": "contact.end", "contact": "1"})
        self.answer("2")
        terminal.wait(r"told waits kept 100 %, off by \d{3} s \(\d{3} s too long\)")


class TwoRouters(unittest.TestCase):
    def test_the_screen_goes_to_whoever_leads_next(self):
        with Pair(rules=RULES) as pair, \
                Terminal([USHERCTL, "--socket", f"{pair.address('a')},{pair.address('b')}", "top"]) as terminal:
            pair.client("pbx", client="pbx1", address=pair.address("a")).call(
                {"do": "contact.arrive", "contact": "1", "channel": "voice"})
            terminal.wait("waiting 1")
            epoch = re.search(r"epoch (\d+)", terminal.text())[1]
            pair.kill("a")
            terminal.wait("usherd is away")
            terminal.wait("usherd is back after .* 1 of 1 contacts are there, 1 of 1 in place", 20)
            self.assertNotEqual(re.search(r"epoch (\d+)", terminal.text())[1], epoch)

    def test_a_leader_that_stands_still_is_left_for_the_next(self):
        with Pair(rules=RULES) as pair, \
                Terminal([USHERCTL, "--socket", f"{pair.address('a')},{pair.address('b')}", "top"]) as terminal:
            epoch = re.search(r"epoch (\d+)", terminal.wait("● live"))[1]
            pair.send_signal("a", signal.SIGSTOP)
            terminal.wait("usherd says nothing, since")
            terminal.wait("usherd is back after", 20)
            self.assertNotEqual(re.search(r"epoch (\d+)", terminal.text())[1], epoch)
            pair.send_signal("a", signal.SIGCONT)


class WithoutATerminal(WithCenter):
    def run_top(self, *options, socket=None):
        result = subprocess.run([USHERCTL, "--socket", socket or self.center.socket, "top", *options],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
        return result.returncode, result.stdout, result.stderr

    def test_one_page_is_printed(self):
        self.arrive("1", **CALLER)
        status, page, errors = self.run_top()
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(page, r"Олена Коваль +ringing")
        self.assertNotIn("\x1b", page)

    def test_what_cannot_be_is_told(self):
        status, _, errors = self.run_top(socket=self.center.path("none"))
        self.assertEqual(status, 3)
        self.assertIn("there is no such socket", errors)
        for action in ("k", "k:label", "q:label:command", "ab:label:command", "k::command"):
            status, _, errors = self.run_top("--action", action)
            self.assertEqual(status, 2)
            self.assertIn("KEY:LABEL:COMMAND", errors)
        self.assertEqual(self.run_top("--json")[0], 2)


if __name__ == "__main__":
    unittest.main()
