"""The hand that torments the routers' processes."""
import signal

from hand import Hand
from proxy import Point

JOURNAL_COMMANDS = (["XADD"], ["XADD"], ["XADD"], ["XADD"], ["XRANGE", "XREVRANGE"], ["HSET"], None)


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
        """SIGSTOP for a while; meanwhile another may take over. Sometimes it is the one that follows."""
        router = self.leader() if self.random.random() < 0.8 else self.any_router()
        if not router or router.is_stopped:
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
        yield from self.wait(lambda: done, 1.0)
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
                other.redis_way.delay = self.random.choice((0, 0.01, 0.03, 0.06)) * self.world.stretch
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
        yield from self.wait(lambda: done, 1.0)
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
            yield from self.wait(lambda: done, 1.5)
            for each in self.site.routers:
                each.redis_way.point = None
            if done:
                self.world.note("point", point.name, point.when, "at start")
