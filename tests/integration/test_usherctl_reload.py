"""`usherctl reload`, `rollback` and `rules`: what changes is shown before it is taken into use, and there is a way back."""
import json
import os
import time
import unittest

from ctl import CtlTest
from harness import free_port, wait_until

RULES = """\
skills: [billing, internet]
tiers:
  gold: {head_start: 30s}
queues:
  billing: {need: {billing: {min: 3}}, ring: 15s}
  general: {}
  sales: {}
routes:
  - when: {data.topic: billing}
    queue: billing
  - when: {data.topic: sales}
    queue: sales
  - queue: general
"""
CHANGED = """\
# Billing is for experts now.
skills: [billing, chess]
tiers:
  gold: {head_start: 1m}
bid: {fairness: 0.2}
queues:
  billing: {need: {billing: {min: 7}}, ring: 20s, limit: {waiting: 5}}
  general: {}
routes:
  - when: {data.topic: billing}
    queue: billing
    tier: gold
  - queue: general
"""


class Reload(CtlTest):
    rules = RULES

    def setUp(self):
        super().setUp()
        self.center.profile("olena", billing=8)
        self.center.profile("taras", billing=4)
        self.pbx = self.center.client("pbx", client="pbx1")
        wait_until(lambda: len(self.center.client("observer").state("agent")) == 2, "usherd has the profiles")

    def arrive(self, contact, **data):
        self.pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", "data": data})

    def in_use(self):
        return self.center.client("observer").welcome["hash"]

    def file(self):
        with open(self.center.path("rules.yaml")) as file:
            return file.read()


