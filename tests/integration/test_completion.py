"""Completion in bash: what it offers at each place of the line, with usherd and without."""
import os
import subprocess
import tempfile
import time
import unittest

from harness import Center, wait_until

SCRIPT = os.path.join(os.environ["USHER_BUILT"], "daemon/manual/usherctl")
PROGRAMS = {"usherctl": os.environ["USHERCTL"], "usherd": os.environ["USHERD"]}
# As readline does it: the line is cut at white space, = and :, and the function that is registered for the first word is called.
ASK = r"""
. "$1"; shift
program=$1; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
function=$(complete -p "$program" | sed 's/.*-F \([^ ]*\).*/\1/')
COMP_WORDS[0]=$REAL
"$function"
printf '%s\n' "${COMPREPLY[@]}"
"""


def complete(line, socket="/nonexistent/usher.sock", folder=None):
    """What is offered behind the line, of which the last word is being written."""
    program = line.split(" ", 1)[0]
    words = line.replace("=", " = ").replace(":", " : ").split(" ")
    done = subprocess.run(["bash", "-uc", ASK, "bash", SCRIPT, program, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          cwd=folder, timeout=20, env={**os.environ, "USHER_SOCKET": socket, "REAL": PROGRAMS[program]})
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.split()


class Alone(unittest.TestCase):
    def test_commands_and_actions(self):
        self.assertLessEqual({"status", "agents", "journal", "help"}, set(complete("usherctl ")))
        self.assertEqual(complete("usherctl jou"), ["journal"])
        self.assertEqual(complete("usherctl journal re"), ["repair"])
        self.assertEqual(complete("usherctl agent olena "), ["not-ready", "ready", "sign-in", "sign-out"])
        self.assertEqual(complete("usherctl help dra"), ["drain"])

    def test_options_are_those_of_the_command(self):
        self.assertEqual(complete("usherctl journal repair --d"), ["--dry-run"])
        self.assertEqual(complete("usherctl journal check --d"), [])
        self.assertLessEqual({"--full", "--json", "--socket"}, set(complete("usherctl contacts --")))
        self.assertNotIn("--full", complete("usherctl --"))

    def test_options_do_not_count_as_words(self):
        self.assertEqual(complete("usherctl --json --socket /tmp/x journal ch"), ["check"])
        self.assertEqual(complete("usherctl --socket=/tmp/x journal ch"), ["check"])
        self.assertEqual(complete("usherctl --tcp router1:7411 journal ch"), ["check"])

    def test_arguments_of_options(self):
        self.assertEqual(complete("usherctl --role "), ["admin", "observer", "supervisor"])
        self.assertEqual(complete("usherctl --role=su"), ["supervisor"])
        self.assertEqual(complete("usherctl tail --event contact.of"), ["contact.offered"])
        with Folder() as folder:
            self.assertEqual(complete("usherctl --config us", folder=folder), ["usherd.yaml"])
            self.assertEqual(complete("usherd --check-config -c us", folder=folder), ["usherd.yaml"])
            self.assertEqual(complete("usherctl profile import ag", folder=folder), ["agents.csv"])

    def test_usherd(self):
        self.assertEqual(complete("usherd --ch"), ["--check-config"])

    def test_without_usherd_nothing_is_offered_and_nothing_said(self):
        began = time.monotonic()
        self.assertEqual(complete("usherctl agent "), [])
        self.assertLess(time.monotonic() - began, 5)


class WithUsherd(unittest.TestCase):
    def test_agents_contacts_and_what_follows(self):
        with Center() as center:
            center.profile("olena", billing=8)
            center.profile("taras", billing=8)
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "contact.arrive", "contact": "0042", "channel": "voice"})
            wait_until(lambda: complete("usherctl agent ", center.socket) == ["olena", "taras"], "both are offered")
            self.assertEqual(complete("usherctl agent ta", center.socket), ["taras"])
            self.assertEqual(complete("usherctl tail --agent o", center.socket), ["olena"])
            self.assertEqual(complete("usherctl tail --queue ", center.socket), ["billing", "general"])
            self.assertEqual(complete(f"usherctl --socket {center.socket} agent o"), ["olena"])
            self.assertEqual(complete("usherctl explain pbx", center.socket), ["pbx1/0042"])
            reasons = complete(f"usherctl --config {center.path('usherd.yaml')} agent olena not-ready ", center.socket)
            self.assertEqual(reasons, ["desk_lost", "forced", "lunch", "ring_no_answer", "training"])
            hashes = complete(f"usherctl --config {center.path('usherd.yaml')} rollback ", center.socket)
            self.assertRegex(" ".join(hashes), "^[0-9a-f]{64}$")


class Folder:
    """With two files in it."""

    def __enter__(self):
        self.room = tempfile.TemporaryDirectory(prefix="usher-")
        for name in ("usherd.yaml", "agents.csv"):
            with open(os.path.join(self.room.name, name), "w"):
                pass
        return self.room.name

    def __exit__(self, kind, value, trace):
        self.room.cleanup()


if __name__ == "__main__":
    unittest.main()
