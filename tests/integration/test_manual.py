"""The man pages and what they promise: each example of usherctl's and usherd's pages runs as it is written.

The examples say /etc/usher and /run/usher, router1:7411 and router2:7411. Where the kernel lets us, the whole test moves into a network and a
mount namespace of its own in which these are real; elsewhere the names are put in place of them, and nothing else is changed.
"""
import fcntl
import hashlib
import json
import os
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from calls import as_csv, as_queue_log, center
from harness import RULES, Center, Client, free_port, wait_until

TABLES = os.path.join(os.environ["USHER_BUILT"], "daemon/manual/usher-tables")
PAGES = ["usherctl.1", "usherd.8", "usherd.yaml.5", "rules.yaml.5", "traffic.yaml.5", "usher-protocol.7"]
# What a command of the protocol's page may be answered here, where the calls that it speaks of do not exist.
STATES = {"wrong_state", "stale_offer", "no_such_contact", "no_such_agent", "sync_incomplete"}
TOKEN = "an-admin-s-secret"
INSIDE = "USHER_TEST_INSIDE"
TIMING = "timing: {heartbeat: 200ms, lease: 1800ms, read: 400ms, silent_reads: 5, claim_jitter: 30ms, grace: 60s}\n"
PAIRED = {"standby", "switchover"}  # commands whose examples speak of two usherds
FOLLOWED_S = 1.0
# The programs where nothing can stand in /etc/usher: they are told where the settings are, unless the line tells them.
ELSEWHERE = {
    "USHERD": '#!/bin/sh\nexec {program} --config {etc}/usherd.yaml "$@"\n',
    "USHERCTL": '#!/bin/sh\nif {program} "$1" --help 2>&1 | grep -q "^  --config"; then\n'
                '    exec {program} --config {etc}/usherd.yaml "$@"\nfi\nexec {program} "$@"\n',
}


def examples(program):
    """(command, kind, exit code, line) of each."""
    rows = [line.split("\t") for line in subprocess.run([TABLES, "examples"], check=True, stdout=subprocess.PIPE,
                                                        text=True).stdout.splitlines()]
    return [(command, kind, int(code), line) for owner, command, kind, code, line in rows if owner == program]


def page_path(page):
    return os.path.join(os.environ["USHER_BUILT"], "daemon/manual", page)


