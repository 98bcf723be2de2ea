"""The calls of a small center that is made up: who waits longest is served by who is free first."""
import csv
import io
import random

OPEN_S, HOURS, AGENTS = 9 * 3600, 3, 6
FIRST_DAY = 1_700_438_400  # a Monday's midnight, seconds since 1970, UTC


def center(days=6, seed=1, per_hour=70):
    """Dictionaries in the order of their arrivals: day, at (seconds of the day), kind, wait, agent or None, service."""
    chance = random.Random(seed)
    calls = []
    for day in range(days):
        free = [0.0] * AGENTS
        at = float(OPEN_S)
        while True:
            at += chance.expovariate(per_hour / 3600)
            if at >= OPEN_S + HOURS * 3600:
                break
            agent = min(range(AGENTS), key=free.__getitem__)
            wait, patience, service = max(0.0, free[agent] - at), chance.expovariate(1 / 120), chance.expovariate(1 / 240)
            call = {"day": day, "at": int(at), "kind": chance.choice(["bills", "bills", "sales"]), "wait": int(min(wait, patience)),
                    "agent": agent if wait <= patience else None, "service": int(service)}
            if wait <= patience:
                free[agent] = at + wait + service
            calls.append(call)
    return calls


def clock(seconds):
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def as_csv(calls):
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["date", "start", "type", "hold_s", "outcome", "talk_s", "operator"])
    for call in calls:
        is_answered = call["agent"] is not None
        rows.writerow([f"2026-11-{2 + call['day']:02}", clock(call["at"]), call["kind"], call["wait"],
                       "ANSWERED" if is_answered else "HANGUP", call["service"] if is_answered else "",
                       f"agent {call['agent'] + 1}" if is_answered else ""])
    return out.getvalue()
