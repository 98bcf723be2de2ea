"""A client whose contacts run through all the time, while others misbehave: what one does must not disturb the next."""
import threading

from harness import wait_until


class Neighbour:
    """A PBX and a desk with an agent of their own, in a thread. `served` counts the contacts that ran from arrival to end."""

    def __init__(self, center, name="neighbour"):
        center.profile(name, **{"lang.uk": 9, "billing": 10})
        self.pbx = center.client("pbx", client=f"{name}-pbx")
        self.desk = center.client("desk", agent=name)
        wait_until(lambda: self.desk.ask({"do": "agent.ready"}).get("ok"), "the profile is read")
        self.name = name
        self.served = 0
        self.failure = None
        self.is_stopping = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            while not self.is_stopping:
                self.serve(f"n-{self.served}")
                self.served += 1
        except BaseException as failure:  # told by check()
            self.failure = failure

    def serve(self, contact):
        pbx = self.pbx
        pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", "data": {"topic": "billing"}})
        offer = pbx.wait_event("contact.offered", contact=f"{self.name}-pbx/{contact}")["offer"]
        pbx.call({"do": "contact.ring", "contact": contact, "offer": offer})
        pbx.call({"do": "contact.answer", "contact": contact, "offer": offer})
        pbx.call({"do": "contact.end", "contact": contact})
        pbx.wait_event("contact.done", contact=f"{self.name}-pbx/{contact}")
        self.desk.wait_event("contact.done", contact=f"{self.name}-pbx/{contact}")
        for client in (pbx, self.desk):
            client.events.clear()

    def check(self, more=3):
        """Some more contacts ran through since the call."""
        goal = self.served + more
        wait_until(lambda: self.failure or self.served >= goal, f"{more} more contacts run through undisturbed")
        if self.failure:
            raise AssertionError("the neighbour was disturbed") from self.failure

    def stop(self):
        self.is_stopping = True
        self.thread.join(10)
        if self.failure:
            raise AssertionError("the neighbour was disturbed") from self.failure
