"""The tormentor: two hands that do one evil after the other, by the seed; what needs quiet around it, one hand does alone.

One hand does it to the routers' processes, the other to the ways and to Redis. Each evil is a script that undoes what it did.
"""
import os
import signal
import subprocess

from proxy import Point
from resp import RedisError
from center import STREAM

JOURNAL_COMMANDS = (["XADD"], ["XADD"], ["XADD"], ["XADD"], ["XRANGE", "XREVRANGE"], ["HSET"], None)


class Tormentor:
    """Both hands."""

    def __init__(self, world):
        self.world = world
        self.hands = 0
        self.is_alone_wanted = False
        self.busy = 0
        self.end = 0.0
        self.last_undone = 0.0  # when the last evil was over

    def start(self, seconds):
        self.end = self.world.loop.now() + seconds
        for hand in (ProcessHand(self), WayHand(self)):
            self.hands += 1
            self.world.loop.spawn(hand.work(), self.on_rest)

    def on_rest(self):
        self.hands -= 1


class Hand:
    """Subclasses have `evils` (name, weight) and those of them that need quiet, `quiet`."""

    evils = ()
    quiet = ()

    def __init__(self, tormentor):
        self.both = tormentor
        self.world = tormentor.world
        self.site = tormentor.world.site
        self.random = self.world.chance(type(self).__name__)

    def work(self):
        only = self.world.options.only and self.world.options.only.split(",")
        evils = [(name, self.mood(weight)) for name, weight in self.evils
                 if self.is_possible(name) and (not only or name in only)]
        if not evils:
            return
        names, weights = zip(*evils)
        yield self.random.uniform(0.1, 0.6)
        while self.world.loop.now() < self.both.end:
            yield from self.do(self.random.choices(names, weights)[0])
            yield self.random.expovariate(1 / self.world.options.pause)

    def mood(self, weight):
        return weight * self.random.choice((0.3, 1, 1, 3))

    def is_possible(self, name):
        return True

    def do(self, name):
        both, is_alone = self.both, name in self.quiet
        while both.is_alone_wanted:
            yield 0.02
        if is_alone:
            both.is_alone_wanted = True
            while both.busy:
                yield 0.02
            yield from self.wait_calm()
        both.busy += 1
        if not is_alone or self.is_calm():
            self.world.note("evil", name)
            yield from getattr(self, name)()
        both.busy -= 1
        both.last_undone = self.world.loop.now()
        if is_alone:
            both.is_alone_wanted = False

    def leader(self):
        return self.world.leader()

    def any_router(self):
        running = self.site.running()
        return self.random.choice(running) if running else None

    def is_calm(self):
        """A router leads and has told something just now, and no other takes itself for the leader."""
        world, now = self.world, self.world.loop.now()
        if self.leader() is None or now - world.last_told > 0.3 or any(
                router.wakes and now - router.wakes[-1][0] < 1.0 for router in self.site.routers):
            return False
        return world.options.second != "rival" or (len(self.site.running()) == 1 and not self.site.starting)

    def wait_calm(self):
        end = self.world.loop.now() + 4
        while not self.is_calm() and self.world.loop.now() < end:
            yield 0.05

    def configure(self, *command):
        try:
            self.site.redis.call(*command)
        except (OSError, RedisError) as error:
            self.world.note("redis refused", command, error)

    def wait(self, done, seconds):
        end = self.world.loop.now() + seconds
        while not done and self.world.loop.now() < end:
            yield 0.01


