"""Life cycles over the native protocol (arrive, offered, answer, end) against a real usherd and a real Redis, and beside each the
batches that they made, appended alone: what Redis and the disk take of it."""
import json
import os
import subprocess

from world import RULES, cpu_us, make_ready, run_tool, two_skills, write_profiles

AGENTS = 500
MODES = {
    "always": ("always", RULES, [("a-second", 100), ("a-second", 1000), ("a-second", 10000), ("at-once", 16), ("at-once", 64),
                                 ("at-once", 256)]),
    "everysec": ("everysec", RULES, [("a-second", 1000), ("a-second", 10000), ("at-once", 64)]),
    "customers": ("always", RULES + "customer: {key: [from]}\n", [("a-second", 100), ("a-second", 1000), ("at-once", 64)]),
}


def last_id(center):
    answer = json.loads(center.redis_cli("--json", "XREVRANGE", center.key("journal"), "+", "-", "COUNT", "1"))
    return answer[0][0]


def run_cycles(center, build, client, seconds, mode, count):
    usherd, redis = center.usherd.pid, center.redis.pid
    before = cpu_us(usherd), cpu_us(redis)
    program = os.path.join(build, "tests", "bench", "bench_life")
    out = subprocess.run([program, center.socket, client, str(seconds), mode, str(count)], stdout=subprocess.PIPE,
                         text=True, check=False)
    after = cpu_us(usherd), cpu_us(redis)
    done, rate, errors, p50, _, p99, _, worst = out.stdout.split()
    each = max(1, int(done))
    figures = {"cycles_per_s": float(rate), "offered_p50_ms": float(p50), "offered_p99_ms": float(p99),
               "offered_max_ms": float(worst), "usherd_us": round((after[0] - before[0]) / each, 2),
               "redis_us": round((after[1] - before[1]) / each, 2)}
    if out.returncode != 0 or int(errors) > 0:
        figures["errors"] = float(errors)
    return figures, each


def run_raw(center, build, behind, seconds, cycles):
    redis = center.redis.pid
    before = cpu_us(redis)
    raw = json.loads(run_tool(build, "raw", center.redis_socket, center.key("journal"), behind, seconds)[0])
    used = cpu_us(redis) - before
    return {"raw_p50_ms": raw["p50_ms"], "raw_p99_ms": raw["p99_ms"], "raw_max_ms": raw["max_ms"],
            "raw_redis_us": round(used / cycles, 2), "batches_per_cycle": round(raw["count"] / cycles, 3),
            "journal_bytes": round(raw["bytes"] / cycles)}


def measure(build, is_quick):
    from harness import Center
    rows = []
    for name, (appendfsync, rules, modes) in MODES.items():
        with Center(rules=rules, appendfsync=appendfsync) as center:
            write_profiles(center, AGENTS, two_skills)
            make_ready(center, range(AGENTS))
            run_cycles(center, build, "warm", 0.5, "at-once", 64)
            for number, (mode, count) in enumerate(modes):
                seconds = 1.5 if is_quick else 4
                behind = last_id(center)
                figures, cycles = run_cycles(center, build, f"pbx{number}", seconds, mode, count)
                figures.update(run_raw(center, build, behind, seconds if mode == "a-second" else 0, cycles))
                rows.append({"bench": "life", "name": f"{mode} {count}, {name}", "figures": figures})
    return rows
