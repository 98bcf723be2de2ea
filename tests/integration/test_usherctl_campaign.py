"""usherctl campaign: a list is checked whole, booked once, offered as previews, shown and stopped."""

import json
import os
import unittest

from ctl import CtlTest

GOOD = "customer,phone,queue,note,data.ends\nA-1,+380501,billing,two years with us,June\nB 2,+380502,billing,,\n,+380503,,,July\n"


class Campaign(CtlTest):
    def campaign(self, *arguments, input=None):
        config = ["--config", self.center.path("usherd.yaml")] if arguments[0] != "stop" else []
        return self.usherctl("campaign", *arguments, *config, input=input)

    def write(self, text):
        path = self.center.path("calls.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_a_list_is_booked_once_and_offered_as_previews(self):
        path = self.write(GOOD)
        self.assertIn("3 calls to book", self.campaign("import", "spring", path, "--dry-run")[1])
        self.assertIn("3 calls are booked; 0 were before", self.campaign("import", "spring", path, "--yes")[1])
        self.assertIn("3 were before", self.campaign("import", "spring", path, "--yes")[1])
        self.center.profile("olena", billing=8)
        desk = self.center.client("desk", agent="olena")
        desk.call({"do": "agent.ready"})
        offered = desk.wait_event("contact.offered")
        self.assertEqual((offered["mode"], offered["accept"], offered["contact"]), ("preview", "desk", "spring/A-1"))
        self.assertEqual((offered["from"], offered["note"], offered["data"]), ("+380501", "two years with us", {"ends": "June"}))
        desk.call({"do": "offer.accept", "offer": offered["offer"]})
        desk.call({"do": "contact.end", "contact": "spring/A-1"})
        desk.wait_event("contact.done", contact="spring/A-1")
        shown = json.loads(self.campaign("show", "spring", "--json")[1])
        self.assertEqual((shown["booked"], shown["done"], shown["open"]), (3, 1, 2))
        self.assertIn("spring", self.campaign("show")[1])

    def test_nothing_is_booked_when_a_row_is_wrong(self):
        path = self.write("customer,phne,not_before,shoe\nA,+1,yesterday,41\n")
        status, _, errors = self.campaign("import", "spring", path, "--yes")
        self.assertEqual(status, 2)
        for part in ("calls.csv:1:10: unknown column `phne`; did you mean `phone`?", "names no column `phone`",
                     "`shoe`; call it data.shoe", "`yesterday` is no time", "nothing was booked"):
            self.assertIn(part, errors)
        path = self.write("customer,phone,queue\nA,+1,biling\nB,,\nA,+3,\n")
        errors = self.campaign("import", "spring", path, "--yes")[2]
        self.assertIn("calls.csv:3:1: this row has no `phone`", errors)
        self.assertIn("calls.csv:4:1: the same customer is in line 2 already", errors)
        path = self.write("phone,zone\n+1,Europe/Kyiv\n+2,Europe/Nope\nanonymous,\nthe office,\nsip:tom@example.org,\n")
        status, _, errors = self.campaign("import", "spring", path, "--yes")
        self.assertEqual(status, 2)
        self.assertEqual([line.split("calls.csv:")[1].split(";")[0] for line in errors.splitlines()[:-1]],
                         ["3:4: there is no time zone `Europe/Nope`", "4:1: `anonymous` is no number that could be called",
                          "5:1: `the office` is no number that could be called"])
        path = self.write("customer,phone,queue\nA,+1,biling\n")
        self.assertIn("calls.csv:2: the rules have no queue `biling`; did you mean `billing`?",
                      self.campaign("import", "spring", path, "--yes")[2])
        self.assertEqual(self.campaign("show", "spring")[0], 1)

    def test_a_list_comes_from_standard_input_and_is_stopped(self):
        rows = "".join(f"c{i},+38050{i}\n" for i in range(50))
        self.assertEqual(self.campaign("import", "autumn", "-", "--yes", input="customer,phone\n" + rows)[0], 0)
        self.assertIn("50 calls are to come", self.campaign("stop", "autumn", "--dry-run")[1])
        status, output, errors = self.campaign("stop", "autumn", "--yes")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("50 calls are cancelled", output)
        self.assertEqual(json.loads(self.campaign("show", "autumn", "--json")[1])["cancelled"], 50)
        self.assertIn("0 calls are to come; `usherctl campaign show`", self.campaign("stop", "autum")[1])
        self.assertEqual(json.loads(self.campaign("stop", "autumn", "--json")[1]), {"campaign": "autumn", "stopped": 0})
        # What was cancelled stays so: the list says nothing new.
        self.assertIn("50 were before", self.campaign("import", "autumn", "-", "--yes", input="customer,phone\n" + rows)[1])

    def test_a_name_that_is_none_is_refused(self):
        for name in ("spring sale", "a/b", "x" * 33):
            self.assertEqual(self.campaign("show", name)[0], 2)
        self.assertEqual(self.campaign("import", "spring", "/nowhere", "--yes")[0], 2)


if __name__ == "__main__":
    assert os.environ["USHERCTL"]
    unittest.main()
