"""A virtual PBX: it owns the truth about its calls and rings the agents' phones, which it shares with the other PBXs.

What usherd says changes a call only where a real PBX would let it: an offer makes a phone ring, an offer that was taken back stops
it. Who talks with whom is decided by phones and customers, and told.
"""
import time

from client import Session, number

LIVE = ("waiting", "ringing", "talking", "held")


class Phone:
    """One agent's: it rings for one call or is talked on."""

    def __init__(self, agent):
        self.agent = agent
        self.call = None
        self.told_busy = set()  # PBXs that said it is busy


class Call:
    def __init__(self, id, channel, topic):
        self.id = id
        self.channel = channel
        self.topic = topic
        self.state = "waiting"
        self.agent = None
        self.offer = None
        self.since_ms = int(time.time() * 1000)
        self.is_probe = topic == "probe"


class Pbx(Session):
    def __init__(self, world, name, addresses, is_resending):
        self.calls = {}  # live, by their own id
        self.arrivals_count = 0
        self.rung_count = 0
        self.turned_away = []  # calls that were on the line and that usherd would not have
        self.busy_rung_count = 0
        self.transferred_count = 0
        self.is_synced = False
        self.wants_new = True
        self.wants_sync = False  # again, when the one under way is answered
        self.listed = set()  # in the last sync
        self.unsure = set()  # listed in a sync that did not take in all: the next snapshot tells which
        super().__init__(world, name, {"role": "pbx", "client": name, "instance": "life-1"}, addresses, is_resending)
        world.loop.after(0.2, self.arrive)

    # Customers.

    def arrive(self):
        world, random = self.world, self.random
        if world.is_over:
            return
        if self.wants_new and not world.is_frozen and len(self.calls) < world.options.calls:
            topic = random.choices(("billing", "sales", "chat"), (4, 3, 3))[0]
            self.add_call("chat" if topic == "chat" else "voice", topic)
        self.loop.after(random.expovariate(world.options.rate), self.arrive)

    def add_call(self, channel, topic):
        random = self.random
        self.arrivals_count += 1
        call = Call(f"{topic}-{self.arrivals_count}", channel, topic)
        self.calls[call.id] = call
        self.send("contact.arrive", contact=call.id, channel=channel, since_ms=call.since_ms, data={"topic": topic})
        if not call.is_probe and random.random() < 0.15:
            self.later(random.uniform(0.1, 2.0), lambda: self.abandon(call))
        return call

    def later(self, seconds, act):
        """What somebody out there will do, unless the world stands still by then."""
        def do():
            if not self.world.is_frozen:
                act()
        self.loop.after(seconds, do)

    def abandon(self, call):
        if call.state in ("waiting", "ringing"):
            self.hang_up_phone(call)
            self.over(call)
            self.send("contact.abandon", contact=call.id)

    def over(self, call):
        call.state = "over"
        self.calls.pop(call.id, None)

    # Phones.

    def phone(self, agent):
        return self.world.phones[agent]

    def hang_up_phone(self, call):
        if call.channel != "voice" or not call.agent:
            return
        phone = self.phone(call.agent)
        if phone.call is call:
            phone.call = None
            for pbx in list(phone.told_busy):
                phone.told_busy.discard(pbx)
                pbx.send("agent.phone", agent=phone.agent, state="idle")

    def ring(self, call, event):
        phone = self.phone(event["agent"])
        if phone.call is not None:
            self.busy_rung_count += 1
            phone.told_busy.add(self)
            self.send("contact.fail", contact=call.id, offer=event["offer"], reason="busy")
            return
        phone.call = call
        call.state, call.agent, call.offer = "ringing", event["agent"], event["offer"]
        self.rung_count += 1
        self.send("contact.ring", contact=call.id, offer=call.offer)
        self.decide_phone(call, call.offer)

    def decide_phone(self, call, offer):
        random = self.random
        if call.is_probe:
            self.later(0.01, lambda: self.answer(call, offer))
            return
        chance = random.random()
        if chance < 0.82:
            self.later(random.uniform(0.01, 0.15), lambda: self.answer(call, offer))
        elif chance < 0.97:
            reason = random.choice(("no_answer", "rejected", "error"))
            self.later(random.uniform(0.02, 0.3), lambda: self.fail(call, offer, reason))

    def answer(self, call, offer):
        if call.state != "ringing" or call.offer != offer:
            return
        random = self.random
        call.state = "talking"
        self.send("contact.answer", contact=call.id, offer=offer, agent=call.agent)
        if random.random() < 0.2 and not call.is_probe:
            self.later(random.uniform(0.02, 0.2), lambda: self.hold(call))
        self.later(0.02 if call.is_probe else random.uniform(0.05, 1.0), lambda: self.finish(call))

    def fail(self, call, offer, reason):
        if call.state != "ringing" or call.offer != offer:
            return
        self.stop_ringing(call)
        self.send("contact.fail", contact=call.id, offer=offer, reason=reason)

    def stop_ringing(self, call):
        self.hang_up_phone(call)
        call.state, call.agent, call.offer = "waiting", None, None

    def hold(self, call):
        if call.state == "talking":
            call.state = "held"
            self.send("contact.hold", contact=call.id)
            self.later(self.random.uniform(0.02, 0.2), lambda: self.resume(call))

    def resume(self, call):
        if call.state == "held":
            call.state = "talking"
            self.send("contact.resume", contact=call.id)

    def finish(self, call):
        if call.state in ("talking", "held"):
            self.hang_up_phone(call)
            self.over(call)
            self.send("contact.end", contact=call.id)

    # What usherd says.

    def on_sync_wanted(self):
        self.sync()

    def sync(self):
        """The list of all calls, in one piece; another one when the answer to the last has come."""
        self.wants_sync = self.sync_id is not None
        if self.wants_sync:
            return
        self.count += 1
        self.is_synced = False
        self.write({"id": "sync", "do": "sync.begin"})
        for call in self.calls.values():
            line = {"id": "sync", "do": "sync.contact", "contact": call.id, "channel": call.channel, "state": call.state,
                    "since_ms": call.since_ms, "data": {"topic": call.topic}}
            if call.state != "waiting":
                line.update(agent=call.agent, offer=call.offer)
            self.write(line)
        self.listed = set(self.calls)
        self.sync_id = f"sync-{self.count}"
        self.write({"id": self.sync_id, "do": "sync.end", "count": len(self.calls)})

    def on_synced(self, error):
        self.is_synced = error is None
        if error and error["code"] == "limit":
            self.unsure = self.listed
            self.seen = None
            self.lost()
        elif error and error["retry"] and error["code"] != "sync_incomplete":
            self.lost()
        elif error:
            self.world.complain(f"{self.name}: a sync was refused: {error}")
        elif self.wants_sync:
            self.sync()

    def on_welcome(self, lines):
        if lines is None:
            return
        known = {line["contact"].split("/", 1)[1]: line for line in lines if line["ev"] == "state.contact"}
        for call in list(self.calls.values()):
            line = known.get(call.id)
            if call.id in self.unsure and not line:
                self.turn_away(call, "not taken in")
            elif line and call.channel == "chat" and line["state"] in ("talking", "held"):
                call.state, call.agent, call.offer = line["state"], line["agent"], line["offer"]
        self.unsure = set()

    def turn_away(self, call, why):
        """usherd does not have it, or no longer: a chat may have ended at a desk meanwhile; a caller is turned away."""
        if call.channel == "voice":
            self.turned_away.append(call.id)
            self.world.note("turned away", self.name, call.id, call.state, why)
        self.hang_up_phone(call)
        self.over(call)

    def on_event(self, event):
        name = event["ev"]
        call = self.calls.get(event.get("contact", "/").split("/", 1)[1])
        if not call:
            return
        if name == "contact.offered":
            if call.is_probe:
                self.world.note_probe(call)
            if event["accept"] == "phone":
                self.take_offer(call, event)
        elif name in ("offer.withdrawn", "offer.declined", "offer.expired"):
            if call.state == "ringing" and call.offer == event["offer"]:
                self.stop_ringing(call)
            if call.channel == "voice" and call.state == "waiting":
                self.send("contact.fail", contact=call.id, offer=event["offer"], reason="error")
        elif name == "contact.answered" and call.channel == "chat":
            call.state, call.agent, call.offer = "talking", event["agent"], event["offer"]
        elif name == "contact.answered" and (call.state == "waiting" or call.agent != event["agent"]):
            self.sync()  # the list before was made up when a transfer was on its way
        elif name == "contact.transferred":
            self.stop_ringing(call)
            self.transferred_count += 1
        elif name in ("contact.wrapping", "contact.done", "contact.abandoned"):
            self.turn_away(call, f"{name} {event.get('reason')}")

    def take_offer(self, call, event):
        if call.state == "ringing" and number(event["offer"]) > number(call.offer):
            self.stop_ringing(call)
        if call.state == "waiting":
            self.ring(call, event)

    def on_refused(self, command, error):
        if command["do"] == "contact.end" and error["code"] == "wrong_state":
            self.send("contact.abandon", contact=command["contact"])  # it was transferred in the moment in which it ended
        if command["do"] == "contact.arrive" and error["code"] != "contact_exists":
            self.world.complain(f"{self.name}: {command} was refused: {error}")
