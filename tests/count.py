"""Counts what test programs reported: Check's, unittest's and our own summary lines.

count.py TESTLOG.json LABEL FOLDER STATUS   counts a meson test log, appends to FOLDER/summary; STATUS is meson's
count.py --text FILE LABEL FOLDER           counts the output of one program
count.py --total FOLDER                     prints FOLDER/summary and the total; exit status 1 if anything failed
"""
import json
import os
import re
import sys

CHECK = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$", re.M)
UNITTEST = re.compile(r"^Ran (\d+) tests? in [\d.]+s\n\n(OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", re.M)
PLAIN = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)


def count_text(text):
    """(passed, failed, skipped, the runners' own summary lines)"""
    passed = failed = skipped = 0
    lines = []
    for found in CHECK.finditer(text):
        bad = int(found[2]) + int(found[3])
        passed, failed = passed + int(found[1]) - bad, failed + bad
        lines.append(found[0])
    for found in UNITTEST.finditer(text):
        counts = dict(re.findall(r"([a-z ]+)=(\d+)", found[3] or ""))
        bad = sum(int(counts.get(key, 0)) for key in ("failures", "errors", "unexpected successes"))
        skip = int(counts.get("skipped", 0))
        passed, failed, skipped = passed + max(0, int(found[1]) - bad - skip), failed + bad, skipped + skip
        lines.append(found[0].replace("\n\n", ": "))
    for found in PLAIN.finditer(text):
        passed, failed = passed + int(found[1]), failed + int(found[2])
        skipped += int(found[3] or 0)
        lines.append(found[0])
    return passed, failed, skipped, lines


def line_of(passed, failed, skipped):
    return f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")


def add(folder, label, passed, failed, skipped, details):
    with open(os.path.join(folder, "summary"), "a", encoding="utf-8") as out:
        for name, line in details:
            out.write(f"  {name}: {line}\n")
        out.write(f"{label}: {line_of(passed, failed, skipped)}\n")


def count_log(path, label, folder, status):
    passed = failed = skipped = 0
    details = []
    try:
        with open(path, encoding="utf-8") as log:
            tests = [json.loads(line) for line in log if line.strip()]
    except FileNotFoundError:
        tests = []
    for test in tests:
        text = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
        good, bad, skip, lines = count_text(text)
        if test["result"] == "SKIP":
            skip = max(skip, 1)
        elif test["result"] not in ("OK", "EXPECTEDFAIL"):
            bad = max(bad, 1)
        elif good + bad + skip == 0:
            good = 1
        passed, failed, skipped = passed + good, failed + bad, skipped + skip
        name = re.sub(r"^\S+ / ", "", test["name"])
        details += [(name, line) for line in lines] or [(name, test["result"])]
        if bad and not any("FAILED" in line or "Failures" in line for line in lines):
            details.append((name, test["result"]))
    if not tests:
        failed = 1
        details.append(("meson test", "no tests"))
    if status != 0 and failed == 0:
        failed = 1
        details.append(("meson test", f"exit status {status}"))
    add(folder, label, passed, failed, skipped, details)


def total(folder):
    passed = failed = skipped = 0
    try:
        with open(os.path.join(folder, "summary"), encoding="utf-8") as summary:
            for line in summary:
                print(line, end="")
                found = re.match(r"^\S.*: (\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", line)
                if found:
                    passed, failed = passed + int(found[1]), failed + int(found[2])
                    skipped += int(found[3] or 0)
    except FileNotFoundError:
        pass
    print(line_of(passed, failed, skipped))
    return 1 if failed or passed == 0 else 0


def main():
    if sys.argv[1] == "--total":
        return total(sys.argv[2])
    if sys.argv[1] == "--text":
        with open(sys.argv[2], encoding="utf-8", errors="replace") as file:
            passed, failed, skipped, lines = count_text(file.read())
        if passed + failed == 0:
            failed = 1
        add(sys.argv[4], sys.argv[3], passed, failed, skipped, [(sys.argv[3], line) for line in lines])
        return 0
    count_log(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
    return 0


sys.exit(main())
