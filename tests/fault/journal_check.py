"""The checker of the journal: it knows what events mean by its own tables, and shares nothing with usherd.

It goes through the entries one by one and holds every prefix against the promises: numbers rise without gap, epochs never fall, a
contact has one state, one agent and one end, no agent more than fits, no decliner is asked again, nobody waits beside a free agent.
"""
import json

from center import NEEDS
from client import number

UNITS = {"voice": 100, "chat": 33}
CAPS = {"voice": 1, "chat": 3}
SETTLE_MS = 1000
OFFERED = ("offered", "ringing")
OFFER_ENDS = ("offer.declined", "offer.failed", "offer.expired", "offer.withdrawn")
ALONE_MS = 300  # how long a contact may stand beside a free agent, as the journal's times go


class Contact:
    def __init__(self, event):
        self.id = event["contact"]
        self.client = self.id.split("/")[0]
        self.channel = event["channel"]
        self.queue = event["queue"]
        self.state = "waiting"
        self.agent = None
        self.offer = None
        self.settle_ms = 0
        self.declined = {}  # agent -> until
        self.away = set()  # agents who transferred it
        self.meant = None  # the agent for whom it waits until meant_ms
        self.meant_ms = 0
        self.beside_ms = None  # since when it waits although somebody is free

    def is_meant(self, at_ms):
        return self.meant is not None and at_ms < self.meant_ms


class Agent:
    def __init__(self):
        self.skills = {}
        self.state = "signed_out"
        self.phone = "idle"
        self.desk = "none"
        self.held = []  # contacts

    def can(self, queue):
        return self.skills.get(NEEDS[queue], 0) > 0

    def hears_of(self, channel):
        """A phone rings without a desk; all else is accepted at one."""
        return channel == "voice" or self.desk != "lost"

    def load(self):
        return sum(UNITS[contact.channel] for contact in self.held)

    def has_room(self, channel):
        return (self.load() + UNITS[channel] <= 100 and
                sum(contact.channel == channel for contact in self.held) < CAPS[channel])


