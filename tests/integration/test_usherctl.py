"""usherctl against a running usherd: what each command shows, as a table and as JSON, and how it fails."""
import fcntl
import hashlib
import json
import os
import pty
import signal
import struct
import subprocess
import termios
import unittest

from harness import Center, free_port, wait_until

USHERCTL = os.environ["USHERCTL"]
CALLER = {"from": "+380501112233", "data": {"topic": "billing", "contract": "77-1234"}}
TOKEN = "an-observer-s-secret"


def usherctl(*arguments, env=None, timeout=20):
    """(exit status, standard output, standard error)"""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("USHER_")}
    result = subprocess.run([USHERCTL, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            timeout=timeout, env={**plain, **(env or {})})
    return result.returncode, result.stdout, result.stderr


class WithCenter(unittest.TestCase):
    def setUp(self):
        self.center = Center()
        self.center.__enter__()
        self.addCleanup(self.center.close)
        self.center.profile("olena", name="Olena Koval", billing=8)
        self.center.profile("taras", name="Taras Melnyk", internet=9)
        wait_until(lambda: len(self.lines("agents")) == 2, "both profiles are known")

    def run_ok(self, *arguments):
        status, output, errors = usherctl("--socket", self.center.socket, *arguments)
        self.assertEqual((status, errors), (0, ""))
        return output

    def lines(self, *arguments):
        return [json.loads(line) for line in self.run_ok(*arguments, "--json").splitlines()]

    def agent_state(self, agent):
        return next(line["state"] for line in self.lines("agents") if line["agent"] == agent)

    def talk(self):
        """Lets a billing call arrive; returns the PBX when it talks to olena."""
        self.run_ok("agent", "olena", "ready")
        pbx = self.center.client("pbx", client="pbx1")
        pbx.call({"do": "contact.arrive", "contact": "0042", "channel": "voice", **CALLER})
        offer = pbx.wait_event("contact.offered", agent="olena")["offer"]
        pbx.call({"do": "contact.answer", "contact": "0042", "offer": offer})
        return pbx


class Shows(WithCenter):
    def test_status_counts_agents_contacts_and_queues(self):
        self.talk()
        page = self.run_ok("status")
        self.assertIn("agents    2 known, 1 signed in: 0 free, 1 busy, 0 not ready", page)
        self.assertIn("contacts  1: 1 talking", page)
        self.assertRegex(page, r"(?m)^billing +0 ")
        status = json.loads(self.run_ok("status", "--json"))
        self.assertEqual(status["agents"], {"known": 2, "signed_out": 1, "ready": 1, "not_ready": 0, "free": 0})
        self.assertEqual((status["contacts"]["live"], status["contacts"]["talking"]), (1, 1))
        self.assertEqual({queue["queue"] for queue in status["queues"]}, {"billing", "general"})

    def test_who_is_on_the_phone_is_not_counted_as_free(self):
        self.run_ok("agent", "olena", "ready")
        pbx = self.center.client("pbx", client="pbx1")
        self.assertIn("1 signed in: 1 free, 0 busy, 0 not ready", self.run_ok("status"))
        pbx.call({"do": "agent.phone", "agent": "olena", "state": "busy"})
        self.assertIn("1 signed in: 0 free, 1 busy, 0 not ready", self.run_ok("status"))
        self.assertEqual(json.loads(self.run_ok("status", "--json"))["agents"]["free"], 0)

    def test_agents_show_what_each_does_and_can(self):
        self.talk()
        table = self.run_ok("agents").splitlines()
        self.assertRegex(table[0], r"^AGENT +NAME +STATE +SINCE +CONTACT +SKILLS")
        self.assertRegex(table[1], r"^olena +Olena Koval +talking .* pbx1/0042 +billing 8")
        self.assertRegex(table[2], r"^taras +Taras Melnyk +signed out .*internet 9")
        self.assertEqual([line["ev"] for line in self.lines("agents")], ["state.agent"] * 2)

    def test_contacts_show_personal_data_only_with_full(self):
        self.talk()
        for arguments in (["contacts"], ["contacts", "--json"]):
            output = self.run_ok(*arguments)
            self.assertIn("pbx1/0042", output)
            self.assertNotIn("+380501112233", output)
            self.assertNotIn("77-1234", output)
            full = self.run_ok(*arguments, "--full")
            self.assertIn("+380501112233", full)
            self.assertIn("77-1234", full)

    def test_queues_show_who_waits(self):
        pbx = self.center.client("pbx", client="pbx1")
        pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice", **CALLER})
        self.assertRegex(self.run_ok("queues"), r"(?m)^billing +1 +\d+ s +0 +0$")
        waiting = {line["queue"]: line["waiting"] for line in self.lines("queues")}
        self.assertEqual(waiting, {"billing": 1, "general": 0})

    def test_a_table_fits_the_terminal_and_has_colour_there(self):
        for no_colour, width in (("", 60), ("1", 80)):
            screen = on_terminal(["--socket", self.center.socket, "agents"], width, no_colour)
            self.assertEqual("\033[" in screen, no_colour == "")
            plain = screen.replace("\033[0m", "")
            for code in ("1", "2", "32", "33", "36"):
                plain = plain.replace(f"\033[{code}m", "")
            self.assertLessEqual(max(len(line) for line in plain.splitlines()), width)


class Follows(WithCenter):
    def follow(self, *options):
        """Starts `usherctl events`; returns when its session is open."""
        def come():
            return self.center.log().count("A client has come client=usherctl-observer")
        before = come()
        process = subprocess.Popen([USHERCTL, "--socket", self.center.socket, "events", *options],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        wait_until(lambda: come() > before, "the follower has come")
        return process

    def test_events_follow_and_end_after_count(self):
        process = self.follow("--count", "2")
        self.run_ok("agent", "olena", "ready")
        output, _ = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(output.splitlines()[0], r"^\d\d:\d\d:\d\d agent\.signed_in +olena")
        self.assertRegex(output.splitlines()[1], r"^\d\d:\d\d:\d\d agent\.ready +olena")

    def test_events_go_on_behind_a_number_as_json_without_personal_data(self):
        number = json.loads(self.run_ok("status", "--json"))["n"]
        self.talk()
        arguments = ["events", "--after", number, "--count", "5"]
        lines = self.lines(*arguments)
        self.assertEqual([line["ev"] for line in lines if line["ev"].startswith("contact.")][:2],
                         ["contact.arrived", "contact.offered"])
        self.assertFalse([line for line in lines if "from" in line or "data" in line])
        full = self.lines(*arguments, "--full")
        self.assertEqual([line["from"] for line in full if line["ev"] == "contact.arrived"], [CALLER["from"]])

    def test_events_end_with_the_router(self):
        process = self.follow()
        self.center.kill_usherd()
        _, errors = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 3)
        self.assertIn("connection", errors)


class Acts(WithCenter):
    def test_an_agent_is_moved(self):
        for move, state in ((["sign-in"], "not_ready"), (["ready"], "ready"), (["not-ready", "lunch"], "not_ready"),
                            (["sign-out"], "signed_out"), (["ready"], "ready")):
            self.assertIn("olena is", self.run_ok("agent", "olena", *move))
            self.assertEqual(self.agent_state("olena"), state, move)

    def test_the_same_move_works_again_and_again(self):
        for _ in range(3):
            self.run_ok("agent", "olena", "ready")
            self.run_ok("agent", "olena", "not-ready", "lunch")
            self.assertEqual(self.agent_state("olena"), "not_ready")

    def test_a_refusal_tells_code_and_reason(self):
        self.run_ok("agent", "olena", "ready")
        status, output, errors = usherctl("--socket", self.center.socket, "agent", "nobody", "ready")
        self.assertEqual((status, output), (1, ""))
        self.assertIn("no_such_agent", errors)
        status, output, _ = usherctl("--socket", self.center.socket, "agent", "olena", "not-ready", "golf", "--json")
        self.assertEqual(status, 1)
        self.assertEqual(json.loads(output)["error"]["code"], "bad_field")

    def test_reload_takes_good_rules_and_refuses_bad_ones(self):
        with open(self.center.path("rules.yaml")) as file:
            rules = file.read()
        self.center.write_rules(rules.replace("  billing:", "  bills:", 1).replace("queue: billing", "queue: bills"))
        self.assertIn("rules", self.run_ok("reload", "--yes", "--config", self.center.path("usherd.yaml")))
        self.assertIn("bills", self.run_ok("queues"))
        self.center.write_rules("skills: [billing\n")
        status, _, errors = usherctl("--socket", self.center.socket, "reload", "--yes")
        self.assertEqual(status, 1)
        self.assertIn("bad_rules", errors)
        self.assertIn("bills", self.run_ok("queues"))

    def test_drain_stops_usherd(self):
        self.assertEqual(json.loads(self.run_ok("drain", "--json"))["ok"], True)
        self.assertEqual(self.center.usherd.wait(10), 0)


class Connects(unittest.TestCase):
    def test_no_socket_names_the_path_and_what_to_do(self):
        status, output, errors = usherctl("--socket", "/nonexistent/usher.sock", "status")
        self.assertEqual((status, output), (3, ""))
        for part in ("/nonexistent/usher.sock", "Is usherd running?", "--socket", "$USHER_SOCKET"):
            self.assertIn(part, errors)

    def test_the_socket_comes_from_the_environment(self):
        _, _, errors = usherctl("status", env={"USHER_SOCKET": "/nonexistent/other.sock"})
        self.assertIn("/nonexistent/other.sock", errors)

    def test_the_settings_come_from_the_option_else_from_the_environment(self):
        status, _, errors = usherctl("profile", "show", env={"USHER_CONFIG": "/nonexistent/b.yaml"})
        self.assertEqual(status, 2)
        for part in ("/nonexistent/b.yaml", "--config", "$USHER_CONFIG"):
            self.assertIn(part, errors)
        _, _, errors = usherctl("profile", "show", "--config", "/nonexistent/a.yaml", env={"USHER_CONFIG": "/nonexistent/b.yaml"})
        self.assertIn("/nonexistent/a.yaml", errors)

    def test_a_closed_port_and_a_bad_address(self):
        status, _, errors = usherctl("--tcp", "127.0.0.1:1", "status")
        self.assertEqual(status, 3)
        self.assertIn("127.0.0.1:1", errors)
        status, _, errors = usherctl("--tcp", "nowhere", "status")
        self.assertEqual(status, 3)
        self.assertIn("HOST:PORT", errors)

    def test_tcp_wants_the_token_of_a_file_or_the_environment(self):
        center = Center(listen=[f'{{tcp: "127.0.0.1:{free_port()}", tokens: tokens.yaml}}'])
        address = center.listen[0].split('"')[1]
        write_settings = center.write_settings

        def write_tokens_too():
            for name, text in (("token", TOKEN + "\n"), ("wrong", "not-that\n"), ("tokens.yaml",
                               f"- {{client: ops, role: observer, sha256: {hashlib.sha256(TOKEN.encode()).hexdigest()}}}\n")):
                with open(center.path(name), "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                    file.write(text)
            write_settings()
        center.write_settings = write_tokens_too
        with center:
            self.assertEqual(usherctl("--tcp", address, "--token-file", center.path("token"), "status")[0], 0)
            self.assertEqual(usherctl("--tcp", address, "status", env={"USHER_TOKEN": TOKEN})[0], 0)
            for arguments, code in (([], 1), (["--token-file", center.path("wrong")], 1),
                                    (["--token-file", center.path("none")], 2)):
                status, output, errors = usherctl("--tcp", address, *arguments, "status")
                self.assertEqual((status, output), (code, ""), errors)
                self.assertIn("token", errors)
                self.assertNotIn("not-that", errors)

    def test_a_dead_usherd_leaves_a_socket_that_nobody_listens_on(self):
        with Center() as center:
            center.kill_usherd(signal.SIGKILL)
            status, _, errors = usherctl("--socket", center.socket, "status")
            self.assertEqual(status, 3)
            self.assertIn("nobody listens", errors)


class Usage(unittest.TestCase):
    def test_wrong_usage_ends_with_two_and_a_hint(self):
        for arguments in ([], ["fly"], ["status", "--full"], ["agent", "olena"], ["agent", "olena", "dance"],
                          ["agent", "olena", "not-ready"], ["agent", "olena", "ready", "lunch"], ["--nonsense"],
                          ["events", "--count", "0"], ["--role", "pbx", "status"], ["queues", "billing"]):
            status, output, errors = usherctl(*arguments)
            self.assertEqual((status, output), (2, ""), arguments)
            self.assertIn("usherctl", errors)

    def test_an_option_that_a_command_does_not_have_names_those_that_have_it(self):
        for arguments, has_not, have in ((["status", "--full"], "`status` has no --full", ["contacts", "events"]),
                                         (["journal", "check", "--yes"], "`journal check` has no --yes", ["journal repair"])):
            _, _, errors = usherctl(*arguments)
            for part in [has_not, *have]:
                self.assertIn(part, errors)

    def test_a_wrong_word_is_told_what_is_right(self):
        self.assertIn('did you mean "agents"?', usherctl("agnts")[2])
        self.assertIn("usherctl agent AGENT not-ready REASON", usherctl("agent", "olena", "not-ready")[2])

    def test_help_and_version(self):
        status, output, _ = usherctl("--help")
        self.assertEqual(status, 0)
        for name in ("status", "agents", "contacts", "queues", "events", "agent", "reload", "drain"):
            self.assertIn(f"  {name} ", output)
            status, page, _ = usherctl(name, "--help")
            self.assertEqual(status, 0)
            self.assertIn(f"Usage: usherctl {name}", page)
            self.assertEqual(usherctl("help", name)[1], page)
        self.assertRegex(usherctl("--version")[1], r"^usherctl \d+\.\d+\.\d+\n$")

    def test_the_help_of_a_command_has_its_options_with_their_sentences(self):
        page = usherctl("contacts", "--help")[1]
        self.assertRegex(page, r"(?m)^  --full +show personal data too")
        self.assertNotIn("--yes", page)

    def test_help_fits_a_screen_and_has_colour_there(self):
        lines = usherctl("--help")[1].splitlines()
        self.assertLess(len(lines), 30)
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertIn("\033[1mstatus", on_terminal(["--help"], 80, ""))
        self.assertNotIn("\033", on_terminal(["--help"], 80, "1"))


class CannotWrite(unittest.TestCase):
    COMMANDS = (["--version"], ["contacts", "--help"],
                ["simulate", os.path.join(os.environ["USHER_SOURCE"], "config/demo/rules.yaml"), "--days", "1", "--csv"])

    def run_with(self, redirection, *arguments, **options):
        done = subprocess.run(["sh", "-c", f'exec "$0" "$@" {redirection}', USHERCTL, *arguments], stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, timeout=20, **options)
        return done.returncode, done.stderr

    def test_a_full_disk_and_a_closed_output_are_told(self):
        for redirection, reason in ((">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")):
            for arguments in self.COMMANDS:
                self.assertEqual(self.run_with(redirection, *arguments),
                                 (1, f"usherctl: standard output could not be written: {reason}\n"), arguments)

    def test_who_has_read_enough_is_told_nothing(self):
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        for arguments in self.COMMANDS:
            self.assertEqual(self.run_with("", *arguments, stdout=writer), (-signal.SIGPIPE, ""), arguments)
            self.assertEqual(self.run_with("", *arguments, stdout=writer, restore_signals=False), (0, ""), arguments)


def on_terminal(arguments, width, no_colour):
    """What usherctl prints on a terminal of this width."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = subprocess.Popen([USHERCTL, *arguments], stdin=subprocess.DEVNULL, stdout=child,
                               env={**os.environ, "TERM": "xterm", "NO_COLOR": no_colour})
    os.close(child)
    output = b""
    while True:
        try:
            data = os.read(parent, 4096)
        except OSError:
            break
        if not data:
            break
        output += data
    process.wait()
    os.close(parent)
    return output.decode().replace("\r\n", "\n")


if __name__ == "__main__":
    unittest.main()