def blocks(page):
    """The examples of the page as it is installed: the text of each."""
    with open(page_path(page), encoding="utf-8") as file:
        found = re.findall(r"^\.nf\n(.*?)^\.fi$", file.read(), re.M | re.S)
    for mark, sign in (("\\&", ""), ("\\-", "-"), ("\\(aq", "'"), ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~"), ("\\e", "\\")):
        found = [block.replace(mark, sign) for block in found]
    return found


class Site(Center):
    """An usherd, or a leader and its standby, under the names of the examples; agents, 0042 who talks to dmytro and 0043 who waits for him."""

    def __init__(self, has_standby):
        self.has_standby = has_standby
        super().__init__(site="main", rules="switches: [outage_north]\n" + RULES, appendfsync="no")  # a slow disk must not change who leads
        self.is_real = INSIDE in os.environ

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="usher-")
        self.redis_socket = self.path("redis.sock")
        self.etc, self.run = ("/etc/usher", "/run/usher") if self.is_real else (self.path("etc"), self.path("run"))
        self.socket = f"{self.run}/usher.sock"
        self.tcp = ["127.0.0.1:7411", "127.0.0.2:7411"] if self.is_real else [f"127.0.0.1:{free_port()}" for _ in range(2)]
        for folder in (self.etc, f"{self.run}/b", self.path("bin"), self.path("state")):
            os.makedirs(folder)
        for name in ("USHERD", "USHERCTL"):
            if self.is_real:
                os.symlink(os.environ[name], self.path("bin/" + name.lower()))
            else:
                self.write(self.path("bin/" + name.lower()), ELSEWHERE[name].format(program=os.environ[name], etc=self.etc), 0o755)
        try:
            self.write_files()
            self.start_redis()
            self.populate()
        except BaseException:
            self.close(is_failed=True)
            raise
        return self

    def close(self, is_failed=False):
        super().close(is_failed)
        if self.is_real:
            shutil.rmtree(self.etc)
            shutil.rmtree(self.run)

    def write(self, path, text, mode=0o644):
        with open(path, "w", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(text)

    def write_files(self):
        self.write(self.path("last-month.csv"), as_csv(center(days=2)))
        for name, days in (("queue_log.1", 1), ("queue_log", 2)):
            self.write(self.path(name), as_queue_log(center(days=2)[-100 * days:]))
        self.write(f"{self.etc}/rules.yaml", self.rules.replace("ring: 15s", "ring: 20s"))  # the rules before
        self.write(f"{self.etc}/traffic.yaml", "customers: {calls: {per_hour: 20}}\nagents: {dmytro: {skills: {billing: 9}}}\n")
        digest = hashlib.sha256(TOKEN.encode()).hexdigest()
        self.write(f"{self.etc}/tokens.yaml", f"- {{client: ops, role: admin, sha256: {digest}}}\n", 0o600)
        life = f"standby: true\n{TIMING}" if self.has_standby else f"state: {self.path('state')}\n"
        for name, where, tcp in (("usherd", self.socket, self.tcp[0]), ("b", f"{self.run}/b/usher.sock", self.tcp[1])):
            self.write(f"{self.etc}/{name}.yaml",
                       f"site: main\nrules: rules.yaml\nredis: {{socket: {self.redis_socket}}}\n{life}"
                       f"listen:\n  - {{unix: {where}}}\n  - {{tcp: \"{tcp}\", tokens: tokens.yaml}}\n")

    def start_missing(self):
        """The usherd and its standby, whichever of them does not run."""
        if self.usherd is None or self.usherd.poll() is not None:
            self.usherd = self.start_one("usherd")
        if self.has_standby and (not self.others or self.others[-1].poll() is not None):
            self.others.append(self.start_one("b"))

    def start_one(self, name):
        with open(self.path("usherd.log"), "ab") as file:
            process = subprocess.Popen([os.environ["USHERD"], "--config", f"{self.etc}/{name}.yaml"],
                                       stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        wait_until(lambda: process.poll() is not None or self.state(name) in ("leader", "standby"), f"{name} serves")
        return process

    def stop(self):
        for process in (*self.others, self.usherd):
            self.end(process)

    def state(self, name):
        """What the usherd of this settings file says it is."""
        try:
            probe = Client(self.socket if name == "usherd" else f"{self.run}/b/usher.sock")
            probe.call({"do": "router.describe"})
            event = probe.wait_event("state.router")
            probe.close()
            is_ready = event["state"] == "leader" or ("behind_ms" in event and "addresses" in event)
            return event["state"] if is_ready else "starting"
        except (AssertionError, OSError):
            return None

    def settle(self):
        """As the next example wants it: one leads, and if there are two, the other follows."""
        def is_settled():
            self.start_missing()  # one that drains ends only in a moment
            if not self.has_standby:
                return self.state("usherd") == "leader"
            return {self.state("usherd"), self.state("b")} == {"leader", "standby"}
        wait_until(is_settled, "one leads, one follows", 20)

    def populate(self):
        self.settle()
        self.write(f"{self.etc}/rules.yaml", self.rules)
        self.client("admin", client="ops-admin").call({"do": "rules.reload"})
        for agent, skills in (("dmytro", {"billing": 9}), ("olena", {"internet": 8}), ("taras", {"sales": 5})):
            self.profile(agent, **skills)
        pbx = self.client("pbx", client="pbx1")
        for contact in ("0042", "0043"):
            pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", "from": "+380501112233",
                      "to": "+380441234567", "data": {"topic": "billing"}})
        desk = self.client("supervisor", client="ops")
        wait_until(lambda: desk.ask({"do": "agent.ready", "agent": "dmytro"}).get("ok"), "the profiles are known")
        offer = pbx.wait_event("contact.offered")
        pbx.call({"do": "contact.answer", "contact": offer["contact"], "offer": offer["offer"]})

    def translate(self, line):
        if not self.is_real:
            for name, here in (("/etc/usher", self.etc), ("/run/usher", self.run), ("router1:7411", self.tcp[0]),
                               ("router2:7411", self.tcp[1])):
                line = line.replace(name, here)
        return line

    def spawn(self, line, **options):
        """The line in a shell, as a session of its own."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("USHER")}
        env = {**plain, "PATH": f"{self.path('bin')}:{os.environ['PATH']}", "USHER_TOKEN": TOKEN, "TERM": "xterm"}
        if not self.is_real:
            env["USHER_SOCKET"] = self.socket
        return subprocess.Popen(["bash", "-o", "pipefail", "-c", self.translate(line)], cwd=self.folder, env=env,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, **options)


def end_session(process, number=signal.SIGTERM):
    """Ends the shell and all that it started."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
    output, _ = process.communicate(timeout=20)
    return output.decode()


