"""One thread, one loop: sockets that never block, timers, and scripts that wait by yielding seconds."""
import collections
import heapq
import itertools
import selectors
import socket
import time


TICK = 0.02


class Loop:
    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.timers = []
        self.order = itertools.count()
        self.stalled = 0.0  # seconds in all for which this program got no turn, though one was due
        self.stalls = []  # (when it was over, its seconds)
        self.tick_due = self.now() + TICK

    @staticmethod
    def now():
        return time.monotonic()

    def after(self, seconds, call):
        """Calls `call` once; the result can be given to cancel()."""
        timer = [self.now() + seconds, next(self.order), call]
        heapq.heappush(self.timers, timer)
        return timer

    @staticmethod
    def cancel(timer):
        if timer:
            timer[2] = None

    def spawn(self, script, on_end=None):
        """Runs a generator that yields how many seconds it wants to wait."""
        def step():
            try:
                seconds = next(script)
            except StopIteration:
                if on_end:
                    on_end()
                return
            self.after(seconds, step)
        self.after(0, step)

    def turn(self, longest=0.05):
        wait = min(longest, max(0.0, self.tick_due - self.now()))
        if self.timers:
            wait = min(wait, max(0.0, self.timers[0][0] - self.now()))
        for key, mask in self.selector.select(wait):
            key.data(mask)
        now = self.now()
        if now >= self.tick_due:
            self.note_stall(now - self.tick_due - TICK, now)
            self.tick_due = now + TICK
        while self.timers and self.timers[0][0] <= now:
            call = heapq.heappop(self.timers)[2]
            if call:
                call()

    def note_stall(self, seconds, now):
        if seconds > 0:
            self.stalled += seconds
            self.stalls.append((now, seconds))

    def stalled_between(self, begin, end):
        return sum(seconds for when, seconds in self.stalls if begin <= when <= end + TICK)

    def run(self, until, timeout):
        """Turns until the condition holds; False when it did not in time, stalls of the machine not counted."""
        end = self.now() + timeout - self.stalled
        while not until():
            if self.now() > end + self.stalled:
                return False
            self.turn(0.01)
        return True

    def sleep(self, seconds):
        self.run(lambda: False, seconds)

    def listen(self, address, on_accept):
        """At a path, or at a host and a port; returns what it is bound to."""
        listener = socket.socket(family_of(address))
        listener.bind(address)
        listener.listen(128)
        listener.setblocking(False)

        def on_ready(_):
            try:
                on_accept(listener.accept()[0])
            except BlockingIOError:
                pass
        self.selector.register(listener, selectors.EVENT_READ, on_ready)
        return listener.getsockname()

    def close(self):
        for key in list(self.selector.get_map().values()):
            self.selector.unregister(key.fileobj)
            key.fileobj.close()
        self.selector.close()
        self.timers.clear()


def family_of(address):
    return socket.AF_UNIX if isinstance(address, str) else socket.AF_INET


def connect(address):
    """A connected socket that does not block, or None when nobody listens there (or too many knock already)."""
    made = socket.socket(family_of(address))
    if made.family == socket.AF_INET:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.settimeout(0.2)  # on the loopback it takes no time, or does not come about
    else:
        made.setblocking(False)
    try:
        made.connect(address)
    except OSError:
        made.close()
        return None
    return made


class Stream:
    """A connected socket: what comes goes to on_data(bytes), its end to on_end() once."""

    def __init__(self, loop, made, on_data, on_end):
        made.setblocking(False)
        self.loop = loop
        self.socket = made
        self.on_data = on_data
        self.on_end = on_end
        self.output = collections.deque()
        self.is_closed = False
        loop.selector.register(made, selectors.EVENT_READ, self.on_ready)

    def on_ready(self, mask):
        if mask & selectors.EVENT_WRITE:
            self.flush()
        if mask & selectors.EVENT_READ and not self.is_closed:
            self.read()

    def read(self):
        try:
            data = self.socket.recv(1 << 17)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.on_data(data)
        elif not self.is_closed:
            self.close()
            self.on_end()

    def write(self, data):
        if self.is_closed or not data:
            return
        self.output.append(data)
        if len(self.output) == 1:
            self.flush()

    def flush(self):
        while self.output:
            try:
                sent = self.socket.send(self.output[0])
            except BlockingIOError:
                break
            except OSError:
                self.output.clear()  # reading tells that it has ended
                break
            if sent == len(self.output[0]):
                self.output.popleft()
            else:
                self.output[0] = self.output[0][sent:]
        if not self.is_closed:
            wants = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.output else 0)
            self.loop.selector.modify(self.socket, wants, self.on_ready)

    def close(self):
        """Without a word to on_end."""
        if self.is_closed:
            return
        self.is_closed = True
        self.loop.selector.unregister(self.socket)
        self.socket.close()
