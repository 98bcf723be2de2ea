"""Transfers through the real Kamailio: the agent's phone sends a REFER, and the caller goes on."""

import unittest

from sip import SipCenter, SipPair, Sipp, wait_until

RULES = """\
skills: [billing, internet]
not_ready: [lunch, ring_no_answer]
queues:
  billing: {need: {billing: {min: 1}}}
  internet: {need: {internet: {min: 1}}}
routes:
  - queue: billing
"""


# What becomes of a transfer without a caller is known sooner.
IMPATIENT = {"TOKENS_MAX": '"tokens=>size=8;autoexpire=1;updateexpire=0;"'}


def referring_phone(center, target, answer=202):
    return Sipp(center, "phone_refers", 1, 100, ["-aa"], words={"TARGET": target, "ANSWER": answer})


def leaving_phone(center, target):
    return Sipp(center, "phone_refers_and_leaves", 1, 100, ["-aa"], words={"TARGET": target})


class Transfers(unittest.TestCase):
    def goes_on(self, target, how):
        with SipCenter(rules=RULES) as center:
            first = referring_phone(center, target)
            second = center.phone("phone_hesitates", pause_ms=400)
            center.agent("olena", first, billing=9)
            desk = center.agent("petro", second, internet=9, billing=1)
            caller, contact = center.arrive("caller_goes_on", pause_ms=200, words={"LATE": 1})
            told = center.watch.wait_event("contact.transferred", contact=contact, agent="olena")
            for key, value in how.items():
                self.assertEqual(told[key], value)
            offer = desk.wait_event("contact.offered", contact=contact)
            self.assertEqual(offer["transferred_by"], "olena")
            center.watch.wait_event("contact.answered", contact=contact, agent="petro", offer=offer["offer"])
            center.watch.wait_event("contact.done", contact=contact, agent="petro")
            for party in (caller, first, second):
                party.succeed()
            self.assertEqual(center.story(contact), [
                "contact.arrived", "contact.offered", "contact.ringing", "contact.answered", "contact.transferred",
                "contact.offered", "contact.ringing", "contact.answered", "contact.done"])
            self.assertEqual(center.kamailio.calls(), 0)

    def test_caller_goes_on_to_a_queue_as_the_same_contact(self):
        self.goes_on("internet", {"queue": "internet"})

    def test_caller_goes_on_to_an_agent_as_the_same_contact(self):
        self.goes_on("petro", {"to_agent": "petro", "queue": "billing"})

    def test_caller_goes_on_twice_as_the_same_contact(self):
        with SipCenter(rules=RULES) as center:
            phones = [referring_phone(center, "internet"), referring_phone(center, "iryna"), center.phone()]
            center.agent("olena", phones[0], billing=9)
            center.agent("petro", phones[1], internet=9)
            center.agent("iryna", phones[2], internet=1)
            caller, contact = center.arrive("caller_goes_on_twice", pause_ms=200, words={"LATE": 1})
            for agent in ("olena", "petro"):
                center.watch.wait_event("contact.transferred", contact=contact, agent=agent)
            center.watch.wait_event("contact.done", contact=contact, agent="iryna")
            for party in (caller, *phones):
                party.succeed()
            self.assertEqual(center.kamailio.calls(), 0)

    def test_transfer_that_would_find_nobody_is_told_to_the_phone(self):
        with SipCenter(rules=RULES) as center:
            phone = referring_phone(center, "internet", 480)
            center.agent("olena", phone)
            caller, contact = center.arrive("caller", pause_ms=600)
            center.watch.wait_event("contact.done", contact=contact, agent="olena")
            caller.succeed()
            phone.succeed()
            self.assertNotIn("contact.transferred", center.story(contact))

    def test_caller_who_does_not_come_stays_with_the_agent(self):
        with SipCenter(rules=RULES, defines=IMPATIENT) as center:
            phone = referring_phone(center, "internet")
            center.agent("olena", phone)
            center.agent("petro", center.phone(), internet=9)
            caller, contact = center.arrive("caller_cannot_go_on", pause_ms=600, words={"REPLY": "202 Accepted"})
            center.watch.wait_event("contact.done", contact=contact, agent="olena")
            caller.succeed()
            phone.succeed()
            self.assertNotIn("contact.transferred", center.story(contact))

    def test_caller_who_declines_and_hangs_up_has_ended_at_once(self):
        with SipCenter(rules=RULES, defines={"TOKENS_MAX": '"tokens=>size=8;autoexpire=60;"'}) as center:
            phone = referring_phone(center, "internet", 603)
            center.agent("olena", phone)
            center.agent("petro", center.phone(), internet=9)
            caller, contact = center.arrive("caller_cannot_go_on", words={"REPLY": "603 Decline"})
            center.watch.wait_event("contact.done", contact=contact, agent="olena")
            caller.succeed()
            phone.succeed()

    def test_phone_that_hangs_up_before_the_caller_has_come(self):
        with SipCenter(rules=RULES) as center:
            first, second = leaving_phone(center, "internet"), center.phone()
            center.agent("olena", first, billing=9)
            center.agent("petro", second, internet=9)
            caller, contact = center.arrive("caller_goes_on_late", pause_ms=200, words={"LATE": 200})
            center.watch.wait_event("contact.transferred", contact=contact, agent="olena", queue="internet")
            center.watch.wait_event("contact.done", contact=contact, agent="petro")
            for party in (caller, first, second):
                party.succeed()
            self.assertEqual(center.story(contact).count("contact.done"), 1)
            self.assertEqual(center.kamailio.calls(), 0)

    def test_phone_that_hangs_up_and_the_caller_never_comes(self):
        with SipCenter(rules=RULES, defines=IMPATIENT) as center:
            phone = leaving_phone(center, "internet")
            center.agent("olena", phone)
            center.agent("petro", center.phone(), internet=9)
            caller, contact = center.arrive("caller_is_left")
            center.watch.wait_event("contact.done", contact=contact, agent="olena")
            caller.succeed()
            phone.succeed()
            self.assertNotIn("contact.transferred", center.story(contact))
            self.assertEqual(center.kamailio.calls(), 0)


