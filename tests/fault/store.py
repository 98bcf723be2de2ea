"""Where the journal lies: a redis-server alone, or a master with a replica. Replication goes over a way of the rig's, so that the
replica can be kept behind; a failover then loses what it has not got.

`Records` has every entry that any router sent, whatever became of it: by it the checker knows what was lost, and in which window.
"""
import os
import resource
import signal
import subprocess

from client import number
from harness import die_with_parent, free_port
from proxy import FrontWay
from resp import Redis, RedisError


class Records:
    """What went to Redis over the rig's ways."""

    def __init__(self):
        self.sent = {}  # id of an entry -> (its lines, by which process)
        self.repeated = set()
        self.accepted = {}  # id -> when Redis said yes, and the router could hear it
        self.claimers = {}  # epoch -> the process that sent its claim
        self.breaks = {}  # process -> when its way to the journal broke, or Redis said no

    def note(self, id, lines, who):
        """True when the entry was sent before."""
        is_repeated = id in self.sent
        if is_repeated:
            self.repeated.add(id)
        self.sent.setdefault(id, (lines, who))
        if id.endswith("-1"):
            self.claimers.setdefault(number(id)[0], who)
        return is_repeated

    def note_break(self, who, when):
        self.breaks.setdefault(who, []).append(when)


class Failover:
    """The replica was made the master when its journal ended with `last`; up to `end` the old one could be heard of."""

    def __init__(self, end, last, may_lose):
        self.end = end
        self.last = number(last) if last else (0, 0)
        self.may_lose = may_lose  # a router that died with it has taken what it alone still had along


class Server:
    """A place for a redis-server, and the process that runs in it now, if any."""

    def __init__(self, site, name, has_port):
        self.site = site
        self.name = name
        self.folder = site.path(name)
        os.mkdir(self.folder)
        self.socket = site.path(name + ".sock")
        self.port = free_port() if has_port else 0
        self.front = FrontWay(site.loop, ("127.0.0.1", self.port)) if has_port else None
        self.client = Redis(self.socket)
        self.process = None
        self.is_stopped = False

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def start(self, master=None):
        self.is_stopped = False
        self.site.note("start", self.name, "as a replica" if master else "")
        more = []
        if self.front:
            more = ["--replica-announce-ip", "127.0.0.1", "--replica-announce-port", str(self.front.port),
                    "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"]
        if master:
            more += ["--replicaof", "127.0.0.1", str(master.front.port)]
        with open(self.site.path(self.name + ".log"), "ab") as log:
            self.process = subprocess.Popen(
                ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", self.socket, "--dir", self.folder,
                 "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction",
                 "--auto-aof-rewrite-percentage", "0", "--loglevel", "warning", "--daemonize", "no", *more],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)

    def kill(self):
        self.site.note("SIGKILL", self.name)
        self.site.count_kill("redis")
        self.client.close()
        self.process.kill()
        self.process.wait()

    def signal(self, number):
        self.site.note(signal.Signals(number).name, self.name)
        self.process.send_signal(number)
        self.is_stopped = number == signal.SIGSTOP

    def limit_files(self, room):
        """No file of Redis's may grow any more: what a full disk is to it. It ends at its next write."""
        sizes = [os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(os.path.join(self.folder, "appendonlydir"))
                 for name in names if name.endswith(".aof")]
        limit = max(sizes) + room
        self.site.note("no room for redis", limit)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (limit, limit))

    def lose_tail(self, count):
        """Takes the last `count` commands that were written from a dead Redis's file; returns how many it took."""
        folder = os.path.join(self.folder, "appendonlydir")
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

    def close(self):
        self.client.close()
        if self.is_running:
            self.process.kill()
            self.process.wait()


class Store:
    def __init__(self, site, kind):
        self.site = site
        self.servers = [Server(site, "redis", kind != "alone")]
        if kind != "alone":
            self.servers.append(Server(site, "redis2", True))
        self.master = self.servers[0]
        self.records = Records()
        self.failovers = []

    @property
    def replica(self):
        """The other one, or None."""
        return next((server for server in self.servers if server is not self.master), None)

    def begin(self):
        self.master.start()
        if self.replica:
            self.replica.start(self.master)

    def heal(self):
        """All run, none is held up, and the replica follows the master."""
        for server in self.servers:
            if server.front:
                server.front.heal()
            if server.is_stopped and server.is_running:
                server.signal(signal.SIGCONT)
            if not server.is_running:
                server.start(None if server is self.master else self.master)

    def has_replica(self):
        """The replica has taken over what the master had, and follows."""
        try:
            told = self.master.client.call("INFO", "replication").decode().splitlines()
        except (OSError, RedisError):
            return False
        return any(line.startswith("slave0:") and "state=online" in line for line in told)

    def promote(self, read_last, may_lose):
        """The replica becomes the master; the old one is dead already."""
        new = self.replica
        new.client.call("REPLICAOF", "NO", "ONE")
        self.master = new
        last = read_last()
        self.failovers.append(Failover(self.site.loop.now(), last, may_lose))
        self.site.note("failover to", new.name, "whose journal ends with", last)

    def close(self):
        for server in self.servers:
            server.close()