class WithSite(unittest.TestCase):
    has_standby = False

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls.has_standby)
        cls.site.__enter__()
        cls.addClassCleanup(cls.site.close)

    def check(self, line, code, found, output):
        self.assertEqual(found, code, f"`{line}` ended with {found}:\n{output}")

    def run_all(self, is_wanted):
        for command, kind, code, line in examples("usherctl"):
            if kind == "follows" or not is_wanted(command):
                continue
            with self.subTest(line or command):
                self.assertNotEqual(kind, "none", f"{command} has no example")
                self.site.settle()
                terminal, own = pty.openpty()
                os.write(terminal, b"y\n")
                process = self.site.spawn(line, stdin=own if kind == "asks" else subprocess.DEVNULL)
                os.close(own)
                try:
                    output = process.communicate(timeout=20)[0].decode()
                except subprocess.TimeoutExpired:
                    self.fail(f"`{line}` does not end:\n{end_session(process)}")
                finally:
                    os.close(terminal)
                self.check(line, code, process.returncode, output)


class ExamplesOfTwo(WithSite):
    has_standby = True

    def test_each_example_runs(self):
        self.run_all(lambda command: command in PAIRED)


class Examples(WithSite):
    def test_each_command_has_examples_and_each_example_runs(self):
        self.run_all(lambda command: command not in PAIRED)

    def test_what_follows_goes_on_until_it_is_interrupted(self):
        self.site.settle()
        running = [(code, line, self.site.spawn(line, stdin=subprocess.DEVNULL))
                   for _, kind, code, line in examples("usherctl") if kind == "follows"]
        time.sleep(FOLLOWED_S)  # it shows itself only by not ending
        for code, line, process in running:
            with self.subTest(line):
                ended = process.poll()
                output = end_session(process)
                if ended is not None:
                    self.check(line, code, ended, output)

    def test_usherd_runs_as_its_page_says(self):
        for _, kind, code, line in examples("usherd"):
            with self.subTest(line):
                self.site.settle()
                if kind == "serves":
                    self.site.stop()
                process = self.site.spawn(line, stdin=subprocess.DEVNULL)
                if kind == "serves":
                    wait_until(lambda: process.poll() is not None or self.site.state("usherd") == "leader", "it leads")
                    output = end_session(process)
                else:
                    output = process.communicate(timeout=20)[0].decode()
                self.check(line, code, process.returncode, output)


