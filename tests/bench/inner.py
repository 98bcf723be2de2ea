"""What is measured inside libusher, without a daemon: one match with its change of state, the codec, and simulated days."""
import json
import statistics

from world import run_tool

# agents, skills, waiting, rounds
WORLDS = [(1000, 64, 0, 50000), (10000, 64, 0, 50000), (10000, 64, 100000, 20000), (100000, 64, 0, 20000),
          (1000, 512, 0, 50000), (10000, 512, 0, 50000), (100000, 512, 0, 20000)]
QUICK = WORLDS[:2]


def name_of(row):
    waiting = f", {row['waiting']} waiting" if row["waiting"] else ""
    what = "an agent becomes free" if row["what"] == "free" else f"{'one skill' if row['needs'] == 1 else 'three skills'}"
    return f"{what}, {row['agents']} agents, {row['skills']} skills, {row['free']} % free{waiting}"


def measure_match(build, is_quick):
    rows = []
    for world in QUICK if is_quick else WORLDS:
        for line in run_tool(build, "match", *world):
            row = json.loads(line)
            if row["count"] > 0:
                rows.append({"bench": "match", "name": name_of(row), "figures": {
                    "p50_us": row["p50_ns"] / 1000, "p99_us": row["p99_ns"] / 1000, "max_us": row["max_ns"] / 1000}})
    return rows


def measure_codec(build, is_quick):
    rows = []
    for line in run_tool(build, "codec", 20000 if is_quick else 100000):
        row = json.loads(line)
        rows.append({"bench": "codec", "name": f"{row['what']} of {row['bytes']} bytes, {row['with']}",
                     "figures": {"ns": row["ns"]}})
    return rows


def measure_simulate(build, is_quick):
    rows = []
    for agents in (200,) if is_quick else (200, 500, 1000, 2000):
        days = [json.loads(line) for line in run_tool(build, "simulate", agents, 12, 64, 3)]
        seconds = statistics.median(day["seconds"] for day in days)
        events = statistics.median(day["events"] for day in days)
        rows.append({"bench": "simulate", "name": f"a day of {agents} agents, 12 skills, 64 classes", "figures": {
            "seconds": seconds, "events": events, "events_per_s": round(events / seconds)}})
    return rows
