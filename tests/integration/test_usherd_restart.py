"""kill -9 and start: the waiting are served, the talking stay known, nothing that was acknowledged is lost."""

import json
import unittest

from harness import Center, wait_until


def talk(pbx, desk, contact):
    """A contact comes, is offered to the desk's agent and answered; returns its id."""
    pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice"})
    offered = pbx.wait_event("contact.offered", contact=f"pbx1/{contact}")
    pbx.call({"do": "contact.ring", "contact": contact, "offer": offered["offer"]})
    pbx.call({"do": "contact.answer", "contact": contact, "offer": offered["offer"]})
    desk.wait_event("contact.answered", contact=f"pbx1/{contact}")
    return offered


def sync(pbx, *contacts):
    """The counted list of all calls that the PBX has."""
    pbx.wait_event("sync.wanted")
    pbx.call({"do": "sync.begin"})
    for contact in contacts:
        pbx.call({"do": "sync.contact", "channel": "voice", **contact})
    pbx.call({"do": "sync.end", "count": len(contacts)})


class Restart(unittest.TestCase):
    def test_waiting_and_talking_contacts_survive_kill_9(self):
        with Center() as center:
            center.profile("olena", billing=8)
            pbx = center.client("pbx", client="pbx1", instance="life-1")
            desk = center.client("desk", agent="olena")
            desk.call({"do": "agent.ready"})
            offered = talk(pbx, desk, "talk")
            for contact in ("wait-1", "wait-2"):
                pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice"})
            center.kill_usherd()
            center.start_usherd()

            observer = center.client("observer")
            self.assertEqual(observer.state("contact", contact="pbx1/talk")[0]["state"], "talking")
            self.assertEqual(observer.state("contact", contact="pbx1/talk")[0]["agent"], "olena")
            waiting = {c["contact"] for c in observer.state("contact", state="waiting")}
            self.assertEqual(waiting, {"pbx1/wait-1", "pbx1/wait-2"})

            pbx = center.client("pbx", client="pbx1", instance="life-1")
            sync(pbx, {"contact": "talk", "state": "talking", "agent": "olena", "offer": offered["offer"]},
                 {"contact": "wait-1", "state": "waiting"}, {"contact": "wait-2", "state": "waiting"})
            desk = center.client("desk", agent="olena")
            pbx.call({"do": "contact.end", "contact": "talk"})
            desk.wait_event("contact.done", contact="pbx1/talk")
            next_offer = pbx.wait_event("contact.offered")
            self.assertEqual(next_offer["contact"], "pbx1/wait-1")

    def test_contact_that_left_in_between_is_closed_by_the_sync(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1", instance="life-1")
            for contact in ("stays", "leaves"):
                pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice"})
            center.kill_usherd()
            center.start_usherd()
            observer = center.client("observer")
            pbx = center.client("pbx", client="pbx1", instance="life-1")
            sync(pbx, {"contact": "stays", "state": "waiting"},
                 {"contact": "came", "state": "waiting", "since_ms": 1000})
            self.assertEqual(observer.wait_event("contact.arrived")["contact"], "pbx1/came")
            ended = [e for e in center.journal() if e["ev"] in ("contact.abandoned", "contact.done")]
            self.assertEqual([e["contact"] for e in ended], ["pbx1/leaves"])

    def test_acknowledged_commands_stand_after_each_of_many_kills(self):
        with Center() as center:
            acknowledged = set()
            for life in range(5):
                pbx = center.client("pbx", client="pbx1", instance="life-1")
                sent = [pbx.send({"do": "contact.arrive", "contact": f"{life}-{i}", "channel": "voice"})
                        for i in range(100)]
                for i in range(20 * life):
                    pbx.wait_answer(sent[i])
                    acknowledged.add(f"pbx1/{life}-{i}")
                center.kill_usherd()
                center.start_usherd()
            journal = center.journal()
            arrived = [e["contact"] for e in journal if e["ev"] == "contact.arrived"]
            self.assertEqual(len(arrived), len(set(arrived)))
            self.assertLessEqual(acknowledged, set(arrived))
            numbers = [tuple(map(int, e["n"].split("-"))) for e in journal]
            self.assertEqual(numbers, sorted(set(numbers)))
            observer = center.client("observer")
            self.assertEqual({c["contact"] for c in observer.state("contact")}, set(arrived))

    def test_state_comes_back_from_a_snapshot_and_what_followed_it(self):
        with Center(settings="journal: {snapshot_every: 20}\n") as center:
            center.profile("olena", billing=8)
            pbx = center.client("pbx", client="pbx1", instance="life-1")
            desk = center.client("desk", agent="olena")
            desk.call({"do": "agent.ready"})
            talk(pbx, desk, "talk")
            for i in range(60):
                pbx.call({"do": "contact.arrive", "contact": str(i), "channel": "voice", "data": {"i": i}})
            wait_until(lambda: center.redis_cli("KEYS", center.key("snapshot:*")), "a snapshot is written")
            before = center.client("observer").snapshot
            center.kill_usherd()
            center.start_usherd()
            after = center.client("observer").snapshot

            def contacts(lines):
                return sorted((c["contact"], c["state"], c.get("agent"), c["place_ms"], json.dumps(c.get("data")))
                              for c in lines if c["ev"] == "state.contact")
            self.assertEqual(len(contacts(before)), 61)
            self.assertEqual(contacts(before), contacts(after))
            agents = [a for a in after if a["ev"] == "state.agent"]
            self.assertEqual([a["agent"] for a in agents], ["olena"])

    def test_repeated_id_after_a_kill_has_no_second_effect(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1", instance="life-1")
            command = {"id": "c-1", "do": "contact.arrive", "contact": "1", "channel": "voice"}
            pbx.call(command)
            center.kill_usherd()
            center.start_usherd()
            pbx = center.client("pbx", client="pbx1", instance="life-1")
            pbx.call(command)
            self.assertEqual(len([e for e in center.journal() if e["ev"] == "contact.arrived"]), 1)

    def test_profile_written_by_redis_cli_routes_at_once(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice", "data": {"topic": "billing"}})
            center.profile("olena", sales=9)
            observer = center.client("observer")
            desk = center.client("desk", agent="olena")
            desk.call({"do": "agent.ready"})
            pbx.expect_no_event("contact.offered")
            center.redis_cli("HSET", center.key("agent:olena"), "skill.billing", "9")
            offered = pbx.wait_event("contact.offered")
            self.assertEqual((offered["contact"], offered["agent"]), ("pbx1/1", "olena"))
            observer.wait_event("agent.profiled", agent="olena")


if __name__ == "__main__":
    unittest.main()
