"""The programs under torment: redis-server, the routers with their ways, and the supervisor that starts again what has ended."""
import os
import resource
import shutil
import signal
import subprocess
import tempfile

from harness import die_with_parent
from proxy import RedisWay, Way
from resp import Redis, RedisError

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
        self.redis_way = RedisWay(site.loop, site.path(name + "-redis.sock"), site.redis_socket, site.appended)
        self.starts_count = 0
        self.is_stopped = False
        self.is_stopped_at_answer = False
        self.wakes = []  # (when it got SIGCONT, whether it was stopped before it could read Redis's answer)
        self.expected = set()  # the exit codes that are in order for the present process
        self.is_reaped = True

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def log_path(self):
        return self.site.path(f"{self.name}-{self.starts_count}.log")

    def start(self):
        """Beside whatever else runs."""
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
        self.redis_socket = self.path("redis.sock")
        self.redis_process = None
        self.is_redis_stopped = False
        self.redis = Redis(self.redis_socket)
        self.appended = set()
        self.routers = [Router(self, "a")]
        if options.second != "none":
            self.routers.append(Router(self, "b"))
        self.is_supervising = False
        self.starting = set()
        self.kills = {}  # what was killed -> how often
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
            timing += f", silent_reads: 3, claim_jitter: {ms(300)}"
        with open(self.path(router.name + ".yaml"), "w") as file:
            file.write(f"site: {SITE}\nrules: rules.yaml\nredis: {{socket: \"{router.redis_way.path}\"}}\n"
                       f"listen:\n  - {{unix: \"{router.socket}\"}}\ntiming: {{{timing}}}\n"
                       f"journal: {{snapshot_every: {self.random.choice([40, 150, 1000])}}}\n"
                       f"limits: {{contacts: 2000, agents: 200, ring: {self.random.choice(['64KiB', '2MiB'])}}}\n")
            file.write("standby: true\n" if self.options.second == "standby" else "outage: hold\n")

    def write_profiles(self, profiles):
        for agent, skills in profiles.items():
            pairs = [part for skill in skills for part in ("skill." + skill, 1 + len(agent) % 9)]
            self.redis.call("HSET", f"usher:{{{SITE}}}:agent:{agent}", "name", agent, "phone", f"sip:{agent}@phones",
                            "capacity.chat", 3, *pairs)

    # Redis.

    def start_redis(self):
        self.is_redis_stopped = False
        self.note("start", "redis")
        with open(self.path("redis.log"), "ab") as log:
            self.redis_process = subprocess.Popen(
                ["redis-server", "--port", "0", "--unixsocket", self.redis_socket, "--dir", self.folder,
                 "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction",
                 "--auto-aof-rewrite-percentage", "0", "--loglevel", "warning", "--daemonize", "no"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)

    def wait_redis(self):
        """A script: until it answers."""
        while not (self.redis_process.poll() is None and self.redis.is_there()):
            if self.redis_process.poll() is not None:
                self.complain(f"redis-server ended with {self.redis_process.returncode} at its start")
                return
            yield 0.01

    def kill_redis(self):
        self.note("SIGKILL", "redis")
        self.count_kill("redis")
        self.redis.close()
        self.redis_process.kill()
        self.redis_process.wait()

    def signal_redis(self, number):
        self.note(signal.Signals(number).name, "redis")
        self.redis_process.send_signal(number)
        self.is_redis_stopped = number == signal.SIGSTOP

    def limit_redis_files(self):
        """No file of Redis's may grow any more: what a full disk is to it. It ends at its next write."""
        sizes = [os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(self.path("appendonlydir"))
                 for name in names if name.endswith(".aof")]
        limit = max(sizes) + self.random.randrange(1, 400)
        self.note("no room for redis", limit)
        resource.prlimit(self.redis_process.pid, resource.RLIMIT_FSIZE, (limit, limit))

    def lose_tail(self, count):
        """Takes the last `count` commands that were written from a dead Redis's file; returns how many it took."""
        folder = self.path("appendonlydir")
        path = os.path.join(folder, max((n for n in os.listdir(folder) if n.endswith(".incr.aof")),
                                        key=lambda name: int(name.split(".")[-3])))
        with open(path, "rb") as file:
            data = file.read()
        starts, at = [], 0
        while (at := data.find(b"*", at)) >= 0:
            if at == 0 or data[at - 2:at] == b"\r\n":
                starts.append(at)
            at += 1
        starts = [at for at in starts if b"XADD" in data[at:at + 30]][-count:] if count > 0 else []
        if starts:
            os.truncate(path, starts[0])
        return len(starts)

    def read_journal(self):
        return [(id.decode(), dict(zip(fields[::2], fields[1::2])))
                for id, fields in self.redis.call("XRANGE", STREAM, "-", "+")]

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
        self.starting.discard(router)
        if self.is_supervising and not router.is_running:
            router.start()

    def note_end(self, router):
        router.is_reaped = True
        code, log = router.process.returncode, router.log()
        self.note("end", router.name, code)
        is_in_order = (code in router.expected or
                       (code == 1 and "Another router has taken over" in log and len(self.routers) > 1) or
                       (code == 1 and "written anew or trimmed while it was read" in log and self.segments))
        if not is_in_order:
            self.complain(f"usherd {router.name} ended with {code}, and nobody had ended it; its log:\n" + log[-3000:])

    def close(self):
        self.is_supervising = False
        processes = [router.process for router in self.routers] + [self.redis_process]
        for process in processes:
            if process and process.poll() is None:
                process.kill()
                process.wait()
        self.redis.close()
        if self.options.keep:
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


__all__ = ["NEEDS", "RedisError", "SITE", "STREAM", "Site"]
