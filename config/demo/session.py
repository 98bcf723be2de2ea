"""One session of Usher's native protocol, kept open for ever: a JSON object a line over a Unix socket.

A lost connection is opened again until somebody cancels the session. Commands told while it is closed are dropped: whoever keeps a
session says on `opened` what is true by then.
"""

import asyncio
import json
import time

LINE_MAX = 1 << 20
RETRY_S = 0.1  # between two attempts to connect
PING_S = 10


class Session:
    """`hello` names role, client and so on. `on_event(event)` gets every event and snapshot line, in order."""

    def __init__(self, path, hello, on_event, on_opened=None, on_lost=None):
        self.path = path
        self.hello = hello
        self.on_event = on_event
        self.on_opened = on_opened
        self.on_lost = on_lost
        self.writer = None
        self.is_open = False
        self.last = None  # the number of the last event that was seen
        self.opened_count = 0
        self.told = {}  # commands without an answer yet, by id
        self.serial = 0
        self.life = f"{time.time_ns():x}"
        self.refused = []  # (command, error)

    async def run(self):
        while True:
            try:
                await self.live()
            except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                pass
            finally:
                self.close()
            await asyncio.sleep(RETRY_S)

    async def live(self):
        reader, self.writer = await asyncio.open_unix_connection(self.path, limit=LINE_MAX)
        hello = {"do": "hello", **self.hello}
        if self.last:
            hello["after"] = self.last
        self.write(hello)
        pinger = asyncio.create_task(self.ping())
        try:
            while line := await reader.readline():
                if not self.take(json.loads(line)):
                    return
        finally:
            pinger.cancel()

    def take(self, line):
        """False when the session cannot go on."""
        if "ev" not in line:
            command = self.told.pop(line.get("re"), None)
            if "error" in line:
                if command and command["do"] == "hello":
                    return False
                self.refused.append((command, line["error"]))
            return True
        if line["ev"] == "welcome":
            self.is_open = True
            self.opened_count += 1
            self.on_event(line)
            if not line.get("resumed"):
                self.last = line.get("n", self.last)
            if self.on_opened:
                self.on_opened()
            return True
        if "n" in line and self.is_new(line["n"]):
            self.last = line["n"]
        elif "n" in line and not line["ev"].startswith(("state.", "snapshot.", "sync.")):
            return True  # seen before
        self.on_event(line)
        return True

    def is_new(self, number):
        return self.last is None or split(number) > split(self.last)

    def tell(self, do, **fields):
        """Sends a command if the session is open."""
        if self.is_open:
            self.write({"do": do, **fields})

    def write(self, command):
        self.serial += 1
        key = f"{self.life}-{self.serial}"
        self.told[key] = command
        self.writer.write(json.dumps({"id": key, **command}, ensure_ascii=False).encode() + b"\n")

    async def ping(self):
        while True:
            await asyncio.sleep(PING_S)
            self.tell("ping")

    def close(self):
        was_open, self.is_open = self.is_open, False
        self.told.clear()
        if self.writer:
            self.writer.close()
            self.writer = None
        if was_open and self.on_lost:
            self.on_lost()


def split(number):
    """`epoch-seq` as two numbers, which compare as events follow each other."""
    epoch, _, seq = number.partition("-")
    return int(epoch), int(seq)