class ProcessHand(Hand):
    """What happens to the routers."""

    evils = (("kill", 4), ("kill_storm", 1), ("stop", 3), ("drain", 1), ("reload", 1), ("crash_point", 6), ("crash_at_start", 3),
             ("stop_at_answer", 5), ("rival", 6))

    def is_possible(self, name):
        if name == "rival":
            return self.world.options.second == "rival"
        return name != "stop_at_answer" or len(self.site.routers) > 1

    def kill(self):
        router = self.leader()
        if not router:
            return
        self.kill_router(router)
        self.world.probe_after_kill()
        yield self.random.uniform(0.1, 1.2)

    def kill_router(self, router):
        if router.is_running:
            self.site.count_kill("usherd")
            router.kill()

    def kill_storm(self):
        for _ in range(self.random.randint(2, 5)):
            router = self.any_router()
            if router:
                self.kill_router(router)
            yield self.random.uniform(0.02, 0.3)

    def stop(self):
        """SIGSTOP for a while; meanwhile another may take over."""
        router = self.leader()
        if not router:
            return
        router.is_stopped_at_answer = False
        router.signal(signal.SIGSTOP)
        yield from self.stopped(router, self.random.uniform(0.05, 1.4))

    def stopped(self, router, seconds):
        if self.site.options.second == "rival" and self.random.random() < 0.8:
            yield self.random.uniform(0.0, 0.2)
            self.start_other(router)
        yield seconds
        router.signal(signal.SIGCONT)
        yield 0.05

    def start_other(self, router):
        for other in self.site.routers:
            if other is not router and not other.is_running and other not in self.site.starting:
                other.start()

    def stop_at_answer(self):
        """Stopped between Redis's answer and its reading, woken when another leads."""
        router = self.leader()
        if not router:
            return
        done = []

        def act(link):
            router.is_stopped_at_answer = not router.is_stopped
            router.signal(signal.SIGSTOP)
            link.release()
            done.append(link)
        router.redis_way.point = Point(["XADD"], self.random.randint(1, 15), "after", act)
        yield from self.wait(done, 1.0)
        router.redis_way.point = None
        if done:
            yield from self.stopped(router, self.random.uniform(0.7, 1.5))

    def rival(self):
        """A second one is started beside a healthy leader, over a way that may be slow."""
        router = self.leader()
        if not router:
            return
        for other in self.site.routers:
            if other is not router:
                other.redis_way.delay = self.random.choice((0, 0.01, 0.03, 0.06))
        self.start_other(router)
        yield self.random.uniform(0.3, 1.0)
        for other in self.site.routers:
            other.redis_way.delay = 0.0

    def drain(self):
        router = self.leader()
        if router:
            router.signal(signal.SIGTERM, 0, 1)
        yield 0.3

    def reload(self):
        self.site.write_rules(self.random.choice((10, 20, 30)))
        router = self.leader()
        if router:
            router.signal(signal.SIGHUP, -signal.SIGHUP)  # it may be in its very first moments
        yield 0.1

    def crash_point(self):
        """Dies before, between or after a command to Redis and its answer; or only the connection does."""
        router = self.leader()
        if not router:
            return
        done = []
        is_kill = self.random.random() < 0.7

        def act(link):
            done.append(link)
            if is_kill:
                self.kill_router(router)
            link.close()
        point = Point(self.random.choice(JOURNAL_COMMANDS), self.random.randint(1, 20),
                      self.random.choice(("before", "after", "reply")), act, self.random.choice((0, 0.001, 0.03)))
        router.redis_way.point = point
        yield from self.wait(done, 1.0)
        router.redis_way.point = None
        if done:
            self.world.note("point", router.name, point.name, point.when, "kill" if is_kill else "cut")
            if is_kill:
                self.world.probe_after_kill()
        yield self.random.uniform(0.1, 0.8)

    def crash_at_start(self):
        """The next start dies at its n-th command to Redis; perhaps the one after it, too."""
        for _ in range(self.random.randint(1, 2)):
            router = self.leader()
            if not router:
                return
            done = []

            def act(link, done=done):
                done.append(link)
                for each in self.site.running():
                    self.kill_router(each)
                link.close()
            point = Point(None, self.random.randint(1, 16), self.random.choice(("before", "after", "reply")), act)
            for each in self.site.routers:
                each.redis_way.point = point
            self.kill_router(router)
            yield from self.wait(done, 1.5)
            for each in self.site.routers:
                each.redis_way.point = None
            if done:
                self.world.note("point", point.name, point.when, "at start")


class WayHand(Hand):
    """What happens to Redis, and to the ways to it and from the clients."""

    evils = (("cut_clients", 3), ("clients_down", 2), ("slow_clients", 2), ("cut_redis", 3), ("redis_down", 2), ("slow_redis", 3),
             ("stall_redis", 3), ("kill_redis", 3), ("stop_redis", 2), ("slow_disk", 3), ("full_memory", 1), ("full_disk", 1),
             ("read_only", 2), ("flush", 0.7), ("foreign_entry", 0.5), ("lose_tail", 1))
    quiet = ("flush", "foreign_entry", "lose_tail")

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
            way.delay = self.random.choice((0.005, 0.03, 0.1, 0.16))
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
        self.site.kill_redis()
        yield self.random.uniform(0.0, 0.8)
        yield from self.redis_back()

    def redis_back(self):
        self.site.start_redis()
        yield from self.site.wait_redis()
        self.world.probe_after_redis()

    def stop_redis(self):
        self.site.signal_redis(signal.SIGSTOP)
        yield self.random.uniform(0.05, 1.0)
        self.site.signal_redis(signal.SIGCONT)

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
        self.site.limit_redis_files()
        end = self.world.loop.now() + 1.0
        while self.site.redis_process.poll() is None and self.world.loop.now() < end:
            yield 0.02
        if self.site.redis_process.poll() is None:
            self.site.kill_redis()
        self.site.redis.close()
        self.site.count_kill("redis")
        yield 0.1
        yield from self.redis_back()

    def read_only(self):
        """A replica for a while, as at a failover."""
        self.configure("REPLICAOF", "127.0.0.1", "1")
        yield self.random.uniform(0.02, 0.6)
        self.configure("REPLICAOF", "NO", "ONE")

    # What needs quiet.

    def flush(self):
        """Everything in Redis is gone while a router leads: it writes all anew."""
        router = self.leader()
        if not router:
            return
        self.site.flush_redis()
        self.world.losses_count += 1
        end = self.world.loop.now() + 5
        while not self.is_written_anew() and self.world.loop.now() < end:
            yield 0.05
        if self.world.loop.now() >= end:
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
        end = self.world.loop.now() + 3
        while router.log().count(alarm) == before and self.world.loop.now() < end:
            yield 0.02
        if self.world.loop.now() >= end:
            self.world.complain(f"3 s after an entry that no router wrote, {router.name} says nothing:\n" + router.log()[-2000:])
        yield from self.repair(router)
        yield 1.3
        for other in running:
            if not other.is_running:
                self.world.complain(f"an entry that no router wrote has ended {other.name}:\n" + other.log()[-2000:])

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
        last = site.redis.call("XREVRANGE", STREAM, "+", "-", "COUNT", 1)
        site.redis.call("XSETID", STREAM, last[0][0])

    def lose_tail(self):
        """Redis comes back without its last entries, as after a failover: the router, which lived, appends them again."""
        router = self.leader()
        if not router:
            return
        router.redis_way.stall(True)
        yield 0.05
        own = [id for id, _ in self.site.read_journal()[-5:] if id.split("-")[0] == str(self.world.epoch_of(router))]
        self.site.kill_redis()
        lost = self.site.lose_tail(min(self.random.randint(1, 4), len(own) - 1))
        self.world.note("lost tail", lost)
        router.redis_way.heal()
        yield from self.redis_back()
        yield 1.0
