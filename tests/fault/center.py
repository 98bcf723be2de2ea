"""The programs under torment: the routers with their ways, and the supervisor that starts again what has ended."""
import os
import shutil
import signal
import subprocess
import tempfile

from harness import die_with_parent
from proxy import RedisWay, SentinelWay, Way
from resp import RedisError
from sentinels import NAME
from store import Store

SITE = "fault"
STREAM = f"usher:{{{SITE}}}:journal"

RULES = """\
skills: [billing, sales, chat, probe]
not_ready: [lunch, ring_no_answer]
queues:
  billing:
    promise: {answer_within: %(promise)ds, target: 80%%}
    need: {billing: {min: 1}}
    ring: 1s
    wrap_up: 100ms
    transfer_wait: 1s
  sales: {like: billing, need: {sales: {min: 1, weight: 2}}}
  chat: {like: billing, need: {chat: {min: 1}}}
  probe: {like: billing, need: {probe: {min: 1}}, wrap_up: 0ms}
routes:
  - when: {data.topic: sales}
    queue: sales
  - when: {data.topic: chat}
    queue: chat
  - when: {data.topic: probe}
    queue: probe
  - queue: billing
"""
NEEDS = {"billing": "billing", "sales": "sales", "chat": "chat", "probe": "probe"}  # the queues' needs, for the checker


