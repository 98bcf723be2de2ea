"""A telephone system for the tests: a real Kamailio with config/kamailio/kamailio.cfg, and SIPp as callers and phones.

    with SipCenter() as center:
        phone = center.phone("phone")                  # an agent's phone: sipp/phone.xml
        olena = center.agent("olena", phone, billing=8)  # profile, desk, ready
        caller = center.caller("caller")               # sipp/caller.xml
        center.watch.wait_event("contact.answered", agent="olena")
        caller.succeed()
        phone.succeed()

center.watch is a supervisor's session: it sees every event. All is on loopback with free ports, and ends with the center.
SipPair is the same with two usherds (pair.py); both take `kamailios=("kam1", "kam2")` for more than one Kamailio, and `is_wired=True`
for a link to the first that can be cut: center.kamailio.wire.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from harness import TIMEOUT, Center, free_port, wait_until  # noqa: E402
from pair import Pair  # noqa: E402
from wire import Wire  # noqa: E402

SCENARIOS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sipp")
CONFIGURATION = os.path.join(os.environ["USHER_SOURCE"], "config", "kamailio", "kamailio.cfg")

RULES = """\
skills: [billing]
not_ready: [lunch, ring_no_answer]
queues:
  billing:
    need: {billing: {min: 1}}
    ring: 10s
    wrap_up: 0s
routes:
  - queue: billing
"""


def end_with_parent():
    """As harness.die_with_parent, but asked: a Kamailio that is killed leaves its worker processes behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_bound(port):
    """Whether somebody has the UDP port of 127.0.0.1."""
    with open("/proc/net/udp") as file:
        return any(line.split()[1].endswith(f":{port:04X}") for line in file.readlines()[1:])


class Sipp:
    """A SIPp process: one phone, or callers. `words` replace words of the scenario."""

    def __init__(self, center, scenario, calls, pause_ms, arguments, words=None, timeout_s=60):
        self.center = center
        self.scenario = scenario
        self.port = free_udp_port()
        self.errors = center.path(f"{scenario}-{self.port}.errors")
        self.steps = center.path(f"{scenario}-{self.port}.steps")  # what the scenario logs
        self.process = center.start(
            ["sipp", "-sf", self.written(words or {}), "-i", "127.0.0.1", "-p", str(self.port),
             "-m", str(calls), "-d", str(pause_ms), "-nostdin", "-deadcall_wait", "0", "-timeout", str(timeout_s),
             "-timeout_error", "-trace_err", "-error_file", self.errors, "-trace_logs", "-log_file", self.steps, *arguments],
            output="sipp.log", env={"TERM": "dumb"}, cwd=center.folder)
        wait_until(lambda: self.process.poll() is not None or is_bound(self.port), f"{scenario} is up")

    def written(self, words):
        """The scenario's file, with its words replaced: SIPp takes some numbers from there only."""
        path = os.path.join(SCENARIOS, self.scenario + ".xml")
        if not words:
            return path
        with open(path) as file:
            text = file.read()
        for word, value in words.items():
            text = text.replace(word, str(value))
        path = self.center.path(f"{self.scenario}-{self.port}.xml")
        with open(path, "w") as file:
            file.write(text)
        return path

    @property
    def uri(self):
        return f"sip:phone@127.0.0.1:{self.port}"

    def succeed(self, timeout=20):
        """All its calls went as its scenario says."""
        wait_until(lambda: self.process.poll() is not None, f"{self.scenario} ends", timeout)
        assert self.process.returncode == 0, f"{self.scenario}: {self.process.returncode}: {self.why()}"

    def why(self):
        try:
            with open(self.errors, errors="replace") as file:
                text = file.read()
        except OSError:
            return ""
        # First of all what ended a call; time-outs that the scenario foresees are told, too.
        return text[max(0, text.find("Aborting call")):][:2000]


