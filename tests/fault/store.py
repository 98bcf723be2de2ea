"""Where the journal lies: a redis-server alone, or a master with a replica, with sentinels or without. Replication goes over a way of the rig's, so that the
replica can be kept behind; a failover then loses what it has not got.

`Records` has every entry that any router sent, whatever became of it: by it the checker knows what was lost, and in which window.
"""
import os
import resource
import signal
import subprocess
import time

from client import number
from harness import die_with_parent, free_port
from proxy import FrontWay
from resp import Redis, RedisError
from sentinels import COUNT, NAME, Sentinel, role_of


class Records:
    """What went to Redis over the rig's ways."""

    def __init__(self):
        self.sent = {}  # id of an entry -> (its lines, by which process)
        self.before = {}  # id -> the same, as another process had sent it
        self.repeated = set()
        self.accepted = {}  # id -> when Redis said yes, and the router could hear it
        self.claimers = {}  # epoch -> the process that sent its claim
        self.claimed = 0.0  # when the last claim was sent
        self.breaks = {}  # process -> when its way to the journal broke, or Redis said no
        self.read = {}  # process -> {id: the lines} of the entries that it was given out of the journal

    def note(self, id, lines, who, when):
        """True when the entry was sent before."""
        is_repeated = id in self.sent
        if is_repeated:
            self.repeated.add(id)
        if id not in self.accepted:
            self.before[id] = self.sent.get(id)
            self.keep(id, (lines, who))
        if id.endswith("-1"):
            self.claimed = when
        return is_repeated

    def keep(self, id, entry):
        """Two processes may try the same number; which of them Redis took, its answers tell."""
        self.sent[id] = entry
        if id.endswith("-1"):
            self.claimers[number(id)[0]] = entry[1]

    def note_refusal(self, id, who):
        if id not in self.accepted and self.sent[id][1] == who and self.before.get(id):
            self.keep(id, self.before[id])

    def note_read(self, entries, who):
        """So an entry is known of which Redis said yes to nobody who could hear it."""
        self.read.setdefault(who, {}).update((id.decode(), fields[1]) for id, fields in entries)

    def note_break(self, who, when):
        self.breaks.setdefault(who, []).append(when)


class Failover:
    """The replica was made the master when its journal ended with `last` (or with what nobody knows); up to `end` the old one could be
    heard of. A router that died with it has taken along what it alone still had: then `may_lose`.
    """

    def __init__(self, at, last, may_lose):
        self.at = self.end = at
        self.last = number(last) if last else (0, 0)
        self.may_lose = may_lose


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
        # Sentinels may take their time, and a replica that is waited for comes back a second later than its master.
        self.patience = 4.0 if kind == "sentinels" else 1.5 if site.options.wait == "strict" else 0.0
        self.expected = None  # the failover that the rig has made the sentinels do
        self.sentinels = []
        if kind == "sentinels":
            self.sentinels = [Sentinel(site, f"sentinel{i}", self.master, site.options.scale) for i in range(COUNT)]

    @property
    def replica(self):
        """The other one, or None."""
        return next((server for server in self.servers if server is not self.master), None)

    def begin(self):
        self.master.start()
        if self.replica:
            self.replica.start(self.master)

    def begin_watch(self):
        """The sentinels, who take a master for dead that does not answer yet, and may not ask it of its replicas again soon."""
        for sentinel in self.sentinels:
            sentinel.start()
            self.site.loop.spawn(sentinel.listen(self.on_switch))

    def on_switch(self, port):
        """The sentinels have made another server the master."""
        new = next(server for server in self.servers if server.front.port == port)
        if new is self.master or role_of(new) != "master":
            return
        old, self.master = self.master, new
        failover = self.expected or Failover(0.0, "", True)
        self.expected = None
        failover.at, failover.end = self.site.loop.now(), float("inf")
        self.failovers.append(failover)
        self.site.note("the sentinels have switched to", new.name)
        self.site.loop.spawn(self.watch_old(old, failover))

    def watch_old(self, old, failover):
        """A script: the old master can be heard of until it is dead or a replica."""
        while old.is_running and role_of(old) != "slave" and self.master is not old:
            yield 0.05
        failover.end = self.site.loop.now()

    def may_repeat_epoch(self):
        """An epoch is a second of Redis's clock, or above the last in the journal. Where a failover may lose a claim, the next one
        in the same second would get its number; so the rig starts nobody in that second.
        """
        last = max(self.records.claimers, default=0)
        if not self.replica or self.site.options.wait == "strict" or time.time() >= last + 1:
            return False
        if self.sentinels and not self.is_sound():
            return True  # they may be about to switch
        return role_of(self.master) != "master" or any(failover.at > self.records.claimed for failover in self.failovers)

    def is_sound(self):
        """One server is the master, the other its replica; the sentinels, if there are any, see it so."""
        return not self.what_lacks()

    def what_lacks(self):
        """What is not in order, "" when all is."""
        if not self.replica:
            return "" if self.master.is_running else "the master does not run"
        if not self.has_replica() or role_of(self.replica) != "slave":
            return "the replica does not follow the master"
        return next((f"{sentinel.name} {lack}" for sentinel in self.sentinels if (lack := self.what_sentinel_lacks(sentinel))), "")

    def what_sentinel_lacks(self, sentinel):
        told = Redis(("127.0.0.1", sentinel.port), 0.2)
        try:
            place = told.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME)
            master = dict(zip(*[iter(told.call("SENTINEL", "MASTER", NAME))] * 2))
        except (OSError, RedisError) as error:
            return f"does not answer: {error}"
        finally:
            told.close()
        seen = [int(place[1]), *(master[key.encode()].decode() for key in ("flags", "num-slaves", "num-other-sentinels"))]
        right = [self.master.front.port, "master", "1", str(len(self.sentinels) - 1)]
        return "" if seen == right else f"sees port, flags, replicas and sentinels {seen} instead of {right}"

    def start_again(self, server):
        """As what it is by now."""
        if not server.is_running:
            server.start(None if server is self.master else self.master)

    def heal(self):
        """All run, none is held up, and the replica follows the master."""
        for server in self.servers:
            if server.front:
                server.front.heal()
            if server.is_stopped and server.is_running:
                server.signal(signal.SIGCONT)
            self.start_again(server)
        for sentinel in self.sentinels:
            if not sentinel.is_running:
                sentinel.start()
            elif sentinel.is_stopped:
                sentinel.signal(signal.SIGCONT)

    def has_replica(self):
        """The replica has taken over what the master had, and follows."""
        try:
            told = self.master.client.call("INFO", "replication").decode().splitlines()
        except (OSError, RedisError):
            return False
        return any(line.startswith("slave0:") and "state=online" in line for line in told)

    def promote(self, read_last, may_lose):
        """The replica becomes the master, by the rig; the old one is dead already."""
        new = self.replica
        new.client.call("REPLICAOF", "NO", "ONE")
        self.master = new
        last = read_last(new)
        self.failovers.append(Failover(self.site.loop.now(), last, may_lose))
        self.site.note("failover to", new.name, "whose journal ends with", last)

    def expect(self, read_last, may_lose):
        """The same by the sentinels, at any moment now."""
        self.expected = Failover(0.0, read_last(self.replica), may_lose)

    def close(self):
        for each in [*self.sentinels, *self.servers]:
            each.close()