class Preview(Reload):
    def test_rules_waiting_contacts_and_who_would_have_nobody_are_shown(self):
        self.arrive("1", topic="billing")
        self.arrive("2", topic="billing")
        self.arrive("3", topic="sales")
        self.arrive("4")
        before = self.in_use()
        self.center.write_rules(CHANGED.replace("min: 7", "min: 9"))
        status, output, errors = self.usherctl("reload", "--dry-run")
        self.assertEqual((status, errors), (0, ""))
        for words in (rf"Rules {before[:12]} -> [0-9a-f]{{12}}", r"skills internet +there +\(removed\)", r"skills chess +new",
                      r"tiers gold +head_start +30s +1m", r"bid +fairness +0.15 +0.2", r"queues billing +ring +15s +20s",
                      r"queues billing +limit.waiting +5", r"queues billing +need.billing +min 3, weight 1 +min 9, weight 1",
                      r"queues sales +there +\(removed\)", r"routes +route 1 +-> billing: data.topic billing +\(removed\)",
                      r"routes +route 1 +-> billing, tier gold: data.topic billing", "4 contacts wait now; 3 of them",
                      r"billing +voice +2 +2 +nobody +- olena, taras", r"sales -> general +voice +1 +2 +2",
                      r"error: queue `billing`: nobody can take its contacts: they need `billing` at level 9", "Nothing was changed"):
            self.assertRegex(output, words)
        self.assertEqual(self.in_use(), before)

    def test_whom_nobody_serves_before_and_after_is_no_change(self):
        self.center.write_rules(RULES.replace("min: 3", "min: 9"))
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        self.arrive("1", topic="billing")
        self.arrive("2", topic="billing")
        self.arrive("3", topic="sales")
        worse = RULES.replace("min: 3", "min: 9").replace("sales: {}", "sales: {need: {internet: {min: 1}}}")
        self.center.write_rules(worse)
        output = self.usherctl("reload", "--dry-run")[1]
        self.assertIn("3 contacts wait now; 1 of them would have other agents, another queue or nobody, or find it open or closed.", output)
        self.assertNotRegex(output, r"billing +voice")
        self.assertRegex(output, r"sales +voice +1 +2 +nobody +- olena, taras")
        self.assertNotIn("error: queue `billing`", output)
        self.assertIn("error: queue `sales`: nobody can take its contacts", output)
        self.assertIn("1 error of the rules in use stays; `usherctl check` tells it.", output)
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        self.center.write_rules(worse.replace("ring: 15s", "ring: 16s"))
        output = self.usherctl("reload", "--dry-run")[1]
        self.assertIn("3 contacts wait now; 0 of them", output)
        self.assertNotIn("error:", output)
        self.assertIn("2 errors of the rules in use stay; `usherctl check` tells them.", output)
        self.center.write_rules(RULES)
        self.assertRegex(self.usherctl("reload", "--dry-run")[1], r"billing +voice +2 +nobody +2 +\+ olena, taras")

    def test_steps_count_and_who_would_have_to_leave_is_shown(self):
        self.arrive("1", topic="billing")
        self.arrive("2", topic="sales")
        steps = RULES.replace("min: 3}}", "min: 9}}, relax: [{after: 20s, billing: {min: 3}}]")
        self.assertNotEqual(steps, RULES)
        self.center.write_rules(steps)
        output = self.usherctl("reload", "--dry-run")[1]
        self.assertIn("2 contacts wait now; 0 of them", output)
        self.assertRegex(output, r"queues billing +relax +\[\{after: 20s, billing: \{min: 3\}\}\]")
        self.center.write_rules(RULES.replace("sales: {}", "sales: {hours: closed}"))
        output = self.usherctl("reload", "--dry-run")[1]
        self.assertIn("2 contacts wait now; 1 of them", output)
        self.assertRegex(output, r"queues sales +hours +closed")
        self.assertRegex(output, r"sales +voice +1 +2 +2 +closed: farewell")
        lines = [json.loads(line) for line in self.usherctl("reload", "--dry-run", "--json")[1].splitlines()]
        self.assertIn("farewell", [line.get("closed") for line in lines])

    def test_switches_that_are_on_send_those_whose_queue_goes(self):
        routed = RULES.replace("queues:\n", "switches: [outage_south, outage_north]\nqueues:\n  outage: {}\n").replace(
            "routes:\n", "routes:\n  - when: {switch: outage_north, data.topic: sales}\n    queue: outage\n")
        self.center.write_rules(routed)
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        self.arrive("1", topic="sales")
        self.center.write_rules(routed.replace("  sales: {}\n", "").replace("    queue: sales\n", "    queue: billing\n").replace(
            "[outage_south, outage_north]", "[outage_north]"))
        self.assertRegex(self.usherctl("reload", "--dry-run")[1], r"sales -> billing +voice +1 ")
        self.assertEqual(self.usherctl("switch", "outage_north", "on")[0], 0)
        self.assertRegex(self.usherctl("reload", "--dry-run")[1], r"sales -> outage +voice +1 ")
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        self.assertEqual([row["queue"] for row in self.center.client("observer").state("contact")], ["outage"])

    def test_queues_closed_and_opened_by_hand_stay_so(self):
        hours = RULES.replace("sales: {}", "sales: {hours: closed, closed: {then: wait}}")
        self.center.write_rules(hours)
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        self.arrive("1", topic="sales")
        self.center.write_rules(hours.replace("then: wait", "then: farewell"))
        output = self.usherctl("reload", "--dry-run")[1]
        self.assertRegex(output, r"sales +voice +1 +2 +2 +closed: farewell")
        self.assertEqual(self.usherctl("queue", "sales", "open")[0], 0)
        self.assertIn("1 contact waits now; 0 of them", self.usherctl("reload", "--dry-run")[1])
        self.center.write_rules(RULES.replace("general: {}", "general: {closed: {then: wait}}"))
        self.assertIn("1 contact waits now; 0 of them", self.usherctl("reload", "--dry-run")[1])
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        self.arrive("2")
        self.assertEqual(self.usherctl("queue", "general", "close")[0], 0)
        self.center.write_rules(RULES)
        self.assertRegex(self.usherctl("reload", "--dry-run")[1], r"general +voice +1 +2 +2 +closed: farewell")
        self.center.write_rules(RULES.replace("  sales: {}\n", "").replace("    queue: sales\n", "    queue: general\n").replace(
            "general: {}", "general: {closed: {then: wait}}"))
        self.assertRegex(self.usherctl("reload", "--dry-run")[1], r"sales -> general +voice +1 +2 +2 +closes")

    def test_hours_that_open_a_queue_are_shown(self):
        self.center.write_rules(RULES.replace("sales: {}", "sales: {hours: closed, closed: {then: wait}}"))
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        self.arrive("1", topic="sales")
        self.center.write_rules(RULES)
        output = self.usherctl("reload", "--dry-run")[1]
        self.assertIn("1 contact waits now; 1 of them would have other agents, another queue or nobody, or find it open or closed.",
                      output)
        self.assertRegex(output, r"sales +voice +1 +2 +2 +opens")
        lines = [json.loads(line) for line in self.usherctl("reload", "--dry-run", "--json")[1].splitlines()]
        self.assertIn("opens", [line.get("door") for line in lines])

    def test_customer_who_came_long_ago_does_not_come_again(self):
        self.center.write_rules(RULES.replace("tiers:", "customer: {key: [from]}\ntiers:"))
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        now_ms = int(time.time() * 1000)
        for sender, days in (("+1", 1), ("+9", 9)):
            self.center.redis_cli("HSET", self.center.key("customer:" + sender), "usher.served.billing", now_ms - days * 86400000)
            self.pbx.call({"do": "contact.arrive", "contact": sender, "channel": "voice", "from": sender, "data": {"topic": "sales"}})
            self.pbx.wait_event("contact.arrived", contact="pbx1/" + sender)
        self.center.write_rules(RULES.replace("tiers:", "customer: {key: [from]}\ntiers:").replace("  sales: {}\n", "").replace(
            "ring: 15s", "ring: 15s, repeat: 3d").replace("{data.topic: billing}", "{repeat: true}").replace(
            "queue: sales", "queue: general"))
        output = self.usherctl("reload", "--dry-run")[1]
        self.assertRegex(output, r"sales -> billing +voice +1 ")
        self.assertRegex(output, r"sales -> general +voice +1 ")

    def test_json_has_every_change_and_the_answer(self):
        self.arrive("1", topic="billing")
        self.center.write_rules(CHANGED)
        status, output, errors = self.usherctl("reload", "--json", "--yes")
        self.assertEqual((status, errors), (0, ""))
        *changes, answer = map(json.loads, output.splitlines())
        self.assertTrue(answer["ok"])
        self.assertIn({"section": "queues", "name": "billing", "key": "ring", "was": "15s", "now": "20s"}, changes)
        self.assertIn({"section": "skills", "name": "chess", "now": "new"}, changes)
        self.assertIn({"section": "waiting", "queue": "billing", "to": "billing", "channel": "voice", "waiting": 1,
                       "agents_before": 2, "agents_after": 1, "gained": 0, "lost": 1}, changes)

    def test_long_list_says_how_much_of_it_json_has(self):
        for count, words in ((100, "and 40 more; --dry-run --json names all"), (600, "and 540 more; --dry-run --json names the first 500")):
            skills, queues = ", ".join(f"s{i}" for i in range(count // 2)), "".join(f"  q{i}: {{}}\n" for i in range(count // 2))
            text = RULES.replace("internet]", f"internet, {skills}]").replace("  general: {}\n", f"  general: {{}}\n{queues}")
            self.center.write_rules(text)
            status, output, errors = self.usherctl("reload", "--dry-run")
            self.assertEqual((status, errors), (0, ""))
            self.assertIn(words, output)

    def test_comments_alone_change_nothing_in_the_routing(self):
        self.center.write_rules(RULES + "# A word.\n")
        self.assertIn("Only comments and the like differ", self.usherctl("reload", "--dry-run")[1])
        self.center.write_rules(RULES.replace("  - when: {data.topic: billing}\n    queue: billing\n", "").replace(
            "  - queue: general", "  - when: {data.topic: billing}\n    queue: billing\n  - queue: general"))
        self.assertRegex(self.usherctl("reload", "--dry-run")[1], r"routes +order +as it was +another")


class Takes(Reload):
    def test_without_a_terminal_yes_is_needed_and_at_one_it_asks(self):
        before = self.in_use()
        self.center.write_rules(CHANGED)
        status, output, errors = self.usherctl("reload")
        self.assertEqual(status, 2)
        self.assertIn("--yes is needed", errors)
        status, output, _ = self.usherctl_at_terminal("n", "reload")
        self.assertEqual((status, self.in_use()), (1, before))
        self.assertIn("[y/N]", output)
        status, output, _ = self.usherctl_at_terminal("y", "reload")
        self.assertEqual(status, 0)
        self.assertIn(f"The rules {self.in_use()[:12]} hold from now on; 0 contacts wait.", output)
        self.assertNotEqual(self.in_use(), before)
        self.assertIn("is as it is in use", self.usherctl("reload", "--yes")[1])

    def test_in_a_pipe_the_conclusion_comes_after_what_was_shown(self):
        self.center.write_rules(CHANGED)
        self.assertRegex(self.usherctl_piped("reload"), r"(?s)^Rules .*\nusherctl: nothing was changed: [^\n]*\n$")
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        self.assertRegex(self.usherctl_piped("rollback"), r"(?s)^Rules .*\nusherctl: nothing was changed: [^\n]*\n$")

    def test_all_problems_of_the_file_are_told_and_the_old_rules_stay(self):
        before = self.in_use()
        self.center.write_rules(CHANGED.replace("min: 7", "min: 70").replace("queue: general", "queue: generl"))
        status, output, errors = self.usherctl("reload", "--yes")
        self.assertEqual((status, output, self.in_use()), (1, "", before))
        self.assertRegex(errors, r"rules.yaml:7:\d+: `min`")
        self.assertRegex(errors, r"rules.yaml:13:\d+: queue `generl` is not declared")
        self.assertIn("the rules in use stay", errors)

    def test_file_that_changes_after_the_look_is_refused(self):
        admin = self.center.client("admin")
        self.center.write_rules(CHANGED)
        error = admin.refuse({"do": "rules.reload", "hash": "0" * 64}, "wrong_state")
        self.assertIn("is not the one that was looked at: it has changed since, or is on another machine; look again",
                      error["message"])
        admin.call({"do": "rules.reload"})

    def test_what_cannot_be_shown_is_reloaded_with_yes_alone(self):
        self.center.write_rules(CHANGED)
        before = self.in_use()
        status, _, errors = self.usherctl("reload", "--config", "/nonexistent.yaml")
        self.assertEqual((status, self.in_use()), (2, before))
        self.assertIn("--yes reloads without", errors)
        with open(self.center.path("other.yaml"), "w") as file:
            file.write(f'site: other\nrules: rules.yaml\nredis: {{socket: "{self.center.redis_socket}"}}\n'
                       f'listen: [{{tcp: "127.0.0.1:{free_port()}", tokens: tokens.yaml}}]\n')
        status, _, errors = self.usherctl("reload", "--config", self.center.path("other.yaml"))
        self.assertEqual((status, self.in_use()), (2, before))
        self.assertIn("is of the site other, and this usherd serves test", errors)
        status, output, _ = self.usherctl("reload", "--config", "/nonexistent.yaml", "--yes")
        self.assertEqual(status, 0)
        self.assertNotEqual(self.in_use(), before)

    def test_rules_file_that_this_user_cannot_read_is_reloaded_with_yes_alone(self):
        self.center.write_rules(CHANGED)
        before = self.in_use()
        other = self.center.path("other.yaml")
        with open(self.center.path("usherd.yaml")) as file, open(other, "w") as copy:
            copy.write(file.read().replace("rules.yaml", "elsewhere.yaml"))
        status, _, errors = self.usherctl("reload", "--config", other)
        self.assertEqual((status, self.in_use()), (2, before))
        self.assertIn("elsewhere.yaml cannot be read: No such file or directory", errors)
        self.assertIn("--yes reloads without", errors)
        status, _, errors = self.usherctl("reload", "--config", other, "--yes")
        self.assertEqual(status, 0, errors)
        self.assertNotEqual(self.in_use(), before)

    def test_redis_that_is_away_and_usherd_that_is_away_are_told(self):
        self.center.write_rules(CHANGED)
        self.center.kill_usherd()
        status, _, errors = self.usherctl("reload", "--yes")
        self.assertEqual(status, 3)


class Rollback(Reload):
    def setUp(self):
        super().setUp()
        self.first = self.in_use()
        self.center.write_rules(CHANGED)
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        self.second = self.in_use()

    def test_it_goes_back_file_and_all_and_a_restart_keeps_that(self):
        os.chmod(self.center.path("rules.yaml"), 0o640)
        status, output, errors = self.usherctl("rollback", "--yes")
        self.assertEqual((status, errors, self.in_use(), self.file()), (0, "", self.first, RULES))
        self.assertRegex(output, r"queues billing +ring +20s +15s")
        kept = self.center.path("rules.yaml." + self.second[:12])
        self.assertIn(f"what it held is in {kept}", output)
        with open(kept) as file:
            self.assertEqual(file.read(), CHANGED)
        self.assertEqual(os.stat(self.center.path("rules.yaml")).st_mode & 0o777, 0o640)
        self.center.kill_usherd()
        self.center.start_usherd()
        self.assertEqual(self.in_use(), self.first)
        self.assertEqual(self.usherctl("rollback", "--yes")[0], 0)
        self.assertEqual((self.in_use(), self.file()), (self.second, CHANGED))

    def test_link_in_the_files_place_stays_and_what_it_leads_to_is_put_back(self):
        os.makedirs(self.center.path("versions"))
        os.rename(self.center.path("rules.yaml"), self.center.path("versions/now.yaml"))
        os.symlink("versions/now.yaml", self.center.path("rules.yaml"))
        self.assertEqual(self.usherctl("rollback", "--yes")[0], 0)
        self.assertEqual((self.in_use(), self.file()), (self.first, RULES))
        self.assertTrue(os.path.islink(self.center.path("rules.yaml")))
        self.assertEqual(sorted(os.listdir(self.center.path("versions"))), ["now.yaml", f"now.yaml.{self.second[:12]}"])

    def test_file_that_holds_them_already_is_not_told_to_be_put_back(self):
        self.center.write_rules(RULES)
        status, output, _ = self.usherctl("rollback", "--yes")
        self.assertEqual((status, self.in_use()), (0, self.first))
        self.assertNotIn("kept beside it", output)
        self.assertNotIn("rules.yaml." + self.second[:12], os.listdir(self.center.folder))

    def test_file_that_is_gone_is_told_how_to_bring_back(self):
        os.remove(self.center.path("rules.yaml"))
        status, _, errors = self.usherctl("rollback", "--yes")
        self.assertEqual((status, self.in_use()), (1, self.second))
        path = self.center.path("rules.yaml")
        self.assertIn(f"put the text there with usherctl rules {self.first[:12]} >{path}, and then reload", errors)
        self.center.write_rules(self.usherctl("rules", self.first[:12])[1])
        self.assertEqual(self.usherctl("reload", "--yes")[0], 0)
        self.assertEqual(self.in_use(), self.first)

    def test_it_asks_and_needs_yes_without_a_terminal(self):
        self.assertEqual(self.usherctl("rollback")[0], 2)
        self.assertIn("Nothing was changed", self.usherctl("rollback", "--dry-run")[1])
        self.assertEqual(self.usherctl_at_terminal("n", "rollback")[0], 1)
        self.assertEqual((self.in_use(), self.file()), (self.second, CHANGED))
        self.assertEqual(self.usherctl_at_terminal("y", "rollback", self.first[:6])[0], 0)
        self.assertEqual(self.in_use(), self.first)
        self.assertIn("there is nothing to do", self.usherctl("rollback", self.first)[1])

    def test_hash_that_is_none_is_told(self):
        for wanted, words in (("zzzz", "is the beginning of no version"), ("0" * 64, "does not have the text of the rules 000000000000")):
            status, _, errors = self.usherctl("rollback", wanted, "--yes")
            self.assertEqual(status, 1)
            self.assertIn(words, errors)

    def test_file_that_usherd_refuses_to_take_is_put_back(self):
        with open(self.center.path("usherd.yaml"), "a") as file:
            file.write("outage: sometimes\n")
        good = self.center.path("good.yaml")
        with open(self.center.path("usherd.yaml")) as file, open(good, "w") as copy:
            copy.write(file.read().replace("outage: sometimes\n", ""))
        status, _, errors = self.usherctl("rollback", "--yes", "--config", good)
        self.assertEqual((status, self.in_use(), self.file()), (1, self.second, CHANGED))
        self.assertIn("rules.yaml is as it was", errors)
        self.assertEqual([name for name in os.listdir(self.center.folder) if name.startswith("rules.yaml.")], [])

    def test_versions_are_listed_the_newest_first_and_printed(self):
        status, output, errors = self.usherctl("rules")
        self.assertEqual((status, errors), (0, ""))
        lines = output.splitlines()
        self.assertRegex(lines[1], rf"^{self.second[:12]} +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d +in use, in the file")
        self.assertRegex(lines[2], rf"^{self.first[:12]} +20\d\d-")
        self.assertEqual(self.usherctl("rules", self.first[:8])[1], RULES)
        for none in ("12", "zzzz", "0" * 65):
            status, output, errors = self.usherctl("rules", none)
            self.assertEqual((status, output), (1, ""))
            self.assertIn(f"{none} is the beginning of no version, or of several", errors)
        versions = [json.loads(line) for line in self.usherctl("rules", "--json")[1].splitlines()]
        self.assertEqual([(v["hash"], v["in_use"], v["in_file"]) for v in versions],
                         [(self.second, True, True), (self.first, False, False)])
        self.center.kill_usherd()
        status, output, _ = self.usherctl("rules")
        self.assertEqual(status, 0)
        self.assertIn(self.first[:12], output)


if __name__ == "__main__":
    unittest.main()
