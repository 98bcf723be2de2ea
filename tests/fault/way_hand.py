"""The hand that torments Redis, and the ways to it and from the clients."""
import os
import signal
import subprocess

from center import STREAM
from hand import Hand
from resp import RedisError


class WayHand(Hand):
    """What happens to Redis, and to the ways to it and from the clients."""

    evils = (("cut_clients", 3), ("clients_down", 2), ("slow_clients", 2), ("cut_redis", 3), ("redis_down", 2), ("slow_redis", 3),
             ("stall_redis", 3), ("kill_redis", 3), ("stop_redis", 2), ("slow_disk", 3), ("full_memory", 1), ("full_disk", 1),
             ("read_only", 2), ("flush", 0.7), ("foreign_entry", 0.5), ("lose_tail", 1), ("replica_away", 3), ("failover", 12),
             ("die_alone", 8), ("sentinels_away", 3))
    quiet = ("flush", "foreign_entry", "lose_tail", "failover", "die_alone")

    def is_possible(self, name):
        options = self.world.options
        kinds = {"replica_away": ("replica", "sentinels"), "failover": ("replica", "sentinels"), "sentinels_away": ("sentinels",),
                 "lose_tail": ("alone",), "read_only": ("alone", "replica")}
        return options.redis in kinds.get(name, (options.redis,)) and (name != "die_alone" or options.outage == "route")

    def ways(self):
        return [router.way for router in self.site.routers]

    def redis_ways(self):
        return [router.redis_way for router in self.site.routers]

    def cut_clients(self):
        for _ in range(self.random.randint(1, 3)):
            for way in self.ways():
                way.cut(self.random.choice((0.1, 0.5, 1.0)), self.random, self.random.random() < 0.3)
            yield self.random.uniform(0.05, 0.4)

    def clients_down(self):
        for way in self.ways():
            way.is_down = True
            way.cut()
        yield self.random.uniform(0.1, 1.0)
        for way in self.ways():
            way.heal()

    def slow_clients(self):
        for way in self.ways():
            way.delay = self.random.uniform(0.005, 0.08)
        yield self.random.uniform(0.3, 1.5)
        for way in self.ways():
            way.heal()

    def cut_redis(self):
        for _ in range(self.random.randint(1, 3)):
            for way in self.redis_ways():
                way.cut(self.random.choice((0.4, 1.0)), self.random)
            yield self.random.uniform(0.02, 0.4)

    def redis_down(self):
        for way in self.redis_ways():
            way.is_down = True
            way.cut()
        yield self.random.uniform(0.05, 1.0)
        for way in self.redis_ways():
            way.heal()

    def slow_redis(self):
        """Slower than the lease, at times."""
        for way in self.redis_ways():
            way.delay = self.random.choice((0.005, 0.03, 0.1, 0.16)) * self.world.slowness
        yield self.random.uniform(0.3, 1.2)
        for way in self.redis_ways():
            way.heal()

    def stall_redis(self):
        for way in self.redis_ways():
            way.stall(True)
        yield self.random.uniform(0.1, 0.9)
        for way in self.redis_ways():
            way.heal()

    # To Redis.

    def kill_redis(self):
        server = self.site.store.master
        server.kill()
        yield self.random.uniform(0.0, 0.8)
        yield from self.redis_back(server)

    def redis_back(self, server):
        self.site.store.start_again(server)
        yield from self.site.wait_redis()
        self.world.probe_after_redis()

    def stop_redis(self):
        server = self.site.store.master
        server.signal(signal.SIGSTOP)
        yield self.random.uniform(0.05, 1.0)
        server.signal(signal.SIGCONT)

    def slow_disk(self):
        """Redis takes its time for each write, as with a disk that does."""
        for _ in range(self.random.randint(1, 6)):
            self.configure("CLIENT", "PAUSE", self.random.randint(10, 350), "WRITE")
            yield self.random.uniform(0.05, 0.4)
        self.configure("CLIENT", "UNPAUSE")

    def full_memory(self):
        self.configure("CONFIG", "SET", "maxmemory", "1")
        yield self.random.uniform(0.02, 0.8)
        self.configure("CONFIG", "SET", "maxmemory", "0")

    def full_disk(self):
        master = self.site.store.master
        master.limit_files(self.random.randrange(1, 400))
        yield from self.wait(lambda: not master.is_running, 1.0)
        if master.is_running:
            master.kill()
        else:
            self.site.count_kill("redis")
        master.client.close()
        yield 0.1
        yield from self.redis_back(master)

    def read_only(self):
        """A replica for a while, as at a failover."""
        self.configure("REPLICAOF", "127.0.0.1", "1")
        yield self.random.uniform(0.02, 0.6)
        self.configure("REPLICAOF", "NO", "ONE")

    # To the replica.

    def replica_away(self):
        """The replica is kept behind, cut off, stopped or dead for a while."""
        store, random = self.site.store, self.random
        replica, front = store.replica, store.master.front
        what = random.choice(("behind", "cut", "stopped", "dead"))
        self.world.note("replica", what)
        if what == "behind":
            front.stall_replication()
            yield random.uniform(0.1, 1.0)
        elif what == "cut":
            for _ in range(random.randint(1, 3)):
                front.cut_replication()
                yield random.uniform(0.05, 0.4)
        elif what == "stopped":
            replica.signal(signal.SIGSTOP)
            yield random.uniform(0.1, 1.0)
            replica.signal(signal.SIGCONT)
        else:
            replica.kill()
            yield random.uniform(0.0, 0.8)
            store.start_again(replica)
        front.heal()

    def sentinels_away(self):
        """One of them is dead or stopped for a while, or no router reaches any."""
        random, sentinel = self.random, self.random.choice(self.site.store.sentinels)
        what = random.choice((signal.SIGKILL, signal.SIGSTOP, None))
        if what:
            sentinel.signal(what)
        for router in self.site.routers if not what else []:
            router.sentinel_way.is_down = True
            router.sentinel_way.cut()
        yield random.uniform(0.1, 1.5)
        for router in self.site.routers:
            router.sentinel_way.heal()
        if what == signal.SIGKILL:
            sentinel.start()
        elif what:
            sentinel.signal(signal.SIGCONT)

    # What needs quiet.

    def failover(self):
        """The master dies, perhaps with what its replica has not got, and the replica takes its place. A router that lives appends
        the lost tail again; what a router had told that died in the same moment may be gone.
        """
        store, random, router = self.site.store, self.random, self.leader()
        yield from self.wait(store.is_sound, 4)
        old = store.master
        if not router or not store.is_sound():
            return
        is_behind, is_deadly = random.random() < 0.75, random.random() < 0.4
        if is_behind:
            old.front.stall_replication()
        if random.random() < 0.3:
            self.site.write_rules(random.choice((10, 20, 30)))
            router.signal(signal.SIGHUP, -signal.SIGHUP)
        yield random.uniform(0.02, 0.6)
        dying = self.site.running() if random.random() < 0.5 else [router]
        old.kill()
        old.front.cut_replication()
        old.front.heal()
        for each in dying if is_deadly else []:
            self.site.count_kill("usherd")
            each.kill()
        if store.sentinels:
            yield from self.wait_switch(old, is_deadly)
        else:
            store.promote(self.site.last_entry, is_deadly)
            self.world.probe_after_redis()
        yield random.uniform(0.0, 0.5)
        store.start_again(old)
        yield 0.5

    def wait_switch(self, old, is_deadly):
        """The sentinels do what the rig does elsewhere; when they cannot agree for long, the old master comes back."""
        store = self.site.store
        store.expect(self.site.last_entry, is_deadly)
        yield from self.wait(lambda: store.master is not old, 5)
        if store.master is old:
            self.world.note("the sentinels have not made the replica the master within 5 s")
            store.expected = None
            yield from self.redis_back(old)
        else:
            self.world.probe_after_redis()

    def flush(self):
        """Everything in Redis is gone while a router leads: it writes all anew."""
        router = self.leader()
        if not router:
            return
        self.site.flush_redis()
        self.world.flushes_count += 1
        yield from self.wait(self.is_written_anew, 5)
        if not self.is_written_anew():
            self.world.complain("5 s after a FLUSHALL there is no journal.lost; the router's log:\n" + router.log()[-2000:])
        self.site.write_profiles(self.world.profiles)

    def is_written_anew(self):
        """The router says so; or another has taken over before it could."""
        try:
            lines = b"".join(fields.get(b"b", b"") for _, fields in self.site.read_journal())
        except (OSError, RedisError):
            return False
        return b'"journal.lost"' in lines or lines.count(b'"router.started"') > 1

    def foreign_entry(self):
        """An operator's slip. The routers hold and say how to repair it; the rig does what they say, and they go on by themselves."""
        site, router = self.site, self.leader()
        if not router:
            return
        alarm = "an entry that no router wrote"
        before = router.log().count(alarm)
        site.note("foreign entry", site.redis.call("XADD", STREAM, "*", "slip", "1").decode())
        running = site.running()
        yield from self.wait(lambda: router.log().count(alarm) > before, 3)
        if router.log().count(alarm) == before:
            self.world.complain(f"3 s after an entry that no router wrote, {router.name} says nothing:\n" + router.log()[-2000:])
        yield from self.repair(router)
        yield 1.3
        for other in running:
            if not other.is_running:
                self.world.complain(f"an entry that no router wrote has ended {other.name}:\n" + other.log()[-2000:])

    def die_alone(self):
        """A router that goes on without Redis is killed, or ends in order, before Redis is back."""
        router, random = self.leader(), self.random
        if not router:
            return
        server = self.site.store.master
        server.kill()
        yield random.uniform(0.1, 0.8)
        if random.random() < 0.75 or self.both.end - self.world.loop.now() < 3:
            self.site.count_kill("usherd")
            router.kill()
        else:
            router.signal(signal.SIGTERM, 0, 1)
            yield from self.wait(lambda: not router.is_running, 7)
        yield random.uniform(0.0, 0.5)
        yield from self.redis_back(server)

    def repair(self, router):
        """By `usherctl journal repair`; where it is not built, as an operator would without it."""
        site = self.site
        usherctl = os.path.join(os.path.dirname(site.options.usherd), "ctl", "usherctl")
        if os.access(usherctl, os.X_OK):
            process = subprocess.Popen([usherctl, "--config", site.path(router.name + ".yaml"), "journal", "repair", "--yes"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            while process.poll() is None:
                yield 0.01
            with process.stdout:
                said = process.stdout.read()
            if process.returncode:
                self.world.complain(f"usherctl journal repair ended with {process.returncode}: {said}")
            return
        for id, fields in site.read_journal():
            if b"slip" in fields:
                site.redis.call("XDEL", STREAM, id)
        site.redis.call("XSETID", STREAM, site.last_entry())

    def lose_tail(self):
        """Redis comes back without its last entries, as after a failover: the router, which lived, appends them again."""
        router = self.leader()
        if not router:
            return
        router.redis_way.stall(True)
        yield 0.05
        own = [id for id, _ in self.site.read_journal()[-5:] if id.split("-")[0] == str(self.world.epoch_of(router))]
        self.site.store.master.kill()
        lost = self.site.store.master.lose_tail(min(self.random.randint(1, 4), len(own) - 1))
        self.world.note("lost tail", lost)
        router.redis_way.heal()
        yield from self.redis_back(self.site.store.master)
        yield 1.0
