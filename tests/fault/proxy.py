"""The ways between programs, so that they can be cut and slowed: a listener that hands on to a target, byte by byte.

A RedisWay also knows the commands that pass, and can have a point at which it does something: before the n-th command is handed on,
when Redis has answered it and before usherd knows, or after.
"""
import collections

from loop import Stream, connect
from resp import end_of, read_value

UP, DOWN = "up", "down"  # towards the target, and back
READS = ("XRANGE", "XREAD")  # the commands by which a router takes over what stands in the journal


class Link:
    """One connection through a way."""

    def __init__(self, way, near, far):
        self.way = way
        self.near = Stream(way.loop, near, lambda data: self.take(UP, data), lambda: self.on_end(UP))
        self.far = Stream(way.loop, far, lambda data: self.take(DOWN, data), lambda: self.on_end(DOWN))
        self.queues = {UP: collections.deque(), DOWN: collections.deque()}
        self.stalled = set()
        self.ended = set()
        self.is_closed = False

    def take(self, direction, data):
        self.pass_on(direction, data)

    def pass_on(self, direction, data):
        self.queues[direction].append((self.way.loop.now() + self.way.delay, data))
        self.flush(direction)

    def flush(self, direction):
        queue, now = self.queues[direction], self.way.loop.now()
        out = self.far if direction == UP else self.near
        if self.is_closed or direction in self.stalled or self.is_held():
            return
        while queue and queue[0][0] <= now:
            out.write(queue.popleft()[1])
        if queue:
            self.way.loop.after(queue[0][0] - now, lambda: self.flush(direction))
        elif direction in self.ended:
            self.close()

    def is_held(self):
        return self.way.is_stalled

    def release(self):
        self.stalled.clear()
        for direction in (UP, DOWN):
            self.flush(direction)

    def on_end(self, direction):
        """The near end (UP) or the far end (DOWN) has closed: what it said before still arrives."""
        self.ended.add(direction)
        if direction == UP:
            self.stalled.discard(UP)
        self.flush(direction)

    def close(self):
        """A cut: what was on its way is lost."""
        if self.is_closed:
            return
        self.is_closed = True
        self.near.close()
        self.far.close()
        self.way.links.discard(self)

    def close_near(self):
        """Half a cut: the target does not know of it for a while."""
        self.near.close()
        self.stalled.update((UP, DOWN))
        self.way.loop.after(1.0, self.close)


class Way:
    """From the socket at `path` to the one at `target`, which may be a function that tells."""

    link_type = Link

    def __init__(self, loop, path, target):
        self.loop = loop
        self.path = path
        self.links = set()
        self.delay = 0.0
        self.is_down = False
        self.is_stalled = False
        self.bound = self.open(path, target) if path else None

    def open(self, path, target):
        """One more listener, for a target of its own; returns what it is bound to."""
        tell = target if callable(target) else lambda: target
        return self.loop.listen(path, lambda near: self.on_accept(near, tell()))

    def on_accept(self, near, target):
        far = None if self.is_down else connect(target)
        if far:
            self.links.add(self.link_type(self, near, far))
        else:
            near.close()

    def cut(self, share=1.0, random=None, is_half=False):
        for link in sorted(self.links, key=id):
            if random is None or random.random() < share:
                link.close_near() if is_half else link.close()

    def stall(self, is_stalled):
        self.is_stalled = is_stalled
        if not is_stalled:
            for link in list(self.links):
                link.release()

    def heal(self):
        self.is_down = False
        self.delay = 0.0
        self.stall(False)


class Point:
    """Does `act(link)` at the `count`-th command that has one of `names` (any, when None): `when` is before, after or reply."""

    def __init__(self, names, count, when, act, hold=0.0):
        self.names = names
        self.count = count
        self.when = when
        self.act = act
        self.hold = hold
        self.name = None  # of the command at which it happened

    def is_met(self, name):
        if self.names and name not in self.names:
            return False
        self.count -= 1
        if self.count > 0:
            return False
        self.name = name
        return True