class Router:
    """A place for a usherd: its settings and ways, and the process that runs in it now, if any."""

    def __init__(self, site, name):
        self.site = site
        self.name = name
        self.process = None
        self.socket = site.path(name + ".sock")
        self.way = Way(site.loop, site.path(name + "-way.sock"), self.socket)
        store = site.store
        self.redis_way = RedisWay(site.loop, site.path(name + "-redis.sock"), lambda: store.master.socket, store.records, lambda: self.who)
        self.sentinel_way = SentinelWay(site.loop)
        self.redis_settings = f'socket: "{self.redis_way.path}"'
        if store.sentinels:
            self.redis_settings = self.go_by_sentinels()
        self.starts_count = 0
        self.ends = {}  # process -> its exit code
        self.is_stopped = False
        self.is_stopped_at_answer = False
        self.wakes = []  # (when it got SIGCONT, whether it was stopped before it could read Redis's answer)
        self.expected = set()  # the exit codes that are in order for the present process
        self.is_reaped = True

    def go_by_sentinels(self):
        """The way has a door for each server, and the sentinels name these to this router."""
        for server in self.site.store.servers:
            self.sentinel_way.ports[server.front.port] = self.redis_way.open(("127.0.0.1", 0), server.socket)[1]
        places = [self.sentinel_way.open(("127.0.0.1", 0), ("127.0.0.1", sentinel.port))[1] for sentinel in self.site.store.sentinels]
        return "sentinels: [" + ", ".join(f'"127.0.0.1:{port}"' for port in places) + f"], master: {NAME}"

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def who(self):
        """The present process."""
        return (self.name, self.starts_count)

    def log_path(self):
        return self.site.path(f"{self.name}-{self.starts_count}.log")

    def start(self):
        """Beside whatever else runs."""
        if self.process:
            self.ends[self.who] = self.process.returncode
        self.starts_count += 1
        self.is_stopped = self.is_reaped = False
        self.expected = set()
        self.site.note("start", self.name)
        with open(self.log_path(), "wb") as log:
            self.process = subprocess.Popen(
                [self.site.options.usherd, "--config", self.site.path(self.name + ".yaml")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)

    def signal(self, number, *expected):
        if not self.is_running:
            return
        self.expected.update(expected)
        self.site.note(signal.Signals(number).name, self.name)
        self.process.send_signal(number)
        if number in (signal.SIGSTOP, signal.SIGCONT):
            self.is_stopped = number == signal.SIGSTOP
            if number == signal.SIGCONT:
                self.wakes.append((self.site.loop.now(), self.is_stopped_at_answer))
        if number == signal.SIGKILL:
            self.process.wait()

    def kill(self):
        self.signal(signal.SIGKILL, -signal.SIGKILL)

    def log(self):
        with open(self.log_path(), errors="replace") as log:
            return log.read()

    def measure(self):
        """(what is open, resident KiB)"""
        folder = f"/proc/{self.process.pid}"
        with open(folder + "/status") as status:
            resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        return [os.readlink(f"{folder}/fd/{name}") for name in os.listdir(folder + "/fd")], resident


class Site:
    def __init__(self, loop, options, random, note, complain):
        self.loop = loop
        self.options = options
        self.random = random
        self.note = note
        self.complain = complain
        self.folder = tempfile.mkdtemp(prefix="usher-fault-")
        self.kills = {}  # what was killed -> how often
        self.store = Store(self, options.redis)
        self.routers = [Router(self, "a")]
        if options.second != "none":
            self.routers.append(Router(self, "b"))
        self.is_supervising = False
        self.starting = set()
        self.segments = []  # what the journal held before each flush
        self.write_rules(20)
        for router in self.routers:
            self.write_settings(router)

    def path(self, name):
        return os.path.join(self.folder, name)

    def count_kill(self, what):
        self.kills[what] = self.kills.get(what, 0) + 1

    # Files.

    def write_rules(self, promise):
        with open(self.path("rules.yaml"), "w") as file:
            file.write(RULES % {"promise": promise})

    def write_settings(self, router):
        def ms(number):
            return f"{max(1, round(number * self.options.scale))}ms"
        timing = f"heartbeat: {ms(1000)}, lease: {ms(2500)}, grace: {ms(30000)}"
        if self.options.second == "standby":
            timing += f", silent_reads: 3, read: {ms(1000)}, claim_jitter: {ms(300)}"
        redis = router.redis_settings
        if self.options.wait != "none":
            redis += f", wait_replicas: 1, replicas: {self.options.wait}, replica_timeout: {ms(1000)}"
        with open(self.path(router.name + ".yaml"), "w") as file:
            file.write(f"site: {SITE}\nrules: rules.yaml\nredis: {{{redis}}}\n"
                       f"listen:\n  - {{unix: \"{router.socket}\"}}\ntiming: {{{timing}}}\n"
                       f"journal: {{snapshot_every: {self.random.choice([40, 150, 1000])}}}\n"
                       f"limits: {{contacts: 2000, agents: 200, ring: {self.random.choice(['64KiB', '2MiB'])}}}\n")
            more = {"hold": "outage: hold\n", "route": "outage: route\nstate: .\n"}[self.options.outage]
            file.write("standby: true\n" if self.options.second == "standby" else more)

    def write_profiles(self, profiles):
        for agent, skills in profiles.items():
            pairs = [part for skill in skills for part in ("skill." + skill, 1 + len(agent) % 9)]
            self.redis.call("HSET", f"usher:{{{SITE}}}:agent:{agent}", "name", agent, "phone", f"sip:{agent}@phones",
                            "capacity.chat", 3, *pairs)

    # Redis.

    @property
    def redis(self):
        """The rig's own way to the master."""
        return self.store.master.client

    def wait_redis(self):
        """A script: until it answers."""
        while not (self.store.master.is_running and self.redis.is_there()):
            if not self.store.master.is_running and not self.store.sentinels:
                self.complain(f"redis-server ended with {self.store.master.process.returncode} at its start")
                return
            yield 0.01

    def read_journal(self):
        return [(id.decode(), dict(zip(fields[::2], fields[1::2])))
                for id, fields in self.redis.call("XRANGE", STREAM, "-", "+")]

    def last_entry(self, server=None):
        """The id of the journal's last entry; "" when there is none."""
        last = (server or self.store.master).client.call("XREVRANGE", STREAM, "+", "-", "COUNT", 1)
        return last[0][0].decode() if last else ""

    def flush_redis(self):
        """FLUSHALL; what the journal held is kept for the checker, without a gap."""
        held = self.redis.ask([("MULTI",), ("XRANGE", STREAM, "-", "+"), ("FLUSHALL",), ("EXEC",)])[-1][0]
        self.segments.append([(id.decode(), dict(zip(fields[::2], fields[1::2]))) for id, fields in held])
        self.note("FLUSHALL", held[-1][0].decode() if held else "")

    # Routers.

    def running(self):
        return [router for router in self.routers if router.is_running]

    def supervise(self):
        """A script that runs all the time: notes who has ended, and starts again."""
        while True:
            for router in self.routers:
                if not router.is_reaped and not router.is_running:
                    self.note_end(router)
            if self.is_supervising:
                missing = self.routers if self.options.second == "standby" else self.one_of_none()
                for router in missing:
                    if not router.is_running and router not in self.starting:
                        self.starting.add(router)
                        self.loop.after(self.random.uniform(0.02, 0.3), lambda r=router: self.start_again(r))
            yield 0.01

    def one_of_none(self):
        """Without a standby: one is started when none runs."""
        if self.running() or self.starting:
            return []
        return [self.random.choice(self.routers)]

    def start_again(self, router):
        if self.store.may_repeat_epoch():
            self.loop.after(0.05, lambda: self.start_again(router))
            return
        self.starting.discard(router)
        if self.is_supervising and not router.is_running:
            router.start()

    def note_end(self, router):
        router.is_reaped = True
        code, log = router.process.returncode, router.log()
        router.ends[router.who] = code
        self.note("end", router.name, code)
        is_in_order = (code in router.expected or
                       (code == 1 and "Another router has taken over" in log and len(self.routers) > 1) or
                       (code == 1 and "written anew or trimmed while it was read" in log and self.segments))
        if not is_in_order:
            self.complain(f"usherd {router.name} ended with {code}, and nobody had ended it; its log:\n" + log[-3000:])

    def close(self):
        self.is_supervising = False
        for router in self.routers:
            if router.is_running:
                router.process.kill()
                router.process.wait()
        self.store.close()
        if self.options.keep:
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


__all__ = ["NEEDS", "RedisError", "SITE", "STREAM", "Site"]
