"""A hand of the tormentor: it does one evil after the other, by the seed, alone where that needs quiet."""
from resp import RedisError


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
            yield self.random.expovariate(1 / self.world.options.pause) * self.world.stretch

    def mood(self, weight):
        return weight * self.random.choice((0.5, 1, 1, 3))

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
            for seconds in getattr(self, name)():
                yield seconds * self.world.stretch
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
        if self.leader() is None or now - world.last_told > 0.3 * world.stretch or any(
                router.wakes and now - router.wakes[-1][0] < 1.0 for router in self.site.routers):
            return False
        return world.options.second != "rival" or (len(self.site.running()) == 1 and not self.site.starting)

    def wait_calm(self):
        yield from self.wait(self.is_calm, 4)

    def configure(self, *command):
        try:
            self.site.redis.call(*command)
        except (OSError, RedisError) as error:
            self.world.note("redis refused", command, error)

    def wait(self, is_done, seconds):
        """Until it is so, or too late."""
        end = self.world.loop.now() + seconds * self.world.stretch
        while not is_done() and self.world.loop.now() < end:
            yield 0.01
