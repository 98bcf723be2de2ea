"""A leader, a standby and two Kamailios: each Kamailio's calls stay its own whoever leads, and both obey one leader."""

import signal
import time
import unittest

from load import FINAL, Load
from sip import SipPair, wait_until

BOTH = ("kam1", "kam2")


class TwoKamailios(unittest.TestCase):
    def take_over(self, center):
        center.kill("a")
        for name in BOTH:
            center.wait_linked(count=2, link=name)
        center.observe()

    def talk(self, center, agent, kamailio, **options):
        """A caller at this Kamailio who talks with this agent; the contact."""
        caller = center.caller(kamailio=center.kamailios[kamailio], **options)
        contact = center.watch.wait_event("contact.answered", agent=agent)["contact"]
        self.assertTrue(contact.startswith(kamailio + "/"), contact)
        return caller, contact

    def test_killed_under_load_both_are_served(self):
        with SipPair(kamailios=BOTH) as center:
            load = Load(center, seconds=5, rate=20, agents=20, phones=2)
            load.begin()
            for _ in range(3):
                time.sleep(1)
                load.kill()
            load.finish()
            self.assertEqual(load.problems(), [])
            self.assertEqual({call.contact.split("/")[0] for call in load.calls.values() if call.talks}, set(BOTH))

    def test_one_dies_with_the_leader_and_the_others_calls_are_untouched(self):
        with SipPair(kamailios=BOTH) as center:
            desk = center.agent("olena", center.phone())
            _, talking = self.talk(center, "olena", "kam2", pause_ms=60000)
            desk.call({"do": "agent.not_ready", "reason": "lunch"})  # her phone is not for the load
            load = Load(center, seconds=5, rate=20, agents=20, phones=2, kamailios=["kam1"])
            load.begin()
            time.sleep(1)
            center.kamailios["kam2"].end()
            load.kill()
            center.kamailios["kam2"].start()
            center.wait_linked(count=2, link="kam2")
            self.assertEqual(center.wait_journal("contact.done", talking, agent="olena")["reason"], "pbx_restarted")
            load.finish()
            self.assertEqual(load.problems(), [])
            restarted = [event["contact"] for event in center.journal() if event["ev"] in FINAL and event.get("reason") == "pbx_restarted"]
            self.assertEqual(restarted, [talking])

    def test_same_call_ids_are_different_calls(self):
        with SipPair(kamailios=BOTH) as center:
            phones = [center.phone(), center.phone()]
            center.agent("olena", phones[0], billing=9)
            center.agent("taras", phones[1], billing=2)
            same = ["-cid_str", "same-%u"]
            short, first = self.talk(center, "olena", "kam1", pause_ms=1000, arguments=same)
            long, second = self.talk(center, "taras", "kam2", pause_ms=4000, arguments=same)
            self.assertEqual((first, second), ("kam1/same-1", "kam2/same-1"))
            # The call of kam1 ends while nobody leads, that of kam2 goes on.
            center.send_signal("b", signal.SIGSTOP)
            center.kill("a")
            short.succeed()
            center.send_signal("b", signal.SIGCONT)
            for name in BOTH:
                center.wait_linked(count=2, link=name)
            center.wait_journal("contact.done", first, agent="olena")
            center.observe()
            self.assertEqual([(contact["contact"], contact["state"], contact["agent"]) for contact in center.watch.state("contact")],
                             [(second, "talking", "taras")])
            long.succeed()
            center.watch.wait_event("contact.done", contact=second, agent="taras")

    def test_both_refuse_the_epoch_of_the_leader_that_died(self):
        with SipPair(kamailios=BOTH) as center:
            before = center.epoch()
            self.take_over(center)
            for kamailio in center.kamailios.values():
                told = kamailio.tell({"do": "ping", "id": "old", "epoch": before}, b",")
                self.assertIn(b'"ev":"refused","id":"old"', told)
                self.assertIn(b'"ev":"pong","id":"new"', kamailio.tell({"do": "ping", "id": "new", "epoch": center.epoch()}, b","))


class StoppedLeader(unittest.TestCase):
    def test_leader_that_wakes_late_moves_no_call(self):
        with SipPair() as center:
            slow = center.phone("phone_slow", pause_ms=9000)
            phone = center.phone()
            center.agent("olena", slow, billing=9)
            rings, a = center.arrive(pause_ms=300)
            ringing = center.watch.wait_event("contact.ringing", contact=a, agent="olena")
            center.send_signal("a", signal.SIGSTOP)
            # He has this one's arrival before him when he wakes.
            waits = center.caller()
            center.wait_leader("b")
            center.wait_linked(count=2)
            center.observe(center.address("b"))
            time.sleep(5)  # until his ping to Kamailio is due
            center.send_signal("a", signal.SIGCONT)
            wait_until(lambda: "A command of an older epoch was refused" in center.log("kam1.log"), "Kamailio refuses him")
            center.wait_standby("a")
            self.assertEqual(center.state("b"), "leader")
            center.agent("taras", phone, billing=2)
            b = center.watch.wait_event("contact.answered", agent="taras")["contact"]
            for party in (waits, phone, rings, slow):
                party.succeed()  # each phone rang once: its scenario has one call
            center.wait_journal("contact.answered", a, agent="olena", offer=ringing["offer"])
            for contact in (a, b):
                center.wait_journal("contact.done", contact)
                self.assertEqual(center.story(contact).count("contact.offered"), 1)
            self.assertEqual(center.kamailio.calls(), 0)


if __name__ == "__main__":
    unittest.main()