class JournalCheck:
    def __init__(self, world, segments):
        self.world = world
        self.segments = segments
        self.contacts = {}  # live
        self.ended = {}  # id -> the event
        self.agents = {}
        self.lost_links = set()
        self.events = {}  # number -> event
        self.order = []  # numbers, in the order of the journal
        self.causes = {}  # (client, command) -> the number of the first event
        self.last = None
        self.claims_count = self.events_count = 0
        self.is_quiet = False
        self.gaps = []  # (number, number): events of the one epoch between them went with a flush
        self.states = {}  # number -> {contact: (state, agent)}, where somebody may want to compare
        self.at_ms = 0

    def complain(self, text):
        if not self.is_quiet:
            self.world.complain("journal: " + text)

    # The entries.

    def run(self, is_quiet=False):
        self.is_quiet = is_quiet
        for index, entries in enumerate(self.segments):
            for at, (id, fields) in enumerate(entries):
                events = self.read_entry(id, fields)
                is_flushed = index > 0 and at == 0
                if events and self.is_written_anew(is_flushed, events, entries[at + 1:at + 2]):
                    begin = self.last
                    self.fill_gap(events[0])
                    self.world.note("written anew by", events[0]["n"], "after", events[0]["prev"], "; the journal before it ended with",
                                    begin, "; known are the events up to", self.last)
                    if is_flushed:
                        self.gaps.append((begin, self.last))
                for event in events:
                    self.take_event(event)
                self.look_for_lonely()
        self.events_count = len(self.order)

    def is_written_anew(self, is_first, events, following):
        """A router has put a snapshot of all that it knew before this claim, beyond what the journal still has."""
        if events[0]["ev"] != "router.started" or self.last is None:
            return False
        following = events[1:] + [event for id, fields in following for event in self.read_entry(id, fields)]
        return is_first or number(events[0]["prev"]) > self.last or (following and following[0]["ev"] == "journal.lost")

    def read_entry(self, id, fields):
        if set(fields) != {b"b"}:
            self.complain(f"entry {id} has the fields {sorted(fields)}")
            return []
        lines = fields[b"b"].decode().splitlines()
        events = [json.loads(line) for line in lines]
        if not events or events[-1]["n"] != id:
            self.complain(f"entry {id} does not end with its own number: {lines[-1:]}")
        return events

    def take_event(self, event):
        n = number(event["n"])
        self.check_number(n, event)
        # A claim has the time at which it was made up; the router before may have written since.
        if event["at"] < self.at_ms and event["ev"] != "router.started":
            self.complain(f"time runs back at {event['n']}: {event['at']} after {self.at_ms}")
        self.at_ms = max(self.at_ms, event["at"])
        self.last = n
        self.events[n] = event
        self.order.append(n)
        if "by_id" in event:
            cause = (event["by"], event["by_id"])
            if cause in self.causes:
                self.complain(f"the command {cause} had an effect twice: {self.causes[cause]} and {event['n']}")
            self.causes[cause] = event["n"]
        self.apply(event)

    def check_number(self, n, event):
        is_claim = event["ev"] == "router.started"
        self.claims_count += is_claim
        if is_claim and n[1] != 1:
            self.complain(f"an epoch begins with {event['n']}")
        if self.last is None:
            return
        if is_claim:
            if n[0] <= self.last[0]:
                self.complain(f"epoch {n[0]} follows {self.last[0]}")
        elif n != (self.last[0], self.last[1] + 1):
            self.complain(f"{event['n']} ({event['ev']}) follows {self.last[0]}-{self.last[1]}")

    def fill_gap(self, claim):
        """What stands in the snapshot before a claim, and not in the journal: what its router had read from a Redis that lost it,
        though nobody may have heard that Redis had it; and what it had decided itself and not yet appended, which was sent, or those
        who watch were told of it.
        """
        begin, prev = self.last, number(claim["prev"])
        records = self.world.site.store.records
        claimer = records.sent.get(claim["n"], (None, None))[1]
        known = {}
        entries = []
        for id, (lines, who) in records.sent.items():
            if (id in records.accepted and number(id) <= prev) or records.claimers.get(number(id)[0]) == claimer == who:
                entries.append(lines)
        entries += [lines for id, lines in records.read.get(claimer, {}).items() if number(id) <= prev]
        for lines in entries:
            known.update((number(event["n"]), event) for event in map(json.loads, lines.splitlines()))
        for watcher in self.world.watchers:
            told = [what for kind, _, _, what in watcher.log if kind == "event"]
            known.update((number(event["n"]), event) for event in told
                         if records.claimers.get(number(event["n"])[0]) == claimer)
        for n in sorted(known):
            while begin < n < number(claim["n"]) and n[0] == self.last[0] and n > (self.last[0], self.last[1] + 1):
                if not self.is_heartbeat_gap(n):
                    break
                self.last = (self.last[0], self.last[1] + 1)
            if self.last < n < number(claim["n"]) and (n == (self.last[0], self.last[1] + 1) or n[1] == 1):
                self.take_event(known[n])

    def is_heartbeat_gap(self, n):
        """Heartbeats are told to nobody; no more than some can stand between."""
        return n[1] - self.last[1] < 20

    # What events mean.

    def apply(self, event):
        name = event["ev"]
        act = getattr(self, "on_" + name.replace(".", "_"), None)
        if act:
            act(event)
        elif name in OFFER_ENDS:
            self.end_offer(event)

    def contact(self, event, *states):
        """The contact, which must be in one of the states; None after a complaint."""
        contact = self.contacts.get(event["contact"])
        if not contact:
            ended = self.ended.get(event["contact"])
            self.complain(f"{event['n']} {event['ev']} of {event['contact']}, which is not live; its end: {ended}")
        elif contact.state not in states:
            self.complain(f"{event['n']} {event['ev']} of {contact.id}, which is {contact.state} "
                          f"(agent {contact.agent}, offer {contact.offer})")
        else:
            return contact
        return None

    def give(self, contact, agent):
        contact.agent = agent
        self.agents[agent].held.append(contact)

    def take_away(self, contact):
        if contact.agent:
            self.agents[contact.agent].held.remove(contact)
        contact.agent = None

    def on_router_started(self, event):
        for contact in self.contacts.values():
            contact.beside_ms = None

    def on_journal_lost(self, event):
        pass

    def on_link_lost(self, event):
        self.lost_links.add(event["client"])

    def on_link_regained(self, event):
        self.lost_links.discard(event["client"])

    def on_agent_profiled(self, event):
        self.agents.setdefault(event["agent"], Agent()).skills = event["skills"]

    def on_agent_signed_in(self, event):
        self.agents[event["agent"]].state = "not_ready"

    def on_agent_ready(self, event):
        self.agents[event["agent"]].state = "ready"

    def on_agent_not_ready(self, event):
        self.agents[event["agent"]].state = "not_ready"

    def on_agent_signed_out(self, event):
        agent = self.agents[event["agent"]]
        agent.state = "signed_out"
        for contact in self.contacts.values():
            if contact.meant == event["agent"]:
                contact.meant = None
        if agent.desk == "lost":
            agent.desk = "none"

    def on_agent_desk(self, event):
        """Without an agent it tells of all who have one: a router that begins has no connection yet."""
        if "agent" in event:
            self.agents[event["agent"]].desk = event["state"]
            return
        for agent in self.agents.values():
            if agent.desk == "connected":
                agent.desk = "none" if agent.state == "signed_out" else event["state"]

    def on_agent_phone(self, event):
        self.agents[event["agent"]].phone = event["state"]

    def on_contact_arrived(self, event):
        id = event["contact"]
        if id in self.contacts or id in self.ended:
            self.complain(f"{event['n']} {id} arrives, and had arrived before; its end: {self.ended.get(id)}")
            return
        self.contacts[id] = Contact(event)

    def on_contact_offered(self, event):
        contact = self.contact(event, "waiting")
        if not contact:
            return
        agent = self.agents[event["agent"]]
        where = f"{event['n']} {contact.id} is offered to {event['agent']}, "
        if event["offer"] != event["n"]:
            self.complain(where + f"as {event['offer']}")
        if agent.state != "ready" or agent.phone != "idle":
            self.complain(where + f"who is {agent.state} with a phone that is {agent.phone}")
        if contact.is_meant(event["at"]):
            if event["agent"] != contact.meant or event.get("reason") != "meant":
                self.complain(where + f"and is meant for {contact.meant}")
        elif not agent.can(contact.queue):
            self.complain(where + f"who has not what {contact.queue} needs")
        if event["agent"] in contact.away:
            self.complain(where + "who has transferred it")
        if event["queue"] != contact.queue:
            self.complain(where + f"as one of {event['queue']}, and is in {contact.queue}")
        if not agent.hears_of(contact.channel):
            self.complain(where + "whose desk is lost")
        if not agent.has_room(contact.channel):
            self.complain(where + f"who holds {[(held.id, held.state) for held in agent.held]}")
        if contact.client in self.lost_links:
            self.complain(where + "while its PBX is lost")
        if event["at"] < contact.settle_ms:
            self.complain(where + "before the PBX has stopped ringing for the offer before")
        if contact.declined.get(event["agent"], 0) > event["at"] and self.others(contact, event["agent"]):
            self.complain(where + "who has declined it, and others are signed in")
        contact.state, contact.offer = "offered", event["offer"]
        contact.settle_ms, contact.beside_ms = 0, None
        self.give(contact, event["agent"])

    def others(self, contact, agent):
        """Who else could take it; who gave it away is none of them."""
        return [name for name, other in self.agents.items()
                if name != agent and name not in contact.away and other.state != "signed_out" and other.can(contact.queue)]

    def same_offer(self, contact, event):
        if contact and (contact.offer != event["offer"] or contact.agent != event["agent"]):
            self.complain(f"{event['n']} {event['ev']} tells of {event['agent']} and {event['offer']}, {contact.id} is with "
                          f"{contact.agent} and {contact.offer}")
            return False
        return contact is not None

    def on_contact_ringing(self, event):
        contact = self.contact(event, "offered")
        if self.same_offer(contact, event):
            contact.state = "ringing"

    def on_contact_answered(self, event):
        contact = self.contact(event, "waiting", *OFFERED)
        if not contact:
            return
        if contact.state == "waiting":  # the PBX is right: its word counts though the offer was over
            self.give(contact, event["agent"])
        elif not self.same_offer(contact, event):
            return
        contact.state, contact.offer, contact.settle_ms = "talking", event["offer"], 0
        contact.declined.clear()
        contact.meant = None

    def on_contact_held(self, event):
        contact = self.contact(event, "talking")
        if contact:
            contact.state = "held"

    def on_contact_resumed(self, event):
        contact = self.contact(event, "held")
        if contact:
            contact.state = "talking"

    def on_contact_transferred(self, event):
        contact = self.contact(event, "waiting", "talking", "held")
        if not contact:
            return
        where, giver, to = f"{event['n']} {contact.id} is transferred, ", event.get("agent"), event.get("to_agent")
        if contact.state != "waiting":
            if contact.agent != giver:
                self.complain(where + f"by {giver}, and is with {contact.agent}")
            self.take_away(contact)
        contact.state, contact.queue, contact.beside_ms = "waiting", event["queue"], None
        contact.meant, contact.meant_ms = to, event.get("until_ms", 0)
        contact.away.add(giver)
        contact.away.discard(to)
        contact.declined.pop(to, None)
        if not self.others(contact, giver):
            self.complain(where + f"to {contact.queue}, for which nobody else is signed in")
        if to and self.agents[to].state == "signed_out":
            self.complain(where + f"to {to}, who is signed out")

    def on_contact_parted(self, event):
        """What is left to its agent of a contact that was transferred."""
        if event["contact"] in self.contacts or event["contact"] in self.ended:
            self.complain(f"{event['n']} {event['contact']} is parted, and there was one of this name")
            return
        contact = self.contacts[event["contact"]] = Contact(event)
        contact.state = "wrapping"
        self.give(contact, event["agent"])

    def on_contact_wrapping(self, event):
        contact = self.contact(event, "talking", "held")
        if contact:
            contact.state = "wrapping"

    def on_contact_done(self, event):
        self.end(event, "talking", "held", "wrapping")

    def on_contact_abandoned(self, event):
        self.end(event, "waiting", *OFFERED)

    def end(self, event, *states):
        contact = self.contact(event, *states)
        if contact:
            self.take_away(contact)
            del self.contacts[contact.id]
            self.ended[contact.id] = event

    def end_offer(self, event):
        is_withdrawn = event["ev"] == "offer.withdrawn"
        contact = self.contacts.get(event["contact"])
        if is_withdrawn and contact and contact.offer != event["offer"]:
            if contact.state == "waiting":
                contact.settle_ms = event["at"] + SETTLE_MS
            return  # said to a PBX that rings for an offer of before
        contact = self.contact(event, *OFFERED, *(("waiting", "talking", "held", "wrapping") if is_withdrawn else ()))
        if not contact or contact.state in ("waiting", "wrapping"):
            return
        if not self.same_offer(contact, event):
            return
        self.take_away(contact)
        contact.state = "waiting"  # also what was taken for a talk, when the PBX knows better
        if not is_withdrawn:
            contact.declined[event["agent"]] = event["until_ms"]
            contact.meant = None
        if contact.channel == "voice" and event["ev"] != "offer.failed":
            contact.settle_ms = event["at"] + SETTLE_MS

    def on_offer_settled(self, event):
        contact = self.contact(event, "waiting")
        if contact:
            contact.settle_ms = 0

    # Nobody waits beside a free agent.

    def is_for(self, contact, agent):
        if contact.is_meant(self.at_ms):
            return agent == contact.meant
        has_declined = contact.declined.get(agent, 0) > self.at_ms and self.others(contact, agent)
        return self.agents[agent].can(contact.queue) and agent not in contact.away and not has_declined

    def look_for_lonely(self):
        free = [(name, agent) for name, agent in self.agents.items()
                if agent.state == "ready" and agent.phone == "idle" and agent.load() < 100]
        for contact in self.contacts.values():
            if contact.state != "waiting":
                continue
            if contact.client in self.lost_links or self.at_ms < contact.settle_ms + 50:
                contact.beside_ms = None
                continue
            who = next((name for name, agent in free if self.is_for(contact, name) and agent.hears_of(contact.channel) and
                        agent.has_room(contact.channel)), None)
            if not who:
                contact.beside_ms = None
            elif contact.beside_ms is None:
                contact.beside_ms = self.at_ms
            elif self.at_ms - contact.beside_ms > ALONE_MS:
                self.complain(f"at {self.last} {contact.id} waits for {self.at_ms - contact.beside_ms} ms beside {who}, who is free")
                contact.beside_ms = self.at_ms + 10**9

    # A router's snapshot.

    def compare(self, told, what, is_quiet=None):
        """The state that a router told must be that of the journal at the same number."""
        n, lines = told
        if is_quiet is not None:
            self.is_quiet = is_quiet
        until = JournalCheck(self.world, [])
        until.is_quiet = True
        for each in self.order:
            if each > number(n):
                break
            until.apply(self.events[each])
        ours = {contact.id: (contact.state, contact.agent) for contact in until.contacts.values()}
        theirs = {line["contact"]: (line["state"], line.get("agent")) for line in lines if line["ev"] == "state.contact"}
        for id in sorted(ours.keys() | theirs.keys()):
            if ours.get(id) != theirs.get(id):
                self.complain(f"{what} at {n}: {id} is {theirs.get(id)}, in the journal {ours.get(id)}")
        ours = {name: agent.state for name, agent in until.agents.items()}
        theirs = {line["agent"]: line["state"] for line in lines if line["ev"] == "state.agent"}
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                self.complain(f"{what} at {n}: agent {name} is {theirs.get(name)}, in the journal {ours.get(name)}")