class DeadRouter(unittest.TestCase):
    """usherd dies when the caller has been asked to go on, and nobody leads when the caller comes or soon after."""

    def begin(self, center, late_ms):
        phones = [referring_phone(center, "internet"), center.phone()]
        center.agent("olena", phones[0], billing=9)
        center.agent("petro", phones[1], internet=9)
        caller, contact = center.arrive("caller_goes_on", pause_ms=200, words={"LATE": late_ms})
        self.wait_step(center, "The caller is asked to go on")
        return [caller, *phones], contact

    @staticmethod
    def wait_step(center, step):
        wait_until(lambda: step in center.log("kam1.log"), f"Kamailio says: {step}")

    def check(self, center, parties, contact):
        center.wait_journal("contact.transferred", contact, agent="olena", queue="internet")
        center.wait_journal("contact.done", contact, agent="petro")
        for party in parties:
            party.succeed()
        self.assertEqual(center.story(contact), [
            "contact.arrived", "contact.offered", "contact.ringing", "contact.answered", "contact.transferred",
            "contact.offered", "contact.ringing", "contact.answered", "contact.done"])
        self.assertEqual(center.kamailio.calls(), 0)

    def test_caller_who_came_unheard_goes_on(self):
        with SipCenter(rules=RULES) as center:
            parties, contact = self.begin(center, late_ms=100)
            center.kill_usherd()
            self.wait_step(center, "The caller goes on")
            center.start_usherd()
            self.check(center, parties, contact)

    def test_caller_who_came_unheard_goes_on_with_the_standby(self):
        with SipPair(rules=RULES) as center:
            parties, contact = self.begin(center, late_ms=100)
            center.kill("a")
            self.check(center, parties, contact)

    def test_caller_who_comes_later_goes_on_with_the_standby(self):
        with SipPair(rules=RULES) as center:
            parties, contact = self.begin(center, late_ms=2000)
            center.kill("a")
            center.wait_linked(count=2)
            self.assertNotIn("The caller goes on", center.log("kam1.log"))
            self.check(center, parties, contact)


if __name__ == "__main__":
    unittest.main()
