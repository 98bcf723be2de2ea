"""`usherctl check`: the rules held against the profiles, live ones or a file's."""
import json
import os
import unittest

from ctl import CtlTest

RULES = """\
skills: [billing, internet]
queues:
  billing: {need: {billing: {min: 5}}}
  general: {}
routes:
  - when: {data.topic: billing}
    queue: billing
  - queue: general
"""


class Check(CtlTest):
    rules = RULES

    def test_live_profiles_are_held_against_the_rules_in_the_settings(self):
        self.center.profile("olena", billing=8)
        self.center.profile("taras", billing=6)
        status, output, errors = self.usherctl("check")
        path = self.center.path("rules.yaml")
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(output, f"{path}:1:19: warning: skill `internet`: no queue needs it; let one need it, or take it out\n"
                                 "0 errors, 1 warning (2 agents)\n")
        self.center.profile("olena", billing=2, chess=9)
        self.center.profile("taras", billing=3)
        status, output, _ = self.usherctl("check")
        self.assertEqual(status, 1)
        self.assertIn(f"{path}:3:20: error: queue `billing`: nobody can take its contacts: they need `billing` at level 5, and the "
                      "highest is 3", output)
        self.assertIn("profiles: warning: skill `chess`: olena has it, and the rules do not declare it", output)

    def test_file_and_profiles_that_are_given_need_no_settings_and_no_redis(self):
        rules = self.write("new.yaml", RULES.replace("[billing, internet]", "[billing]"))
        agents = self.write("agents.csv", "id,name,phone,skills\nolena,Olena,sip:o@x,billing=8\ntaras,Taras,sip:t@x,billing=5\n")
        self.center.kill_redis()
        status, output, errors = self.usherctl("check", rules, "--profiles", agents, "--config", "/nonexistent")
        self.assertEqual((status, output, errors), (0, "new.yaml is good for the 2 agents of agents.csv\n", ""))
        status, output, errors = self.usherctl("check", "--profiles", self.write("bad.csv", "id,phone\nolena,12\n"))
        self.assertEqual(status, 1)
        self.assertIn("bad.csv:2:7: phone `12`: a phone is a SIP URI", errors)
        status, output, errors = self.usherctl("check", rules)
        self.assertEqual(status, 3)
        self.assertRegex(errors, rf"Redis cannot be reached: {self.center.redis_socket}: (No such|Connection refused)")
        self.assertIn(f"`redis-cli -s {self.center.redis_socket} PING` is answered; {self.center.path('usherd.yaml')} names it", errors)
        self.assertIn("looked at without profiles", errors)
        self.assertEqual(self.usherctl("check", "none.yaml")[0], 1)

    def test_example_of_a_provider_is_good_for_its_agents(self):
        examples = os.path.join(os.environ["USHER_SOURCE"], "config/examples")
        status, output, errors = self.usherctl("check", os.path.join(examples, "provider.yaml"), "--profiles",
                                               os.path.join(examples, "provider-agents.csv"))
        self.assertEqual((status, errors), (0, ""), output)
        self.assertIn("is good for the 28 agents", output)

    def test_long_list_says_how_many_more_there_are(self):
        rules = self.write("long.yaml", RULES.replace("internet", ", ".join(f"s{i}" for i in range(230))))
        status, output, _ = self.usherctl("check", rules)
        *_, nobody, more, end = output.splitlines()
        self.assertEqual((status, more, end), (1, "and 32 more", "2 errors, 230 warnings (0 agents)"))
        self.assertIn("error: queue `general`: nobody can take its contacts", nobody)

    def test_problems_of_the_file_are_told_as_usherd_tells_them(self):
        bad = self.write("bad.yaml", RULES.replace("min: 5", "min: 50").replace("- queue: general", "- queue: generl"))
        status, output, _ = self.usherctl("check", bad)
        self.assertEqual(status, 1)
        self.assertRegex(output, r"bad.yaml:3:35: error: `min`.*50")
        self.assertRegex(output, r"bad.yaml:8:12: error: queue `generl` is not declared; did you mean `general`")
        self.assertIn("2 errors, 0 warnings", output)

    def test_json_is_an_object_a_finding(self):
        status, output, errors = self.usherctl("check", "--json")
        *findings, end = map(json.loads, output.splitlines())
        self.assertEqual((status, errors), (1, ""))
        self.assertEqual(end, {"errors": 2, "warnings": 1, "agents": 0})
        found = next(f for f in findings if f.get("queue") == "billing")
        self.assertEqual((found["severity"], found["kind"], found["skill"], found["line"], found["file"]),
                         ("error", "nobody", "billing", 3, self.center.path("rules.yaml")))


if __name__ == "__main__":
    unittest.main()
