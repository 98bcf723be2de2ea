"""A center of its own for each test: a private redis-server and the built usherd in a folder of their own.

    with Center() as center:
        center.profile("olena", phone="sip:olena@127.0.0.1", billing=8)
        pbx = center.client("pbx", client="pbx1")
        desk = center.client("desk", agent="olena")
        desk.call({"do": "agent.ready"})
        pbx.call({"do": "contact.arrive", "contact": "0042", "channel": "voice"})
        offer = desk.wait_event("contact.offered", contact="pbx1/0042")

Python's standard library only. All processes are ended by their ids, the folder is removed, and when the test fails the log of usherd is
printed. The programs are found in the variables USHERD and USHERCTL.
"""

import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TIMEOUT = 10.0  # seconds, of every wait that names none

RULES = """\
skills: [billing, internet, sales, lang.uk, lang.en]
not_ready: [lunch, training, ring_no_answer]
queues:
  billing:
    promise: {answer_within: 20s, target: 80%}
    need: {billing: {min: 1}}
    ring: 15s
  general:
    ring: 15s
routes:
  - when: {data.topic: billing}
    queue: billing
  - queue: general
"""


class Refused(AssertionError):
    """An answer that is an error: .code, .answer."""

    def __init__(self, answer):
        super().__init__(json.dumps(answer))
        self.answer = answer
        self.code = answer["error"]["code"]


def die_with_parent():
    """Run in the child before exec: a test that is killed leaves nothing behind (PR_SET_PDEATHSIG = 1)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what, timeout=TIMEOUT):
    """Returns the first true value of condition()."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout} s in vain: {what}")
        time.sleep(0.01)


class Client:
    """One session of the native protocol. Events and answers are kept in the order in which they came."""

    def __init__(self, address, timeout=TIMEOUT):
        family = socket.AF_UNIX
        if isinstance(address, tuple):
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.timeout = timeout
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise
        self.rest = b""
        self.events = []  # not yet taken by wait_event
        self.answers = {}  # by id, not yet taken by wait_answer
        self.is_closed = False
        self.number = 0
        self.prefix = f"{os.getpid()}-{id(self)}-{time.monotonic_ns()}"
        self.welcome = None
        self.snapshot = []  # the lines between welcome and snapshot.end

    def send_bytes(self, data):
        self.socket.sendall(data)

    def send(self, command):
        """Sends a command, with an id of its own if it has none; returns the id."""
        if "id" not in command:
            self.number += 1
            command = {"id": f"{self.prefix}-{self.number}"[-64:], **command}
        self.send_bytes(json.dumps(command).encode() + b"\n")
        return command["id"]

    def read_line(self, timeout):
        """The next line as an object; None when the connection has ended."""
        end = time.monotonic() + timeout
        while b"\n" not in self.rest:
            if self.is_closed:
                return None
            self.socket.settimeout(max(0.001, end - time.monotonic()))
            try:
                data = self.socket.recv(1 << 16)
            except ConnectionError:
                data = b""
            if not data:
                self.is_closed = True
            self.rest += data
        line, self.rest = self.rest.split(b"\n", 1)
        return json.loads(line)

    def pump(self, timeout):
        """Reads one line and keeps it. False when the connection has ended; socket.timeout when nothing came."""
        line = self.read_line(timeout)
        if line is None:
            return False
        if "ev" in line:
            self.events.append(line)
        else:
            self.answers[line["re"]] = line
        return True

    def wait_answer(self, id, timeout=None):
        end = time.monotonic() + (timeout or self.timeout)
        while id not in self.answers:
            try:
                if not self.pump(end - time.monotonic()):
                    raise AssertionError(f"the connection ended before the answer to {id}")
            except socket.timeout:
                raise AssertionError(f"no answer to {id}; unread events: {self.events[-5:]}") from None
        return self.answers.pop(id)

    def ask(self, command, timeout=None):
        """Sends and returns the answer, whatever it is."""
        return self.wait_answer(self.send(command), timeout)

    def call(self, command, timeout=None):
        """Sends and returns the answer, which must be ok; else raises Refused. A profile that has just been written is known a moment
        later."""
        answer = self.ask(command, timeout)
        end = time.monotonic() + TIMEOUT
        while answer.get("error", {}).get("code") == "no_such_agent" and time.monotonic() < end:
            time.sleep(0.01)
            answer = self.ask(command, timeout)
        if answer.get("ok") is not True:
            raise Refused(answer)
        return answer

    def refuse(self, command, code):
        """Sends a command that must be refused with this code; returns the error."""
        answer = self.ask(command)
        error = answer.get("error") or {}
        assert error.get("code") == code, f"wanted {code} for {command}, got {answer}"
        return error

    def wait_event(self, name, timeout=None, **fields):
        """Takes the first event with this name and these fields out of those that came or come. Others stay."""
        end = time.monotonic() + (timeout or self.timeout)
        seen = 0
        while True:
            for i in range(seen, len(self.events)):
                event = self.events[i]
                if event["ev"] == name and all(event.get(k) == v for k, v in fields.items()):
                    return self.events.pop(i)
            seen = len(self.events)
            try:
                if not self.pump(end - time.monotonic()):
                    raise AssertionError(f"the connection ended before {name} {fields}")
            except socket.timeout:
                raise AssertionError(f"no {name} {fields}; unread: {self.events}") from None

    def expect_no_event(self, name, during=0.3, **fields):
        try:
            event = self.wait_event(name, timeout=during, **fields)
        except AssertionError:
            return
        raise AssertionError(f"unwanted: {event}")

    def hello(self, role, client=None, agent=None, token=None, after=None, instance=None, can=None):
        command = {"do": "hello", "role": role}
        for key, value in (("client", client), ("agent", agent), ("token", token), ("after", after),
                           ("instance", instance), ("can", can)):
            if value is not None:
                command[key] = value
        self.call(command)
        self.welcome = self.wait_event("welcome")
        if self.welcome.get("resumed") != 1:
            self.read_snapshot()
        return self

    def read_snapshot(self):
        end = self.wait_event("snapshot.end")
        self.snapshot = [e for e in self.events if e["ev"].startswith("state.")]
        self.events = [e for e in self.events if not e["ev"].startswith("state.")]
        assert len(self.snapshot) == end["count"], f"snapshot.end says {end}, came {len(self.snapshot)}"

    def state(self, kind, **fields):
        """The snapshot's lines of a kind ("agent", "contact", "queue") with these fields."""
        return [line for line in self.snapshot if line["ev"] == "state." + kind and
                all(line.get(k) == v for k, v in fields.items())]

    def wait_closed(self, timeout=None):
        end = time.monotonic() + (timeout or self.timeout)
        while self.pump(end - time.monotonic()):
            pass

    def close(self):
        self.is_closed = True
        self.socket.close()


