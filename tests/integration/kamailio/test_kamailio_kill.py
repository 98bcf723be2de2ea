"""usherd and Kamailio die in the middle of calls: nobody is forgotten, nobody is served twice."""

import time
import unittest

from load import Load
from sip import SipCenter, SipPair


class Kills(unittest.TestCase):
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
            center.wait_journal("contact.done", talking, agent="olena")
            center.wait_journal("contact.abandoned", waiting)
            # And the agent is free for the next call.
            again = center.phone()
            center.profile("olena", phone=again.uri, billing=5)
            caller, contact = center.arrive()
            center.wait_journal("contact.answered", contact, agent="olena")
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
