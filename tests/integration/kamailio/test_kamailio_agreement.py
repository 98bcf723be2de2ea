"""usherd and Kamailio agree about every call again after usherd was killed, after a standby took over and after the link was cut,
whatever callers and phones did meanwhile."""

import signal
import time
import unittest

from load import FINAL
from sip import SipCenter, SipPair, wait_until


class Agreement:
    """The same stories for each way in which Kamailio and usherd lose each other."""

    def open(self):
        """The center."""
        raise NotImplementedError

    def lose(self, center):
        """From here on usherd does not know what happens."""
        raise NotImplementedError

    def regain(self, center):
        raise NotImplementedError

    def come_back(self, center):
        """usherd knows all calls again, and center.watch sees what follows."""
        self.regain(center)
        center.wait_linked(count=2)
        center.observe()

    def check_ends(self, center, contacts):
        """Each contact came to one end, and Kamailio has no call left."""
        ends = [event["contact"] for event in center.journal() if event["ev"] in FINAL]
        self.assertEqual(sorted(ends), sorted(contacts))
        self.assertEqual(center.kamailio.calls(), 0)

    def test_callers_who_came_meanwhile_have_their_true_place(self):
        with self.open() as center:
            phone = center.phone(calls=2)
            center.agent("olena", phone)
            self.lose(center)
            came_ms = time.time() * 1000
            first = center.caller()
            wait_until(lambda: center.kamailio.calls() == 1, "the first is held")
            time.sleep(0.3)
            between_ms = time.time() * 1000
            second = center.caller()
            wait_until(lambda: center.kamailio.calls() == 2, "both are held")
            self.come_back(center)
            for party in (first, second, phone):
                party.succeed()
            arrivals = sorted((event for event in center.journal() if event["ev"] == "contact.arrived"),
                              key=lambda event: event["place_ms"])
            places_ms = [event["place_ms"] for event in arrivals]
            self.assertTrue(came_ms - 1 <= places_ms[0] <= between_ms - 300, (came_ms, between_ms, arrivals))
            self.assertLessEqual(between_ms - 1, places_ms[1])
            served = [event["contact"] for event in center.journal() if event["ev"] == "contact.answered"]
            self.assertEqual(served, [event["contact"] for event in arrivals])
            self.check_ends(center, served)

    def test_callers_wait_ring_and_talk_on(self):
        with self.open() as center:
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
            self.lose(center)
            leaves.succeed()  # a BYE that no usherd has seen
            self.come_back(center)
            self.assertEqual(center.watch.state("contact", contact=a)[0]["state"], "talking")
            # The agent of the talk that is over is free for whoever waits.
            self.assertEqual(center.wait_journal("contact.done", b, agent="sofia")["reason"], "vanished")
            center.wait_journal("contact.answered", d, agent="sofia")
            # The phone that rang rings on, for the same offer, and is answered.
            center.wait_journal("contact.answered", c, agent="taras", offer=ringing["offer"])
            self.assertEqual(center.story(c).count("contact.offered"), 1)
            for party in (rings, waits, slow, short_talk, stays, long_talk):
                party.succeed()
            center.wait_journal("contact.done", a, agent="olena")
            self.assertEqual(center.story(a), ["contact.arrived", "contact.offered", "contact.ringing", "contact.answered",
                                               "contact.done"])
            self.check_ends(center, [a, b, c, d])

    def test_phone_was_answered_meanwhile(self):
        with self.open() as center:
            phone = center.phone("phone_slow", pause_ms=400)
            center.agent("olena", phone)
            caller, contact = center.arrive(pause_ms=2500)
            center.watch.wait_event("contact.ringing", contact=contact)
            self.lose(center)
            wait_until(lambda: "The agent answered" in center.log("kam1.log"), "the agent talks")
            self.come_back(center)
            self.assertEqual(center.watch.state("contact", contact=contact)[0]["state"], "talking")
            center.wait_journal("contact.answered", contact, agent="olena")
            center.wait_journal("contact.done", contact, agent="olena")
            caller.succeed()
            phone.succeed()
            self.check_ends(center, [contact])

    def test_callers_left_meanwhile(self):
        with self.open() as center:
            phone = center.phone("phone_unanswered")
            center.agent("olena", phone)
            rings, a = center.arrive("caller_leaves_ringing", pause_ms=400)
            center.watch.wait_event("contact.ringing", contact=a)
            waits, b = center.arrive("caller_leaves_waiting", pause_ms=300)
            self.lose(center)
            rings.succeed()
            waits.succeed()
            self.come_back(center)
            for contact in (a, b):
                self.assertEqual(center.wait_journal("contact.abandoned", contact)["reason"], "vanished")
            agent = center.client("supervisor").state("agent", agent="olena")[0]
            self.assertEqual((agent["state"], agent["count"]), ("ready", 0))
            self.check_ends(center, [a, b])

    def test_phone_was_busy_meanwhile(self):
        with self.open() as center:
            center.agent("olena", center.phone("phone_unanswered"), billing=9)
            center.agent("taras", center.phone(), billing=2)
            caller, contact = center.arrive()
            offer = center.watch.wait_event("contact.ringing", contact=contact, agent="olena")["offer"]
            self.lose(center)
            # As an old router would: the phone stops ringing, and the caller is held again.
            center.kamailio.tell({"do": "cancel", "epoch": center.epoch(), "call": contact.split("/")[1], "offer": offer}, b'"failed"')
            self.come_back(center)
            self.assertEqual(center.wait_journal("offer.withdrawn", contact, agent="olena")["reason"], "sync")
            center.wait_journal("contact.answered", contact)
            caller.succeed()
            center.wait_journal("contact.done", contact)
            self.check_ends(center, [contact])


class Restarted(Agreement, unittest.TestCase):
    def open(self):
        return SipCenter()

    def lose(self, center):
        center.kill_usherd()

    def regain(self, center):
        center.start_usherd()


class TakenOver(Agreement, unittest.TestCase):
    def open(self):
        return SipPair()

    def lose(self, center):
        """The standby takes over only when it may go on."""
        center.send_signal("b", signal.SIGSTOP)
        center.kill("a")

    def regain(self, center):
        center.send_signal("b", signal.SIGCONT)
        center.wait_leader("b")


class Reconnected(Agreement, unittest.TestCase):
    def open(self):
        return SipCenter(is_wired=True)

    def lose(self, center):
        center.kamailio.wire.cut()
        center.watch.wait_event("link.lost", client="kam1")

    def regain(self, center):
        center.kamailio.wire.mend()


if __name__ == "__main__":
    unittest.main()
