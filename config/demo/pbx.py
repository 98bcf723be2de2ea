"""A virtual PBX: it owns its calls and its phones, rings whom Usher names, and tells Usher what became of it.

When Usher is away the calls live on: customers wait, phones ring, people talk. On return Usher asks for a counted sync.
"""

import asyncio
import collections
import random
import time

from session import Session

CLIENT = "pbx"
KNOWN_TALK_S = (2.5, 4.5)  # about what everybody knows of already
REJECTED = 0.02  # of the rings


class Call:
    def __init__(self, name, caller, patience_s):
        self.name = name
        self.caller = caller  # from, to, data
        self.patience_s = patience_s
        self.since = time.time()
        self.state = "waiting"  # ringing, talking; None when it is over
        self.agent = None
        self.offer = None
        self.tasks = set()
        self.waited_s = None  # until it was answered or given up
        self.outcome = None  # served, abandoned
        self.finished_count = 0

    @property
    def contact(self):
        return f"{CLIENT}/{self.name}"


class Pbx:
    """`report` has what went wrong: anything in it is a fault of Usher's or of this PBX's."""

    def __init__(self, path, moods):
        self.moods = moods  # by agent
        self.session = Session(path, {"role": "pbx", "client": CLIENT, "instance": f"{time.time_ns():x}"},
                               self.on_event, on_lost=self.on_lost)
        self.calls = {}  # all that ever came, by contact
        self.phones = {}  # the call that an agent's phone is busy with
        self.ended_events = collections.Counter()  # Usher's last word on a contact
        self.faults = []
        self.is_synced = False
        self.on_synced = None  # called with the counts of what was told

    # Customers.

    def arrive(self, name, caller, patience_s):
        call = Call(name, caller, patience_s)
        self.calls[call.contact] = call
        self.tell("contact.arrive", contact=name, channel="voice", **caller)
        self.start(call, self.run_out_of_patience(call))

    async def run_out_of_patience(self, call):
        await asyncio.sleep(call.patience_s)
        if call.state in ("waiting", "ringing"):
            self.hang_up(call)

    def hang_up(self, call):
        """The customer leaves before an agent answered."""
        self.tell("contact.abandon", contact=call.name)
        call.waited_s = time.time() - call.since
        self.finish(call, "abandoned")

    def live(self, *states):
        return [call for call in self.calls.values() if call.state and (not states or call.state in states)]

    # What Usher says.

    def on_event(self, event):
        call = self.calls.get(event.get("contact"))
        name = event["ev"]
        if name == "sync.wanted":
            self.sync()
        elif name in ("contact.done", "contact.abandoned"):
            self.ended_events[event["contact"]] += 1
            if call and call.state:
                self.faults.append(f"Usher ended {call.name} while its customer is {call.state}")
        elif call is None or call.state is None:
            pass  # the customer has hung up; Usher has been told
        elif name == "contact.offered":
            self.on_offered(call, event)
        elif name.startswith("offer.") and event["offer"] == call.offer and call.state == "ringing":
            self.stop_ringing(call)

    def on_lost(self):
        self.is_synced = False

    def on_offered(self, call, event):
        if call.state == "talking":
            self.faults.append(f"{call.name} was offered to {event['agent']} while {call.agent} talks")
            return
        self.stop_ringing(call)
        if event["agent"] in self.phones:
            self.tell("contact.fail", contact=call.name, offer=event["offer"], reason="busy")
            return
        call.state, call.agent, call.offer = "ringing", event["agent"], event["offer"]
        self.phones[call.agent] = call
        self.start(call, self.ring(call, call.offer, self.moods[call.agent], event.get("ring_ms", 15000) / 1000))

    async def ring(self, call, offer, mood, ring_s):
        await asyncio.sleep(0.05)
        self.tell("contact.ring", contact=call.name, offer=offer)
        chance = random.random()
        is_missed = chance < mood.missed
        await asyncio.sleep(ring_s if is_missed else min(ring_s, random.uniform(*mood.ring_s)))
        if call.offer != offer or call.state != "ringing":
            return
        if is_missed or chance < mood.missed + REJECTED:
            reason = "no_answer" if is_missed else "rejected"
            self.tell("contact.fail", contact=call.name, offer=offer, reason=reason)
            self.stop_ringing(call)
            return
        call.state = "talking"
        call.waited_s = time.time() - call.since
        self.tell("contact.answer", contact=call.name, offer=offer)
        is_known = call.caller["data"].get("topic") == "outage"
        await asyncio.sleep(random.uniform(*(KNOWN_TALK_S if is_known else mood.talk_s)))
        self.tell("contact.end", contact=call.name)
        self.finish(call, "served")

    def stop_ringing(self, call):
        """Back to waiting; the ring that may run sees that its offer is over."""
        if call.state == "ringing":
            self.phones.pop(call.agent, None)
            call.state, call.agent, call.offer = "waiting", None, None

    def finish(self, call, outcome):
        call.outcome = outcome
        call.finished_count += 1
        if call.agent and self.phones.get(call.agent) is call:
            del self.phones[call.agent]
        call.state = None
        for task in call.tasks:
            if task is not asyncio.current_task():
                task.cancel()

    # The sync.

    def sync(self):
        """All calls that there are, counted: what Usher does not find in it, it closes."""
        calls = self.live()
        self.is_synced = True
        self.session.tell("sync.begin", instance=self.session.hello["instance"])
        for call in calls:
            fields = {"agent": call.agent, "offer": call.offer} if call.agent else {}
            self.session.tell("sync.contact", contact=call.name, channel="voice", state=call.state,
                              since_ms=int(call.since * 1000), **call.caller, **fields)
        self.session.tell("sync.end", count=len(calls))
        if self.on_synced:
            self.on_synced(collections.Counter(call.state for call in calls))

    def tell(self, do, **fields):
        """What happens before the sync is told by the sync."""
        if self.is_synced:
            self.session.tell(do, **fields)

    def start(self, call, work):
        task = asyncio.create_task(work)
        call.tasks.add(task)
        task.add_done_callback(call.tasks.discard)

    # The account.

    def count_faults(self):
        """Each call must have been finished once, by this PBX's own count, and be ended by Usher at most once."""
        faults = list(self.faults)
        for call in self.calls.values():
            if call.finished_count != (0 if call.state else 1):
                faults.append(f"{call.name} was finished {call.finished_count} times")
        faults += [f"Usher ended {contact} {count} times" for contact, count in self.ended_events.items() if count > 1]
        return faults
