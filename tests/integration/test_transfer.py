"""Transfers end to end: a PBX, two desks and a supervisor's usherctl, against a running usherd."""
import os
import subprocess
import unittest

from harness import Center, wait_until

RULES = """\
skills: [billing, internet]
not_ready: [lunch]
queues:
  billing: {need: {billing: {min: 1}}, wrap_up: 10s, transfer_wait: 1s}
  internet: {need: {internet: {min: 1}}}
routes:
  - queue: billing
"""


class Transfers(unittest.TestCase):
    def setUp(self):
        self.center = Center(rules=RULES)
        self.center.__enter__()
        self.addCleanup(self.center.close)
        for agent, skills in (("olena", {"billing": 8}), ("petro", {"internet": 9})):
            self.center.profile(agent, **skills)
        self.watch = self.center.client("supervisor", client="boss")
        self.desks = {}
        for agent in ("olena", "petro"):
            desk = self.desks[agent] = self.center.client("desk", agent=agent)
            wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), f"{agent} is ready")
        self.pbx = self.center.client("pbx", client="pbx1")
        self.pbx.call({"do": "contact.arrive", "contact": "0042", "channel": "voice", "from": "+380501112233",
                       "data": {"contract": "77"}})
        self.answer("olena")

    def answer(self, agent):
        offer = self.pbx.wait_event("contact.offered", agent=agent)
        self.pbx.call({"do": "contact.answer", "contact": "0042", "offer": offer["offer"]})
        return offer

    def usherctl(self, *arguments):
        return subprocess.run([os.environ["USHERCTL"], *arguments, "--socket", self.center.socket], capture_output=True,
                              text=True, timeout=20)

    def test_next_agent_sees_the_whole_story(self):
        self.desks["olena"].call({"do": "contact.transfer", "contact": "pbx1/0042", "queue": "internet",
                                  "note": "The router is dead.", "data": {"topic": "router"}})
        told = self.pbx.wait_event("contact.transferred", contact="pbx1/0042")
        self.assertEqual((told["agent"], told["queue"]), ("olena", "internet"))
        parted = self.desks["olena"].wait_event("contact.parted", agent="olena")
        offer = self.desks["petro"].wait_event("contact.offered", contact="pbx1/0042")
        self.assertEqual((offer["transferred_by"], offer["note"], offer["data"]),
                         ("olena", "The router is dead.", {"contract": "77", "topic": "router"}))
        self.answer("petro")
        self.desks["olena"].call({"do": "contact.wrap_up", "contact": parted["contact"]})
        self.desks["olena"].wait_event("contact.done", contact=parted["contact"])
        self.pbx.call({"do": "contact.end", "contact": "0042"})
        self.watch.wait_event("contact.done", contact="pbx1/0042", agent="petro")

    def test_transfer_that_finds_nobody_leaves_the_talk(self):
        self.desks["petro"].call({"do": "agent.sign_out"})
        answer = self.desks["olena"].ask({"do": "contact.transfer", "contact": "pbx1/0042", "queue": "internet"})
        self.assertEqual(answer["error"]["code"], "nobody")
        refused = self.usherctl("contact", "give", "pbx1/0042", "petro")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("petro is signed out", refused.stderr)
        # An id alone is enough where it is one client's.
        for clients, told in ((0, "there is no live contact 42;"), (2, "2 clients have a contact 42; say which, as in pbx1/42")):
            for i in range(clients):
                pbx = self.pbx if i == 0 else self.center.client("pbx", client="pbx2")
                pbx.call({"do": "contact.arrive", "contact": "42", "channel": "voice"})
            refused = self.usherctl("contact", "prioritise", "42")
            self.assertEqual(refused.returncode, 1)
            self.assertIn(told, refused.stderr)
        self.pbx.call({"do": "contact.end", "contact": "0042"})
        self.watch.wait_event("contact.wrapping", contact="pbx1/0042", agent="olena")

    def test_contact_waits_for_a_colleague_and_then_for_the_queue(self):
        self.desks["petro"].call({"do": "agent.not_ready", "reason": "lunch"})
        self.center.profile("anna", billing=3)
        anna = self.center.client("desk", agent="anna")
        wait_until(lambda: anna.ask({"do": "agent.sign_in"}).get("ok"), "anna is there")
        given = self.usherctl("contact", "give", "0042", "petro")
        self.assertEqual((given.returncode, given.stdout), (0, "0042 is for petro\n"))
        self.watch.wait_event("contact.transferred", contact="pbx1/0042", to_agent="petro")
        anna.call({"do": "agent.ready"})
        offer = anna.wait_event("contact.offered", contact="pbx1/0042")  # petro's second has passed
        self.assertEqual((offer["queue"], offer["transferred_by"]), ("billing", "olena"))


if __name__ == "__main__":
    unittest.main()
