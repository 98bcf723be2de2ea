"""`usherctl traffic fit`: a traffic model estimated from calls, without usherd and Redis."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import calls


class Fit(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="usher-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def run_ctl(self, *words, **options):
        done = subprocess.run([os.environ["USHERCTL"], *words], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "TZ": "UTC"}, **options)
        return done.returncode, done.stdout, done.stderr

    def fit(self, path, *words):
        return self.run_ctl("traffic", "fit", path, "--rules", self.path("rules.yaml"), *words)

    def check_differences(self, errors, made):
        """The table's rows: seen is what the calls say, and the model comes near it."""
        rows = {row[0].strip(): (float(row[1]), float(row[2]), float(row[3]))
                for row in re.findall(r"^(\S[\w ]+?)  +([\d.]+) [s%] +([\d.]+) [s%](?: ± [\d.]+)? +([-+][\d.]+)$", errors, re.M)}
        answered = [call["wait"] for call in made if call["agent"] is not None]
        self.assertAlmostEqual(rows["average speed of answer"][0], sum(answered) / len(answered), delta=.06)
        self.assertAlmostEqual(rows["gave up"][0], 100 * (1 - len(answered) / len(made)), delta=.06)
        for title, reach in (("average speed of answer", 12), ("gave up", 5), ("service level", 8)):
            self.assertLess(abs(rows[title][2]), reach, errors)
        self.assertIn("of bills", rows)

    def check_model(self, model):
        self.assertRegex(model, r"\nstarts: 9h # 09:00|\nstarts: 540m # 09:00")
        self.assertRegex(model, r"\nday: 180m\n")
        handles = [int(found) for found in re.findall(r"\n    handle: (\d+)s\n", model)]
        self.assertEqual(len(handles), 2)
        for handle in handles:
            self.assertAlmostEqual(handle, 240, delta=40)
        self.assertRegex(model, r"\n    patience: \{1s: 0\.\d+")
        rates = [sum(map(float, found.split(","))) for found in re.findall(r"per_hour: \[([^]]*)\]", model)]
        self.assertAlmostEqual(sum(rates) / 6, 70, delta=8)

    def test_model_of_a_csv_is_simulated_at_once(self):
        made = calls.center()
        status, model, errors = self.fit(self.write("calls.csv", calls.as_csv(made)))
        self.assertEqual(status, 0, errors)
        self.check_differences(errors, made)
        self.check_model(model)
        self.assertIn(f"# {len(made)} calls of 6 days, 2026-11-02 to 2026-11-07.\n", model)
        self.assertIn("# - Agents: 6 are named", model)
        self.assertRegex(model, r'\n  agent-1: \{skills: \{bills: 10, sales: 10\}')
        self.write("traffic.yaml", model)
        status, output, errors = self.run_ctl("simulate", self.path("rules.yaml"), "--compare", "fifo", "--days", "2", "--json")
        self.assertEqual((status, errors), (0, ""))
        rows = [json.loads(line) for line in output.splitlines()]
        self.assertEqual([row["entry"] for row in rows], ["rules.yaml", "fifo"])
        self.assertEqual({row["queue"] for row in rows[0]["classes"]}, {"bills", "sales"})

    def test_columns_of_any_name_can_be_told(self):
        text = "begin;q;ms;who\n1795510800;600;0;\n1795510860;600;4000;anna\n1795510900;600;500;anna\n"
        words = ("--column", "arrival=begin", "--column", "queue=q", "--column", "wait=ms", "--column", "agent=who", "--days", "2")
        status, model, errors = self.fit(self.write("calls.csv", text), *words)
        self.assertEqual(status, 0, errors)
        self.assertIn('  "600":\n', model)
        self.assertIn("# 3 came: 2 answered, 1 gave up; 0 times of service", model)
        self.assertIn("handle: 5m # a guess", model)

    def test_what_is_wrong_is_told_with_its_place(self):
        path = self.write("calls.csv", "arrived,wait,talk\n2026-11-02 9:00:00,5,60\n2026-13-02 9:00:00,5,60\n2026-11-02 9:00:00,soon,60\n")
        status, output, errors = self.fit(path)
        self.assertEqual((status, output), (1, ""))
        self.assertIn(f"{path}:3:1: arrival `2026-13-02 9:00:00`: write 2026-11-23 09:30:05", errors)
        self.assertIn(f"{path}:4:20: wait `soon`: write seconds", errors)
        status, _, errors = self.fit(path, "--column", "wait=hold")
        self.assertEqual(status, 1)
        self.assertIn(f"{path}:1:1: --column wait=hold: no column is named `hold`; there are arrived, wait, talk", errors)
        status, _, errors = self.fit(path, "--column", "pause=wait")
        self.assertIn("--column pause=wait: write WHAT=NAME, where WHAT is date, arrival,", errors)
        status, _, errors = self.fit(self.write("other.csv", "when,length\n9:00,5\n"))
        self.assertEqual(status, 1)
        self.assertIn("which column is the arrival? Say so with --column arrival=NAME", errors)
        status, _, errors = self.fit(self.write("none.csv", "arrived,wait,talk\n2026-11-02 9:00:00,5,0\n"))
        self.assertEqual(status, 1)
        self.assertIn("of 1 calls none was answered", errors)


if __name__ == "__main__":
    unittest.main()
