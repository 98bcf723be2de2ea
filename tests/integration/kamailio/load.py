"""Callers at a rate, the phones of many agents, and what became of each call. Three tell it who do not know of each other: the callers
and the phones (sipp/load_*.xml log their steps), and usherd's journal.

    load = Load(center, seconds=60, rate=20, agents=60)
    load.begin()
    load.kill()                              # and again
    load.finish()
    assert not load.problems(), load.problems()
    print(load.summary())
"""

import contextlib
import signal
import time
from dataclasses import dataclass, field

from sip import Pair, Sipp, wait_until

FINAL = ("contact.done", "contact.abandoned")
NEVER_MS = 3600000
# Of the callers: how many in a hundred, how long they wait, how long they talk.
KINDS = {
    "stays": (65, NEVER_MS, NEVER_MS),  # until the agent hangs up
    "hangs up": (20, NEVER_MS, 100),  # in the middle of the talk
    "gives up soon": (5, 40, NEVER_MS),  # before any phone is picked up
    "gives up": (5, 200, NEVER_MS),
    "gives up late": (5, 1000, NEVER_MS),
}
RINGS_MS = (60, 60, 700, 60)  # of the phones, in turn
TALK_MS = 400
LEEWAY_S = 0.1  # between an event and its being told


@dataclass
class Call:
    """What the caller and the phones say, in seconds since 1970."""
    contact: str
    kind: str
    calls: float = 0.0
    talks: float = 0.0
    gives_up: float = 0.0
    over: float = 0.0
    rings: list = field(default_factory=list)  # [begin, end, agent]
    answers: list = field(default_factory=list)  # [when, agent]


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))] if sorted_values else 0.0


