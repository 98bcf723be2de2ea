"""usherd agrees with its PBXs again after it was killed, after a standby took over and after the link was lost: the PBX knows who is
on the line, and its counted list sets everything right."""
import time
import unittest

from harness import RULES, Center, wait_until
from pair import Pair

NO_WRAP_UP = RULES.replace("ring: 15s", "ring: 15s\n    wrap_up: 0s")
ENDS = ("contact.done", "contact.abandoned")


class Agreement:
    """The same story for each way in which a PBX and usherd lose each other."""

    def open(self):
        """The center."""
        raise NotImplementedError

    def lose(self, center):
        """PBX and usherd do not hear each other any more, for a while."""
        raise NotImplementedError

    def come_back(self, center, client):
        raise NotImplementedError

    def setUp(self):
        self.center = self.open()
        self.addCleanup(self.center.close)
        self.center.__enter__()
        self.offers = {}
        self.pbxs = {}

    def pbx(self, client):
        self.pbxs[client] = self.center.client("pbx", client=client, instance="life-1")
        self.pbxs[client].wait_event("sync.wanted")
        return self.pbxs[client]

    def sign_in(self, *agents):
        """Ready in this order: the first has been idle for longest."""
        for agent in agents:
            self.center.profile(agent, billing=8)
        for agent in agents:
            desk = self.center.client("desk", agent=agent)
            wait_until(lambda desk=desk: desk.ask({"do": "agent.ready"}).get("ok"), "the profile is known")

    def arrive(self, client, contact, until="waiting"):
        """A contact that waits, rings or is talked with."""
        pbx = self.pbxs[client]
        pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice"})
        if until == "waiting":
            return
        offered = pbx.wait_event("contact.offered", contact=f"{client}/{contact}")
        self.offers[client, contact] = {"agent": offered["agent"], "offer": offered["offer"]}
        pbx.call({"do": "contact.ring", "contact": contact, "offer": offered["offer"]})
        if until == "talking":
            pbx.call({"do": "contact.answer", "contact": contact, "offer": offered["offer"]})

    def lose_and_come_back(self):
        self.lose(self.center)
        for client in self.pbxs:
            self.pbxs[client] = self.come_back(self.center, client)
            self.pbxs[client].wait_event("sync.wanted")

    def sync(self, client, count=None, **calls):
        """The list of all calls, `contact="state"` or a dict of fields; returns the answer to its end."""
        pbx = self.pbxs[client]
        pbx.call({"do": "sync.begin"})
        for contact, call in calls.items():
            call = call if isinstance(call, dict) else {"state": call}
            if call["state"] != "waiting":
                call = {**self.offers[client, contact], **call}
            pbx.call({"do": "sync.contact", "contact": contact, "channel": "voice", **call})
        return pbx.ask({"do": "sync.end", "count": len(calls) if count is None else count})

    def events(self, name, **fields):
        return [event for event in self.center.journal() if event["ev"] == name and
                all(event.get(key) == value for key, value in fields.items())]

    def ends(self):
        """What ended, how and why."""
        return {event["contact"]: (event["ev"], event.get("reason")) for event in self.center.journal() if event["ev"] in ENDS}

    def agents(self):
        """How many contacts each agent has."""
        return {agent["agent"]: agent["count"] for agent in self.center.client("supervisor").state("agent")}

    def states(self):
        return {contact["contact"]: contact["state"] for contact in self.center.client("supervisor").state("contact")}

    # The stories.

    def test_everything_is_set_right_by_one_list(self):
        self.pbx("pbx1")
        self.sign_in("anna", "borys", "daria", "ihor", "oleh")
        self.arrive("pbx1", "talks", "talking")
        self.arrive("pbx1", "hung_up", "talking")
        self.arrive("pbx1", "picked_up", "ringing")
        self.arrive("pbx1", "rings", "ringing")
        self.arrive("pbx1", "rang_out", "ringing")
        self.arrive("pbx1", "waits")
        self.arrive("pbx1", "left")
        came_ms = int(time.time() * 1000) - 60000
        self.lose_and_come_back()
        answer = self.sync("pbx1", talks="talking", picked_up="talking", rings="ringing", rang_out="waiting", waits="waiting",
                           came={"state": "waiting", "since_ms": came_ms})
        self.assertEqual(answer.get("ok"), True, answer)
        self.assertEqual(self.ends(), {"pbx1/hung_up": ("contact.done", "vanished"), "pbx1/left": ("contact.abandoned", "vanished")})
        # Whoever came while nobody led has his true place, before those who came later; the agents who are free again serve the first two.
        self.assertEqual(self.events("contact.arrived", contact="pbx1/came")[0]["place_ms"], came_ms)
        freed = {self.offers["pbx1", "hung_up"]["agent"], self.offers["pbx1", "rang_out"]["agent"]}
        offered = {contact: self.pbxs["pbx1"].wait_event("contact.offered", contact=f"pbx1/{contact}")["agent"]
                   for contact in ("came", "rang_out")}
        self.assertEqual(set(offered.values()), freed)
        self.assertEqual(self.states(), {"pbx1/talks": "talking", "pbx1/picked_up": "talking", "pbx1/rings": "ringing",
                                         "pbx1/rang_out": "offered", "pbx1/came": "offered", "pbx1/waits": "waiting"})
        self.assertEqual(set(self.agents().values()), {1})
        self.assertEqual(self.events("contact.answered", contact="pbx1/picked_up")[0]["agent"],
                         self.offers["pbx1", "picked_up"]["agent"])
        # What rang rings on, for the same offer.
        self.assertEqual(len(self.events("contact.offered", contact="pbx1/rings")), 1)
        self.pbxs["pbx1"].call({"do": "contact.answer", "contact": "rings", "offer": self.offers["pbx1", "rings"]["offer"]})

    def test_list_of_a_wrong_count_closes_nothing(self):
        self.pbx("pbx1")
        self.sign_in("anna")
        self.arrive("pbx1", "talks", "talking")
        self.arrive("pbx1", "waits")
        self.lose_and_come_back()
        answer = self.sync("pbx1", count=2, came="waiting")
        self.assertEqual(answer["error"]["code"], "sync_incomplete")
        self.assertEqual(self.states(), {"pbx1/talks": "talking", "pbx1/waits": "waiting"})
        self.sync("pbx1", talks="talking", waits="waiting", came="waiting")
        self.assertEqual(self.states(), {"pbx1/talks": "talking", "pbx1/waits": "waiting", "pbx1/came": "waiting"})

    def test_two_pbxs_have_the_same_call_ids(self):
        for client in ("pbx1", "pbx2"):
            self.pbx(client)
        self.sign_in("anna", "borys")
        for client in ("pbx1", "pbx2"):
            self.arrive(client, "a", "talking")
        for client in ("pbx1", "pbx2"):
            self.arrive(client, "b")
        self.lose_and_come_back()
        self.sync("pbx1", b="waiting")
        self.assertEqual(self.ends(), {"pbx1/a": ("contact.done", "vanished")})
        self.pbxs["pbx1"].wait_event("contact.offered", contact="pbx1/b", agent=self.offers["pbx1", "a"]["agent"])
        self.sync("pbx2", a="talking", b="waiting")
        self.assertEqual(self.states(), {"pbx1/b": "offered", "pbx2/a": "talking", "pbx2/b": "waiting"})

    def test_phone_that_answered_and_was_hung_up_in_between_leaves_a_free_agent(self):
        self.pbx("pbx1")
        self.sign_in("anna")
        self.arrive("pbx1", "a", "ringing")
        self.lose_and_come_back()
        self.sync("pbx1")
        self.assertEqual(self.ends(), {"pbx1/a": ("contact.abandoned", "vanished")})
        self.arrive("pbx1", "b", "talking")
        self.assertEqual(self.agents(), {"anna": 1})

    def test_talk_that_the_pbx_holds_as_waiting_is_offered_again(self):
        self.pbx("pbx1")
        self.sign_in("anna")
        self.arrive("pbx1", "a", "talking")
        place_ms = self.events("contact.arrived")[0]["place_ms"]
        self.lose_and_come_back()
        self.sync("pbx1", a="waiting")
        self.pbxs["pbx1"].wait_event("contact.offered", contact="pbx1/a")
        contact = self.center.client("supervisor").state("contact")[0]
        self.assertEqual((contact["state"], contact["place_ms"]), ("offered", place_ms))

    def test_talk_that_only_the_pbx_knows_makes_its_agent_busy(self):
        self.pbx("pbx1")
        self.sign_in("anna")
        self.arrive("pbx1", "a", "ringing")
        offer = self.offers["pbx1", "a"]
        self.pbxs["pbx1"].call({"do": "contact.fail", "contact": "a", "offer": offer["offer"], "reason": "no_answer"})
        again = self.pbxs["pbx1"].wait_event("contact.offered", contact="pbx1/a")
        self.lose_and_come_back()
        # The phone was picked up for the first offer after all.
        self.sync("pbx1", a={"state": "held"})
        self.assertEqual(self.states(), {"pbx1/a": "held"})
        self.assertEqual(self.agents(), {"anna": 1})
        self.assertTrue(self.events("offer.withdrawn", offer=again["offer"]))


class Restarted(Agreement, unittest.TestCase):
    def open(self):
        return Center(rules=NO_WRAP_UP)

    def lose(self, center):
        center.kill_usherd()
        center.start_usherd()

    def come_back(self, center, client):
        return center.client("pbx", client=client, instance="life-1")


class TakenOver(Agreement, unittest.TestCase):
    def open(self):
        return Pair(rules=NO_WRAP_UP)

    def lose(self, center):
        center.kill("a")
        center.wait_leader("b")

    def come_back(self, center, client):
        return center.come_back("pbx", client, instance="life-1")


class Reconnected(Restarted):
    def lose(self, center):
        watch = center.client("supervisor")
        for client, pbx in self.pbxs.items():
            pbx.close()
            watch.wait_event("link.lost", client=client)


if __name__ == "__main__":
    unittest.main()
