"""The bids of a center, worked out a second time: from the rules, the profiles and the journal's events alone, in whole numbers, by the
definitions of README.md. It shares no line with libusher. Of rules it takes what test_explain.py uses.
"""

SETTLE_MS = 1000
CHANNELS = ["voice", "chat", "email", "task"]
LOADS = {"voice": (100, 1, False), "chat": (33, 3, False), "email": (20, 5, True), "task": (20, 5, True)}  # unit, cap, interruptible
ONE = 10000  # a price of 1


def span_ms(text):
    return int(text[:-1]) * {"s": 1000, "m": 60000}[text[-1]]


def power_of_half(part):
    """2 ** (-part / 256) in 1/65536, from the 256th root by squaring."""
    result, factor = 1 << 32, 4283353945
    while part:
        if part & 1:
            result = result * factor >> 32
        factor = factor * factor >> 32
        part >>= 1
    return result >> 16


STEP_MS = 2437  # 256 are the half-life, 15 min * ln 2


def forget(value, since_ms, at_ms):
    """e ** (-(at - since) / 15 min) of it, by steps of the clock."""
    steps = at_ms // STEP_MS - since_ms // STEP_MS
    return (value >> steps // 256) * power_of_half(steps % 256) >> 16


def erlang_b(servers, load_a16):
    """The loss of 0 .. n servers at this load in sixteenths, in 2 ** -30."""
    losses = [1 << 30]
    for x in range(1, servers + 1):
        busy = load_a16 * losses[-1] >> 4
        losses.append((busy << 20) // ((x << 20) + (busy >> 10)))
    return losses


class Pool:
    def __init__(self, skills, channel, forecast, at_ms):
        self.skills = skills
        self.channel = channel
        per_hour, handle_ms = forecast
        self.handle_ms = handle_ms or 300000
        self.arrivals = (per_hour << 16) // 4
        self.arrivals_ms = at_ms
        self.busy = self.offered() * self.arrivals // 16  # added up over the arrivals
        self.members = self.open = self.load = 0
        self.settle()

    def offered(self):
        unit = (900000 << 12) // 16
        return -(-(self.arrivals >> 4) * self.handle_ms // unit)

    def settle(self):
        """The load goes up and down in steps of its first six binary digits."""
        offered = self.offered()
        busy = -(-self.busy * 16 // self.arrivals) if self.arrivals else 0
        exact = max(min((offered + busy + 1) // 2, 2 * offered), 1)
        step = 1 << max(self.load.bit_length() - 6, 0)
        if self.load and self.load >= exact and self.load - exact < 2 * step:
            return
        step = 1 << max(exact.bit_length() - 6, 0)
        self.load = -(-exact // step) * step

    def arrive(self, at_ms):
        self.arrivals = forget(self.arrivals, self.arrivals_ms, at_ms) + 65536
        seen = (self.members - self.open) << 16 if self.members else self.offered() << 12
        self.busy = forget(self.busy, self.arrivals_ms, at_ms) + seen
        self.arrivals_ms = at_ms
        self.settle()

    def handled(self, took_ms):
        difference = took_ms - self.handle_ms
        self.handle_ms = max(self.handle_ms + (difference + (15 if difference >= 0 else 0)) // 16 if difference >= 0
                             else self.handle_ms - (-difference // 16), 1)
        self.settle()

    def change(self, members, free):
        self.members += members
        self.open += free

    def used_load(self):
        return max(min(self.load, self.members * 16 * 98 // 100), 1)

    def price(self):
        if self.open == 0:
            return 0
        losses = erlang_b(self.members, self.used_load())
        before = losses[self.members - self.open]
        return min(losses[-1] * ONE // before, ONE) if before else 0


class Agent:
    def __init__(self, id, at_ms):
        self.id = id
        self.state = "signed_out"
        self.reason = None
        self.phone_state, self.phone_until = "idle", None
        self.idle_since = at_ms
        self.held = []
        self.ground = 0
        self.pools = []
        self.is_counted = self.is_counted_open = False

    def profile(self, event):
        self.skills = event["skills"]
        self.phone = event.get("phone")
        self.caps = {channel: int(event.get("capacity", {}).get(channel, LOADS[channel][1])) for channel in CHANNELS}

    def is_available(self):
        return self.state == "ready" and self.phone_state == "idle"

    def is_whole(self):
        return self.is_available() and all(LOADS[contact.channel][2] for contact in self.held)

    def count(self, channel):
        return sum(contact.channel == channel for contact in self.held)

    def has_room(self, channel):
        if self.count(channel) >= self.caps[channel]:
            return False
        used = sum(LOADS[contact.channel][0] for contact in self.held)
        return used + LOADS[channel][0] <= 100 or (
            not LOADS[channel][2] and all(LOADS[contact.channel][2] for contact in self.held))

    def step(self, kind):
        """The first step of `relax` that lets the agent in, 0 for the need itself; None when the profile does not fit."""
        if self.caps[kind.channel] == 0 or (kind.channel == "voice" and not self.phone):
            return None
        fitting = (number for number, (_, least) in enumerate(kind.steps) if not self.missing(least))
        return next(fitting, None)

    def missing(self, least):
        return [skill for skill, level in least.items() if self.skills.get(skill, 0) < level]

    def matches(self, kind):
        """Per mille, rounded half up; None when the profile does not fit."""
        if self.step(kind) is None:
            return None
        weights = sum(weight for _, (_, weight) in kind.needs)
        if weights == 0:
            return 1000
        return (200 * sum(self.skills.get(skill, 0) * weight for skill, (_, weight) in kind.needs) + weights) // (2 * weights)


class Kind:
    """A class of contacts."""

    def __init__(self, rules, queue, tier, channel, needs):
        self.queue, self.tier, self.channel, self.needs = queue, tier, channel, needs
        self.skills = [skill for skill, _ in needs]
        self.steps = [(0, {skill: least for skill, (least, _) in needs})]
        for step in rules["queues"][queue].get("relax", []):
            least = {skill: need["min"] for skill, need in step.items() if skill in self.skills}
            self.steps.append((span_ms(step["after"]), {**self.steps[-1][1], **least}))
        last_agent = rules["queues"][queue].get("last_agent", {})
        self.affinity_ms = span_ms(last_agent.get("worth", "30s"))
        self.within_ms = span_ms(last_agent.get("within", "10080m"))
        self.wait_ms = span_ms(last_agent.get("wait", {}).get(channel, "0s"))
        self.promise_ms = span_ms(rules["queues"][queue]["promise"]["answer_within"])
        self.head_start_ms = span_ms(rules["tiers"][tier].get("head_start", "0s"))
        self.arrived = self.share = 0


class Contact:
    def __init__(self, event, kind):
        self.id, self.kind, self.channel = event["contact"], kind, kind.channel
        self.place = event["place_ms"]
        self.state, self.agent = "waiting", None
        self.declines = {}
        self.settles = 0
        self.answered = self.idle_before = None
        is_of_late = event.get("since_ms", event["at"]) - event.get("last_ms", 0) <= kind.within_ms
        self.served_by = event.get("last_agent") if is_of_late else None


class Floor:
    """The state that the events of a journal add up to."""

    def __init__(self, rules):
        self.rules = rules
        self.agents, self.contacts, self.kinds, self.pools = {}, {}, {}, []

    def take(self, event):
        take = getattr(self, "on_" + event["ev"].replace(".", "_"), None)
        if take:
            take(event)
            for agent in self.agents.values():
                self.recount(agent)

    # Pools and own grounds.

    def forecast(self, skill):
        queues = [queue for queue in self.rules["queues"].values() if skill in queue["need"]]
        per_hour = sum(queue["forecast"]["per_hour"] for queue in queues)
        work = sum(queue["forecast"]["per_hour"] * span_ms(queue["forecast"]["handle"]) for queue in queues)
        return per_hour, work // per_hour if per_hour else 0

    def on_rules_loaded(self, event):
        self.pools = [Pool([skill], None, self.forecast(skill), event["at"]) for skill in self.rules["skills"]]
        self.pools.append(Pool([], "voice", (0, 0), event["at"]))

    def is_member(self, agent, pool):
        if pool.channel:
            return bool(agent.phone) and agent.caps[pool.channel] > 0
        if len(pool.skills) == 1:
            return agent.skills.get(pool.skills[0], 0) > 0
        return any(kind.skills == pool.skills and agent.step(kind) == 0 for kind in self.kinds.values())

    def recount(self, agent):
        is_counted, is_open = agent.state == "ready", agent.is_whole()
        members, free = is_counted - agent.is_counted, is_open - agent.is_counted_open
        agent.is_counted, agent.is_counted_open = is_counted, is_open
        if members or free:
            for pool in agent.pools:
                pool.change(members, free)

    def on_agent_profiled(self, event):
        agent = self.agents.setdefault(event["agent"], Agent(event["agent"], event["at"]))
        if agent.is_counted:
            for pool in agent.pools:
                pool.change(-1, -agent.is_counted_open)
        agent.is_counted = agent.is_counted_open = False
        agent.profile(event)
        agent.pools = [pool for pool in self.pools if self.is_member(agent, pool)]
        self.take_grounds()

    def take_grounds(self):
        for kind in self.kinds.values():
            of_queue = sum(other.queue == kind.queue for other in self.kinds.values())
            kind.share = self.rules["queues"][kind.queue]["forecast"]["per_hour"] * 24 // of_queue
        for agent in self.agents.values():
            weight = sum_of = 0
            for kind in self.kinds.values():
                fitting = [other for other in self.agents.values() if other.step(kind) == 0]
                if agent not in fitting:
                    continue
                share = (kind.share << 20) // len(fitting)
                weight += share
                sum_of += share * agent.matches(kind)
            agent.ground = (2 * sum_of + weight) // (2 * weight) if weight else 0

    def kind_of(self, event):
        queue = self.rules["queues"][event["queue"]]
        needs = {}
        for name, need in queue["need"].items():
            skill = name
            if "$data." in name:
                prefix, key = name.split("$data.")
                wanted = prefix + str(event.get("data", {}).get(key))
                skill = wanted if wanted in self.rules["skills"] else need["else"]
            needs[skill] = (need.get("min", 1), need.get("weight", 1))
        needs = tuple(sorted(needs.items(), key=lambda pair: self.rules["skills"].index(pair[0])))
        key = (event["queue"], event["tier"], event["channel"], needs)
        if key not in self.kinds:
            kind = self.kinds[key] = Kind(self.rules, *key)
            self.add_set(kind, queue, event["at"])
        return self.kinds[key]

    def add_set(self, kind, queue, at_ms):
        if len(kind.skills) < 2:
            return
        pool = next((pool for pool in self.pools if pool.skills == kind.skills), None)
        if not pool:
            pool = Pool(kind.skills, None, (queue["forecast"]["per_hour"], span_ms(queue["forecast"]["handle"])), at_ms)
            self.pools.append(pool)
        for agent in self.agents.values():
            if agent.step(kind) == 0 and pool not in agent.pools:
                agent.pools.append(pool)
                pool.change(agent.is_counted, agent.is_counted_open)

    @staticmethod
    def covers(kind, pool):
        return kind.channel == pool.channel if pool.channel else set(pool.skills) <= set(kind.skills)

    def own_pools(self, kind):
        return [pool for pool in self.pools if self.covers(kind, pool) and (len(pool.skills) < 2 or pool.skills == kind.skills)]

    # Agents and contacts.

    def on_agent_signed_in(self, event):
        self.agents[event["agent"]].state = "not_ready"

    def on_agent_signed_out(self, event):
        self.agents[event["agent"]].state = "signed_out"

    def on_agent_ready(self, event):
        agent = self.agents[event["agent"]]
        agent.state, agent.reason, agent.idle_since = "ready", None, event["at"]

    def on_agent_not_ready(self, event):
        agent = self.agents[event["agent"]]
        agent.state, agent.reason = "not_ready", event["reason"]

    def on_agent_phone(self, event):
        agent = self.agents[event["agent"]]
        agent.phone_state, agent.phone_until = event["state"], event.get("until_ms")

    def on_contact_arrived(self, event):
        kind = self.kind_of(event)
        self.contacts[event["contact"]] = Contact(event, kind)
        for pool in self.own_pools(kind):
            pool.arrive(event["at"])

    def on_contact_offered(self, event):
        contact, agent = self.contacts[event["contact"]], self.agents[event["agent"]]
        contact.state, contact.agent, contact.settles = "offered", agent, 0
        contact.idle_before, agent.idle_since = agent.idle_since, event["at"]
        agent.held.append(contact)

    def on_contact_answered(self, event):
        contact = self.contacts[event["contact"]]
        contact.state, contact.answered, contact.declines = "talking", event["at"], {}
        contact.agent.idle_since = event["at"]

    def back_to_line(self, event, is_settling):
        contact = self.contacts[event["contact"]]
        agent, contact.agent, contact.state = contact.agent, None, "waiting"
        agent.held.remove(contact)
        agent.idle_since = event["at"]
        contact.declines[agent.id] = event["until_ms"]
        contact.settles = event["at"] + SETTLE_MS if is_settling and contact.channel == "voice" else 0

    def on_offer_declined(self, event):
        self.back_to_line(event, True)

    def on_offer_failed(self, event):
        self.back_to_line(event, False)

    def on_offer_settled(self, event):
        self.contacts[event["contact"]].settles = 0

    def on_contact_abandoned(self, event):
        contact = self.contacts.pop(event["contact"])
        if contact.agent:
            contact.agent.held.remove(contact)
            contact.agent.idle_since = contact.idle_before

    def on_contact_done(self, event):
        contact = self.contacts.pop(event["contact"])
        contact.agent.held.remove(contact)
        contact.agent.idle_since = event["at"]
        for pool in self.own_pools(contact.kind):
            pool.handled(event["at"] - contact.answered)

    # Pairs.

    def hurdle(self, contact, agent, at_ms):
        """What keeps the agent from the contact, as explain's JSON has it; None when he is a candidate."""
        channel = contact.channel
        if agent.caps[channel] == 0:
            return {"reason": "channel"}
        if channel == "voice" and not agent.phone:
            return {"reason": "no_phone"}
        step, opened = agent.step(contact.kind), self.open_step(contact, at_ms)
        if step is None or step > opened:
            least = contact.kind.steps[opened][1]
            skill = agent.missing(least)[0]
            lack = {"skill": skill, "level": agent.skills.get(skill, 0), "min": least[skill]}
            if step is None:
                return {"reason": "level", **lack}
            return {"reason": "step", "step": step, **lack, "until_ms": contact.place + contact.kind.steps[step][0]}
        if agent.state == "signed_out":
            return {"reason": "signed_out"}
        if agent.state == "not_ready":
            return {"reason": "not_ready", **({"not_ready": agent.reason} if agent.reason else {})}
        if agent.phone_state != "idle":
            return {"reason": "phone_" + agent.phone_state, **({"until_ms": agent.phone_until} if agent.phone_until else {})}
        if not agent.has_room(channel):
            return {"reason": "full", "held": agent.count(channel), "cap": agent.caps[channel]}
        others = [other for other in self.signed_in(contact.kind, opened) if other is not agent]
        if others and contact.declines.get(agent.id, 0) > at_ms:
            return {"reason": "cool_down", "until_ms": contact.declines[agent.id]}
        if contact.state != "waiting":
            return {"reason": "not_waiting"}
        if contact.settles > at_ms:
            return {"reason": "settling", "until_ms": contact.settles}
        return self.gate(contact, agent, at_ms)

    def signed_in(self, kind, step):
        """Those whom the step or one before it lets in."""
        return [agent for agent in self.agents.values()
                if agent.state != "signed_out" and agent.step(kind) is not None and agent.step(kind) <= step]

    def open_step(self, contact, at_ms):
        steps = contact.kind.steps
        return max(number for number, (after, _) in enumerate(steps)
                   if number == 0 or at_ms - contact.place >= after or not self.signed_in(contact.kind, number - 1))

    def held_for(self, contact, at_ms):
        agent = self.agents.get(contact.served_by)
        if not agent or at_ms - contact.place >= contact.kind.wait_ms or agent.id in contact.declines:
            return None
        return agent if agent in self.signed_in(contact.kind, self.open_step(contact, at_ms)) else None

    def gate(self, contact, agent, at_ms):
        held_for = self.held_for(contact, at_ms)
        if held_for not in (None, agent):
            return {"reason": "hold", "for": held_for.id, "until_ms": contact.place + contact.kind.wait_ms}
        for skill, reserve in self.rules.get("reserve", {}).items():
            free = [other for other in self.agents.values() if other.is_whole() and other.skills.get(skill, 0) > 0]
            if skill not in contact.kind.skills and agent in free and len(free) <= reserve["keep"]:
                return {"reason": "reserve", "skill": skill, "free": len(free), "keep": reserve["keep"]}
        return None

    def is_late(self, contact, at_ms):
        return at_ms > contact.place + contact.kind.promise_ms

    def affinity(self, contact, agent, at_ms, choice):
        """Where the agent is given, only the first of a line counts, and who waits for this agent."""
        if contact.served_by != agent.id:
            return 0
        is_first = not any(other.kind is contact.kind and other.place < contact.place and
                           self.is_late(other, at_ms) == self.is_late(contact, at_ms) and
                           self.hurdle(other, agent, at_ms) is None for other in self.contacts.values())
        is_given = choice in (None, "best_agent")
        return contact.kind.affinity_ms if is_given or is_first or self.held_for(contact, at_ms) is agent else 0

    def weigh(self, contact, agent, at_ms, choice=None):
        """The terms of a candidate, as explain's JSON has them."""
        bid, kind = self.rules["bid"], contact.kind
        match_worth, lend_worth, cap = (span_ms(bid[name]) for name in ("match_worth", "lend_worth", "idle_cap"))
        late = at_ms - contact.place - kind.promise_ms * (bid["second_promise"] if self.is_late(contact, at_ms) else 1)
        late += kind.head_start_ms
        match = agent.matches(kind)
        lend, dear = 0, None
        for pool in agent.pools if agent.is_whole() else []:
            if not self.covers(kind, pool) and pool.price() > lend:
                lend, dear = pool.price(), pool
        idle = max(at_ms - agent.idle_since, 0)
        fairness = round(bid["fairness"] * 1000) * min(idle, cap) // 1000
        match_ms = match_worth * 2 * match // 2000
        ground_ms = match_worth * (2 * match - agent.ground) // 2000 - match_ms
        lend_ms = -(lend_worth * lend // ONE)
        affinity = self.affinity(contact, agent, at_ms, choice)
        of_agent = late + match_ms + lend_ms + affinity
        terms = {"bid_ms": of_agent + ground_ms + fairness, "bid_of_agent_ms": of_agent,
                 "late_ms": late, "match_ms": match_ms, "ground_ms": ground_ms, "lend_ms": lend_ms, "fairness_ms": fairness,
                 "affinity_ms": affinity, "match": match, "ground": agent.ground, "lend": lend, "idle_ms": idle}
        if agent.step(kind):
            terms["step"] = agent.step(kind)
        if dear:
            terms["dear"] = {"skills": dear.skills, **({"channel": dear.channel} if dear.channel else {}), "free": dear.open,
                             "on_duty": dear.members, "load_erlang_16ths": dear.used_load()}
        return terms

    def pairs(self, contacts, agents, at_ms, choice=None):
        """(candidates, the others) of all these, unordered."""
        candidates, others = [], []
        for contact in contacts:
            for agent in agents:
                names = {"agent": agent.id, "contact": contact.id}
                hurdle = self.hurdle(contact, agent, at_ms)
                if hurdle:
                    others.append({**names, **hurdle})
                else:
                    candidates.append({**names, **self.weigh(contact, agent, at_ms, choice)})
        return candidates, others
