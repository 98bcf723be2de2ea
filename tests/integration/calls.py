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


def as_queue_log(calls, first_day=FIRST_DAY):
    """Agents are added when the day begins, and removed when it ends; half of them never were, as with static members."""
    lines = []
    for number, call in enumerate(calls):
        at = first_day + call["day"] * 86400 + call["at"]
        channel, queue = f"{at}.{number}", call["kind"]
        answered = at + call["wait"]
        lines.append((at, f"{channel}|{queue}|NONE|ENTERQUEUE||0441234567|1"))
        if call["agent"] is None:
            lines.append((answered, f"{channel}|{queue}|NONE|ABANDON|1|1|{call['wait']}"))
            continue
        agent = f"SIP/{101 + call['agent']}"
        end = ["COMPLETECALLER", "COMPLETEAGENT"][number % 2] + f"|{call['wait']}|{call['service']}|1"
        if number % 10 == 9:
            end = f"BLINDTRANSFER|200|from-internal|{call['wait']}|{call['service']}|1"
        lines += [(answered, f"{channel}|{queue}|{agent}|CONNECT|{call['wait']}|{channel}1|0"),
                  (answered + call["service"], f"{channel}|{queue}|{agent}|{end}")]
    for day in {call["day"] for call in calls}:
        begins = first_day + day * 86400 + OPEN_S
        for agent in range(0, AGENTS, 2):
            lines += [(begins, f"NONE|{queue}|SIP/{101 + agent}|ADDMEMBER|") for queue in ("bills", "sales")]
            lines += [(begins + HOURS * 3600, f"NONE|{queue}|SIP/{101 + agent}|REMOVEMEMBER|") for queue in ("bills", "sales")]
    return "".join(f"{at}|{rest}\n" for at, rest in sorted(lines, key=lambda line: line[0]))