class Pages(unittest.TestCase):
    def test_each_page_is_clean_and_fits_80_columns(self):
        for page in PAGES:
            with self.subTest(page):
                shown = subprocess.run(["man", "--warnings", "-l", page_path(page)], capture_output=True, text=True, check=True,
                                       env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"})
                self.assertEqual(shown.stderr, "")
                self.assertIn("SEE ALSO", shown.stdout)
                self.assertNotIn("<!--", shown.stdout)
                self.assertEqual([line for line in shown.stdout.splitlines() if len(line) > 80], [])

    def load(self, settings, rules):
        """What --check-config says of the two files."""
        with tempfile.TemporaryDirectory(prefix="usher-") as folder:
            for name, text in (("usherd.yaml", settings), ("rules.yaml", rules), ("tokens.yaml", "[]\n")):
                with open(os.path.join(folder, name), "w") as file:
                    file.write(text)
            os.chmod(os.path.join(folder, "tokens.yaml"), 0o600)
            done = subprocess.run([os.environ["USHERD"], "--config", os.path.join(folder, "usherd.yaml"), "--check-config"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_the_help_of_each_program_and_command_fits_80_columns(self):
        commands = {command for command, _, _, _ in examples("usherctl")}
        for words in [["USHERD"], ["USHERCTL"], *(["USHERCTL", command] for command in commands)]:
            with self.subTest(words):
                shown = subprocess.run([os.environ[words[0]], *words[1:], "--help"], capture_output=True, text=True, check=True)
                lines = {line for line in shown.stdout.splitlines() if len(line) > 80}
                self.assertEqual({line for line in lines if not line.startswith("  usherctl ")}, set())

    def test_each_key_says_what_stands_there(self):
        for page in ("usherd.yaml.5", "rules.yaml.5", "traffic.yaml.5"):
            with open(page_path(page), encoding="utf-8") as file:
                text = file.read()
            self.assertEqual(re.findall(r"(?m)^.*\\fIa value\\fR", text), [])
            # What stands there is whole in one line, and no mark of Markdown is left in it.
            self.assertEqual(re.findall(r"(?m)^\.TP\n\\fB[a-z_]+:\\fR.*(?<!\\fR)$", text), [])
            self.assertNotIn("\\(ga", text)

    def test_where_only_some_words_may_stand_the_page_has_them(self):
        for page, words in (("rules.yaml.5", "not_ready or next"), ("traffic.yaml.5", "lognormal, exponential or constant")):
            with open(page_path(page), encoding="utf-8") as file:
                self.assertIn(f"\\fI{words}\\fR\n", file.read())

    def test_the_examples_of_both_files_load(self):
        settings = [block for block in blocks("usherd.yaml.5") if block.startswith("site:")]
        rules = [block for block in blocks("rules.yaml.5") if "routes:" in block]
        self.assertEqual((len(settings), len(rules)), (3, 5))
        for text in settings:
            with self.subTest(text):
                self.load(text, rules[0])
        for text in rules:
            with self.subTest(text):
                self.load(settings[0], text)

    def test_the_examples_of_the_traffic_can_be_simulated(self):
        traffics = [block for block in blocks("traffic.yaml.5") if "customers:" in block]
        self.assertEqual(len(traffics), 2)
        for text in traffics:
            with self.subTest(text), tempfile.TemporaryDirectory(prefix="usher-") as folder:
                for name, content in (("rules.yaml", "queues: {all: {}}\nroutes: [{queue: all}]\n"), ("traffic.yaml", text)):
                    with open(os.path.join(folder, name), "w") as file:
                        file.write(content)
                done = subprocess.run([os.environ["USHERCTL"], "simulate", os.path.join(folder, "rules.yaml"), "--days", "1"],
                                      capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_commands_of_the_protocol_are_understood(self):
        lines = [line for block in blocks("usher-protocol.7") for line in re.sub(r"\n {6}", "", block).splitlines()]
        commands = [json.loads(line[2:]) for line in lines if line.startswith("> ")]
        self.assertGreater(len(commands), 15)
        with Center() as center:
            center.profile("olena", billing=8)
            sessions = {"pbx": center.client("pbx", client="pbx1"), "desk": None}
            for command in commands:
                role = "desk" if command["id"].startswith("d") else "pbx"
                with self.subTest(command):
                    if command["do"] == "hello":
                        if sessions[role]:
                            sessions[role].close()
                        sessions[role] = center.raw_client()
                    answer = sessions[role].ask(command)
                    if answer.get("ok") is not True:
                        self.assertIn(answer["error"]["code"], STATES, answer)


def bring_loopback_up():
    with socket.socket() as probe:
        flags = fcntl.ioctl(probe, 0x8913, struct.pack("16sh", b"lo", 0))  # SIOCGIFFLAGS
        up = struct.unpack("16sh", flags)[1] | 1
        fcntl.ioctl(probe, 0x8914, struct.pack("16sh", b"lo", up))


def move_inside(folder):
    """In the namespaces: /etc with an empty usher in it, an empty /run, a loopback, router1 and router2."""
    commands = [["mount", "-t", "tmpfs", "usher", folder], ["mkdir", f"{folder}/upper", f"{folder}/work"],
                ["mount", "-t", "overlay", "usher", "-o", f"lowerdir=/etc,upperdir={folder}/upper,workdir={folder}/work", "/etc"],
                ["mount", "-t", "tmpfs", "usher", "/run"], ["rm", "-rf", "/etc/usher"]]
    for command in commands:
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    bring_loopback_up()
    with open("/etc/hosts", "a") as file:
        file.write("127.0.0.1 localhost router1\n127.0.0.2 router2\n")


def find_namespaces():
    """The options of unshare with which this kernel lets us in; None when it does not."""
    for options in (["-m", "-n"], ["-r", "-m", "-n"]):
        with tempfile.TemporaryDirectory(prefix="usher-") as folder:
            if subprocess.run(["unshare", *options, sys.executable, __file__, "--try", folder], capture_output=True).returncode == 0:
                return options
    return None


def main():
    if sys.argv[1:2] == ["--try"]:
        move_inside(sys.argv[2])
        return
    if INSIDE in os.environ:
        move_inside(os.environ[INSIDE])
        unittest.main()
    options = find_namespaces()
    if options is None:
        print("no namespaces here: the examples run with other names", file=sys.stderr)
        unittest.main()
    with tempfile.TemporaryDirectory(prefix="usher-") as folder:
        done = subprocess.run(["unshare", *options, sys.executable, *sys.argv], env={**os.environ, INSIDE: folder})
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
