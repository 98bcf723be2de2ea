#!/usr/bin/env python3
"""The demo's people: customers who call, agents who answer, and the PBX between them. They use nothing but Usher's socket.

Ends after --seconds, or at SIGINT, with a summary; its exit status is 1 when a contact was lost or finished twice.
"""

import argparse
import asyncio
import collections
import json
import random
import signal
import statistics
import sys
import time

from board import Board
from desks import Desk
from incident import Incident
from moods import read_agents
from pbx import Pbx

BETWEEN_S = 1.2  # two customers, on average
FIRST_S = 0.3  # the first ones come sooner, so that there is something to see
FIRST_COUNT = 6
PATIENCE_S = (15, 60)
OPENING_S = 30  # for usherd to be there
CLOSING_S = 30  # for the last customers to be served
# What customers call about: how often, and the context that the PBX has from its menu.
TOPICS = [(4, "billing"), (4, "internet"), (2, "tv"), (2, "connect")]
LANGUAGES = [(7, "uk"), (2, "en"), (1, "pl")]
TIERS = [(6, "standard"), (1, "gold")]

# Refusals that follow from two doing something at the same moment: a customer hangs up while an agent answers.
RACES = {"stale_offer", "wrong_state"}


def pick(choices):
    return random.choices([value for _, value in choices], [weight for weight, _ in choices])[0]


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0.0


