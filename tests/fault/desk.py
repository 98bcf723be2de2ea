"""A virtual agent's desk: signs in, takes chats, declines now and then, writes notes, transfers, finishes the work, has lunch."""
from client import Session


class Desk(Session):
    def __init__(self, world, agent, addresses):
        self.agent = agent
        self.is_at_lunch = False
        self.is_ready = False
        self.is_probe = agent.startswith("probe")
        super().__init__(world, "desk-" + agent, {"role": "desk", "agent": agent, "client": "desk-" + agent}, addresses)
        if not self.is_probe:
            self.loop.after(self.random.uniform(1, 8), self.lunch)

    def later(self, low, high, act):
        def do():
            if not self.world.is_frozen:
                act()
        self.loop.after(self.random.uniform(low, high), do)

    def lunch(self):
        if self.world.is_over:
            return
        if not self.world.is_frozen:
            self.is_at_lunch = not self.is_at_lunch
            if self.is_at_lunch:
                self.send("agent.not_ready", reason="lunch")
            else:
                self.send("agent.ready")
        self.loop.after(self.random.uniform(0.3, 1.0) if self.is_at_lunch else self.random.uniform(2, 8), self.lunch)

    def on_welcome(self, lines):
        if lines is None:
            if not self.is_ready and not self.is_at_lunch:
                self.send("agent.ready")
            return
        state = next((line["state"] for line in lines if line["ev"] == "state.agent"), "signed_out")
        if state != "ready" and not self.is_at_lunch:
            self.send("agent.ready")
        for line in lines:
            if line["ev"] == "state.contact" and line["channel"] == "chat":
                self.on_chat(line)

    def on_chat(self, line):
        contact = line["contact"]
        if line["state"] == "offered":
            self.later(0.01, 0.05, lambda: self.send("offer.accept", offer=line["offer"]))
        elif line["state"] == "talking":
            self.later(0.05, 0.5, lambda: self.send("contact.end", contact=contact))

    def on_event(self, event):
        name, random = event["ev"], self.random
        if name == "contact.offered":
            self.on_offer(event)
        elif name == "contact.answered":
            if event["contact"].split("/")[1].startswith("chat"):
                self.later(0.05, 0.6, lambda: self.send("contact.end", contact=event["contact"]))
            if random.random() < 0.1:
                self.send("contact.note", contact=event["contact"], note="remember this")
            if not self.is_probe and random.random() < 0.1:
                self.later(0.01, 0.2, lambda: self.transfer(event["contact"]))
        elif name == "contact.wrapping" and random.random() < 0.5:
            self.later(0.01, 0.08, lambda: self.send("contact.wrap_up", contact=event["contact"], disposition="solved"))
        elif name == "contact.parted" and random.random() < 0.5:
            self.later(0.01, 0.08, lambda: self.send("contact.wrap_up", contact=event["contact"], disposition="transferred"))
        elif name == "agent.ready":
            self.is_ready = True
        elif name == "agent.not_ready":
            self.is_ready = False
            if event["reason"] == "ring_no_answer":
                self.later(0.05, 0.2, lambda: self.send("agent.ready"))

    def on_offer(self, event):
        random = self.random
        chance = 1 if self.is_probe else random.random()
        if chance < 0.08:
            self.later(0.005, 0.05, lambda: self.send("offer.decline", offer=event["offer"]))
        elif chance < 0.1:
            self.later(0.005, 0.05, lambda: self.transfer(event["contact"]))
        elif event["accept"] == "desk":
            self.later(0.01, 0.08, lambda: self.send("offer.accept", offer=event["offer"]))

    def transfer(self, contact):
        """To another queue, which may be its own, or to a colleague, who need not have its skill."""
        if self.random.random() < 0.5:
            self.send("contact.transfer", contact=contact, queue=self.random.choice(("billing", "sales", "chat")))
        else:
            colleagues = sorted(name for name in self.world.profiles if name != self.agent and not name.startswith("probe"))
            self.send("contact.transfer", contact=contact, to_agent=self.random.choice(colleagues), note="knows you")

    def on_refused(self, command, error):
        if error["code"] == "no_such_agent":
            self.loop.after(0.2, lambda: self.send(command["do"], **{k: v for k, v in command.items() if k not in ("id", "do")}))
