"""`usherctl profile`: profiles are shown, set, imported with a preview, and exported; nothing is written when anything is wrong."""
import json
import unittest

from ctl import CtlTest
from harness import wait_until

FILE = """\
id,name,phone,skills
olena,Olena Koval,sip:olena@192.0.2.17,billing=8 lang.uk=10
taras,"Melnyk, Taras",,internet=9
"""


class Profile(CtlTest):
    def hash(self, agent):
        lines = self.center.redis_cli("HGETALL", self.center.key("agent:" + agent)).splitlines()
        return dict(zip(lines[::2], lines[1::2])) if lines != [""] else {}

    def import_file(self, text, *arguments):
        return self.usherctl("profile", "import", self.write("agents.csv", text), *arguments)


class Import(Profile):
    def test_preview_names_who_is_new_what_changes_and_what_goes_and_yes_writes(self):
        self.center.profile("olena", name="Olena", billing=7, internet=4)
        self.center.profile("petro", sales=3)
        self.center.redis_cli("HSET", self.center.key("agent:olena"), "shoe_size", "38")
        status, output, errors = self.import_file(FILE, "--dry-run")
        self.assertEqual((status, errors), (0, ""))
        for words in (r"agents.csv: 2 agents: 1 new, 1 changed, 0 as they are:", r"olena +skill.billing +7 +8",
                      r"olena +skill.internet +4 +\(removed\)", r"olena +skill.lang.uk +10", r"olena +name +Olena +Olena Koval",
                      r"taras +new +name Melnyk, Taras, skill.internet 9", "1 agent is not in the file and stays as before",
                      r"Nothing was changed \(--dry-run\)"):
            self.assertRegex(output, words)
        self.assertEqual(self.hash("taras"), {})
        status, output, errors = self.import_file(FILE, "--yes")
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(self.hash("olena"), {"name": "Olena Koval", "phone": "sip:olena@192.0.2.17", "skill.billing": "8",
                                              "skill.lang.uk": "10", "shoe_size": "38"})
        self.assertEqual(self.hash("taras"), {"name": "Melnyk, Taras", "skill.internet": "9"})
        self.assertEqual(self.hash("petro")["skill.sales"], "3")
        observer = self.center.client("observer")
        wait_until(lambda: self.center.client("observer").state("agent", agent="taras", skills={"internet": 9}), "usherd has it")
        self.assertTrue(observer)
        self.assertIn("Nothing is to be changed", self.import_file(FILE)[1])

    def test_in_a_pipe_what_goes_wrong_comes_after_what_was_shown(self):
        self.write("agents.csv", FILE)
        for words in (("import", "agents.csv"), ("set", "taras", "skill.internet=9")):
            self.assertRegex(self.usherctl_piped("profile", *words),
                             r"(?s)^(agents.csv: 2 agents|taras has no profile).*\nusherctl: nothing was changed: [^\n]*\n$")

    def test_skill_columns_change_those_skills_alone_and_an_empty_cell_removes(self):
        self.center.profile("olena", billing=7, internet=4, sales=2, capacity={"chat": 3})
        self.assertEqual(self.import_file("id;skill.billing;skill.internet;capacity.chat\r\nolena;9;;\r\n", "--yes")[0], 0)
        fields = self.hash("olena")
        self.assertEqual((fields["skill.billing"], fields["skill.sales"], fields["name"]), ("9", "2", "Olena"))
        self.assertNotIn("skill.internet", fields)
        self.assertNotIn("capacity.chat", fields)

    def test_all_problems_are_told_with_their_places_and_nothing_is_written(self):
        bad = ("\ufeffid,name,phone,skills,capacity.chat\n"
               "olena,Olena,sip:olena@x,billing=8,2\n"
               "taras,Taras,12345,internet=11 lang.uk,101\n"
               "not an id,X,,,\n"
               "olena,Again,,billing=1 billing=2,\n"
               "short,row\n")
        status, output, errors = self.import_file(bad, "--yes")
        self.assertEqual((status, output), (1, ""))
        for problem in ("agents.csv:3:13: phone `12345`: a phone is a SIP URI; write it as in",
                        "agents.csv:3:19: skill.internet `11`: a level is a whole number of 0 to 10",
                        "agents.csv:3:31: skills `lang.uk`: it is no skill with a level",
                        "agents.csv:3:39: capacity.chat `101`: a capacity is a whole number",
                        "agents.csv:4:1: id `not an id`: an agent's id is",
                        "agents.csv:5:1: id `olena`: this agent is in line 2 already",
                        "agents.csv:5:24: skills `billing=2`: this skill is in the cell twice",
                        "agents.csv:6:1: this row has 2 cells, and the first row 5",
                        "nothing was changed"):
            self.assertIn(problem, errors)
        self.assertEqual(self.hash("olena"), {})

    def test_columns_that_are_wrong_are_told(self):
        for text, problem in (("id,skil.billing\n", "agents.csv:1:4: unknown column `skil.billing`"),
                              ("id,capacity.cat\n", "did you mean `capacity.chat`?"),
                              ("name\nx\n", "agents.csv:1:1: the first row names no column `id`"),
                              ("id,skills,skill.billing\n", "agents.csv:1:11: this column says the same as the column `skills`"),
                              ("", "agents.csv:1:1: it is empty"),
                              (b"id,name\nolena,\xce\xeb\xe5\xed\xe0\n", "is no UTF-8; save the file as UTF-8")):
            status, _, errors = self.import_file(text, "--yes")
            self.assertEqual(status, 1)
            self.assertIn(problem, errors)

    def test_columns_that_are_none_of_a_profiles_are_passed_over_and_named(self):
        status, _, errors = self.import_file("id,mood,name,e-mail,\nolena,calm,Olena,o@example.org,x\n", "--yes")
        self.assertEqual(status, 0)
        self.assertIn("agents.csv: these columns are none of a profile's, and are passed over: mood, e-mail", errors)
        self.assertEqual(self.hash("olena"), {"name": "Olena"})

    def test_without_a_terminal_yes_is_needed_and_at_one_it_asks(self):
        status, output, errors = self.import_file(FILE)
        self.assertEqual(status, 2)
        self.assertIn("--yes is needed", errors)
        status, output, _ = self.usherctl_at_terminal("n", "profile", "import", "agents.csv")
        self.assertEqual((status, self.hash("olena")), (1, {}))
        self.assertIn("[y/N]", output)
        status, output, _ = self.usherctl_at_terminal("y", "profile", "import", "agents.csv")
        self.assertEqual((status, self.hash("olena")["skill.billing"]), (0, "8"))

    def test_standard_input_and_json(self):
        status, output, errors = self.usherctl("profile", "import", "-", "--json", "--yes", input=FILE)
        self.assertEqual((status, errors), (0, ""))
        summary, *changes = map(json.loads, output.splitlines())
        self.assertEqual(summary, {"agents": 2, "new": 2, "changed": 0, "same": 0, "not_in_file": 0})
        self.assertIn({"agent": "olena", "new": True, "field": "skill.billing", "now": "8"}, changes)
        self.assertIn("standard input:1:1:", self.usherctl("profile", "import", "-", "--yes", input="x\n")[2])

    def test_many_agents_are_written_while_usherd_is_down(self):
        self.center.kill_usherd()
        rows = "".join(f"agent{i},Agent {i},sip:{i}@x,billing={i % 10 + 1} lang.uk=10\n" for i in range(3000))
        status, output, errors = self.import_file("id,name,phone,skills\n" + rows, "--yes")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("3000 new", output)
        self.assertIn("and 2960 more changes", output)
        self.assertEqual(self.hash("agent2999")["skill.billing"], "10")
        status, output, _ = self.usherctl("profile", "show", "--json")
        self.assertEqual(len(output.splitlines()), 3000)

    def test_what_is_exported_can_be_imported(self):
        self.import_file(FILE, "--yes")
        self.usherctl("profile", "set", "olena", 'name=Olena "Lena", Koval', "capacity.chat=3")
        status, output, _ = self.usherctl("profile", "export")
        self.assertEqual(status, 0)
        self.assertIn('olena,"Olena ""Lena"", Koval","sip:olena@192.0.2.17","billing=8 lang.uk=10",,3,,\n', output)
        self.assertIn("0 new, 0 changed, 2 as they are", self.import_file(output)[1])

    def test_skills_that_one_cell_cannot_hold_are_exported_in_columns(self):
        self.center.profile("olena", billing=8)
        self.center.redis_cli("HSET", self.center.key("agent:taras"), "skill.lang uk=1 b", "5", "skill.x,\"y\"", "3")
        output = self.usherctl("profile", "export")[1]
        self.assertEqual(output.splitlines()[0], "id,name,phone,capacity.voice,capacity.chat,capacity.email,capacity.task,"
                         '"skill.billing","skill.lang uk=1 b","skill.x,""y"""')
        status, output, errors = self.import_file(output, "--dry-run")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("2 as they are", output)

    def test_user_without_the_right_is_told_which_to_give(self):
        self.center.redis_cli("ACL", "SETUSER", "default", "-hset")
        status, _, errors = self.import_file(FILE, "--yes")
        self.center.redis_cli("ACL", "SETUSER", "default", "+hset")
        self.assertEqual(status, 1)
        self.assertIn("ACL SETUSER default +hset +hdel", errors)
        self.assertIn("0 of 2 agents were written", errors)


