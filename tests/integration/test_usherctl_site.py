"""usherctl switch and queue, hours by the clock of a zone, and what a rules file may say of it."""
import json
import re
import unittest
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ctl import CtlTest

KYIV = ZoneInfo("Europe/Kyiv")
RULES = """\
timezone: Europe/Kyiv
switches: [outage_north, outage_south]
notices: [closed, outage_north]
blocked: ["+7800*"]
queues:
  support: {closed: {notice: closed}}
  night: {hours: closed, closed: {notice: closed}}
routes:
  - when: {dialled: "8"}
    queue: night
  - when: {switch: outage_north}
    notice: outage_north
    queue: support
  - queue: support
"""


class Site(CtlTest):
    rules = RULES

    def restart(self):
        self.center.kill_usherd()
        self.center.start_usherd()

    def test_switch_is_on_until_a_time_of_the_sites_clock(self):
        pbx = self.center.client("pbx", client="pbx1")
        watch = self.center.client("observer")
        until = (datetime.now(KYIV) + timedelta(hours=2)).replace(second=0, microsecond=0)
        code, told, _ = self.usherctl("switch", "outage_north", "on", "--until", until.strftime("%H:%M"))
        self.assertEqual(code, 0)
        self.assertRegex(told, rf"^outage_north is on until (\d{{4}}-\d\d-\d\d )?{until:%H:%M}\n$")
        self.assertEqual(watch.wait_event("switch.set")["until_ms"], int(until.timestamp() * 1000))
        pbx.call({"do": "contact.arrive", "contact": "c1", "channel": "voice", "to": "1"})
        self.assertEqual(pbx.wait_event("contact.arrived")["notice"], "outage_north")
        self.restart()
        rows = [json.loads(line) for line in self.usherctl("switch", "--json")[1].splitlines()]
        self.assertEqual([(row["name"], row["state"]) for row in rows], [("outage_north", "on"), ("outage_south", "off")])
        self.assertRegex(self.usherctl("switch")[1], r"outage_north\s+on until .*\noutage_south\s+off\n$")
        self.assertRegex(self.usherctl("status")[1], rf"\nswitches  outage_north on until (\d{{4}}-\d\d-\d\d )?{until:%H:%M}\n")
        self.assertEqual([row["state"] for row in json.loads(self.usherctl("status", "--json")[1])["switches"]], ["on", "off"])
        self.assertEqual(self.usherctl("switch", "outage_north", "off")[:2], (0, "outage_north is off\n"))

    def test_what_is_no_switch_or_time_is_refused(self):
        code, _, errors = self.usherctl("switch", "outage_norht", "on")
        self.assertEqual(code, 1)
        self.assertIn("the rules have no switch outage_norht; did you mean outage_north?", errors)
        for wrong in ("25:00", "soon", "-1h", "2020-01-01T10:00", "0"):
            code, _, errors = self.usherctl("switch", "outage_north", "on", "--until", wrong)
            self.assertEqual(code, 2)
            self.assertIn("--until takes a time to come: 18:00", errors)

    def test_closed_queue_sends_callers_away_and_its_hours_are_kept(self):
        pbx = self.center.client("pbx", client="pbx1")
        for number, (to, sender, name) in enumerate((("8", "+380", "contact.overflowed"), ("1", "+78001", "contact.refused"))):
            pbx.call({"do": "contact.arrive", "contact": f"c{number}", "channel": "voice", "to": to, "from": sender})
            self.assertIn(pbx.wait_event(name)["reason"], ("closed", "blocked"))
        pbx.call({"do": "contact.arrive", "contact": "c3", "channel": "voice", "to": "1"})
        pbx.wait_event("contact.arrived", contact="pbx1/c3")
        self.assertEqual(self.usherctl("queue", "support", "close", "--until", "2h")[0], 0)
        self.assertEqual(pbx.wait_event("contact.overflowed", contact="pbx1/c3")["notice"], "closed")
        self.restart()
        queues = {row["queue"]: row for row in map(json.loads, self.usherctl("queues", "--json")[1].splitlines())}
        self.assertEqual([(queues[name]["state"], queues[name]["reason"]) for name in ("support", "night")],
                         [("closed", "supervisor"), ("closed", "hours")])
        for command in ("queues", "status"):
            told = self.usherctl(command)[1]
            self.assertRegex(told, r"night .*closed\n")
            self.assertRegex(told, r"support .*closed by hand until (\d{4}-\d\d-\d\d )?\d\d:\d\d\n")
        self.assertNotIn("switches", told)
        self.assertEqual(self.usherctl("queue", "support", "open")[:2], (0, "support is open\n"))

    def test_wrong_zone_is_told_with_its_place(self):
        self.write("wrong.yaml", RULES.replace("Europe/Kyiv", "Europe/Kiiv"))
        code, told, _ = self.usherctl("check", self.center.path("wrong.yaml"))
        self.assertEqual(code, 1)
        self.assertRegex(told, re.escape("wrong.yaml:1:11: error: there is no time zone `Europe/Kiiv`; did you mean `Europe/Kyiv`?"))
        self.center.write_rules(RULES.replace("Europe/Kyiv", "Europe/Nowhere"))
        code, _, errors = self.usherctl("reload", "--yes")
        self.assertNotEqual(code, 0)
        self.assertIn("there is no time zone", errors)


if __name__ == "__main__":
    unittest.main()
