"""What the terminal shows: a line a decision, read from the events that any observer gets."""

import os
import shutil
import sys
import time

from session import Session

COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
TITLE = f"{'time':8}  {'call':5}  {'queue':10}  {'waited':>6}  {'agent':13}  why"


class Board:
    def __init__(self, path, is_quiet=False, has_colour=False):
        self.is_quiet = is_quiet  # somebody else shows what happens
        self.session = Session(path, {"role": "observer", "client": "demo-board"}, self.on_event)
        self.names = {}  # agents'
        self.skills = {}
        self.queues = {}  # of the live contacts
        self.has_colour = (has_colour or sys.stdout.isatty()) and not os.environ.get("NO_COLOR")
        self.width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else None

    def say(self, text, colour=None, at=None):
        """One line, cut to the terminal; with a time unless `at` is empty."""
        if self.is_quiet:
            return
        if at is None:
            at = time.strftime("%H:%M:%S  ")
        text = at + text
        if self.width and len(text) > self.width:
            text = text[:self.width - 1] + "…"
        if colour and self.has_colour:
            text = f"\033[{COLOURS[colour]}m{text}\033[0m"
        print(text, flush=True)

    def title(self):
        self.say(TITLE, "bold", at="")

    def on_event(self, event):
        method = getattr(self, "on_" + event["ev"].replace(".", "_"), None)
        if method:
            method(event)

    def tell(self, event, text, colour=None):
        contact = event["contact"].partition("/")[2]
        queue = self.queues.get(event["contact"], "")
        self.say(f"{contact:5}  {queue:10}  {text}", colour)

    def name(self, event):
        return self.names.get(event["agent"]) or event["agent"]

    def on_welcome(self, event):
        if not event.get("resumed"):
            self.queues.clear()  # the snapshot that follows has those that live

    # Decisions.

    def on_contact_offered(self, event):
        self.queues[event["contact"]] = event["queue"]
        self.tell(event, f"{event.get('waited_ms', 0) / 1000:5.1f}s  {self.name(event):13.13}  {why(event)}")

    # What else moves a contact.

    def on_contact_arrived(self, event):
        self.queues[event["contact"]] = event["queue"]

    def on_state_contact(self, event):
        self.queues[event["contact"]] = event["queue"]

    def on_offer_declined(self, event):
        self.tell(event, f"declined by {self.name(event)}; keeps its place", "yellow")

    def on_offer_failed(self, event):
        reason = {"no_answer": "did not answer", "busy": "is on the phone", "rejected": "rejected the call"}
        self.tell(event, f"{self.name(event)} {reason.get(event['reason'], event['reason'])}; keeps its place", "yellow")

    def on_offer_expired(self, event):
        self.tell(event, f"{self.name(event)} did not answer; keeps its place", "yellow")

    def on_contact_abandoned(self, event):
        self.tell(event, f"{event.get('waited_ms', 0) / 1000:5.1f}s  hung up", "red")
        self.queues.pop(event["contact"], None)

    def on_contact_done(self, event):
        self.queues.pop(event["contact"], None)

    # Agents.

    def on_state_agent(self, event):
        self.names[event["agent"]] = event.get("name", "").partition(" · ")[0]  # without the mood
        self.skills[event["agent"]] = event.get("skills", {})

    def on_agent_profiled(self, event):
        before, after = self.skills.get(event["agent"], {}), event["skills"]
        self.on_state_agent(event)
        changes = [f"{skill} {before.get(skill, 0)} to {after.get(skill, 0)}"
                   for skill in sorted(before | after) if before.get(skill) != after.get(skill)]
        if changes:
            self.say(f"the profile of {self.name(event)} has changed: {', '.join(changes)}", "green")

    def on_agent_not_ready(self, event):
        self.say(f"{self.name(event)} is not ready: {event['reason'].replace('_', ' ')}", "dim")

    def on_rules_loaded(self, event):
        self.say("new rules hold from now on", "green")


def why(event):
    """The terms of the winning bid, as far as they count."""
    terms = [f"match {event.get('match', 0) // 10}%"]
    if event.get("lend", 0) >= 10:
        terms.append(f"lent {event['lend'] / 100:.1f}%")
    if event.get("tier", "standard") != "standard":
        terms.append(event["tier"])
    elif event.get("late_ms", 0) > 0:
        terms.append(f"late {event['late_ms'] / 1000:.0f}s")
    elif event.get("idle_ms", 0) >= 1000:
        terms.append(f"idle {event['idle_ms'] / 1000:.0f}s")
    return " ".join(terms)