class Set(Profile):
    def test_fields_are_set_and_removed_at_once(self):
        self.center.profile("olena", billing=7, internet=4)
        status, output, errors = self.usherctl("profile", "set", "olena", "skill.billing=8", "skill.internet=", "capacity.chat=2")
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(output, r"olena +skill.billing +7 +8")
        self.assertRegex(output, r"olena +skill.internet +4 +\(removed\)")
        fields = self.hash("olena")
        self.assertEqual((fields["skill.billing"], fields["capacity.chat"], "skill.internet" in fields), ("8", "2", False))
        self.assertIn("Nothing is to be changed", self.usherctl("profile", "set", "olena", "skill.billing=8")[1])

    def test_wrong_fields_change_nothing(self):
        self.center.profile("olena", billing=7)
        status, _, errors = self.usherctl("profile", "set", "olena", "skill.billing=8", "skill.sales=99", "phone=12345", "mood=good",
                                          "capacity.fax=1", "name")
        self.assertEqual(status, 2)
        for words in ("skill.sales=99: a level is a whole number of 0 to 10", "phone=12345: a phone is a SIP URI",
                      "mood=good: no profile has such a field", "capacity.fax=1: there is no such channel",
                      '"name" is no FIELD=VALUE', "nothing was changed"):
            self.assertIn(words, errors)
        self.assertEqual(self.hash("olena")["skill.billing"], "7")
        self.assertEqual(self.usherctl("profile", "set", "no id", "name=x")[0], 2)

    def test_skill_that_the_rules_in_use_do_not_declare_is_warned_of(self):
        self.center.profile("olena", billing=7)
        status, _, errors = self.usherctl("profile", "set", "olena", "skill.biling=8", "skill.chess=3", "skill.internet=2")
        self.assertEqual(status, 0)
        self.assertEqual(errors, "usherctl: warning: the rules do not declare the skill `biling`; did you mean `billing`?\n"
                                 "usherctl: warning: the rules do not declare the skill `chess`; no queue can need it\n")
        self.assertEqual(self.hash("olena")["skill.chess"], "3")

    def test_new_agent_is_asked_for(self):
        status, output, errors = self.usherctl("profile", "set", "olana", "skill.billing=8")
        self.assertEqual(status, 2)
        self.assertIn("olana has no profile yet", output)
        self.assertIn("--yes is needed", errors)
        self.assertEqual(self.usherctl("profile", "set", "olana", "skill.billing=8", "--yes")[0], 0)
        self.assertEqual(self.hash("olana"), {"skill.billing": "8"})