class Center:
    """A private Redis and usherd. `settings` is appended to usherd.yaml (top-level keys); `listen` and `links` are YAML flow items."""

    launcher = ()  # what usherd is started by
    passed = ()  # descriptors that it is left

    def __init__(self, rules=RULES, settings="", listen=(), links="", site="test", appendfsync="always"):
        self.rules = rules
        self.site = site
        self.settings = settings
        self.listen = list(listen)
        self.links = links
        self.appendfsync = appendfsync
        self.folder = None
        self.redis = None
        self.usherd = None
        self.others = []  # further processes, ended with the center
        self.clients = []

    # The folder and its life.

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="usher-")
        self.socket = self.path("usher.sock")
        self.redis_socket = self.path("redis.sock")
        try:
            self.write_rules(self.rules)
            self.write_settings()
            self.start_redis()
            self.start_usherd()
        except BaseException:
            self.close(is_failed=True)
            raise
        return self

    def __exit__(self, kind, value, trace):
        self.close(is_failed=kind is not None)

    def close(self, is_failed=False):
        for client in self.clients:
            client.close()
        for process in [*self.others, self.usherd, self.redis]:
            self.end(process)
        if is_failed:
            sys.stderr.write("---- usherd's log\n" + self.log()[-20000:] + "----\n")
        shutil.rmtree(self.folder, ignore_errors=True)

    def end(self, process):
        """Ends a process that this center started."""
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, arguments, output=None, env=None, **options):
        """Starts a further program that ends with the center; `output` names a file of the folder for what it says."""
        with open(self.path(output) if output else os.devnull, "ab") as file:
            process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                       env={**os.environ, **(env or {})}, preexec_fn=die_with_parent, **options)
        self.others.append(process)
        return process

    # Redis.

    def start_redis(self, wait=True):
        """Starts redis-server on what the folder holds: after kill_redis it has its journal again."""
        arguments = ["redis-server", "--port", "0", "--unixsocket", self.redis_socket, "--dir", self.folder,
                     "--appendonly", "yes", "--appendfsync", self.appendfsync, "--save", "",
                     "--maxmemory-policy", "noeviction", "--loglevel", "warning", "--daemonize", "no",
                     *self.redis_options()]
        with open(self.path("redis.log"), "ab") as file:
            self.redis = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                          preexec_fn=die_with_parent)
        if wait:
            wait_until(lambda: self.redis_cli("PING", check=False) == "PONG", "redis-server answers")

    def redis_options(self):
        """More of them, for who needs another Redis."""
        return []

    def kill_redis(self, number=signal.SIGKILL):
        self.redis.send_signal(number)
        if number not in (signal.SIGSTOP, signal.SIGCONT):
            self.redis.wait()

    def redis_address(self):
        return ["-s", self.redis_socket]

    def redis_cli(self, *arguments, check=True):
        """What redis-cli prints, without the last newline."""
        result = subprocess.run(["redis-cli", *self.redis_address(), *map(str, arguments)],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
        assert not check or (result.returncode == 0 and not result.stdout.startswith("ERR")), result.stdout
        return result.stdout.rstrip("\n")

    def key(self, name):
        return f"usher:{{{self.site}}}:{name}"

    def profile(self, agent, phone=None, name=None, capacity=None, **skills):
        """Writes an agent's profile: profile("olena", billing=8, **{"lang.uk": 10}, capacity={"chat": 3})."""
        pairs = ["name", name or agent.capitalize(), "phone", phone or f"sip:{agent}@127.0.0.1"]
        for skill, level in skills.items():
            pairs += [f"skill.{skill}", level]
        for channel, count in (capacity or {}).items():
            pairs += [f"capacity.{channel}", count]
        self.redis_cli("HSET", self.key("agent:" + agent), *pairs)

    def journal(self):
        """All events that the stream holds, as objects."""
        output = self.redis_cli("--json", "XRANGE", self.key("journal"), "-", "+")
        entries = json.loads(output)
        return [json.loads(line) for _, fields in entries for line in fields[fields.index("b") + 1].splitlines()]

    # usherd.

    def write_rules(self, text):
        with open(self.path("rules.yaml"), "w") as file:
            file.write(text)

    def redis_settings(self):
        return f'socket: "{self.redis_socket}"'

    def write_settings(self, name="usherd.yaml", socket_name=None):
        """Writes a settings file; a second one with another socket is for a second usherd of the site."""
        listen = [f'{{unix: "{self.path(socket_name or "usher.sock")}"}}', *self.listen]
        text = f"site: {self.site}\nrules: rules.yaml\nredis: {{{self.redis_settings()}}}\nlisten:\n"
        text += "".join(f"  - {item}\n" for item in listen)
        if self.links:
            text += f"links: {self.links}\n"
        if "outage:" not in self.settings and "standby:" not in self.settings:
            text += "outage: hold\n"  # what most tests are about; test_usherd_route.py is about the other
        with open(self.path(name), "w") as file:
            file.write(text + self.settings)

    def start_usherd(self, *arguments, env=None, wait=True, config="usherd.yaml"):
        """Starts usherd; with `wait`, returns when it leads and takes sessions."""
        with open(self.path("usherd.log"), "ab") as file:
            self.usherd = subprocess.Popen([*self.launcher, os.environ["USHERD"], "--config", self.path(config), *arguments],
                                           stdin=subprocess.DEVNULL, stdout=file, stderr=file, pass_fds=self.passed,
                                           env={**os.environ, **(env or {})}, preexec_fn=die_with_parent)
        if wait:
            wait_until(self.is_leading, "usherd leads and takes sessions")
        return self.usherd

    def is_leading(self, address=None):
        assert self.usherd.poll() is None, f"usherd ended with {self.usherd.returncode}"
        try:
            probe = Client(address or self.socket)
        except OSError:
            return False
        try:
            return probe.ask({"do": "hello", "role": "observer"}).get("ok") is True
        except (AssertionError, OSError):
            return False
        finally:
            probe.close()

    def kill_usherd(self, number=signal.SIGKILL):
        """Sends a signal, and waits for the end unless the signal does not end it; returns the exit status."""
        self.usherd.send_signal(number)
        if number in (signal.SIGHUP, signal.SIGSTOP, signal.SIGCONT, signal.SIGUSR1, signal.SIGUSR2):
            return None
        return self.usherd.wait(30)

    def log(self, name="usherd.log"):
        try:
            with open(self.path(name), errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def wait_log(self, pattern, count=1, timeout=TIMEOUT):
        """Waits until the log has `count` lines that match; returns the last."""
        def found():
            lines = [line for line in self.log().splitlines() if re.search(pattern, line)]
            return lines[-1] if len(lines) >= count else None
        return wait_until(found, f"the log says {pattern!r}", timeout)

    # Clients.

    def client(self, role, client=None, agent=None, address=None, **hello):
        """A session that has said hello; its snapshot is in client.snapshot."""
        session = self.raw_client(address)
        if client is None:
            client = {"desk": f"desk-{agent}"}.get(role, role)
        return session.hello(role, client, agent, **hello)

    def staff(self):
        """A PBX, and the desk of an agent who is ready for everything."""
        self.profile("olena", billing=8)
        pbx = self.client("pbx", client="pbx1", instance="life-1")
        desk = self.client("desk", agent="olena")
        wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "the profile is known")
        return pbx, desk

    def raw_client(self, address=None):
        """A connection that has said nothing yet."""
        session = Client(address or self.socket)
        self.clients.append(session)
        return session
