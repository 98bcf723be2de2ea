"""Compares the tables of daemon/link/PROTOCOL.md with what the code's tables say.

protocol_document.py PROGRAM PROTOCOL.md            compares, and looks for commands, events and errors that are not explained
protocol_document.py --write PROGRAM PROTOCOL.md    writes the tables into the page
"""
import glob
import json
import os
import re
import subprocess
import sys
import unittest

TABLE = re.compile(r"<!-- table: ([a-z-]+) -->\n.*?<!-- end -->\n", re.S)


def tables_of(text):
    return {found[1]: found[0] for found in TABLE.finditer(text)}


def names_in(table):
    """The first column."""
    return re.findall(r"^\| `([^`]+)` \|", table, re.M)


def rows_of(table):
    """First column to the fields of the second and the third."""
    rows = re.findall(r"^\| `([^`]+)` \| (.*?) \| (.*?) \|", table, re.M)
    return {name: tuple(set(re.findall(r"`([^`]+)`", cell)) for cell in cells) for name, *cells in rows}


class Document(unittest.TestCase):
    maxDiff = None
    page = ""
    tables = {}

    def test_page_has_each_table_once_and_no_other(self):
        self.assertEqual(sorted(found[1] for found in TABLE.finditer(self.page)), sorted(self.tables))

    def test_tables_equal_those_of_the_code(self):
        page = tables_of(self.page)
        for name, table in self.tables.items():
            self.assertEqual(page.get(name), table, f"run protocol_document.py --write; table {name}")

    def test_each_command_event_and_error_is_explained_beside_its_table(self):
        prose = TABLE.sub("", self.page)
        for table in ("commands", "events", "session-events", "errors"):
            for name in names_in(self.tables[table]):
                self.assertIn(f"`{name}`", prose, f"{name} of the table {table} is explained nowhere")

    def test_each_error_is_reached_by_a_test_over_the_real_daemon(self):
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration")
        tests = ""
        for path in glob.glob(os.path.join(folder, "test_*.py")):
            with open(path, encoding="utf-8") as file:
                tests += file.read()
        reserved = re.search(r"^Reserved: (.*)$", self.page, re.M)[1]
        for code in names_in(self.tables["errors"]):
            if f"`{code}`" in reserved:
                continue
            self.assertIn(f'"{code}"', tests)

    def test_lines_of_the_examples_are_what_the_tables_say(self):
        commands = rows_of(self.tables["commands"])
        events = {**rows_of(self.tables["events"]), **rows_of(self.tables["session-events"])}
        lines = [json.loads(line) for line in re.findall(r"^[<>] (\{.*\})$", self.page, re.M) if "…" not in line]
        self.assertGreater(len(lines), 50)
        for line in lines:
            with self.subTest(line=line):
                if "re" in line:
                    self.assertTrue(line.get("ok") is True or set(line["error"]) == {"code", "message", "retry"})
                    continue
                needs, may_have = commands[line["do"]] if "do" in line else events[line["ev"]]
                frame = {"id", "do"} if "do" in line else {"at", "n", "ev", "by", "by_id"}
                self.assertLessEqual(needs, set(line))
                self.assertLessEqual(set(line), needs | may_have | frame)


def main():
    arguments = sys.argv[1:]
    is_writing = arguments[0] == "--write"
    program, path = arguments[1:] if is_writing else arguments
    with open(path, encoding="utf-8") as file:
        Document.page = file.read()
    Document.tables = tables_of(subprocess.run([program], check=True, capture_output=True, text=True).stdout)
    if not is_writing:
        unittest.main(argv=sys.argv[:1])
    page = TABLE.sub(lambda found: Document.tables.get(found[1], found[0]), Document.page)
    with open(path, "w", encoding="utf-8") as file:
        file.write(page)


main()
