"""Two usherds of a site, `a` and `b`, both with `standby: true`; one leads, the other follows.

    with Pair() as pair:
        pbx = pair.client("pbx", client="pbx1")     # of whoever leads
        pair.kill("a")
        pair.wait_leader("b")

Time runs ten times as fast as in a real site unless `settings` says otherwise: the standby takes over after some half a second.
"""

import signal
import socket
import tempfile

from harness import Center, Client, Refused, wait_until

FAST = "timing: {heartbeat: 100ms, lease: 250ms, read: 100ms, silent_reads: 4, claim_jitter: 30ms, grace: 5s}\n"


class Pair(Center):
    def __init__(self, settings=FAST, **others):
        super().__init__(settings="standby: true\n" + settings, **others)
        self.processes = {}

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="usher-")
        self.redis_socket = self.path("redis.sock")
        try:
            self.write_rules(self.rules)
            self.start_redis()
            for name in ("a", "b"):
                self.write_settings(f"{name}.yaml", f"{name}.sock")
                self.start_one(name)
                if name == "a":
                    self.wait_leader("a")
            self.wait_standby("b")
        except BaseException:
            self.close(is_failed=True)
            raise
        return self

    def address(self, name):
        return self.path(f"{name}.sock")

    def start_one(self, name, *arguments):
        self.start_usherd(*arguments, config=f"{name}.yaml", wait=False)
        self.processes[name] = self.usherd
        self.others.append(self.usherd)
        return self.usherd

    def send_signal(self, name, number):
        self.processes[name].send_signal(number)

    def kill(self, name, number=signal.SIGKILL):
        self.send_signal(name, number)
        return self.processes[name].wait(20)

    def describe(self, name):
        """What this usherd says of itself, or None when it cannot be reached."""
        try:
            probe = Client(self.address(name))
        except OSError:
            return None
        try:
            probe.call({"do": "router.describe"})
            return probe.wait_event("state.router")
        except (AssertionError, OSError, socket.timeout):
            return None
        finally:
            probe.close()

    def state(self, name):
        return (self.describe(name) or {}).get("state")

    def wait_leader(self, name, timeout=15.0):
        wait_until(lambda: self.state(name) == "leader", f"{name} leads", timeout)

    def wait_standby(self, name, timeout=15.0):
        """Waits until it follows and knows all of the journal."""
        wait_until(lambda: "behind_ms" in (self.describe(name) or {}), f"{name} follows", timeout)

    def leader(self):
        return wait_until(lambda: next((name for name in self.processes if self.state(name) == "leader"), None),
                          "somebody leads", 15.0)

    def client(self, role, client=None, agent=None, address=None, **hello):
        return super().client(role, client, agent, address or self.address(self.leader()), **hello)

    def come_back(self, role, client, timeout=15.0, **hello):
        """A session with whoever leads, tried at all addresses as fast as a client may."""
        def session():
            for name in self.processes:
                try:
                    probe = Client(self.address(name))
                except OSError:
                    continue
                self.clients.append(probe)
                try:
                    return probe.hello(role, client, **hello)
                except (Refused, AssertionError, OSError):
                    probe.close()
            return None
        return wait_until(session, f"{client} is back", timeout)

    def numbers(self):
        return [tuple(map(int, event["n"].split("-"))) for event in self.journal()]
