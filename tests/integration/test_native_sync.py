"""A counted sync: the PBX lists its calls, and only a full list sets usherd right."""
import time
import unittest

from harness import Center, wait_until


class Sync(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.center = Center()
        cls.center.__enter__()
        cls.addClassCleanup(cls.center.close)
        cls.center.profile("olena")
        wait_until(lambda: cls.center.client("observer").state("agent"), "the profile is read")

    def contacts(self, client):
        observer = self.center.client("observer")
        prefix = client + "/"
        return {c["contact"].removeprefix(prefix): c for c in observer.state("contact") if c["contact"].startswith(prefix)}

    def pbx(self, name, *contacts):
        pbx = self.center.client("pbx", client=name)
        pbx.wait_event("sync.wanted")
        for contact in contacts:
            pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice"})
        return pbx

    def test_full_list_closes_what_it_does_not_name_and_takes_in_what_is_new(self):
        pbx = self.pbx("full-pbx", "kept", "gone")
        came_ms = int(time.time() * 1000) - 60000
        pbx.call({"do": "sync.begin"})
        pbx.call({"do": "sync.contact", "contact": "kept", "channel": "voice", "state": "waiting"})
        pbx.call({"do": "sync.contact", "contact": "new", "channel": "voice", "state": "waiting", "since_ms": came_ms})
        pbx.call({"do": "sync.end", "count": 2})
        pbx.wait_event("contact.abandoned", contact="full-pbx/gone")
        pbx.wait_event("contact.arrived", contact="full-pbx/new")
        contacts = self.contacts("full-pbx")
        self.assertEqual(set(contacts), {"kept", "new"})
        self.assertEqual(contacts["new"]["place_ms"], came_ms, "it keeps the place it had")
        pbx.call({"do": "sync.begin"})
        pbx.call({"do": "sync.end", "count": 0})
        self.assertEqual(self.contacts("full-pbx"), {})

    def test_list_that_is_not_full_changes_nothing(self):
        pbx = self.pbx("part-pbx", "a", "b")
        pbx.call({"do": "sync.begin"})
        pbx.call({"do": "sync.contact", "contact": "a", "channel": "voice", "state": "waiting"})
        error = pbx.refuse({"do": "sync.end", "count": 2}, "sync_incomplete")
        self.assertTrue(error["retry"])
        self.assertEqual(set(self.contacts("part-pbx")), {"a", "b"})
        pbx.refuse({"do": "sync.end", "count": 1}, "wrong_state")
        for contact in ("a", "b"):
            pbx.call({"do": "contact.abandon", "contact": contact})

    def test_list_must_begin(self):
        pbx = self.pbx("begin-pbx")
        pbx.refuse({"do": "sync.contact", "contact": "a", "channel": "voice", "state": "waiting"}, "wrong_state")
        pbx.refuse({"do": "sync.end", "count": 0}, "wrong_state")
        pbx.call({"do": "sync.begin", "instance": "one"})
        pbx.refuse({"do": "sync.begin", "instance": "two"}, "wrong_state")
        pbx.refuse({"do": "sync.contact", "contact": "a", "channel": "voice", "state": "dancing"}, "bad_field")

    def test_talk_that_began_while_usherd_was_dead_is_taken_in(self):
        pbx = self.pbx("talk-pbx")
        desk = self.center.client("desk", agent="olena")
        desk.call({"do": "agent.ready"})
        pbx.call({"do": "contact.arrive", "contact": "a", "channel": "voice"})
        offer = pbx.wait_event("contact.offered")["offer"]
        pbx.call({"do": "contact.ring", "contact": "a", "offer": offer})
        self.center.kill_usherd()
        self.center.start_usherd()
        pbx = self.pbx("talk-pbx")
        pbx.call({"do": "sync.begin"})
        pbx.call({"do": "sync.contact", "contact": "a", "channel": "voice", "state": "talking", "agent": "olena", "offer": offer})
        pbx.call({"do": "sync.end", "count": 1})
        pbx.wait_event("contact.answered", contact="talk-pbx/a", agent="olena")
        pbx.call({"do": "contact.end", "contact": "a"})
        pbx.wait_event("contact.done", contact="talk-pbx/a")


if __name__ == "__main__":
    unittest.main()