class Demo:
    def __init__(self, options):
        self.options = options
        moods = read_agents(options.agents)
        self.agents = list(moods)
        self.pbx = Pbx(options.socket, moods)
        self.pbx.on_synced = self.on_synced
        self.pbx.session.on_lost = self.on_lost
        self.board = Board(options.socket, options.quiet, options.colour)
        self.desks = [Desk(options.socket, agent, mood) for agent, mood in moods.items()]
        self.incident = Incident(options.seconds, options.notice, self.board.say)
        self.serial = 0
        self.over = asyncio.Event()
        self.started = time.monotonic()
        self.left_in_usher = None
        self.is_over = False

    def on_lost(self):
        self.pbx.on_lost()
        if self.is_over:
            return
        live = len(self.pbx.live())
        self.board.say(f"usherd is gone; the PBX still has {live} call{'s' * (live != 1)}", "red")

    def on_synced(self, counts):
        if self.pbx.session.opened_count > 1:
            told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items(), reverse=True)) or "no call"
            self.board.say(f"usherd is back; the PBX synced {told}", "green")

    # The course of the demo.

    async def run(self):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.over.set)
        sessions = [self.board.session, self.pbx.session, *(desk.session for desk in self.desks)]
        tasks = [asyncio.create_task(session.run()) for session in sessions]
        if not await self.wait_for(lambda: self.pbx.is_synced and all(s.is_open for s in sessions), OPENING_S):
            print("people.py: usherd does not take our sessions", file=sys.stderr)
            return 1
        self.board.title()
        customers = [asyncio.create_task(work) for work in
                     (self.send_customers(), self.incident.run(self.call_about_outage, lambda: self.pbx.live("waiting")))]
        try:
            await asyncio.wait_for(self.over.wait(), self.options.seconds or None)
        except asyncio.TimeoutError:
            pass
        for task in customers:
            task.cancel()
        self.incident.clear()
        if not self.over.is_set():
            await self.close()
        self.is_over = True
        for task in tasks:
            task.cancel()
        return self.summarise()

    async def send_customers(self):
        while True:
            data = {"topic": pick(TOPICS), "lang": pick(LANGUAGES), "tier": pick(TIERS)}
            self.call(data, random.uniform(*PATIENCE_S))
            await asyncio.sleep(FIRST_S if self.serial < FIRST_COUNT else random.expovariate(1 / BETWEEN_S))

    def call_about_outage(self, city):
        self.call({"topic": "outage", "lang": pick(LANGUAGES), "city": city}, random.uniform(*PATIENCE_S))

    def call(self, data, patience_s):
        self.serial += 1
        caller = {"from": f"+380{random.randrange(10**9):09d}", "to": "+380441234567", "data": data}
        self.pbx.arrive(f"c-{self.serial}", caller, patience_s)

    async def close(self):
        """No new customers: those who are there are served, and Usher must then hold nothing."""
        self.board.say("no new customers; the last ones are served", "dim")
        await self.wait_for(lambda: not self.pbx.live(), CLOSING_S)
        for call in self.pbx.live("waiting", "ringing"):
            self.pbx.hang_up(call)
        await self.wait_for(lambda: not self.pbx.live() and not self.board.queues, 10)
        self.left_in_usher = len(self.board.queues)

    async def wait_for(self, condition, seconds):
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end and not self.over.is_set():
            await asyncio.sleep(0.05)
        return condition()

    # The summary.

    def summarise(self):
        self.board.is_quiet = False
        calls = list(self.pbx.calls.values())
        finished = [call for call in calls if call.state is None]
        answered = [call.waited_s for call in calls if call.state == "talking" or call.outcome == "served"]
        served = collections.Counter(call.agent for call in calls if call.outcome == "served")
        faults = self.pbx.count_faults()
        if self.left_in_usher:
            faults.append(f"Usher still holds {self.left_in_usher} contacts that are over")
        faults += [f"Usher refused {refusal}" for refusal in self.refusals()]
        report = {
            "arrived": len(calls), "finished": len(finished), "served": sum(served.values()),
            "abandoned": sum(call.outcome == "abandoned" for call in calls), "waiting": len(self.pbx.live("waiting", "ringing")),
            "talking": len(self.pbx.live("talking")), "restarts": self.pbx.session.opened_count - 1,
            "mean_wait_s": round(statistics.fmean(answered or [0.0]), 3), "p95_wait_s": round(percentile(answered, 0.95), 3),
            "by_agent": dict(served), "faults": faults,
        }
        if self.options.report:
            with open(self.options.report, "w", encoding="utf-8") as file:
                json.dump(report, file)
        self.print_summary(report)
        return 1 if faults else 0

    def refusals(self):
        """All that Usher refused, but for what two did at the same moment."""
        for session in [self.pbx.session, self.board.session, *(desk.session for desk in self.desks)]:
            for command, error in session.refused:
                is_race = error["code"] in RACES or (error["code"] == "no_such_contact" and session is not self.pbx.session)
                if not is_race:
                    yield f"{command and command['do']} of {session.hello['client']}: {error['code']}: {error['message']}"

    def print_summary(self, report):
        def say(text, colour=None):
            self.board.say(text, colour, at="")
        say("")
        say(f"{time.monotonic() - self.started:.0f} s, {report['restarts']} restart{'s' * (report['restarts'] != 1)} of usherd",
            "bold")
        say(f"contacts   {report['arrived']} arrived: {report['served']} served, {report['abandoned']} hung up, "
            f"{report['waiting']} waiting, {report['talking']} talking")
        say(f"wait       mean {report['mean_wait_s']:.1f} s, p95 {report['p95_wait_s']:.1f} s")
        names = [f"{self.board.names.get(agent) or agent} {report['by_agent'].get(agent, 0)}" for agent in self.agents]
        for at in range(0, len(names), 4):
            label = "by agent" if at == 0 else ""
            say(f"{label:10} " + "".join(f"{name:17}" for name in names[at:at + 4]).rstrip())
        if report["faults"]:
            for fault in report["faults"]:
                say(f"FAULT      {fault}", "red")
            return
        live = f", {report['waiting'] + report['talking']} are on the line" if report["finished"] < report["arrived"] else ""
        say(f"account    {report['finished']} finished exactly once each{live}; none was lost", "green")


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", required=True, help="usherd's Unix socket")
    parser.add_argument("--agents", required=True, help="the agents' file: the first column is the id")
    parser.add_argument("--seconds", type=float, default=0, help="how long customers come; 0: until SIGINT")
    parser.add_argument("--seed", type=int, help="for the same customers again")
    parser.add_argument("--notice", help="a file for what everybody should know just now")
    parser.add_argument("--quiet", action="store_true", help="the summary alone")
    parser.add_argument("--colour", action="store_true", help="the summary in colour, wherever it goes")
    parser.add_argument("--report", help="a file for the summary as JSON")
    return parser.parse_args()


def main():
    options = read_options()
    random.seed(options.seed)
    return asyncio.run(Demo(options).run())


if __name__ == "__main__":
    sys.exit(main())
