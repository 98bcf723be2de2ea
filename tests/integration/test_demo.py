"""The demo, for real: usherd is killed in the middle of it, and the PBX counts that each contact finished exactly once."""
import collections
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest

from harness import Center, die_with_parent, wait_until
from terminal import Terminal

SOURCE = os.environ["USHER_SOURCE"]
DEMO = os.path.join(SOURCE, "config", "demo")
BUILD = os.path.dirname(os.path.dirname(os.environ["USHERD"]))


class Demo:
    """A running ./config/demo/run; its lines so far are in `lines()`."""

    def __init__(self, folder, *options):
        self.output = os.path.join(folder, "output")
        self.report_path = os.path.join(folder, "report.json")
        with open(self.output, "wb") as file:
            self.process = subprocess.Popen(
                [os.path.join(DEMO, "run"), "--build", BUILD, "--report", self.report_path, *options],
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, preexec_fn=die_with_parent,
                env={**os.environ, "TMPDIR": folder}, start_new_session=True)

    def text(self):
        with open(self.output, errors="replace") as file:
            return file.read()

    def decisions(self):
        """(contact, queue, agent's name) of each."""
        return re.findall(r"(?m)^\S+  (c-\d+) +(\w+) +[\d.]+s  (\S+) +match", self.text())

    def folder(self):
        found = wait_until(lambda: re.search(r"live in (\S+)", self.text()), "the demo tells its folder", 60)
        return found[1]

    def pid(self, name):
        with open(os.path.join(self.folder(), name + ".pid")) as file:
            return int(file.read())

    def journal(self):
        """All events, read from what Redis has left on the disk: the demo is over, and was told to keep its folder."""
        folder, address = self.folder(), os.path.join(self.folder(), "again.sock")
        redis = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", address, "--dir", folder, "--appendonly",
                                  "yes", "--save", ""], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 preexec_fn=die_with_parent)
        try:
            def ask(*arguments):
                return subprocess.run(["redis-cli", "-s", address, *arguments], stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, timeout=20).stdout
            wait_until(lambda: ask("PING") == "PONG\n", "Redis has loaded the journal")
            entries = json.loads(ask("--json", "XRANGE", "usher:{demo}:journal", "-", "+"))
        finally:
            redis.terminate()
            redis.wait()
        return [json.loads(line) for _, fields in entries for line in fields[fields.index("b") + 1].splitlines()]

    def report(self):
        with open(self.report_path) as file:
            return json.load(file)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if kind is not None:
            print(self.text())


class TheDemo(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="usher-")
        self.addCleanup(self.folder.cleanup)

    def left_over(self):
        """Whatever the demo made in its $TMPDIR."""
        return [name for name in os.listdir(self.folder.name) if name.startswith("usher-demo")]

    def test_kill_9_in_the_middle_loses_no_contact(self):
        with Demo(self.folder.name, "--seconds", "9", "--seed", "7", "--keep") as demo:
            wait_until(lambda: len(demo.decisions()) >= 5, "five decisions", 60)
            killed = demo.pid("usherd")
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: "usherd is back" in demo.text(), "usherd is back", 20)
            self.assertNotEqual(demo.pid("usherd"), killed)
            wait_until(lambda: "the last ones are served" in demo.text(), "the end of the calls", 40)
            self.assertEqual(demo.process.wait(60), 0)
            report, events = demo.report(), demo.journal()
        self.assertEqual(report["faults"], [])
        self.assertEqual(report["restarts"], 1)
        self.assertGreater(report["served"], 5)
        self.assertEqual(report["finished"], report["arrived"])
        self.assertEqual(report["served"] + report["abandoned"], report["arrived"])
        ended = collections.Counter(e["contact"] for e in events if e["ev"] in ("contact.done", "contact.abandoned"))
        arrived = collections.Counter(e["contact"] for e in events if e["ev"] == "contact.arrived")
        self.assertEqual(set(ended.values()) | set(arrived.values()), {1})
        self.assertEqual(set(ended), set(arrived))
        self.assertEqual(len(arrived), report["arrived"])

    def test_an_interrupt_ends_with_a_summary_and_leaves_nothing(self):
        with Demo(self.folder.name, "--seconds", "600") as demo:
            wait_until(lambda: len(demo.decisions()) >= 2, "two decisions", 60)
            pids = [demo.pid("usherd"), demo.pid("people")]
            self.check_env(demo)
            started = time.monotonic()
            demo.process.send_signal(signal.SIGINT)
            self.assertEqual(demo.process.wait(30), 0)
            self.assertLess(time.monotonic() - started, 15)
            self.assertIn("arrived:", demo.text())
            self.assertEqual(self.left_over(), [])
            for pid in pids:
                with self.assertRaises(ProcessLookupError):
                    os.kill(pid, 0)

    def check_env(self, demo):
        """Its file sets a shell up for all that the README proposes."""
        for command, expected in (("status", "12 known"), ("explain c-1", "c-1, which arrived"), ("check", "good for the 12 agents"),
                                  ("journal show --last 3", ":"), ("profile show dmytro", "Dmytro"), ("reload --dry-run", ".")):
            plain = {name: value for name, value in os.environ.items() if not name.startswith("USHER_")}
            result = subprocess.run(["bash", "-c", f". '{demo.folder()}/env' && usherctl {command}"], stdin=subprocess.DEVNULL,
                                    capture_output=True, text=True, timeout=20, env=plain)
            self.assertEqual(result.returncode, 0, (command, result.stdout, result.stderr))
            self.assertRegex(result.stdout, expected)

    def test_wrong_usage_is_told(self):
        for options in (["--seconds"], ["--seconds", "soon"], ["--fast"]):
            result = subprocess.run([os.path.join(DEMO, "run"), *options], capture_output=True,
                                    text=True, timeout=20)
            self.assertEqual(result.returncode, 2)
            self.assertIn("demo:", result.stderr)