class Kamailio:
    """A Kamailio, with ports of its own; `name` is its link's in usherd.yaml. `defines` override what stands at the top of kamailio.cfg."""

    def __init__(self, center, name, defines):
        self.center = center
        self.name = name
        self.evapi_port = free_port()
        self.wire = None  # between usherd and it
        self.sip_port = free_udp_port()
        self.defines = {"SIP_LISTEN": f"udp:127.0.0.1:{self.sip_port}", "ROUTER_LISTEN": f'"127.0.0.1:{self.evapi_port}"',
                        **(defines or {})}
        self.process = None

    @property
    def link_port(self):
        """Where usherd connects."""
        return self.wire.port if self.wire else self.evapi_port

    @property
    def log_name(self):
        return f"{self.name}.log"

    def start(self):
        arguments = [part for name, value in self.defines.items() for part in ("-A", f"{name}={value}")]
        folder = self.center.path(self.name)
        os.makedirs(folder, exist_ok=True)
        with open(self.center.path(self.log_name), "ab") as file:
            self.process = subprocess.Popen(
                ["kamailio", "-DD", "-E", "-f", CONFIGURATION, "-P", os.path.join(folder, "pid"), "-Y", folder,
                 "-m", "64", "-M", "8", *arguments],
                stdin=subprocess.DEVNULL, stdout=file, stderr=file, preexec_fn=end_with_parent)
        self.center.others.append(self.process)
        wait_until(self.is_open, f"{self.name} is up")

    def is_open(self):
        assert self.process.poll() is None, "Kamailio ended: " + self.center.log(self.log_name)
        try:
            socket.create_connection(("127.0.0.1", self.evapi_port), timeout=1).close()
        except OSError:
            return False
        return True

    def end(self):
        self.center.end(self.process)

    def tell(self, message, until):
        """Says something as a router would, and returns what came until the bytes `until` did."""
        with socket.create_connection(("127.0.0.1", self.evapi_port), timeout=5) as evapi:
            body = json.dumps(message, separators=(",", ":")).encode()
            evapi.sendall(b"%d:%s," % (len(body), body))
            data = b""
            while until not in data:
                data += evapi.recv(65536)
        return data

    def calls(self):
        """How many calls it has, asked as an operator would."""
        data = self.tell({"do": "sync", "id": "test", "epoch": self.center.epoch()}, b'"sync.end","id":"test"')
        return int(data.split(b'"sync.end","id":"test","count":')[1].split(b"}")[0])


class Telephony:
    """What a center has when its PBXs are Kamailios."""

    def __init__(self, rules=RULES, defines=None, kamailios=("kam1",), is_wired=False, **others):
        self.kamailios = {name: Kamailio(self, name, defines) for name in kamailios}
        self.kamailio = self.kamailios[kamailios[0]]
        if is_wired:
            self.kamailio.wire = Wire(self.kamailio.evapi_port)
        self.watch = None
        links = (f'{name}: {{kind: kamailio, address: "127.0.0.1:{kamailio.link_port}"}}'
                 for name, kamailio in self.kamailios.items())
        super().__init__(rules=rules, links=f"{{{', '.join(links)}}}", **others)

    def __enter__(self):
        super().__enter__()
        try:
            for kamailio in self.kamailios.values():
                kamailio.start()
            for name in self.kamailios:
                self.wait_linked(link=name)
            self.observe()
        except BaseException:
            self.close(is_failed=True)
            raise
        return self

    def close(self, is_failed=False):
        if is_failed and self.folder:
            for kamailio in self.kamailios.values():
                sys.stderr.write(f"---- {kamailio.name}'s log\n" + self.log(kamailio.log_name)[-6000:] + "----\n")
        super().close(is_failed)
        if self.kamailio.wire:
            self.kamailio.wire.close()

    def wait_linked(self, count=1, link="kam1", timeout=TIMEOUT):
        self.wait_log(rf"Kamailio is connected.*link={link}\b", count, timeout)

    def observe(self, address=None):
        """A new session that sees everything, for a usherd that has just started."""
        self.watch = self.client("supervisor", address=address)
        return self.watch

    def phone(self, scenario="phone", calls=1, pause_ms=0, aa=True):
        return Sipp(self, scenario, calls, pause_ms, ["-aa"] if aa else [])

    def agent(self, name, phone, is_ready=True, **skills):
        """Writes a profile and opens the agent's desk."""
        self.profile(name, phone=phone.uri, **(skills or {"billing": 5}))
        desk = wait_until(lambda: self.try_desk(name), f"the desk of {name} opens")
        if is_ready:
            self.make_ready(desk)
        return desk

    def try_desk(self, name):
        try:
            return self.client("desk", agent=name)
        except (AssertionError, OSError):
            return None

    @staticmethod
    def make_ready(desk):
        """The profile may be on its way from Redis still."""
        wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "the agent gets ready")

    def caller(self, scenario="caller", calls=1, rate=10, pause_ms=100, number="380501112233", kamailio=None, arguments=(),
               words=None):
        return Sipp(self, scenario, calls, pause_ms,
                    ["-aa", *arguments, "-s", "hotline", "-r", str(rate), "-key", "from", number,
                     f"127.0.0.1:{(kamailio or self.kamailio).sip_port}"], words)

    def arrive(self, *arguments, **options):
        """A caller, and the contact that the router made of the call."""
        caller = self.caller(*arguments, **options)
        return caller, self.watch.wait_event("contact.arrived")["contact"]

    def story(self, contact):
        """The journal's events of a contact, by name."""
        return [event["ev"] for event in self.journal() if event.get("contact") == contact]

    def wait_journal(self, name, contact, **fields):
        """The first such event in the journal: a session that opened late has not seen it."""
        def found():
            for event in self.journal():
                if event["ev"] == name and event.get("contact") == contact and \
                        all(event.get(key) == value for key, value in fields.items()):
                    return event
            return None
        return wait_until(found, f"the journal has {name} of {contact} {fields}")

    def epoch(self):
        return int(self.journal()[-1]["n"].split("-")[0])


class SipCenter(Telephony, Center):
    pass


class SipPair(Telephony, Pair):
    pass
