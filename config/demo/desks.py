"""The agents' desks: each a session of its own. An agent is ready, declines now and then, ends the wrap-up early, takes a
break: how often, the mood says."""

import asyncio
import random

from session import Session

DECLINE_S = (0.4, 0.9)
BREAK_S = (5.0, 10.0)
MISSED_S = 4.0  # until an agent who was made not ready for not answering is back


class Desk:
    def __init__(self, path, agent, mood):
        self.agent = agent
        self.mood = mood
        self.session = Session(path, {"role": "desk", "client": f"desk-{agent}", "agent": agent}, self.on_event,
                               on_opened=self.on_opened)
        self.wants_ready = True
        self.tasks = set()

    def on_opened(self):
        if self.wants_ready:
            self.session.tell("agent.ready")

    def on_event(self, event):
        name = event["ev"]
        if name == "contact.offered" and random.random() < self.mood.declines:
            self.later(DECLINE_S, lambda: self.session.tell("offer.decline", offer=event["offer"]))
        elif name == "contact.wrapping" or (name == "state.contact" and event["state"] == "wrapping"):
            self.later(self.mood.wrap_up_s, lambda: self.wrap_up(event["contact"]))
        elif name == "agent.not_ready" and event["reason"] == "ring_no_answer":
            self.later((MISSED_S, MISSED_S), self.come_back)

    def wrap_up(self, contact):
        self.session.tell("contact.wrap_up", contact=contact, disposition="solved")
        if random.random() < self.mood.breaks and self.wants_ready:
            self.wants_ready = False
            self.session.tell("agent.not_ready", reason="break")
            self.later(BREAK_S, self.come_back)

    def come_back(self):
        self.wants_ready = True
        self.session.tell("agent.ready")

    def later(self, span, action):
        async def wait():
            await asyncio.sleep(random.uniform(*span))
            action()
        task = asyncio.create_task(wait())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
