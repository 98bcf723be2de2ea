"""A PBX with one caller after the other, for as long as it is wanted: what it was told, and when it was served.

    with Caller(center) as caller:
        ...                                  # something dies
        seconds = caller.wait_offer_after(time.monotonic())
"""
import socket
import threading
import time

from harness import Client, Refused

PATIENCE = 0.05  # seconds between two tries to be let in
PACE = 0.01  # seconds between two callers


def number(text):
    return tuple(map(int, text.split("-")))


class Caller(threading.Thread):
    def __init__(self, addresses):
        super().__init__(daemon=True)
        self.addresses = addresses
        self.session = None
        self.told = {}  # number -> event, of contacts
        self.acknowledged = set()  # contacts whose arrival was answered with ok
        self.served = []  # (sent, offered): monotonic seconds
        self.count = 0
        self.is_ending = False
        self.changed = threading.Condition()

    def __enter__(self):
        self.start()
        self.wait_offer_after(time.monotonic(), 30)
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.is_ending = True
        self.join(30)
        if self.session:
            self.session.close()

    def run(self):
        while not self.is_ending:
            try:
                if not self.session:
                    self.come()
                self.serve()
                time.sleep(PACE)
            except (OSError, AssertionError, socket.timeout):
                self.leave()

    def leave(self):
        if self.session:
            self.keep(self.session)
            self.session.close()
        self.session = None
        time.sleep(PATIENCE)

    def come(self):
        address = self.addresses[self.count % len(self.addresses)]
        self.count += 1
        self.session = Client(address, timeout=1)
        self.session.hello("pbx", "pbx1", instance="life-1")
        self.session.call({"do": "sync.begin", "instance": "life-1"})
        self.session.call({"do": "sync.end", "count": 0})
        self.session.timeout = 8

    def serve(self):
        """One contact, from its arrival to its end."""
        session, sent = self.session, time.monotonic()
        self.count += 1
        contact = f"c-{self.count}"
        id = session.send({"do": "contact.arrive", "contact": contact, "channel": "voice"})
        offered = session.wait_event("contact.offered", contact="pbx1/" + contact)
        now = time.monotonic()
        self.keep_event(offered)
        if session.wait_answer(id).get("ok"):
            self.acknowledged.add("pbx1/" + contact)
        with self.changed:
            self.served.append((sent, now))
            self.changed.notify_all()
        session.call({"do": "contact.answer", "contact": contact, "offer": offered["offer"]})
        session.call({"do": "contact.end", "contact": contact})
        self.keep_event(session.wait_event("contact.done", contact="pbx1/" + contact))
        self.keep(session)

    def keep_event(self, event):
        self.told[event["n"]] = event

    def keep(self, session):
        for event in session.events:
            if "contact" in event and not event["ev"].startswith("state."):
                self.keep_event(event)
        session.events = []

    def wait_offer_after(self, begun, timeout=30.0):
        """Seconds from `begun` until somebody who came later was offered to an agent."""
        with self.changed:
            found = []

            def is_there():
                found[:] = [offered for sent, offered in self.served if sent >= begun]
                return found
            if not self.changed.wait_for(is_there, timeout):
                raise Refused({"error": {"code": f"nobody was offered within {timeout} s"}})
        return found[0] - begun

    def forget_before(self, n, contacts):
        """What was told before the event `n` is in another journal; of `contacts` this one tells."""
        first = number(n)
        self.told = {n: event for n, event in self.told.items() if number(n) > first}
        self.acknowledged &= contacts

    def lost(self, journal):
        """How many contacts of those that it was told of, or whose arrival was acknowledged, have something in no journal."""
        known = {event["n"] for event in journal}
        arrived = {event["contact"] for event in journal if event["ev"] == "contact.arrived"}
        return len({event["contact"] for n, event in self.told.items() if n not in known} | self.acknowledged - arrived)
