"""A telephone system for the tests: a real Kamailio with config/kamailio/kamailio.cfg, and SIPp as callers and phones.

    with SipCenter() as center:
        phone = center.phone("phone")                  # an agent's phone: sipp/phone.xml
        olena = center.agent("olena", phone, billing=8)  # profile, desk, ready
        caller = center.caller("caller")               # sipp/caller.xml
        center.watch.wait_event("contact.answered", agent="olena")
        caller.succeed()
        phone.succeed()

center.watch is a supervisor's session: it sees every event. All is on loopback with free ports, and ends with the center.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from harness import Center, free_port, wait_until  # noqa: E402

SCENARIOS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sipp")
CONFIGURATION = os.path.join(os.environ["USHER_SOURCE"], "config", "kamailio", "kamailio.cfg")
LINK = "kam1"

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
    """A SIPp process: one phone, or callers."""

    def __init__(self, center, scenario, calls, pause_ms, arguments):
        self.center = center
        self.scenario = scenario
        self.port = free_udp_port()
        self.errors = center.path(f"{scenario}-{self.port}.errors")
        self.process = center.start(
            ["sipp", "-sf", os.path.join(SCENARIOS, scenario + ".xml"), "-i", "127.0.0.1", "-p", str(self.port),
             "-m", str(calls), "-d", str(pause_ms), "-nostdin", "-deadcall_wait", "0", "-timeout", "60",
             "-timeout_error", "-trace_err", "-error_file", self.errors, *arguments],
            output="sipp.log", env={"TERM": "dumb"}, cwd=center.folder)
        wait_until(lambda: self.process.poll() is not None or is_bound(self.port), f"{scenario} is up")

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
                return file.read()[:2000]
        except OSError:
            return ""


class SipCenter(Center):
    """A Center whose usherd has a link to a Kamailio of its own. `defines` override what stands at the top of kamailio.cfg."""

    def __init__(self, rules=RULES, defines=None, settings=""):
        self.evapi_port = free_port()
        self.sip_port = free_udp_port()
        self.defines = defines or {}
        self.kamailio = None
        self.watch = None
        super().__init__(rules=rules, settings=settings,
                         links=f'{{{LINK}: {{kind: kamailio, address: "127.0.0.1:{self.evapi_port}"}}}}')

    def __enter__(self):
        super().__enter__()
        try:
            self.start_kamailio()
            self.wait_linked()
            self.observe()
        except BaseException:
            self.close(is_failed=True)
            raise
        return self

    def close(self, is_failed=False):
        if is_failed and self.folder:
            sys.stderr.write("---- Kamailio's log\n" + self.log("kamailio.log")[-6000:] + "----\n")
        super().close(is_failed)

    def start_kamailio(self):
        defines = {"SIP_LISTEN": f"udp:127.0.0.1:{self.sip_port}",
                   "ROUTER_LISTEN": f'"127.0.0.1:{self.evapi_port}"', **self.defines}
        arguments = [part for name, value in defines.items() for part in ("-A", f"{name}={value}")]
        with open(self.path("kamailio.log"), "ab") as file:
            self.kamailio = subprocess.Popen(
                ["kamailio", "-DD", "-E", "-f", CONFIGURATION, "-P", self.path("kamailio.pid"), "-Y", self.folder,
                 "-m", "64", "-M", "8", *arguments],
                stdin=subprocess.DEVNULL, stdout=file, stderr=file, preexec_fn=end_with_parent)
        self.others.append(self.kamailio)
        wait_until(self.is_evapi_open, "Kamailio is up")

    def is_evapi_open(self):
        assert self.kamailio.poll() is None, "Kamailio ended: " + self.log("kamailio.log")
        try:
            socket.create_connection(("127.0.0.1", self.evapi_port), timeout=1).close()
        except OSError:
            return False
        return True

    def wait_linked(self, count=1):
        self.wait_log(rf"Kamailio is connected.*link={LINK}", count)

    def observe(self):
        """A new session that sees everything, for a usherd that has just started."""
        self.watch = self.client("supervisor")
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
        except AssertionError:
            return None

    @staticmethod
    def make_ready(desk):
        """The profile may be on its way from Redis still."""
        wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "the agent gets ready")

    def caller(self, scenario="caller", calls=1, rate=10, pause_ms=100, number="380501112233"):
        return Sipp(self, scenario, calls, pause_ms,
                    ["-aa", "-s", "hotline", "-r", str(rate), "-key", "from", number, f"127.0.0.1:{self.sip_port}"])

    def arrive(self, *arguments, **options):
        """A caller, and the contact that the router made of the call."""
        caller = self.caller(*arguments, **options)
        return caller, self.watch.wait_event("contact.arrived")["contact"]

    def story(self, contact):
        """The journal's events of a contact, by name."""
        return [event["ev"] for event in self.journal() if event.get("contact") == contact]

    def calls_in_kamailio(self):
        """How many calls Kamailio has, asked as an operator would."""
        with socket.create_connection(("127.0.0.1", self.evapi_port), timeout=5) as evapi:
            ask = b'{"do":"sync","id":"test","epoch":%d}' % self.epoch()
            evapi.sendall(b"%d:%s," % (len(ask), ask))
            data = b""
            while b'"sync.end","id":"test"' not in data:
                data += evapi.recv(65536)
        return int(data.split(b'"sync.end","id":"test","count":')[1].split(b"}")[0])

    def epoch(self):
        return int(self.journal()[-1]["n"].split("-")[0])
