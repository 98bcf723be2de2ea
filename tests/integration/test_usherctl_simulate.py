"""`usherctl simulate`: rules tried on a model of the traffic, without usherd and Redis."""
import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from terminal import Terminal

SOURCE = os.environ["USHER_SOURCE"]
DEMO = os.path.join(SOURCE, "config/demo/rules.yaml")
EXAMPLES = os.path.join(SOURCE, "config/examples")


class Simulate(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="usher-")
        self.addCleanup(shutil.rmtree, self.folder)

    def simulate(self, *words, text=""):
        done = subprocess.run([os.environ["USHERCTL"], "simulate", *words], input=text, capture_output=True, text=True, timeout=60,
                              check=False)
        return done.returncode, done.stdout, done.stderr

    def figures(self, *words):
        status, output, errors = self.simulate(*words, "--json")
        self.assertEqual((status, errors), (0, ""))
        return {row["entry"]: row for row in map(json.loads, output.splitlines())}

    def test_demo_is_compared_with_fifo_in_a_table(self):
        status, output, errors = self.simulate(DEMO, "--compare", "fifo", "--days", "3")
        self.assertEqual((status, errors), (0, ""))
        lines = output.splitlines()
        self.assertEqual(lines[0], "3 days of 8 h with 12 agents, seed 1; ± is 95 % confidence")
        self.assertRegex(lines[2], r"^ +rules.yaml +fifo +difference$")
        self.assertTrue(any(line.startswith("service level  ") for line in lines))
        self.assertRegex(output, r"\nsupport, gold +\d+\.\d % +\d+\.\d %\n")
        self.assertNotIn("\x1b", output)

    def test_skewed_center_is_better_off_than_with_the_simple_ways(self):
        rules = os.path.join(EXAMPLES, "skewed.yaml")
        rows = self.figures(rules, "--traffic", os.path.join(EXAMPLES, "skewed-traffic.yaml"), "--days", "6", "--compare", "fifo",
                            "--compare", "greedy", "--compare", "penalties")
        self.assertEqual(list(rows), ["skewed.yaml", "fifo", "greedy", "penalties"])
        for name in ("fifo", "greedy", "penalties"):
            for key, sign in (("service_level", -1), ("worst_level", -1), ("cost_s", 1)):
                mean, reach = rows[name]["differences"][key]
                self.assertGreater(sign * mean + reach, 0, (name, key))
        self.assertLess(rows["fifo"]["differences"]["service_level"][0], -.04)

    def test_real_center_with_hours_callbacks_and_dispositions_is_served(self):
        rows = self.figures(os.path.join(EXAMPLES, "provider.yaml"), "--days", "2")
        figures = rows["provider.yaml"]["figures"]
        self.assertGreater(figures["service_level"][0], .6)
        self.assertLess(figures["abandoned"][0], .15)

    def test_same_seed_gives_the_same_days_and_another_others(self):
        words = (DEMO, "--days", "2", "--csv")
        first, again, other = self.simulate(*words), self.simulate(*words), self.simulate(*words, "--seed", "2")
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
        rows = list(csv.DictReader(io.StringIO(first[1])))
        self.assertEqual([(row["entry"], row["day"]) for row in rows], [("rules.yaml", "1"), ("rules.yaml", "2")])
        self.assertGreater(float(rows[0]["arrived"]), 500)

    def test_rules_are_compared_with_other_rules(self):
        other = os.path.join(self.folder, "patient.yaml")
        with open(DEMO, encoding="utf-8") as source, open(other, "w", encoding="utf-8") as target:
            target.write(source.read().replace("answer_within: 20s", "answer_within: 60s"))
        rows = self.figures(DEMO, "--days", "3", "--compare", other)
        self.assertGreater(rows["patient.yaml"]["differences"]["service_level"][0], 0)

    def test_rules_are_named_by_their_files_with_the_folder_only_where_it_tells_them_apart(self):
        with open(DEMO, encoding="utf-8") as file:
            text = file.read()
        traffic = ("--traffic", os.path.join(SOURCE, "config/demo/traffic.yaml"), "--days", "1", "--json")
        same, other = self.write("rules.yaml", text), self.write("other.yaml", text)
        for rules, compared, expected in ((DEMO, [other, "fifo"], ["rules.yaml", "other.yaml", "fifo"]),
                                          (DEMO, [same, other], [DEMO, same, "other.yaml"]),
                                          ("-", [other], ["standard input", "other.yaml"])):
            words = [word for name in compared for word in ("--compare", name)]
            status, output, errors = self.simulate(rules, *traffic, *words, text=text)
            self.assertEqual((status, errors), (0, ""))
            self.assertEqual([json.loads(line)["entry"] for line in output.splitlines()], expected)

    def test_more_load_is_more_to_do(self):
        usual, more = self.figures(DEMO, "--days", "2"), self.figures(DEMO, "--days", "2", "--load", "120")
        for key in ("arrived", "occupancy", "answer_s"):
            self.assertGreater(more["rules.yaml"]["figures"][key][0], usual["rules.yaml"]["figures"][key][0] * 1.05, key)
        self.assertIn("12 agents at 120 % of the load, seed 1", self.simulate(DEMO, "--days", "1", "--load", "120")[1])

    def rare_gold(self, rate=30):
        """A center in which somebody is always free, and gold is one in 20 hours."""
        for name, text in (("traffic.yaml", "day: 4h\ncustomers:\n"
                                            f"  calls: {{per_hour: {rate}}}\n  gold: {{per_hour: 0.05, data: {{tier: gold}}}}\n"
                                            "agents: {crew: {count: 20}}\n"),
                           ("rules.yaml", "tiers: {gold: {}}\nqueues: {all: {}}\n"
                                          "routes:\n  - {when: {data.tier: gold}, queue: all, tier: gold}\n  - {queue: all}\n")):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        return os.path.join(self.folder, "rules.yaml")

    def test_day_without_a_figure_is_not_one_of_zero(self):
        rules = self.rare_gold()
        words = (rules, "--days", "20", "--compare", "fifo")
        self.assertRegex(self.simulate(*words)[1], r"\nfirst tier +100\.0 % ± 0\.0 +100\.0 % ± 0\.0 +\+0\.0 ± 0\.0\n")
        rows = self.figures(*words)
        self.assertEqual(rows["rules.yaml"]["figures"]["first_level"], [1, 0])
        self.assertEqual(rows["fifo"]["figures"]["told_kept"], [None, None])
        levels = {row["first_level"] for row in csv.DictReader(io.StringIO(self.simulate(*words, "--csv")[1]))}
        self.assertEqual(levels, {"", "1"})

    def test_figure_of_no_day_is_a_dash_or_has_no_row(self):
        rules = self.rare_gold(rate=0.01)
        path = os.path.join(self.folder, "levels.svg")
        words = (rules, "--days", "2", "--load", "1", "--svg", path)
        output = self.simulate(*words)[1]
        self.assertRegex(output, r"\ncontacts +0 ± 0\n")
        self.assertNotIn("service level  ", output)
        self.assertEqual(self.figures(*words)["rules.yaml"]["figures"]["service_level"], [None, None])
        self.assertNotIn("nan", self.simulate(*words, "--csv")[1])
        with open(path, encoding="utf-8") as drawing:
            self.assertNotIn("nan", drawing.read())

    def test_class_that_nobody_answered_has_no_figures(self):
        rules = self.rare_gold()
        with open(os.path.join(self.folder, "traffic.yaml"), "w", encoding="utf-8") as file:
            file.write("day: 4h\ncustomers: {calls: {per_hour: 1, patience: 1s}}\nagents: {late: {shift: \"11:59-12:00\"}}\n")
        row, = json.loads(self.simulate(rules, "--days", "1", "--json")[1])["classes"]
        self.assertGreater(row["abandoned"], 0)
        for key in ("service_level", "answer_s", "foretold_wait_s", "foretold_bias_s", "foretold_error"):
            self.assertIsNone(row[key], key)
        self.assertRegex(self.simulate(rules, "--days", "1")[1], r"\nall, standard +-\n")

    def test_name_of_any_characters_is_one_cell(self):
        rules = self.rare_gold()
        for name in ("r,2.yaml", 'r"2".yaml', "r\n2.yaml"):
            path = shutil.copy(rules, os.path.join(self.folder, name))
            rows = list(csv.DictReader(io.StringIO(self.simulate(path, "--days", "1", "--csv")[1], newline="")))
            self.assertEqual([(row["entry"], row["day"], row["refused"]) for row in rows], [(name, "1", "0")])

    def test_reach_of_one_day_is_not_known(self):
        self.assertIsNone(self.figures(DEMO, "--days", "1")["rules.yaml"]["figures"]["service_level"][1])

    def test_first_tier_of_one_has_no_row(self):
        rules = self.rare_gold()
        with open(rules, "w", encoding="utf-8") as file:
            file.write("queues: {all: {}}\nroutes: [{queue: all}]\n")
        output = self.simulate(rules, "--days", "1")[1]
        self.assertIn("\nworst class ", output)
        self.assertNotIn("first tier", output)

    def test_drawing_is_svg(self):
        path = os.path.join(self.folder, "levels.svg")
        status, _, errors = self.simulate(DEMO, "--days", "2", "--compare", "greedy", "--svg", path)
        self.assertEqual((status, errors), (0, ""))
        root = xml.etree.ElementTree.parse(path).getroot()
        self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
        words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("greedy", words)
        self.assertIn("support, gold", words)
        left = float(next(element.get("x") for element in root.iter("{http://www.w3.org/2000/svg}rect") if element.get("x")))
        reaches = [element.get("d") for element in root.iter("{http://www.w3.org/2000/svg}path")]
        self.assertEqual(len(reaches), 2)
        for begin, end in (re.fullmatch(r"M(\S+) \S+H(\S+)", reach).groups() for reach in reaches):
            self.assertTrue(left <= float(begin) < float(end) <= left + 560, reaches)
        status, _, errors = self.simulate(DEMO, "--days", "1", "--svg", os.path.join(self.folder, "none", "x.svg"))
        self.assertEqual(status, 1)
        self.assertIn("cannot be written: No such file or directory", errors)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_skills_that_do_not_fit_are_told_of_each_of_the_rules(self):
        self.write("traffic.yaml", "day: 1h\ncustomers:\n  orders: {per_hour: 30, data: {topic: orders}}\n  back: {per_hour: 9, data: {lang: pl}}\n"
                   "  late: {per_hour: 9}\n  letters: {per_hour: 9, channel: email}\n"
                   "agents: {crew: {count: 3, skills: {orders: 5, returns: 5, lang.uk: 9}, capacity: {email: 0}}}\n")
        text = ("skills: [orders, returns, lang.uk, lang.pl]\nqueues:\n  orders: {need: {orders: {min: 1}}}\n"
                "  returns: {need: {returns: {min: 1}}}\nroutes:\n  - {when: {channel: email}, queue: orders}\n"
                "  - {when: {data.topic: orders}, queue: orders}\n  - {queue: returns}\n")
        first = self.write("first.yaml", text)
        strict = self.write("strict.yaml", text.replace("returns: {min: 1}", "returns: {min: 10}"))
        tongues = self.write("tongues.yaml", text.replace("returns: {min: 1}", "lang.$data.lang: {else: lang.uk}"))
        eased = self.write("eased.yaml", text.replace("returns: {min: 1}}", "returns: {min: 10}}, relax: [{after: 1m, returns: {min: 5}}]"))
        nobody = "no agent of the traffic can serve the customers"
        letters = f"{nobody} `letters` in the queue `orders`"
        for rules, compared, expected in (
                (first, [strict, "fifo"], [f"{first}: {letters}", f"{strict}: {nobody} `back` and 1 other kind in the queue `returns`",
                                           f"{strict}: {letters}"]),
                (tongues, [], [f"{tongues}: {nobody} `back` in the queue `returns`", f"{tongues}: {letters}"]),
                (eased, [], [f"{eased}: {letters}"])):
            words = [word for name in compared for word in ("--compare", name)]
            status, _, errors = self.simulate(rules, "--days", "1", *words)
            self.assertEqual((status, errors), (0, "".join(f"usherctl: {line}\n" for line in expected)))

    def test_queue_that_only_other_rules_have_is_shown(self):
        self.write("traffic.yaml", "day: 1h\ncustomers: {calls: {per_hour: 30}}\nagents: {crew: {count: 3}}\n")
        text = "queues: {old: {}}\nroutes: [{queue: old}]\n"
        rules, other = self.write("rules.yaml", text), self.write("other.yaml", text.replace("old", "new"))
        drawing = os.path.join(self.folder, "levels.svg")
        status, output, errors = self.simulate(rules, "--compare", other, "--days", "2", "--svg", drawing)
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(output, r"\nold, standard +\d+\.\d % +-\nnew, standard +- +\d+\.\d %\n")
        words = [element.text for element in xml.etree.ElementTree.parse(drawing).iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("old, standard", words)
        self.assertIn("new, standard", words)

    def test_service_levels_by_different_promises_are_marked(self):
        with open(DEMO, encoding="utf-8") as file:
            text = file.read()
        other = self.write("other.yaml", text.replace("gold: 10s", "gold: 5s").replace("email: 1h", "email: 2h"))
        words = ("--days", "1", "--compare", "fifo")
        _, output, _ = self.simulate(DEMO, *words)
        self.assertNotIn("promise", output)
        _, output, _ = self.simulate(DEMO, *words, "--compare", other)
        self.assertTrue(output.endswith("\n\nservice level: each by its own promise; those of `billing`, `support` differ\n"), output)

    def test_bar_is_there_at_once_and_gone_at_the_end(self):
        with Terminal([os.environ["USHERCTL"], "simulate", DEMO, "--days", "3"], 100, 60) as terminal:
            self.assertEqual(terminal.wait_end(), 0)
            self.assertIn(f"{30 * '·'} 0 of 3", terminal.written)
            self.assertTrue(terminal.text().startswith("3 days of 8 h"), terminal.text())

    def test_bar_is_gone_when_the_simulation_is_interrupted(self):
        for number, keys in ((signal.SIGINT, "\x03"), (signal.SIGTERM, "")):
            with self.subTest(number), Terminal([os.environ["USHERCTL"], "simulate", DEMO, "--days", "100000"]) as terminal:
                terminal.wait("of 100000")
                if keys:
                    terminal.press(keys)
                else:
                    terminal.process.send_signal(number)
                self.assertEqual((terminal.wait_end(), terminal.text().strip()), (-number, ""))

    def test_rules_that_cannot_be_read_are_told_before_a_missing_traffic(self):
        path = os.path.join(self.folder, "nope.yaml")
        for rules, why in ((path, "No such file or directory"), (self.folder, "Is a directory")):
            status, output, errors = self.simulate(rules)
            self.assertEqual((status, output, errors), (1, "", f"usherctl: {rules} cannot be read: {why}\n"))

    def test_drawing_has_names_of_any_characters(self):
        rules = self.rare_gold()
        for name, shown in (("a<b>&\"'.yaml", "a<b>&\"'.yaml"), ("b\x01\n.yaml", "b??.yaml"), ("a" + 40 * "é" + ".yaml", "a" + 29 * "é" + "…")):
            path = os.path.join(self.folder, "levels.svg")
            self.assertEqual(self.simulate(shutil.copy(rules, os.path.join(self.folder, name)), "--days", "1", "--svg", path)[0], 0)
            words = [element.text for element in xml.etree.ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]
            self.assertIn(shown, words)

    def test_what_is_wrong_is_told_with_its_place(self):
        traffic = os.path.join(self.folder, "traffic.yaml")
        with open(traffic, "w", encoding="utf-8") as file:
            file.write("customers:\n  calls: {per_hour: many}\nagents: {anna: {}}\n")
        status, output, errors = self.simulate(DEMO, "--traffic", traffic)
        self.assertEqual((status, output), (1, ""))
        self.assertIn(f"{traffic}:2:21: `per_hour` is `many`", errors)
        rules = os.path.join(self.folder, "rules.yaml")
        with open(rules, "w", encoding="utf-8") as file:
            file.write("queues: {all: {}}\nroutes: [{queue: al}]\n")
        status, _, errors = self.simulate(rules, "--traffic", traffic)
        self.assertEqual(status, 1)
        self.assertIn(f"{rules}:2:18: queue `al` is not declared; did you mean `all`?", errors)
        with open(traffic, "w", encoding="utf-8") as file:
            file.write("customers: {calls: {per_hour: 30}}\nagents: {crew: {count: 3, skills: {chess: 5}}}\n")
        status, _, errors = self.simulate(DEMO, "--traffic", traffic, "--days", "1")
        self.assertEqual(status, 0)
        self.assertIn(f"usherctl: {DEMO}: the rules do not have the skill `chess` of 3 agents\n", errors)
        os.unlink(traffic)
        with open(rules, "w", encoding="utf-8") as file:
            file.write("queues: {all: {}}\nroutes: [{queue: all}]\n")
        status, _, errors = self.simulate(rules)
        self.assertEqual(status, 1)
        self.assertIn(f"{traffic} is not there; --traffic names the model", errors)
        status, _, errors = self.simulate(DEMO, "--compare", "fiffo")
        self.assertEqual(status, 1)
        self.assertIn("--compare fiffo: there is no such file, and of names it takes fifo, greedy and penalties", errors)

    def test_options_that_do_not_fit_are_refused(self):
        for words, expected in (
                (("--days", "0"), '--days takes a whole number from 1 to 100000, not "0"'),
                (("--days", "1.5"), '--days takes a whole number from 1 to 100000, not "1.5"'),
                (("--days", "100001"), '--days takes a whole number from 1 to 100000, not "100001"'),
                (("--seed", "99999999999999999999"),
                 '--seed takes a whole number from 1 to 9223372036854775807, not "99999999999999999999"'),
                (("--load", "1.15"), '--load takes a whole number from 1 to 10000 in per cent, such as 115, not "1.15"'),
                (("--load", "115%"), '--load takes a whole number from 1 to 10000 in per cent, such as 115, not "115%"'),
                (("--compare", "fifo") * 8, "--compare can be given at most 7 times"),
                (("--csv", "--json"), "--json or --csv, not both"), (("--svg", "-"), "--svg: the drawing needs a file of its own, not -")):
            status, output, errors = self.simulate(DEMO, *words)
            self.assertEqual((status, output), (2, ""), words)
            self.assertTrue(errors.startswith(f"usherctl: {expected}\n"), errors)

    def test_options_reach_up_to_their_bounds(self):
        words = ("--load", "1", "--seed", "9223372036854775807", "--days", "1", *(("--compare", "fifo") * 7))
        self.assertEqual(self.simulate(DEMO, *words, "--json")[0], 0)


if __name__ == "__main__":
    unittest.main()
