"""A client of the native protocol that lives through everything: it connects again, with what it saw last, at the next address.

All that it was told stands in `log`, in the order in which it came: (kind, time, connection, what). The checker reads it; the client
itself drops what its highest number has overtaken, as PROTOCOL.md asks.
"""
import json

from loop import Stream, connect

SESSION_EVENTS = ("welcome", "sync.wanted", "snapshot.end")


def number(text):
    epoch, seq = text.split("-")
    return int(epoch), int(seq)


class Session:
    """Subclasses say what they do: on_welcome(lines of the snapshot or None), on_event(event), on_refused(command, error)."""

    def __init__(self, world, name, hello, addresses, is_resending=True):
        self.world = world
        self.loop = world.loop
        self.name = name
        self.random = world.chance(name)
        self.hello = hello
        self.addresses = addresses
        self.is_resending = is_resending
        self.at = 0  # index of the address
        self.log = []
        self.connection = 0
        self.stream = None
        self.rest = b""
        self.is_open = False
        self.is_ended = False
        self.seen = None  # the number of the last event
        self.count = 0
        self.unanswered = {}  # id -> command, in the order of sending
        self.snapshot = None
        self.welcome = None
        self.heard = 0.0
        self.sync_id = None  # of the sync.end that is not answered yet
        self.loop.after(0, self.connect)

    # The connection.

    def connect(self):
        if self.is_ended or self.stream:
            return
        made = connect(self.addresses[self.at % len(self.addresses)])
        if not made:
            self.again()
            return
        self.connection += 1
        self.rest = b""
        self.heard = self.loop.now()
        self.snapshot = None
        self.stream = Stream(self.loop, made, self.on_data, self.lost)
        hello = dict(self.hello, id="hello", do="hello")
        if self.seen:
            hello["after"] = "%d-%d" % self.seen
        self.write(hello)
        self.loop.after(self.world.silence / 2, lambda c=self.connection: self.listen(c))

    def again(self):
        self.at += 1
        self.loop.after(self.random.uniform(0.02, 0.08), self.connect)

    def lost(self):
        if not self.stream:
            return
        self.stream.close()
        self.stream = None
        was_open, self.is_open = self.is_open, False
        self.sync_id = None
        if not self.is_resending:
            self.unanswered.clear()
        if was_open:
            self.on_lost()
        self.again()

    def listen(self, connection):
        """Silence is the end of a connection, too."""
        if connection != self.connection or not self.stream:
            return
        if self.loop.now() - self.heard > self.world.silence:
            self.lost()
            return
        if self.is_open:
            self.write({"id": "ping", "do": "ping"})
        self.loop.after(self.world.silence / 4, lambda: self.listen(connection))

    def end(self):
        self.is_ended = True
        if self.stream:
            self.stream.close()
        self.stream = None
        self.is_open = False

    def write(self, command):
        if self.stream:
            self.stream.write(json.dumps(command).encode() + b"\n")

    def send(self, do, **fields):
        """A command; while there is no connection it is kept, or, if the client is none that sends again, forgotten."""
        self.count += 1
        id = f"{self.name}-{self.count}"
        command = {"id": id, "do": do, **fields}
        if self.is_open or self.is_resending:
            self.unanswered[id] = command
        if self.is_open:
            self.write(command)
        return id

    # What comes.

    def on_data(self, data):
        self.heard = self.loop.now()
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            if not self.stream:
                break
            self.on_line(json.loads(line))

    def on_line(self, line):
        if "ev" in line:
            self.on_event_line(line)
        elif line["re"] == "hello":
            if "error" in line:
                self.lost()
        elif line["re"] in self.unanswered:
            command = self.unanswered.pop(line["re"])
            is_ok = "ok" in line
            self.note("ok" if is_ok else "error", command if is_ok else (command, line["error"]))
            if not is_ok:
                if line["error"]["retry"] and line["error"]["code"] not in ("limit", "sync_incomplete"):
                    if self.is_resending:
                        self.unanswered[command["id"]] = command
                    self.lost()
                    return
                self.on_refused(command, line["error"])
            else:
                self.on_done(command)
        elif line["re"] == self.sync_id:
            self.sync_id = None
            self.on_synced(line.get("error"))
        elif line["re"] is None and "error" in line:
            self.lost()

    def on_event_line(self, event):
        name = event["ev"]
        if name == "welcome":
            self.note("welcome", event)
            self.world.note_welcome(event)
            self.welcome = event
            self.snapshot = None if event["resumed"] else []
            if event["resumed"]:
                self.opened(None)
        elif name.startswith("state."):
            self.snapshot.append(event)
        elif name == "snapshot.end":
            if event["count"] != len(self.snapshot):
                self.world.complain(f"{self.name}: a snapshot of {len(self.snapshot)} lines ends with {event}")
            self.seen = number(self.welcome["n"])
            self.opened(self.snapshot)
        elif name == "sync.wanted":
            self.on_sync_wanted()
        else:
            self.note("event", event)
            n = number(event["n"])
            if self.seen is None or n > self.seen:
                self.seen = n
                self.on_event(event)

    def note(self, kind, what):
        self.log.append((kind, self.loop.now(), self.connection, what))

    def opened(self, lines):
        self.is_open = True
        kept = list(self.unanswered.values())
        for command in kept:
            self.write(command)
        self.on_welcome(lines)

    # For subclasses.

    def on_welcome(self, lines):
        pass

    def on_sync_wanted(self):
        pass

    def on_event(self, event):
        pass

    def on_synced(self, error):
        pass

    def on_done(self, command):
        pass

    def on_refused(self, command, error):
        pass

    def on_lost(self):
        pass


