"""usherd and Kamailio die in the middle of calls: nobody is forgotten, nobody is served twice."""

import time
import unittest

from load import FINAL, Load
from sip import SipCenter, SipPair, wait_until


def wait_journal(center, name, contact, **fields):
    """The first such event in the journal: a session that opened late has not seen it."""
    def found():
        for event in center.journal():
            if event["ev"] == name and event.get("contact") == contact and \
                    all(event.get(key) == value for key, value in fields.items()):
                return event
        return None
    return wait_until(found, f"the journal has {name} of {contact} {fields}")


def restart(center):
    """usherd again, linked again."""
    center.start_usherd()
    center.wait_linked(count=2)
    center.observe()


class Kills(unittest.TestCase):
    def check_ends(self, center, contacts):
        """Each contact came to one end, and Kamailio has no call left."""
        ends = [event["contact"] for event in center.journal() if event["ev"] in FINAL]
        self.assertEqual(sorted(ends), sorted(contacts))
        self.assertEqual(center.kamailio.calls(), 0)

    def test_callers_who_came_before_usherd_are_served(self):
        with SipCenter() as center:
            phone = center.phone(calls=2)
            center.agent("olena", phone)
            center.kill_usherd()
            callers = center.caller(calls=2)
            wait_until(lambda: center.kamailio.calls() == 2, "both are held")
            time.sleep(0.7)
            restart(center)
            callers.succeed()
            phone.succeed()
            arrivals = [event for event in center.journal() if event["ev"] == "contact.arrived"]
            self.assertEqual(len(arrivals), 2)
            for event in arrivals:
                # Their place in line is that of their real arrival.
                self.assertGreaterEqual(event["at"] - event["place_ms"], 600)
            self.check_ends(center, [event["contact"] for event in arrivals])

    def test_kill_while_callers_wait_ring_and_talk(self):
        with SipCenter() as center:
            long_talk = center.phone()
            short_talk = center.phone(calls=2)
            slow = center.phone("phone_slow", pause_ms=3000)
            center.agent("olena", long_talk, billing=9)
            center.agent("sofia", short_talk, billing=6)
            center.agent("taras", slow, billing=3)
            stays, a = center.arrive(pause_ms=5000)
            center.watch.wait_event("contact.answered", contact=a, agent="olena")
            leaves, b = center.arrive(pause_ms=700)
            center.watch.wait_event("contact.answered", contact=b, agent="sofia")
            rings, c = center.arrive()
            ringing = center.watch.wait_event("contact.ringing", contact=c, agent="taras")
            waits, d = center.arrive()
            center.kill_usherd()
            leaves.succeed()  # a BYE that no usherd has seen
            restart(center)
            self.assertEqual(center.watch.state("contact", contact=a)[0]["state"], "talking")
            wait_journal(center, "contact.done", b, agent="sofia")
            wait_journal(center, "contact.answered", d, agent="sofia")
            # The phone that rang rings on, for the same offer, and is answered.
            wait_journal(center, "contact.answered", c, agent="taras", offer=ringing["offer"])
            self.assertEqual(center.story(c).count("contact.offered"), 1)
            for party in (rings, waits, slow, short_talk, stays, long_talk):
                party.succeed()
            wait_journal(center, "contact.done", a, agent="olena")
            self.assertEqual(center.story(a), ["contact.arrived", "contact.offered", "contact.ringing", "contact.answered",
                                               "contact.done"])
            self.check_ends(center, [a, b, c, d])

    def test_phone_answered_while_usherd_is_dead(self):
        with SipCenter() as center:
            phone = center.phone("phone_slow", pause_ms=400)
            center.agent("olena", phone)
            caller, contact = center.arrive(pause_ms=2500)
            center.watch.wait_event("contact.ringing", contact=contact)
            center.kill_usherd()
            time.sleep(0.8)
            restart(center)
            wait_journal(center, "contact.answered", contact, agent="olena")
            wait_journal(center, "contact.done", contact, agent="olena")
            caller.succeed()
            phone.succeed()
            self.check_ends(center, [contact])

    def test_caller_who_left_while_usherd_was_dead(self):
        with SipCenter() as center:
            phone = center.phone("phone_unanswered")
            desk = center.agent("olena", phone)
            caller, contact = center.arrive("caller_leaves_ringing", pause_ms=400)
            center.watch.wait_event("contact.ringing", contact=contact)
            desk.close()
            center.kill_usherd()
            caller.succeed()
            restart(center)
            wait_journal(center, "contact.abandoned", contact)
            self.check_ends(center, [contact])

    def check_load(self, center, kills):
        """run_kills does it for longer, and has figures."""
        load = Load(center, seconds=kills + 2, rate=20, agents=20, phones=2)
        load.begin()
        for _ in range(kills):
            time.sleep(1)
            load.kill()
        load.finish()
        self.assertEqual(load.problems(), [])

    def test_killed_again_and_again_under_load(self):
        with SipCenter() as center:
            self.check_load(center, kills=4)

    def test_standby_takes_over_again_and_again_under_load(self):
        with SipPair() as center:
            self.check_load(center, kills=4)

    def test_kamailio_dies_and_comes_back(self):
        with SipCenter() as center:
            phone = center.phone()
            center.agent("olena", phone)
            _, talking = center.arrive(pause_ms=60000)
            center.watch.wait_event("contact.answered", contact=talking)
            _, waiting = center.arrive()
            center.kamailio.end()
            center.watch.wait_event("link.lost", client="kam1")
            center.kamailio.start()
            center.wait_linked(count=2)
            wait_journal(center, "contact.done", talking, agent="olena")
            wait_journal(center, "contact.abandoned", waiting)
            # And the agent is free for the next call.
            again = center.phone()
            center.profile("olena", phone=again.uri, billing=5)
            caller, contact = center.arrive()
            wait_journal(center, "contact.answered", contact, agent="olena")
            caller.succeed()
            again.succeed()

    def test_kamailio_obeys_no_router_of_a_lower_epoch(self):
        with SipCenter() as center:
            _, contact = center.arrive()
            told = center.kamailio.tell({"do": "reject", "epoch": center.epoch() - 1, "call": contact.split("/")[1], "t": "1:1"}, b",")
            self.assertIn(b'"ev":"refused"', told)
            self.assertEqual(center.kamailio.calls(), 1)
            self.assertNotIn("obeys another router", center.log())


if __name__ == "__main__":
    unittest.main()
