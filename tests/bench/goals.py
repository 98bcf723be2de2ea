"""What Usher is to reach, and whether it did: the table of README.md."""

MATCH = "10000 agents, 64 skills"
FAR = "100000 agents, 64 skills"


def worst(rows, bench, figure, *words):
    """The greatest of a figure over the rows whose names hold the words; None when there are none."""
    found = [row["figures"][figure] for row in rows
             if row["bench"] == bench and all(word in row["name"] for word in words) and figure in row["figures"]]
    return max(found) if found else None


def judge(what, goal, unit, values, limits, note=""):
    """A line of the table: values beside limits, all of them needed."""
    if any(value is None for value in values):
        return (what, goal, "not measured", "")
    is_reached = all(limit is None or value <= limit for value, limit in zip(values, limits))
    told = " / ".join(f"{value:.3g}" for value in values)
    return (what, goal, f"{told} {unit}{note}", "reached" if is_reached else "missed")


def match_goals(rows):
    shares = ["100 % free", " 10 % free", " 1 % free"]
    arrivals = [row for row in rows if not row["name"].startswith("an agent")]
    near = [worst(arrivals, "match", "p50_us", MATCH, share) for share in shares]
    far = [worst(arrivals, "match", "p50_us", FAR, share) for share in shares]
    return [judge("one match, 10,000 agents, 64 skills, 200 classes: all, 10 %, 1 % free", "p50 1 µs", "µs", near, [1, 1, 1]),
            judge("the same, 100,000 agents", "p50 2 µs", "µs", far, [2, 2, 2])]


def life_goals(rows):
    def life(figure, name):
        return worst(rows, "life", figure, name)

    goals = [judge("CPU of a life cycle, durable: usherd / Redis", "15 / 5 µs", "µs",
                   [life("usherd_us", "at-once 256, always"), life("redis_us", "at-once 256, always")], [15, 5])]
    rate = life("cycles_per_s", "at-once 256, always")
    if rate is not None:
        goals.append(("life cycles a second, 256 at once, generator and Redis on the same cores", "50,000 hoped for",
                      f"{rate:,.0f}", "reached" if rate >= 50000 else "missed"))
    p50, p99 = life("offered_p50_ms", "a-second 1000, always"), life("offered_p99_ms", "a-second 1000, always")
    raw50, raw99 = life("raw_p50_ms", "a-second 1000, always"), life("raw_p99_ms", "a-second 1000, always")
    if None not in (p50, p99, raw50, raw99):
        goals.append(judge("arrive to offered at 1,000/s: p50 / p99", "0.3 / 1 ms and the disk", "ms", [p50, p99],
                           [0.3 + raw50, 1 + raw99], f" (Redis and disk alone {raw50:.3g} / {raw99:.3g})"))
    return goals


def all_goals(rows):
    def of(bench, figure):
        return worst(rows, bench, figure, "")

    return [*match_goals(rows), *life_goals(rows),
            judge("INVITE to INVITE through Kamailio, 50 calls/s: p50 / p99", "1 / 3 ms", "ms",
                  [of("kamailio", "p50_ms"), of("kamailio", "p99_ms")], [1, 3]),
            judge("kill -9 to the next offer, 10,000 agents and 10,000 contacts", "1 s", "s", [of("recovery", "offer_s")], [1]),
            judge("the same, by a standby", "4 s", "s", [of("standby", "offer_s")], [4]),
            judge("a simulated day of 200 agents, 12 skills and 64 classes", "1 s", "s",
                  [worst(rows, "simulate", "seconds", "200 agents")], [1]),
            judge("memory, 10,000 agents and 10,000 waiting with 1 KiB", "64 MiB", "MiB", [of("memory", "usherd_mib")], [64])]


def table(rows, machine):
    """In the form of README.md."""
    lines = ["| what | goal | measured | |", "| --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(goal)} |" for goal in all_goals(rows)]
    lines += ["", f"{machine['cores']} cores {machine['cpu']}, Linux {machine['kernel']}, Redis {machine['redis']}, `appendfsync always`, "
              f"fdatasync {machine['fdatasync_p50_us']} µs (p99 {machine['fdatasync_p99_us']})."]
    return "\n".join(lines)