class Watcher(Session):
    """Sees everything of one router, past all proxies, and stays to whatever end: what a router tells after it was fenced, it hears.

    It asks all the time for what is so already: an answer without an event, which is a router's word about its state all the same.
    """

    def __init__(self, world, router):
        name = "watcher-" + router.name
        super().__init__(world, name, {"role": "supervisor", "client": name}, [router.socket])
        self.ask()

    def ask(self):
        if self.is_open:
            self.send("agent.sign_in", agent="probe0")
        if not self.is_ended:
            self.loop.after(0.05, self.ask)

    def lost(self):
        self.unanswered.clear()
        super().lost()

    def listen(self, connection):
        pass

    def on_event(self, event):
        self.world.last_told = self.loop.now()


class Knocker:
    """Comes as an observer again and again, directly: a router that was fenced must not welcome it."""

    def __init__(self, world, router):
        self.world = world
        self.router = router
        self.log = []
        self.name = "knocker-" + router.name
        self.random = world.chance(self.name)
        self.count = 0
        self.streams = []
        world.loop.after(0.1, self.knock)

    def knock(self):
        if self.world.is_over:
            return
        self.count += 1
        made = connect(self.router.socket)
        if made:
            rest = [b""]
            while len(self.streams) > 4:  # one that is stopped answers later, if ever
                self.streams.pop(0).close()
            stream = Stream(self.world.loop, made, lambda data: self.on_data(stream, rest, data), lambda: None)
            self.streams.append(stream)
            stream.write(b'{"id":"hello","do":"hello","role":"observer","client":"%s"}\n' % self.name.encode())
        self.world.loop.after(self.random.uniform(0.1, 0.4), self.knock)

    def end(self):
        for stream in self.streams:
            stream.close()

    def on_data(self, stream, rest, data):
        rest[0] += data
        for line in rest[0].split(b"\n")[:-1]:
            if b'"ev":"welcome"' in line:
                welcome = json.loads(line)
                self.log.append(("welcome", self.world.loop.now(), self.count, welcome))
                self.world.note_welcome(welcome)
                stream.close()
                return