class Load:
    def __init__(self, center, seconds, rate, agents, phones=4, kamailios=None):
        self.center = center
        self.seconds = seconds
        self.rate = rate
        self.kamailios = [center.kamailios[name] for name in kamailios or center.kamailios]
        self.agents = [f"agent{number:03}" for number in range(agents)]
        self.phone_count = phones
        self.phones = []
        self.callers = []  # (kind, Kamailio, Sipp)
        self.outages = []  # (begin, end)
        self.calls = {}  # by Call-ID
        self.journal = []

    # Its life.

    def begin(self):
        """Signs the agents in and lets the callers call, at each Kamailio an equal share."""
        timeout_s = int(self.seconds) + 120
        for number in range(self.phone_count):
            words = {"RING_MS": RINGS_MS[number % len(RINGS_MS)], "TALK_MS": TALK_MS}
            self.phones.append(Sipp(self.center, "load_phone", 1000000, 0, ["-aa"], words, timeout_s))
        for number, agent in enumerate(self.agents):
            port = self.phones[number % self.phone_count].port
            self.center.profile(agent, phone=f"sip:{agent}@127.0.0.1:{port}", billing=5)
        for agent in self.agents:
            desk = wait_until(lambda agent=agent: self.center.try_desk(agent), f"the desk of {agent} opens")
            self.center.make_ready(desk)
            desk.close()
        for kamailio in self.kamailios:
            for kind, (share, patience_ms, talk_ms) in KINDS.items():
                count = max(1, round(self.rate * self.seconds * share / 100 / len(self.kamailios)))
                self.callers.append((kind, kamailio, Sipp(
                    self.center, "load_caller", count, 0,
                    ["-aa", "-s", "hotline", "-key", "from", "380501112233", "-l", str(count), "-r", str(count),
                     "-rp", str(int(self.seconds * 1000)), f"127.0.0.1:{kamailio.sip_port}"],
                    {"PATIENCE_MS": patience_ms, "TALK_MS": talk_ms}, timeout_s)))

    def kill(self, down_s=0.2, is_stop=False):
        """Kills usherd, or the leader of two, and returns when another knows all calls: one that is started `down_s` later, or the
        standby; whom it followed is then started as the standby, or woken when he was only stopped."""
        begin = time.time()
        if isinstance(self.center, Pair):
            leader = self.center.leader()
            self.center.send_signal(leader, signal.SIGSTOP if is_stop else signal.SIGKILL)
            self.wait_linked()
            if is_stop:
                self.center.send_signal(leader, signal.SIGCONT)
            else:
                self.center.start_one(leader)
        else:
            self.center.kill_usherd()
            time.sleep(down_s)
            self.center.start_usherd(wait=False)
            self.wait_linked()
        self.outages.append((begin, time.time()))

    def kill_redis(self, down_s=0.2):
        """Kills Redis, starts it again, and returns when the journal goes on."""
        last = self.center.journal()[-1]["n"]
        begin = time.time()
        self.center.kill_redis()
        time.sleep(down_s)
        self.center.start_redis()
        wait_until(lambda: self.center.journal()[-1]["n"] != last, "the journal goes on", 30)
        self.outages.append((begin, time.time()))

    def wait_linked(self):
        for kamailio in self.kamailios:
            self.center.wait_linked(count=len(self.outages) + 2, link=kamailio.name, timeout=30)

    def finish(self, timeout=60):
        """Waits until every caller has gone, and collects what everybody says."""
        end = time.monotonic() + timeout
        with contextlib.suppress(AssertionError):  # those who are left are a problem then, and told as such
            for _, _, sipp in self.callers:
                wait_until(lambda sipp=sipp: sipp.process.poll() is not None, "the callers are gone", end - time.monotonic())
        self.read_callers()
        with contextlib.suppress(AssertionError):
            wait_until(self.are_all_closed, "every contact has ended", 15)
        self.read_phones()
        self.journal = self.center.journal()

    def are_all_closed(self):
        arrived, ended = set(), set()
        for event in self.center.journal():
            if event["ev"] == "contact.arrived":
                arrived.add(event["contact"])
            elif event["ev"] in FINAL:
                ended.add(event["contact"])
        return arrived == ended

    # What they say.

    @staticmethod
    def read_steps(sipp):
        """(time, step, Call-ID, agent or nothing) of each line."""
        with open(sipp.steps) as file:
            for line in file:
                words = line.split()
                if len(words) >= 5:
                    yield float(words[2]), words[3], words[4], "".join(words[5:6])

    def read_callers(self):
        for kind, kamailio, sipp in self.callers:
            for at, step, call, _ in self.read_steps(sipp):
                self.calls.setdefault(call, Call(f"{kamailio.name}/{call}", kind))
                setattr(self.calls[call], step, at)

    def read_phones(self):
        for sipp in self.phones:
            for at, step, name, agent in self.read_steps(sipp):
                call = self.calls[name]
                if step == "rings":
                    call.rings.append([at, None, agent])
                elif step == "answers":
                    call.answers.append((at, agent))
                else:
                    next(ring for ring in call.rings if ring[2] == agent and not ring[1])[1] = at

    # What is wrong.

    def is_hidden(self, begin, end):
        """Whether all of it happened while no usherd knew of the calls."""
        return any(outage[0] - LEEWAY_S <= begin and end <= outage[1] + LEEWAY_S for outage in self.outages)

    def problems(self):
        """Sentences; none when all is well."""
        found = [f"{kind} at {kamailio.name}: SIPp ended with {sipp.process.returncode}: {sipp.why()[:500]}"
                 for kind, kamailio, sipp in self.callers if sipp.process.returncode]
        for call in self.calls.values():
            found += self.problems_of(call)
        found += self.problems_of_agents()
        found += self.problems_of_journal()
        left = sum(kamailio.calls() for kamailio in self.kamailios)
        if left:
            found.append(f"Kamailio has {left} calls still")
        for line in self.center.client("supervisor").state("agent"):
            if line["agent"] in self.agents and (line["state"] != "ready" or line["count"]):
                found.append(f"{line['agent']} is {line['state']} and has {line['count']} calls in the end")
        return found

    @staticmethod
    def problems_of(call):
        found = []
        if not call.talks and not call.gives_up:
            found.append(f"{call.contact} stayed on the line and was not answered")
        elif not call.over:
            found.append(f"{call.contact} came to no end")
        if len(call.answers) > 1:
            found.append(f"{call.contact} was answered by {len(call.answers)} phones: {call.answers}")
        for one, other in zip(call.rings, call.rings[1:]):
            if not one[1] or one[1] > other[0]:
                found.append(f"{call.contact} rang at two phones at once: {one}, {other}")
        return found

    def problems_of_agents(self):
        """A phone has one call at a time."""
        found = []
        held = {}
        for call in self.calls.values():
            for begin, end, agent in call.rings:
                held.setdefault(agent, []).append((begin, end or begin, call.contact))
        for agent, spells in held.items():
            spells.sort()
            found += [f"{agent} had {one[2]} and {other[2]} at once" for one, other in zip(spells, spells[1:])
                      if one[1] > other[0] + LEEWAY_S]
        return found

    def problems_of_journal(self):
        found = []
        events = {}
        for event in self.journal:
            if "contact" in event:
                events.setdefault(event["contact"], []).append(event["ev"])
        for contact, names in events.items():
            if names.count("contact.arrived") != 1 or sum(name in FINAL for name in names) != 1:
                found.append(f"{contact} did not arrive and end once: {names}")
        for call in self.calls.values():
            names = events.get(call.contact, [])
            if not names:
                is_right = self.is_hidden(call.calls, call.over)
            elif call.talks:
                is_right = names[-1] == "contact.done" or self.is_hidden(call.talks, call.over)
            else:
                # Whoever gave up as a phone was picked up was answered for the PBX.
                is_right = names[-1] == "contact.abandoned" or call.answers
            if not is_right:
                found.append(f"the journal does not know what became of {call}: {names}")
        return found

    # The figures.

    def waits(self):
        """Seconds from INVITE to answer of those who were ready to wait, sorted."""
        return sorted(call.talks - call.calls for call in self.calls.values() if call.talks and KINDS[call.kind][1] == NEVER_MS)

    def first_answers(self):
        """Seconds from each kill to the first answer by a phone that was rung after it."""
        rings = sorted((call.rings[-1][0], call.talks) for call in self.calls.values() if call.rings and call.talks)
        took = []
        for begin, _ in self.outages:
            talks = [talk for ring, talk in rings if ring > begin + LEEWAY_S / 2]
            if talks:
                took.append(min(talks) - begin)
        return took

    def summary(self):
        calls = self.calls.values()
        waits, firsts = self.waits(), self.first_answers()
        known = {event["contact"] for event in self.journal if "contact" in event}
        talked = [call for call in calls if call.talks]
        two_phones = sum(len(call.answers) > 1 for call in calls)
        return "\n".join((
            f"calls placed                        {len(calls)}",
            f"answered                            {len(talked)}; the caller hung up in the middle of "
            f"{sum(call.kind == 'hangs up' for call in talked)}",
            f"gave up before                      {sum(call.gives_up > 0 and not call.talks for call in calls)}",
            f"stayed and were not answered        {sum(not call.talks and not call.gives_up for call in calls)}",
            f"answered by two phones              {two_phones}",
            f"came and went while nobody led      {sum(call.contact not in known for call in calls)}",
            f"kills                               {len(self.outages)}",
            f"from INVITE to answer, s            p50 {percentile(waits, 0.5):.3f}, p95 {percentile(waits, 0.95):.3f}, "
            f"longest {waits[-1] if waits else 0:.3f}",
            f"from each kill to the next answer, s {', '.join(f'{first:.2f}' for first in firsts)}",
        ))
