"""`usherctl traffic fit`: a traffic model estimated from calls in a file, without usherd and Redis, or in the journal."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import calls
from ctl import CtlTest
from harness import wait_until


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

    def fit(self, path, *words, **options):
        rules = self.path("rules.yaml")
        if os.path.exists(rules):
            os.unlink(rules)  # of the fit before
        return self.run_ctl("traffic", "fit", path, "--rules", rules, *words, **options)

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

    def test_model_that_does_not_give_back_what_was_seen_is_told(self):
        made = calls.center()
        status, _, errors = self.fit(self.write("calls.csv", calls.as_csv(made)))
        self.assertEqual(status, 0, errors)
        self.assertNotIn("give back", errors)
        self.assertNotIn("too few", errors)
        for call in made:  # one kind goes first
            call["wait"] = 0 if call["kind"] == "sales" else call["wait"] + 25
        status, _, errors = self.run_ctl("traffic", "fit", self.write("first.csv", calls.as_csv(made)))
        self.assertEqual(status, 0, errors)
        self.assertRegex(errors, r"\n\nThe model does not give back: (.*, )?service level of bills(, sales)?\. Some agents may have served "
                                 r"only some queues, or some queues went first; do not trust what `usherctl simulate` says of (it|them)\.\n$")

    def test_too_few_calls_are_told(self):
        for count, words in ((1, "1 answered call is too few: "), (10, "10 answered calls are too few: ")):
            rows = "".join(f"2026-11-02 9:{minute:02}:00,5,60\n" for minute in range(count))
            status, _, errors = self.run_ctl("traffic", "fit", self.write("calls.csv", "arrived,wait,talk\n" + rows), "--days", "2")
            self.assertEqual(status, 0, errors)
            self.assertTrue(errors.endswith("\n\n" + words + "the model is hardly more than chance.\n"), errors)

    def test_differences_are_told_to_programs(self):
        made = calls.center()
        status, _, errors = self.fit(self.write("calls.csv", calls.as_csv(made)), "--json", "--days", "3")
        self.assertEqual(status, 0, errors)
        told = json.loads(errors)
        answered = [call["wait"] for call in made if call["agent"] is not None]
        self.assertAlmostEqual(told["answer_s"]["seen"], sum(answered) / len(answered), delta=.01)
        self.assertAlmostEqual(told["abandoned"]["seen"], 1 - len(answered) / len(made), delta=.001)
        self.assertLess(abs(told["service_level"]["seen"] - told["service_level"]["simulated"]), .2)
        self.assertEqual({row["queue"] for row in told["service_level_of"]}, {"bills", "sales"})
        self.assertEqual((told["days"], told["simulated_days"], told["way"]), (6, 3, "fifo"))

    def test_queue_log_gives_the_same_model(self):
        made = calls.center()
        text = "1700000000|NONE|NONE|NONE|QUEUESTART|\nthat was cut off\n" + calls.as_queue_log(made)
        status, model, errors = self.fit("-", input=text)
        self.assertEqual(status, 0, errors)
        self.assertIn("standard input: the calls of 6 days, and 20 simulated days under `fifo`", errors)
        self.check_differences(errors, made)
        self.check_model(model)
        self.assertIn(f"# {len(made)} calls of 6 days, 2023-11-20 to 2023-11-25.\n# Left out (1): lines that are none", model)
        self.assertIn("# - Agents: 6 are named, on average", model)
        self.assertRegex(model, r"\n  SIP-101: \{skills: \{bills: 10, sales: 10\}")
        self.assertEqual(re.findall(r"\n# Names: (.*)", model),
                         ["`SIP/101` is `SIP-101` here: a model's names have only plain letters, digits and `-._@+`."])

    def test_queue_log_with_penalties_is_held_against_penalties(self):
        text = calls.as_queue_log(calls.center(days=2))
        begin = text.index("\n") + 1
        text = text[:begin] + "".join(f"{calls.FIRST_DAY + 9 * 3600}|NONE|NONE|SIP/{agent}|PENALTY|{penalty}\n"
                                      for agent, penalty in ((101, 0), (102, 1), (103, 5))) + text[begin:]
        status, model, errors = self.fit(self.write("queue_log", text), "--days", "2")
        self.assertEqual(status, 0, errors)
        self.assertIn("under `penalties`", errors)
        for agent, level in ((101, 10), (102, 7), (103, 4), (104, 10)):
            self.assertRegex(model, rf"\n  SIP-{agent}: \{{skills: \{{bills: {level}, sales: {level}\}}")

    def test_queue_log_counts_what_a_time_out_ended_and_how_long_it_rang(self):
        begin = calls.FIRST_DAY + 9 * 3600
        text = "".join(f"{begin + at}|{rest}\n" for at, rest in (
            (0, "1.1|600|NONE|ENTERQUEUE||1|1"), (6, "1.1|600|SIP/1|CONNECT|6|1.2|4"), (66, "1.1|600|SIP/1|COMPLETEAGENT|6|60|1"),
            (70, "1.3|600|NONE|ENTERQUEUE||2|1"), (100, "1.3|600|NONE|EXITWITHTIMEOUT|1|1|30"),
            (110, "1.3|700|NONE|ENTERQUEUE||2|1"), (112, "1.3|700|NONE|ABANDON|1|1|2"), (120, "1.5|600|NONE|ENTERQUEUE||3|1"),
            (122, "1.5|600|SIP/1|CONNECT|2|1.6|2"), (130, "1.7|600|NONE|ENTERQUEUE||3|1")))
        status, model, errors = self.fit(self.write("queue_log", text), "--days", "2")
        self.assertEqual(status, 0, errors)
        self.assertIn("# 3 came: 2 answered, 0 gave up, 1 ended otherwise; 1 time of service", model)
        self.assertIn("# 1 came: 0 answered, 1 gave up; 0 times", model)
        self.assertIn("# - Calls that ended in the queue's own way, such as a time-out (1):", model)
        self.assertIn("usual_agent: {answers_after: 1500ms, answers_within: 4500ms}", model)

    def test_no_file_that_is_there_is_written_over_with_rules(self):
        text = calls.as_queue_log(calls.center(days=2))
        path = self.write("queue_log", text)
        status, output, errors = self.run_ctl("traffic", "fit", path, "--rules", path, "--days", "2")
        self.assertEqual((status, output), (1, ""))
        self.assertEqual(errors, f"usherctl: {path} is there already; name a new file, or remove it\n")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), text)

    def test_queue_log_knows_that_who_comes_again_is_not_paused(self):
        lines = []
        for at in range(calls.FIRST_DAY + 9 * 3600, calls.FIRST_DAY + 5 * 86400, 86400):
            for agent in range(4):
                call = f"{at}.{agent}|600"
                lines += [(at, f"NONE|600|SIP/{agent}|ADDMEMBER|"), (at + 5, f"{call}|NONE|ENTERQUEUE||1|1"),
                          (at + 5, f"{call}|SIP/{agent}|CONNECT|0|1.6|0"), (at + 3500, f"{call}|SIP/{agent}|COMPLETEAGENT|0|3495|1"),
                          (at + 3560, f"NONE|600|SIP/{agent}|PAUSE|"), (at + 3600, f"NONE|600|SIP/{agent}|REMOVEMEMBER|")]
            lines += [(at + 1800, f"{at}.9|600|NONE|ENTERQUEUE||1|1"), (at + 3500, f"{at}.9|600|SIP/0|CONNECT|1700|1.7|0"),
                      (at + 3510, f"{at}.9|600|SIP/0|COMPLETEAGENT|1700|10|1")]
        text = "".join(f"{at}|{rest}\n" for at, rest in sorted(lines, key=lambda line: line[0]))
        status, model, errors = self.fit(self.write("queue_log", text), "--days", "1")
        self.assertEqual(status, 0, errors)
        self.assertIn("# - Agents: 4 are named, on average 4.0 at the same time", model)

    def test_columns_of_any_name_can_be_told(self):
        text = "begin;q;ms;who\n1795510800;600;0;\n1795510860;600;4000;anna\n1795510900;600;500;anna\n"
        words = ("--column", "arrival=begin", "--column", "queue=q", "--column", "wait=ms", "--column", "agent=who", "--days", "2")
        status, model, errors = self.fit(self.write("calls.csv", text), *words)
        self.assertEqual(status, 0, errors)
        self.assertIn('  "600":\n', model)
        self.assertIn("# 3 came: 2 answered, 1 gave up; 0 times of service", model)
        self.assertIn("handle: 5m # a guess", model)

    def seen_waits(self, rows, header="arrived,wait,agent"):
        """The average speed of answer and the service level of what a CSV says, in seconds and as a share."""
        text = header + "\n" + "".join(f"2026-11-02 9:00:{at:02},{row}\n" for at, row in enumerate(rows))
        status, _, errors = self.run_ctl("traffic", "fit", self.write("calls.csv", text), "--json", "--days", "1")
        self.assertEqual(status, 0, errors)
        told = json.loads(errors)
        return told["answer_s"]["seen"], told["service_level"]["seen"]

    def test_durations_have_fractions(self):
        self.assertEqual(self.seen_waits(["0.66,anna"], header="arrived,wait_minutes,agent"), (39.6, 0))
        self.assertEqual(self.seen_waits(["20.9,anna", "19.0555,anna"]), (19.9775, .5))
        self.assertEqual(self.seen_waits(["0:20.5,anna"]), (20.5, 0))
        self.assertEqual(self.seen_waits(["12.5,anna"], header="arrived,wait_ms,agent"), (.012, 1))
        self.assertEqual(self.seen_waits(["10:00:00,anna"], header="arrived,wait_minutes,agent"), (36000, 0))

    def test_units_stand_behind_the_names_of_columns(self):
        for unit, each in (("msec", 1000), ("msecs", 1000), ("millis", 1000), ("milliseconds", 1000), ("mins", 1 / 60), ("sec", 1)):
            self.assertEqual(self.seen_waits([f"{60 * each:.0f},anna"], header=f"arrived,wait_{unit},agent"), (60, 0), unit)

    def test_calls_of_a_day_on_which_nobody_answered_are_told_to_be_left_out(self):
        text = "arrived,wait,agent\n2026-11-02 9:00:00,5,anna\n2026-11-08 9:00:00,5,\n2026-11-08 9:00:30,5,\n"
        status, model, errors = self.fit(self.write("calls.csv", text), "--days", "1")
        self.assertEqual(status, 0, errors)
        self.assertIn("# Left out (1 day, with 2 calls): days of fewer than half the answers of the median day.\n", model)

    def test_what_is_wrong_is_told_with_its_place(self):
        path = self.write("calls.csv", "arrived,wait,talk\n2026-11-02 9:00:00,5,60\n2026-13-02 9:00:00,5,60\n2026-11-02 9:00:00,soon,60\n")
        status, output, errors = self.fit(path)
        self.assertEqual((status, output), (1, ""))
        self.assertIn(f"{path}:3:1: arrival `2026-13-02 9:00:00`: write 2026-11-23 09:30:05", errors)
        self.assertIn(f"{path}:4:20: wait `soon`: write seconds", errors)
        far = self.write("far.csv", "arrived,wait,talk\n2026-4294967297-01 9:00:00,5,60\n2026-01-4294967297 9:00:00,5,60\n")
        status, _, errors = self.fit(far)
        self.assertEqual(status, 1)
        self.assertIn(f"{far}:2:1: arrival `2026-4294967297-01 9:00:00`", errors)
        self.assertIn(f"{far}:3:1: arrival `2026-01-4294967297 9:00:00`", errors)
        status, _, errors = self.fit(path, "--column", "wait=hold")
        self.assertEqual(status, 1)
        self.assertIn(f"{path}:1:1: --column wait=hold: no column is named `hold`; there are arrived, wait, talk", errors)
        status, _, errors = self.fit(path, "--column", "pause=wait")
        self.assertIn("--column pause=wait: write WHAT=NAME, where WHAT is date, arrival,", errors)
        status, _, errors = self.fit(self.write("other.csv", "when,length\n9:00,5\n"))
        self.assertEqual(status, 1)
        self.assertIn("which column is the arrival? Say so with --column arrival=NAME", errors)
        words = self.write("words.csv", "arrived,wait,talk,outcome\n2026-11-02 9:00:00,5,60,beantwortet\n")
        status, _, errors = self.fit(words)
        self.assertEqual(status, 1)
        self.assertIn("usherctl: passed over (1): calls whose outcome is unknown here, the first of them beantwortet\n", errors)
        self.assertEqual(self.fit(words, "--column", "outcome=", "--days", "1")[0], 0)
        status, _, errors = self.fit(self.write("none.csv", "arrived,wait,talk\n2026-11-02 9:00:00,5,0\n"))
        self.assertEqual(status, 1)
        self.assertIn("none.csv: of 1 call none was answered; nothing can be estimated", errors)

    def test_one_is_told_as_one(self):
        status, model, errors = self.fit(self.write("calls.csv", "arrived,wait,talk,agent\n2026-11-02 9:00:00,5,60,anna\n"), "--days", "1")
        self.assertEqual(status, 0, errors)
        self.assertIn("# - Agents: 1 is named, on average", model)
        self.assertIn("; 1 time of service", model)
        status, _, errors = self.run_ctl("traffic", "fit", self.write("cell.csv", "arrived,wait,talk\n2026-11-02 9:00:00\n"))
        self.assertEqual(status, 1)
        self.assertIn("cell.csv:2:1: this row has 1 cell, and the first row 3;", errors)

    def test_column_that_is_not_there_is_told_once(self):
        path = self.write("calls.csv", "arrived,talk\n2026-11-02 9:00:00,60\n")
        status, _, errors = self.fit(path, "--column", "wait=hold")
        self.assertEqual((status, errors.count("\n")), (1, 1), errors)
        status, _, errors = self.fit(path, "--column", "wait=")
        self.assertIn("which column is the wait?", errors)
        path = self.write("bare.csv", "arrived,wait\n2026-11-02 9:00:00,5\n")
        status, _, errors = self.fit(path, "--column", "outcome=result")
        self.assertEqual((status, errors.count("\n")), (1, 1), errors)

    def test_zone_of_a_time_is_left_out_and_told(self):
        rows = "".join(f"2026-03-02T09:{at}:58{zone},5,60\n" for at, zone in
                       (("10", ""), ("11", "Z"), ("12", "+02:00"), ("13", "-0330"), ("14", ".250+02")))
        path = self.write("calls.csv", "arrived,wait,talk\n" + rows)
        status, model, errors = self.fit(path, "--days", "1")
        self.assertEqual(status, 0, errors)
        self.assertIn("# 5 calls of 1 day, 2026-03-02 to 2026-03-02.\n", model)
        self.assertIn("# Times are as they were written: the zones behind them are left out.\n", model)
        self.assertRegex(model, r"\nstarts: \w+ # 09:00\n")
        path = self.write("bad.csv", "arrived,wait,talk\n2026-03-02T09:00:00+0,5,60\n2026-03-02T09:00:00 UT,5,60\n")
        status, _, errors = self.run_ctl("traffic", "fit", path)
        self.assertEqual(errors.count("write 2026-11-23 09:30:05"), 2, errors)

    def test_dates_with_slashes_are_told_to_be_ambiguous(self):
        remedy = "is 02/03 in March or in February? Write 02.03.2026 09:00:58 or 2026-03-02 09:00:58"
        _, _, errors = self.fit(self.write("calls.csv", "arrived,wait,talk\n02/03/2026 09:00:58,5,60\n"))
        self.assertIn("calls.csv:2:1: arrival `02/03/2026 09:00:58`: " + remedy, errors)
        _, _, errors = self.fit(self.write("apart.csv", "date,arrived,wait,talk\n3/14/26,09:00:58,5,60\n"))
        self.assertIn("apart.csv:2:1: date `3/14/26`: " + remedy, errors)

    def test_columns_that_were_taken_are_told(self):
        rows = "day,joined,customer,type,priority,wait_s,outcome,talk_s,agent,\"and a\nnote\",\n" \
               "2026-03-02,9:00:00,7,NW,2,5,AGENT,60,anna,,\n2026-03-02,9:01:00,7,NW,2,5,AGENT,60,anna,,\n"
        status, model, errors = self.fit(self.write("calls.csv", rows), "--days", "1")
        self.assertEqual(status, 0, errors)
        self.assertIn("\n# Columns: arrival `joined` of `day`, wait `wait_s`, outcome `outcome`, service_time `talk_s`,\n"
                      "#   queue `type`, agent `agent`; not used: `customer`, `priority`, `and a note`.\n", model)

    def test_columns_of_the_same_name_are_refused_where_one_is_taken(self):
        rows = "\n2026-11-02 9:00:00,5,60,70\n"
        status, _, errors = self.run_ctl("traffic", "fit", self.write("calls.csv", "arrived,wait,talk,talk" + rows))
        self.assertEqual(status, 1)
        self.assertIn("calls.csv:1:19: another column is named `talk`, too; which one counts? Give them different names", errors)
        rows = "\n2026-11-02 9:00:00,5,60,70,80\n"
        status, _, errors = self.run_ctl("traffic", "fit", self.write("notes.csv", "arrived,wait,talk,note,note" + rows), "--days", "1")
        self.assertEqual(status, 0, errors)

    def test_queue_log_has_no_columns(self):
        path = self.write("queue_log", calls.as_queue_log(calls.center(days=1)))
        status, output, errors = self.fit(path, "--column", "wait=hold")
        self.assertEqual((status, output), (2, ""))
        self.assertIn("--column is for a CSV, and " + path + " is a queue_log", errors)

    def refuse_empty(self, text, *words):
        status, output, errors = self.fit(self.write("calls", text), *words)
        self.assertEqual((status, output), (1, ""), errors)
        return errors

    def test_why_nothing_can_be_estimated_is_told(self):
        header = "arrived,wait,talk\n"
        row = "{},5,{}\n".format
        two = header + row("2026-11-02 9:00:00", 60) + row("2026-11-03 9:00:00", 0)
        self.assertIn("calls: there are no calls in it that ended; nothing", self.refuse_empty(header))
        self.assertIn("calls: there are no calls in it that ended; nothing", self.refuse_empty("1700000000|NONE|NONE|NONE|QUEUESTART|\n"))
        self.assertIn("calls: of 2 calls none came in that time; choose --since and --until from 2026-11-02 to 2026-11-03",
                      self.refuse_empty(two, "--since", "2030-01-01"))
        self.assertIn("calls: of 2 calls none was answered; nothing", self.refuse_empty(two.replace("60", "0")))
        self.assertIn("calls: the answered calls came from 2026-11-02 to 9999-11-02, in more than ten years: is a date wrong?",
                      self.refuse_empty(two + row("9999-11-02 9:00:00", 60)))
        spread = header + "".join(row(f"2026-11-0{day} {8 + day}:00:00", 60) for day in range(1, 6))
        self.assertIn("calls: at no time of day was somebody answered on every third day; more calls are needed", self.refuse_empty(spread))


class FitOfJournal(CtlTest):
    def fit(self, *words):
        return self.usherctl("traffic", "fit", "--config", self.center.path("usherd.yaml"), "--rules", self.center.path("simple.yaml"),
                             "--days", "2", *words)

    def arrive(self, contact, channel="voice"):
        self.pbx.call({"do": "contact.arrive", "contact": contact, "channel": channel, "data": {"topic": "billing"}})

    def live(self):
        """Two calls that olena answers, the second goes on; one that leaves, one that waits, and a chat."""
        self.pbx = self.center.client("pbx", client="pbx1")
        self.center.profile("olena", billing=8, **{"lang.uk": 10})
        desk = self.center.client("desk", agent="olena")
        wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "olena is known")
        for contact in ("0041", "0042"):
            self.arrive(contact)
            offer = self.pbx.wait_event("contact.offered")
            self.pbx.call({"do": "contact.answer", "contact": contact, "offer": offer["offer"]})
            if contact == "0041":
                self.pbx.call({"do": "contact.end", "contact": contact})
        for contact in ("0043", "0044"):
            self.arrive(contact)
        self.pbx.call({"do": "contact.abandon", "contact": "0043"})
        self.arrive("0045", "chat")

    def test_journal_gives_calls_and_who_was_there_with_which_skills(self):
        self.live()
        status, model, errors = self.fit()
        self.assertEqual(status, 0, errors)
        self.assertIn("the journal: the calls of 1 day, and 2 simulated days under `usher`", errors)
        self.assertIn("usherctl traffic fit from the journal:\n# 3 calls of 1 day", model)
        self.assertIn("# Left out (1): contacts of other channels than voice, the first of them `chat`.", model)
        self.assertIn("# 3 came: 2 answered, 1 gave up; 1 time of service", model)
        self.assertRegex(model, r"\n  olena: \{skills: \{billing: 8, lang.uk: 10\}")

    def talk(self, contact):
        call = {"contact": contact, "offer": self.pbx.wait_event("contact.offered", contact="pbx1/" + contact)["offer"]}
        self.pbx.call({"do": "contact.answer", **call})

    def test_caller_who_is_to_be_called_back_waits_no_more(self):
        self.center.profile("olena", billing=8)
        self.pbx = self.center.client("pbx", client="pbx1", can=["dial"])
        desk = self.center.client("desk", agent="olena")
        wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "olena is known")
        self.arrive("first")
        self.talk("first")
        self.pbx.call({"do": "contact.arrive", "contact": "c1", "channel": "voice", "from": "+380501112233", "data": {"topic": "billing"}})
        self.pbx.call({"do": "contact.callback", "contact": "c1"})
        self.pbx.call({"do": "contact.end", "contact": "first"})
        self.talk("c1")
        self.pbx.wait_event("contact.dial", contact="pbx1/c1")
        self.pbx.call({"do": "contact.end", "contact": "c1"})
        status, model, errors = self.fit()
        self.assertEqual(status, 0, errors)
        self.assertIn("# 2 came: 1 answered, 0 gave up, 1 ended otherwise; 1 time of service", model)

    def test_times_and_columns_that_do_not_fit_are_refused(self):
        status, _, errors = self.fit("--column", "wait=hold")
        self.assertEqual(status, 2)
        self.assertIn("--column is for a CSV", errors)
        self.assertEqual(self.fit("--since", "yesterday")[0], 2)
        status, _, errors = self.fit()
        self.assertEqual(status, 1)
        self.assertIn("the journal: there are no calls in it that ended; nothing can be estimated", errors)


if __name__ == "__main__":
    unittest.main()