class Show(Profile):
    def test_what_is_no_agents_id_is_told_before_redis_is_asked(self):
        for wrong in ("a" * 3000, "a b", ""):
            status, output, errors = self.usherctl("profile", "show", wrong)
            self.assertEqual((status, output), (2, ""))
            self.assertIn(f'"{wrong}" is no agent\'s id', errors)

    def test_profiles_are_shown_with_what_a_router_leaves_out(self):
        self.assertIn("There are no profiles yet", self.usherctl("profile", "show")[1])
        self.center.profile("olena", billing=7, capacity={"chat": 3})
        self.center.redis_cli("HSET", self.center.key("agent:olena"), "skill.sales", "many")
        self.center.redis_cli("SET", self.center.key("agent:text"), "x")
        status, output, errors = self.usherctl("profile", "show")
        self.assertEqual(status, 0)
        self.assertRegex(output, r"olena +Olena +sip:olena@127.0.0.1 +billing=7 +chat=3")
        self.assertIn("olena: the field skill.sales is left out: expected is a level of 0 to 10", errors)
        self.assertIn("the key of agent text is no hash", errors)
        status, output, errors = self.usherctl("profile", "show", "olena", "nobody", "--json")
        self.assertEqual(status, 1)
        self.assertIn("there is no profile of nobody", errors)
        self.assertEqual(json.loads(output), {"agent": "olena", "name": "Olena", "phone": "sip:olena@127.0.0.1",
                                              "skills": {"billing": 7}, "capacity": {"chat": 3}})


if __name__ == "__main__":
    unittest.main()
