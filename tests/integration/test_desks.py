"""Desks come and go: who has had one and does not come back in time takes nothing more."""

import os
import subprocess
import unittest

from harness import Center

GRACE = "timing: {desk_grace: 300ms}\n"
WRAP_UP = """
skills: [billing]
not_ready: [lunch]
queues: {billing: {need: {billing: {min: 1}}, wrap_up: 10m}}
routes: [{queue: billing}]
"""


def state_of(center, agent):
    """The agent's line of a fresh snapshot."""
    observer = center.client("observer")
    line = observer.state("agent", agent=agent)[0]
    observer.close()
    return line


def act(center, *words):
    """What `usherctl agent olena ...` prints."""
    return subprocess.run([os.environ["USHERCTL"], "--socket", center.socket, "agent", "olena", *words], check=True,
                          stdout=subprocess.PIPE, text=True, timeout=20).stdout


class Desks(unittest.TestCase):
    def test_a_desk_that_stays_away_makes_its_agent_not_ready(self):
        with Center(settings=GRACE) as center:
            center.profile("olena", billing=8)
            desk = center.client("desk", agent="olena")
            desk.call({"do": "agent.ready"})
            watch = center.client("observer")
            desk.close()
            self.assertIn("until_ms", watch.wait_event("agent.desk", agent="olena", state="lost"))
            watch.wait_event("agent.not_ready", agent="olena", reason="desk_lost")
            self.assertEqual(state_of(center, "olena")["desk"], "lost")

    def test_an_offer_for_the_lost_desk_goes_to_another(self):
        with Center(settings=GRACE) as center:
            center.profile("olena", billing=8)
            center.profile("petro", billing=3)
            desks = {agent: center.client("desk", agent=agent) for agent in ("olena", "petro")}
            pbx = center.client("pbx", client="pbx1")
            desks["olena"].call({"do": "agent.ready"})
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "chat", "data": {"topic": "billing"}})
            desks["olena"].wait_event("contact.offered")
            desks["petro"].call({"do": "agent.ready"})
            desks["olena"].close()
            offered = desks["petro"].wait_event("contact.offered")
            desks["petro"].call({"do": "offer.accept", "offer": offered["offer"]})
            pbx.wait_event("offer.withdrawn", reason="desk_lost")
            self.assertEqual(pbx.wait_event("contact.answered")["agent"], "petro")

    def test_a_desk_that_is_back_in_time_finds_everything_as_it_was(self):
        with Center(settings="timing: {desk_grace: 10m}\n") as center:
            center.profile("olena", billing=8)
            desk = center.client("desk", agent="olena")
            desk.call({"do": "agent.ready"})
            watch = center.client("observer")
            desk.close()
            watch.wait_event("agent.desk", state="lost")
            center.client("desk", agent="olena")
            watch.wait_event("agent.desk", agent="olena", state="connected")
            self.assertEqual(state_of(center, "olena")["state"], "ready")

    def test_only_the_last_desk_of_an_agent_counts(self):
        with Center(settings=GRACE) as center:
            center.profile("olena", billing=8)
            first = center.client("desk", agent="olena")
            second = center.client("desk", agent="olena")
            first.call({"do": "agent.ready"})
            watch = center.client("observer")
            first.close()
            second.call({"do": "ping"})
            watch.expect_no_event("agent.desk", during=0.5)
            second.close()
            watch.wait_event("agent.not_ready", reason="desk_lost")

    def test_after_a_restart_each_desk_has_its_time_to_come_back(self):
        with Center(settings="timing: {desk_grace: 1s}\n") as center:
            for agent in ("olena", "petro", "maria"):
                center.profile(agent, billing=8)
            boss = center.client("supervisor")
            boss.call({"do": "agent.ready", "agent": "maria"})  # has a phone, and no desk
            for agent in ("olena", "petro"):
                center.client("desk", agent=agent).call({"do": "agent.ready"})
            center.kill_usherd()
            center.start_usherd()
            center.client("desk", agent="petro")
            watch = center.client("observer")
            if state_of(center, "olena")["state"] == "ready":
                watch.wait_event("agent.not_ready", agent="olena", reason="desk_lost")
            self.assertEqual(state_of(center, "petro")["state"], "ready")
            self.assertEqual(state_of(center, "maria")["state"], "ready")


class Supervisor(unittest.TestCase):
    def test_who_forced_an_agent_is_told_to_the_desk_and_stands_in_the_journal(self):
        with Center() as center:
            center.profile("olena", billing=8)
            desk = center.client("desk", agent="olena")
            boss = center.client("supervisor", client="boss")
            boss.call({"do": "agent.force", "agent": "olena", "state": "ready"})
            self.assertEqual(desk.wait_event("agent.signed_in")["by"], "boss")
            boss.call({"do": "agent.force", "agent": "olena", "state": "not_ready"})
            told = desk.wait_event("agent.not_ready")
            self.assertEqual((told["by"], told["reason"]), ("boss", "forced"))
            desk.refuse({"do": "agent.force", "agent": "olena", "state": "ready"}, "not_allowed")

    def test_who_talks_is_signed_out_after_the_talk(self):
        with Center() as center:
            center.profile("olena", billing=8)
            desk = center.client("desk", agent="olena")
            desk.call({"do": "agent.ready"})
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            offer = pbx.wait_event("contact.offered")["offer"]
            pbx.call({"do": "contact.answer", "contact": "1", "offer": offer})
            self.assertEqual(act(center, "sign-out"),
                             "olena is signed out when the contacts in hand have ended; takes no more until then\n")
            desk.wait_event("agent.leaving", state="signed_out")
            self.assertEqual(state_of(center, "olena")["then"], "signed_out")
            pbx.call({"do": "contact.end", "contact": "1"})
            desk.wait_event("agent.signed_out")
            self.assertEqual(act(center, "sign-out"), "olena is signed out\n")

    def test_supervisor_says_whether_work_after_a_talk_is_cut_off(self):
        with Center(rules=WRAP_UP) as center:
            center.profile("olena", billing=8)
            desk = center.client("desk", agent="olena")
            pbx = center.client("pbx", client="pbx1")
            for contact in ("1", "2"):
                desk.call({"do": "agent.ready"})
                pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice"})
                pbx.call({"do": "contact.answer", "contact": contact, "offer": pbx.wait_event("contact.offered")["offer"]})
                pbx.call({"do": "contact.end", "contact": contact})
                if contact == "1":
                    self.assertRegex(act(center, "sign-out", "after"), "^olena is signed out when ")
                    self.assertRegex(act(center, "not-ready", "lunch", "after"), "^olena is not ready: lunch when ")
                    desk.call({"do": "contact.wrap_up", "contact": "pbx1/1"})
                    desk.wait_event("agent.not_ready", reason="lunch")
                    self.assertEqual(act(center, "not-ready", "lunch", "after"), "olena is not ready: lunch\n")
                else:
                    self.assertEqual(act(center, "sign-out"), "olena is signed out\n")


if __name__ == "__main__":
    unittest.main()
