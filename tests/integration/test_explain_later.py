"""usherctl explain of what is booked, and of callbacks: in sentences, and with the date of another day."""

import os
import subprocess
import time
import unittest

from harness import Center, wait_until

USHERCTL = os.environ["USHERCTL"]
CALLBACKS = """\
skills: [billing]
queues:
  billing: {need: {billing: {}}, callback: {when_wait_over: 60s, attempts: 3, every: 5m}}
routes:
  - queue: billing
"""

class Later(unittest.TestCase):
    def explain(self, center, contact):
        return subprocess.run([USHERCTL, "explain", contact, "--config", center.path("usherd.yaml")], text=True,
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30).stdout

    def test_what_is_for_another_day_is_told_with_its_date(self):
        with Center() as center:
            center.profile("olena", billing=8)
            boss = center.client("supervisor")
            wait_until(lambda: boss.ask({"do": "agent.ready", "agent": "olena"}).get("ok"), "the profile is known")
            boss.call({"do": "contact.schedule", "channel": "task", "contact": "later", "queue": "billing",
                       "not_before_ms": int(time.time() * 1000) + 3 * 86400000})
            boss.call({"do": "agent.force", "agent": "olena", "state": "signed_out"})
            boss.call({"do": "queue.close", "queue": "general"})
            boss.call({"do": "contact.schedule", "channel": "task", "contact": "shut", "queue": "general"})
            self.assertRegex(self.explain(center, "shut"), r"(?m)^ +in no line: its queue is closed$")
            boss.call({"do": "agent.force", "agent": "olena", "state": "ready"})
            page = self.explain(center, "later")
            moment = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
            self.assertRegex(page, rf"booked, to wait from {moment} \(not_before\)")
            self.assertRegex(page, rf"(?m)  now scheduled, to wait from {moment}$")
            self.assertRegex(page, rf"(?m)^ +in no line: booked for later, until {moment}$")
            self.assertRegex(page, rf"an answer was promised within 20\.0 s, until {moment};")
            self.assertRegex(page, rf"free, but it was booked for later \(1\): olena \(until {moment}\)")

    def test_the_way_of_a_callback_is_told_in_sentences(self):
        with Center(rules=CALLBACKS) as center:
            center.profile("olena", billing=8)
            pbx = center.client("pbx", client="pbx1", can=["dial"])
            pbx.call({"do": "contact.arrive", "contact": "c1", "channel": "voice", "from": "+380501112233"})
            pbx.call({"do": "contact.callback", "contact": "c1"})
            boss = center.client("supervisor")
            wait_until(lambda: boss.ask({"do": "agent.ready", "agent": "olena"}).get("ok"), "the profile is known")
            offer = pbx.wait_event("contact.offered", contact="pbx1/c1")["offer"]
            pbx.call({"do": "contact.answer", "contact": "c1", "offer": offer})
            pbx.call({"do": "contact.fail", "contact": "c1", "offer": offer, "reason": "no_answer"})
            page = self.explain(center, "c1")
            for line in ("the PBX may ask the caller whether to be called back: nobody is on duty for it",
                         "the PBX is to dial the customer, attempt 1", "(no_answer), attempt 1 of 3", "now scheduled, to wait from "):
                self.assertIn(line, page)

    def test_of_an_offer_by_name_no_figures_are_told(self):
        with Center(rules=CALLBACKS) as center:
            center.profile("olena", billing=8)
            center.profile("petro", billing=3)
            pbx, boss = center.client("pbx", client="pbx1"), center.client("supervisor")
            wait_until(lambda: boss.ask({"do": "agent.ready", "agent": "olena"}).get("ok"), "the profile is known")
            wait_until(lambda: boss.ask({"do": "agent.ready", "agent": "petro"}).get("ok"), "the profile is known")
            pbx.call({"do": "contact.arrive", "contact": "c1", "channel": "voice"})
            offer = pbx.wait_event("contact.offered", agent="olena")["offer"]
            pbx.call({"do": "contact.answer", "contact": "c1", "offer": offer})
            boss.call({"do": "contact.transfer", "contact": "pbx1/c1", "to_agent": "petro"})
            page = self.explain(center, "c1")
            self.assertRegex(page, r"(?m)offered to Petro \(petro\): it was transferred to this agent\n[\d:]+  now offered, with Petro$")


if __name__ == "__main__":
    unittest.main()
