"""SIGHUP and rules.reload: the rules are swapped whole or not at all."""

import signal
import unittest

from harness import RULES, Center

BAD = """\
skills: [billing]
queues:
  general:
    need: {biling: {min: 1}}
    ring: 0s
routes:
  - queue: generel
"""


class Reload(unittest.TestCase):
    def test_good_rules_route_the_next_contact(self):
        with Center() as center:
            center.profile("olena", sales=5)
            pbx = center.client("pbx", client="pbx1")
            observer = center.client("observer")
            center.write_rules(RULES.replace("routes:\n", "  sales:\n    need: {sales: {min: 1}}\nroutes:\n"
                                             "  - when: {data.topic: sales}\n    queue: sales\n"))
            center.kill_usherd(signal.SIGHUP)
            loaded = observer.wait_event("rules.loaded")
            self.assertEqual(len(loaded["hash"]), 64)
            self.assertEqual(center.redis_cli("EXISTS", center.key("rules:" + loaded["hash"])), "1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice", "data": {"topic": "sales"}})
            self.assertEqual(pbx.wait_event("contact.arrived")["queue"], "sales")

    def test_bad_rules_are_told_with_their_places_and_change_nothing(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1")
            admin = center.client("admin")
            center.write_rules(BAD)
            center.kill_usherd(signal.SIGHUP)
            center.wait_log(r"The configuration has a problem at=\S*rules.yaml:4:\d+ ")
            center.wait_log(r"The configuration has a problem at=\S*rules.yaml:7:\d+ ")
            center.wait_log("The configuration was not taken into use")
            error = admin.refuse({"do": "rules.reload"}, "bad_rules")
            self.assertRegex(error["message"], r"problems; the first at \S*rules.yaml:4:")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice", "data": {"topic": "billing"}})
            self.assertEqual(pbx.wait_event("contact.arrived")["queue"], "billing")
            self.assertEqual(len([e for e in center.journal() if e["ev"] == "rules.loaded"]), 1)

    def test_same_rules_write_nothing(self):
        with Center() as center:
            admin = center.client("admin")
            admin.call({"do": "rules.reload"})
            center.kill_usherd(signal.SIGHUP)
            center.wait_log("The rules' file is as it was", count=2)
            self.assertEqual(len([e for e in center.journal() if e["ev"] == "rules.loaded"]), 1)

    def test_rules_in_use_survive_a_restart_with_other_rules_on_disk(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice", "data": {"topic": "billing"}})
            center.kill_usherd()
            center.write_rules(RULES.replace("general", "main"))
            center.start_usherd()
            observer = center.client("observer")
            self.assertEqual(observer.state("contact", contact="pbx1/1")[0]["queue"], "billing")
            self.assertEqual({q["queue"] for q in observer.state("queue")}, {"billing", "main"})


if __name__ == "__main__":
    unittest.main()
