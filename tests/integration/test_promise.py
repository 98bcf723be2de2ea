"""What waiting customers are told: the PBX hears it, a restart keeps it, and the answer says whether it came true."""

import os
import signal
import subprocess
import unittest

from harness import Center, wait_until

USHERCTL = os.environ["USHERCTL"]
RULES = """
skills: [billing]
queues:
  billing:
    need: {billing: {min: 1}}
    forecast: {per_hour: 60, handle: 5m}
    announce: 30s
routes:
  - queue: billing
"""


class Promises(unittest.TestCase):
    def test_what_was_told_outlives_the_router_and_is_judged_by_the_answer(self):
        with Center(rules=RULES) as center:
            center.profile("olena", billing=8)
            pbx = center.client("pbx", client="pbx1")
            desk = center.client("desk", agent="olena")
            wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "the profile is known")
            for contact in ("c1", "c2"):
                pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice"})
            first = pbx.wait_event("contact.offered", contact="pbx1/c1")
            pbx.call({"do": "contact.answer", "contact": "c1", "offer": first["offer"]})
            self.assertNotIn("kept", pbx.wait_event("contact.answered", contact="pbx1/c1"))  # was told nothing
            told = pbx.wait_event("contact.promised", contact="pbx1/c2")
            self.assertEqual((told["position"], told["raw_ms"], told["wait_ms"]), (1, 300000, 300000))
            self.assertEqual(told["due_ms"], told["at"] + told["wait_max_ms"] + 60000)
            desk.expect_no_event("contact.promised")  # she is no part of it

            center.kill_usherd(signal.SIGKILL)
            center.start_usherd()
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "sync.begin"})
            pbx.call({"do": "sync.contact", "contact": "c1", "channel": "voice", "state": "talking", "agent": "olena",
                      "offer": first["offer"]})
            pbx.call({"do": "sync.contact", "contact": "c2", "channel": "voice", "state": "waiting"})
            pbx.call({"do": "sync.end", "count": 2})
            state = center.client("observer").state("contact", contact="pbx1/c2")[0]
            self.assertEqual((state["position"], state["wait_ms"]), (1, 300000))
            pbx.call({"do": "contact.end", "contact": "c1"})
            second = pbx.wait_event("contact.offered", contact="pbx1/c2")
            pbx.call({"do": "contact.answer", "contact": "c2", "offer": second["offer"]})
            self.assertEqual(pbx.wait_event("contact.answered", contact="pbx1/c2")["kept"], 1)

            line = [USHERCTL, "explain", "pbx1/c2", "--config", center.path("usherd.yaml")]
            text = subprocess.run(line, capture_output=True, text=True, timeout=20, check=True).stdout
            self.assertRegex(text, r"told: number 1 in line, from 1:30 min to 8:00 min; kept by an answer until ")
            self.assertRegex(text, r"answered, after .* s, no later than was told")


unittest.main()