class OnATerminal(unittest.TestCase):
    def test_k_kills_usherd_and_everybody_keeps_their_place(self):
        with tempfile.TemporaryDirectory(prefix="usher-") as folder, \
                Terminal([os.path.join(DEMO, "run"), "--build", BUILD], env={"TMPDIR": folder}) as terminal:
            terminal.wait("k: kill usherd", 60)
            terminal.wait(r"› \S+ · \w+ +c-\d+ +\w+ +match", 20)
            terminal.wait("talking [1-9]", 20)
            terminal.press("k")
            terminal.wait("kill -9 usherd: kill -9: it is gone")
            terminal.wait("usherd is away")
            back = terminal.wait(r"usherd is back after", 20)
            found = re.search(r"(\d+) of (\d+) contacts are there, (\d+) of (\d+) in place", back)
            self.assertEqual((found[1], found[3]), (found[2], found[4]))
            terminal.press("q")
            self.assertEqual(terminal.wait_end(40), 0)
            self.assertRegex(terminal.written, r"finished exactly once each.*none was lost")
            self.assertEqual(os.listdir(folder), [])


class TheHint(unittest.TestCase):
    """What the demo proposes to try, with its rules and agents."""

    def test_an_hset_sends_the_next_billing_contact_to_that_agent(self):
        with open(os.path.join(DEMO, "rules.yaml")) as file:
            rules = file.read()
        with open(os.path.join(DEMO, "agents.csv")) as file:
            agents = [line.rstrip("\n").split(",") for line in file][1:]
        with Center(rules=rules, site="demo") as center:
            for agent, name, phone, skills, _ in agents:
                center.profile(agent, phone=phone, name=name, **dict(skill.split("=") for skill in skills.split()))
            supervisor = center.client("supervisor")
            for agent, *_ in agents:
                wait_until(lambda: supervisor.ask({"do": "agent.ready", "agent": agent}).get("ok"), f"{agent} is ready")
            pbx = center.client("pbx", client="pbx")
            data = {"topic": "billing", "lang": "uk"}
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice", "data": data})
            self.assertNotEqual(pbx.wait_event("contact.offered", contact="pbx/1")["agent"], "dmytro")
            center.redis_cli("HSET", "usher:{demo}:agent:dmytro", "skill.billing", "9")
            supervisor.wait_event("agent.profiled", agent="dmytro")
            pbx.call({"do": "contact.arrive", "contact": "2", "channel": "voice", "data": data})
            self.assertEqual(pbx.wait_event("contact.offered", contact="pbx/2")["agent"], "dmytro")


if __name__ == "__main__":
    unittest.main()
