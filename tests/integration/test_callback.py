"""A callback from the offer to the talk, with a native client as the PBX that dials; through a restart of usherd."""

import signal
import unittest

from harness import Center, Refused

RULES = """
skills: [billing]
queues:
  billing:
    promise: {answer_within: 20s}
    need: {billing: {min: 1}}
    forecast: {per_hour: 60, handle: 5m}
    callback: {when_wait_over: 60s, attempts: 2, every: 15m}
routes:
  - queue: billing
"""


class Callbacks(unittest.TestCase):
    def test_pbx_that_can_dial_walks_the_whole_way_and_a_customer_is_tried_again(self):
        with Center(rules=RULES) as center:
            center.profile("olena", billing=8)
            pbx = center.client("pbx", client="pbx1", can=["dial"])
            desk = center.client("desk", agent="olena")
            boss = center.client("supervisor")
            desk.call({"do": "agent.ready"})
            pbx.call({"do": "contact.arrive", "contact": "first", "channel": "voice"})
            first = pbx.wait_event("contact.offered", contact="pbx1/first")
            pbx.call({"do": "contact.answer", "contact": "first", "offer": first["offer"]})

            # The next one would wait for long, and puts down the phone.
            pbx.call({"do": "contact.arrive", "contact": "c1", "channel": "voice", "from": "+380501112233", "to": "100"})
            self.assertGreater(pbx.wait_event("callback.offered", contact="pbx1/c1")["wait_ms"], 60000)
            arrived = pbx.wait_event("contact.arrived", contact="pbx1/c1")
            pbx.call({"do": "contact.callback", "contact": "c1"})
            moved = pbx.wait_event("contact.moved", contact="pbx1/c1")
            self.assertEqual((moved["channel"], moved["place_ms"]), ("callback", arrived["place_ms"]))
            pbx.call({"do": "contact.abandon", "contact": "c1"})

            # The router dies: the callback is still there, and no list of calls has to name it.
            center.kill_usherd(signal.SIGKILL)
            center.start_usherd()
            pbx = center.client("pbx", client="pbx1", can=["dial"])
            desk = center.client("desk", agent="olena")
            boss = center.client("supervisor")
            pbx.call({"do": "sync.begin"})
            pbx.call({"do": "sync.contact", "contact": "first", "channel": "voice", "state": "talking",
                      "agent": "olena", "offer": first["offer"]})
            pbx.call({"do": "sync.end", "count": 1})
            pbx.call({"do": "contact.end", "contact": "first"})

            # The agent's phone first, then the customer's, who does not answer.
            offered = pbx.wait_event("contact.offered", contact="pbx1/c1")
            self.assertEqual((offered["accept"], offered["client"]), ("phone", "pbx1"))
            call = {"contact": "pbx1/c1", "offer": offered["offer"]}
            pbx.call({"do": "contact.ring", **call})
            pbx.call({"do": "contact.answer", **call})
            dial = pbx.wait_event("contact.dial", contact="pbx1/c1")
            self.assertEqual((dial["to"], dial["from"], dial["agent"]), ("+380501112233", "100", "olena"))
            pbx.call({"do": "contact.fail", **call, "reason": "no_answer"})
            postponed = desk.wait_event("contact.postponed", contact="pbx1/c1")
            self.assertEqual((postponed["attempt"], postponed["attempts"]), (1, 2))
            self.assertEqual(postponed["until_ms"], postponed["at"] + 15 * 60000)
            boss.call({"do": "contact.cancel", "contact": "pbx1/c1"})
            boss.wait_event("contact.done", contact="pbx1/c1", reason="cancelled")

    def test_booking_of_a_tool_without_an_id_is_told_to_the_pbx_that_dials_and_to_its_desk(self):
        with Center(rules=RULES) as center:
            center.profile("olena", billing=8)
            boss = center.client("supervisor", client="crm")
            boss.call({"do": "contact.schedule", "channel": "callback", "from": "+380501112233", "customer": "44-07"})
            booked = boss.wait_event("contact.scheduled")
            self.assertTrue(booked["contact"].startswith("usher/u-"), booked)
            with self.assertRaises(Refused):
                boss.call({"do": "contact.schedule", "channel": "callback", "from": "+380501112233",
                           "customer": "44-07"})
            pbx = center.client("pbx", client="pbx2", can=["dial"])
            other = center.client("pbx", client="pbx1")
            desk = center.client("desk", agent="olena")
            desk.call({"do": "agent.ready"})
            offered = pbx.wait_event("contact.offered", contact=booked["contact"])
            call = {"contact": booked["contact"], "offer": offered["offer"]}
            other.refuse({"do": "contact.answer", **call}, "not_allowed")
            pbx.call({"do": "contact.answer", **call})
            pbx.wait_event("contact.dial", contact=booked["contact"])
            pbx.call({"do": "contact.end", "contact": booked["contact"]})
            desk.wait_event("contact.done", contact=booked["contact"], reason="served")

    def test_nobody_takes_the_name_of_usherds_own_contacts(self):
        with Center(rules=RULES) as center:
            center.raw_client().refuse({"do": "hello", "role": "pbx", "client": "usher"}, "unauthorized")


unittest.main()