class RedisLink(Link):
    def __init__(self, way, near, far):
        self.rest = {UP: b"", DOWN: b""}
        self.pending = collections.deque()  # commands without an answer: name, point or None, id of an entry or None
        self.is_plain = False  # a subscribed connection: answers without questions
        self.who = way.who()
        self.is_journal = False
        self.queued = None  # an entry's id that waits for EXEC
        super().__init__(way, near, far)

    def take(self, direction, data):
        if self.is_plain:
            self.pass_on(direction, data)
            return
        self.rest[direction] += data
        while not self.is_closed:
            rest = self.rest[direction]
            end = end_of(rest) if rest else None
            if not end:
                return
            self.rest[direction] = rest[end:]
            if direction == UP:
                self.take_command(rest[:end])
            else:
                self.take_answer(rest[:end])

    def on_end(self, direction):
        self.note_end()
        super().on_end(direction)

    def close(self):
        self.note_end()
        super().close()

    def note_end(self):
        if self.is_journal:
            self.way.records.note_break(self.who, self.way.loop.now())

    def take_command(self, raw):
        arguments, _ = read_value(raw)
        name = arguments[0].decode().upper()
        if name == "SUBSCRIBE":
            self.is_plain = True
        id = arguments[-3].decode() if name == "XADD" else None
        if id:
            self.is_journal = True
            self.way.note_append(id, arguments[-1], self.who)
        point = self.way.point
        if point and point.is_met(name):
            self.way.point = None
            if point.when == "before":
                self.stalled.update((UP, DOWN))
                self.way.loop.after(point.hold, lambda: point.act(self))
        else:
            point = None
        self.pending.append((name, point, id))
        self.pass_on(UP, raw)

    def take_answer(self, raw):
        name, point, id = self.pending.popleft() if self.pending else ("", None, None)
        if id and raw == b"+QUEUED\r\n":
            self.queued = id  # between MULTI and EXEC
        elif id:
            self.way.note_answer(id, raw, self.who)
        elif name == "EXEC" and self.queued:
            self.way.note_answer(self.queued, b"$" if self.queued.encode() in raw else b"-ERR The ID", self.who)
            self.queued = None
        elif name in READS and raw[:1] == b"*":
            self.way.note_read(name, raw, self.who)
        if point and point.when == "after":
            self.stalled.add(DOWN)
        self.pass_on(DOWN, raw)
        if point and point.when != "before":
            self.way.loop.after(point.hold, lambda: point.act(self))


class RedisWay(Way):
    link_type = RedisLink

    def __init__(self, loop, path, target, records, who):
        super().__init__(loop, path, target)
        self.point = None
        self.records = records
        self.who = who  # tells which process comes this way now
        self.repeated_count = 0
        self.refused_count = 0

    def note_append(self, id, lines, who):
        self.repeated_count += self.records.note(id, lines, who, self.loop.now())

    def note_read(self, name, raw, who):
        value, _ = read_value(raw)
        entries = [entry for _, entries in value or () for entry in entries] if name == "XREAD" else value
        self.records.note_read([entry for entry in entries or () if entry[1] and entry[1][0] == b"b"], who)

    def note_answer(self, id, raw, who):
        if raw.startswith(b"$") and raw != b"$-1\r\n":
            self.records.accepted.setdefault(id, self.loop.now())
            return
        if raw.startswith(b"-ERR The ID"):
            self.refused_count += 1
            self.records.note_refusal(id, who)
        self.records.note_break(who, self.loop.now())


class TranslatingLink(Link):
    """What comes back is handed on in whole answers, with the master's port put in place of the way's to it."""

    def __init__(self, way, near, far):
        self.rest = b""
        super().__init__(way, near, far)

    def take(self, direction, data):
        if direction == UP:
            self.pass_on(direction, data)
            return
        self.rest += data
        while end := end_of(self.rest) if self.rest else None:
            answer, self.rest = self.rest[:end], self.rest[end:]
            for port, ours in self.way.ports.items():
                answer = answer.replace(b"\r\n%d\r\n" % port, b"\r\n%d\r\n" % ours)
            self.pass_on(DOWN, answer)


class SentinelWay(Way):
    """From a router to the sentinels: it is told the doors of its own way to the servers in place of their fronts."""

    link_type = TranslatingLink

    def __init__(self, loop):
        super().__init__(loop, None, None)
        self.ports = {}  # of five digits all, so that no length changes


class FrontLink(Link):
    is_replication = False

    def take(self, direction, data):
        if direction == UP and b"PSYNC" in data.upper():
            self.is_replication = True
        super().take(direction, data)

    def is_held(self):
        return super().is_held() or (self.is_replication and self.way.is_replication_stalled)


class FrontWay(Way):
    """The way by which others than usherd come to a redis-server: a replica, which can be kept behind, and sentinels."""

    link_type = FrontLink

    def __init__(self, loop, target):
        super().__init__(loop, ("127.0.0.1", 0), target)
        self.port = self.bound[1]
        self.is_replication_stalled = False

    def stall_replication(self):
        self.is_replication_stalled = True

    def cut_replication(self):
        for link in list(self.links):
            if link.is_replication:
                link.close()

    def heal(self):
        self.is_replication_stalled = False
        super().heal()
