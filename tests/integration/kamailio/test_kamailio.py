"""Calls through the real Kamailio: what callers, phones and desks see."""

import time
import unittest

from sip import RULES, SipCenter

SHORT_RING = RULES.replace("ring: 10s", "ring: 1s")
NIGHT = "notices: [night]\n" + RULES.replace("    ring: 10s", "    hours: closed\n    closed: {notice: night}\n    ring: 10s")


class Calls(unittest.TestCase):
    def test_call_goes_through_to_bye(self):
        with SipCenter() as center:
            phone = center.phone()
            desk = center.agent("olena", phone)
            caller, contact = center.arrive()
            offer = desk.wait_event("contact.offered", contact=contact)
            self.assertEqual(offer["from"], "380501112233")
            self.assertEqual(offer["to"], "hotline")
            self.assertEqual(offer["accept"], "phone")
            for name in ("contact.ringing", "contact.answered"):
                center.watch.wait_event(name, contact=contact, agent="olena", offer=offer["offer"])
            center.watch.wait_event("contact.done", contact=contact, agent="olena")
            caller.succeed()
            phone.succeed()
            self.assertEqual(center.story(contact), ["contact.arrived", "contact.offered", "contact.ringing",
                                                     "contact.answered", "contact.done"])
            self.assertEqual(center.kamailio.calls(), 0)

    def test_caller_hears_that_nobody_is_there(self):
        with SipCenter(rules=NIGHT) as center:
            caller = center.caller("caller_hears_notice")
            overflowed = center.watch.wait_event("contact.overflowed")
            self.assertEqual((overflowed["reason"], overflowed["notice"]), ("closed", "night"))
            caller.succeed()
            self.assertEqual(center.kamailio.calls(), 0)

    def test_agent_hangs_up(self):
        with SipCenter() as center:
            phone = center.phone("phone_hangs_up", pause_ms=100)
            center.agent("olena", phone)
            caller, contact = center.arrive("caller_stays")
            center.watch.wait_event("contact.done", contact=contact, agent="olena")
            caller.succeed()
            phone.succeed()

    def test_caller_gives_up_while_waiting(self):
        with SipCenter() as center:
            caller, contact = center.arrive("caller_leaves_waiting", pause_ms=200)
            abandoned = center.watch.wait_event("contact.abandoned", contact=contact)
            self.assertGreaterEqual(abandoned["waited_ms"], 150)
            caller.succeed()
            self.assertEqual(center.kamailio.calls(), 0)

    def test_caller_gives_up_while_the_phone_rings(self):
        with SipCenter() as center:
            phone = center.phone("phone_unanswered")
            desk = center.agent("olena", phone)
            caller, contact = center.arrive("caller_leaves_ringing", pause_ms=200)
            center.watch.wait_event("contact.abandoned", contact=contact, agent="olena")
            caller.succeed()
            phone.succeed()
            # The agent is free for the next caller.
            _, second = center.arrive()
            desk.wait_event("contact.offered", contact=second)

    def test_busy_phone_sends_the_caller_to_the_next_agent(self):
        with SipCenter() as center:
            busy = center.phone("phone_busy")
            free = center.phone()
            center.agent("olena", busy, billing=9)
            center.agent("taras", free, billing=2)
            caller, contact = center.arrive()
            failed = center.watch.wait_event("offer.failed", contact=contact, agent="olena")
            self.assertEqual(failed["reason"], "busy")
            center.watch.wait_event("contact.answered", contact=contact, agent="taras")
            center.watch.wait_event("contact.done", contact=contact)
            for party in (caller, busy, free):
                party.succeed()

    def test_declined_and_unknown_phones_send_the_caller_on(self):
        with SipCenter() as center:
            phones = [center.phone("phone_declines"), center.phone("phone_unknown"), center.phone()]
            for name, phone, level in zip(("olena", "taras", "iryna"), phones, (9, 6, 2)):
                center.agent(name, phone, billing=level)
            caller, contact = center.arrive()
            for agent, reason in (("olena", "rejected"), ("taras", "unreachable")):
                failed = center.watch.wait_event("offer.failed", contact=contact, agent=agent)
                self.assertEqual(failed["reason"], reason)
            center.watch.wait_event("contact.answered", contact=contact, agent="iryna")
            for party in (caller, *phones):
                party.succeed()

    def test_unanswered_phone_sends_the_caller_to_the_next_agent(self):
        with SipCenter(rules=SHORT_RING) as center:
            silent = center.phone("phone_unanswered")
            free = center.phone()
            center.agent("olena", silent, billing=9)
            center.agent("taras", free, billing=2)
            caller, contact = center.arrive()
            failed = center.watch.wait_event("offer.failed", contact=contact, agent="olena")
            self.assertEqual(failed["reason"], "no_answer")
            center.watch.wait_event("contact.answered", contact=contact, agent="taras")
            for party in (caller, silent, free):
                party.succeed()

    def test_caller_waits_while_all_are_busy_and_is_served_then(self):
        with SipCenter() as center:
            phone = center.phone(calls=2)
            center.agent("olena", phone)
            first, first_contact = center.arrive(pause_ms=800)
            center.watch.wait_event("contact.answered", contact=first_contact)
            second, second_contact = center.arrive()
            center.watch.expect_no_event("contact.offered", contact=second_contact)
            center.watch.wait_event("contact.done", contact=first_contact)
            center.watch.wait_event("contact.answered", contact=second_contact, agent="olena")
            center.watch.wait_event("contact.done", contact=second_contact)
            for party in (first, second, phone):
                party.succeed()

    def test_best_qualified_free_agent_rings_then_the_next_best(self):
        levels = {"olena": 3, "taras": 9, "iryna": 5, "bohdan": 7, "sofia": 1}
        with SipCenter() as center:
            phones = {name: center.phone() for name in levels}
            for name, level in levels.items():
                center.agent(name, phones[name], billing=level)
            served = []
            callers = []
            for _ in levels:
                caller, contact = center.arrive(pause_ms=3000)
                callers.append(caller)
                served.append(center.watch.wait_event("contact.answered", contact=contact)["agent"])
            self.assertEqual(served, sorted(levels, key=levels.get, reverse=True))
            for party in (*callers, *phones.values()):
                party.succeed()

    def test_desk_declines_while_the_phone_rings(self):
        with SipCenter() as center:
            first = center.phone("phone_unanswered")
            second = center.phone()
            desk = center.agent("olena", first, billing=9)
            center.agent("taras", second, billing=2)
            caller, contact = center.arrive()
            ringing = center.watch.wait_event("contact.ringing", contact=contact, agent="olena")
            desk.call({"do": "offer.decline", "offer": ringing["offer"]})
            first.succeed()  # it was cancelled
            answered = center.watch.wait_event("contact.answered", contact=contact)
            self.assertEqual(answered["agent"], "taras")
            for party in (caller, second):
                party.succeed()

    def test_agent_holds_the_caller_and_takes_the_call_back(self):
        with SipCenter() as center:
            phone = center.phone("phone_holds")
            center.agent("olena", phone)
            caller, contact = center.arrive("caller_on_hold")
            for name in ("contact.held", "contact.resumed", "contact.done"):
                center.watch.wait_event(name, contact=contact, agent="olena")
            caller.succeed()
            phone.succeed()

    def test_caller_is_refused_when_the_queue_is_full(self):
        with SipCenter(rules=RULES.replace("ring: 10s", "ring: 10s\n    limit: {waiting: 1}")) as center:
            _, first = center.arrive()
            refused = center.caller("caller_refused")
            refused.succeed()
            self.assertEqual(center.story(first), ["contact.arrived"])
            self.assertEqual(center.kamailio.calls(), 1)

    def test_caller_survives_more_refusals_than_a_transaction_has_branches(self):
        with SipCenter() as center:
            busy = center.phone("phone_busy", calls=32)
            agents = [f"agent{number:02}" for number in range(32)]
            for name in agents:
                center.agent(name, busy, billing=9)
            caller, contact = center.arrive()
            failed = {center.watch.wait_event("offer.failed", contact=contact)["agent"] for _ in agents}
            self.assertEqual(failed, set(agents))
            busy.succeed()
            phone = center.phone()
            center.agent("olena", phone)
            center.watch.wait_event("contact.answered", contact=contact, agent="olena")
            caller.succeed()
            phone.succeed()

    def test_lost_bye_is_noticed(self):
        with SipCenter(defines={"TALK_MAX_S": 2}) as center:
            phone = center.phone("phone_vanishes")
            center.agent("olena", phone)
            caller, contact = center.arrive("caller_vanishes")
            center.watch.wait_event("contact.answered", contact=contact)
            caller.succeed()
            phone.succeed()
            center.watch.wait_event("contact.done", contact=contact, agent="olena")

    def test_two_hundred_calls(self):
        with SipCenter() as center:
            phones = [center.phone(calls=50) for _ in range(4)]
            for number, phone in enumerate(phones):
                center.agent(f"agent{number}", phone)
            start = time.monotonic()
            caller = center.caller(calls=200, rate=50, pause_ms=20)
            caller.succeed(timeout=60)
            ends = [event for event in center.journal() if event["ev"] == "contact.done"]
            self.assertEqual(len({event["contact"] for event in ends}), 200)
            self.assertEqual(center.kamailio.calls(), 0)
            self.assertLess(time.monotonic() - start, 60)


if __name__ == "__main__":
    unittest.main()
