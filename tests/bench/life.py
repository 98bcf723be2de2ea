"""Life cycles over the native protocol against a real usherd and a real Redis with appendfsync always.

life.py BENCH_LIFE [SECONDS]   USHERD and USHERCTL name the programs
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))

from harness import Center  # noqa: E402

AGENTS = 500
RULES = """\
skills: [billing, internet, lang.uk, lang.en]
queues:
  billing: {need: {billing: {min: 1}, lang.uk: {min: 1}}}
routes:
  - queue: billing
"""


def cpu_seconds(pid):
    """User and system time of a process, its threads included."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def make_ready(center):
    for i in range(AGENTS):
        center.profile(f"agent{i}", phone=f"sip:agent{i}@127.0.0.1", billing=1 + i % 10, **{"lang.uk": 1 + i * 7 % 10})
    boss = center.client("supervisor")
    for i in range(AGENTS):
        while True:
            answer = boss.ask({"do": "agent.ready", "agent": f"agent{i}"})
            if answer.get("ok"):
                break
            if answer["error"]["code"] != "no_such_agent":
                raise AssertionError(answer)
    boss.close()


def run(center, program, client, seconds, mode, count):
    usherd, redis = center.usherd.pid, center.redis.pid
    before = cpu_seconds(usherd), cpu_seconds(redis)
    out = subprocess.run([program, center.socket, client, str(seconds), mode, str(count)],
                         stdout=subprocess.PIPE, text=True, check=False)
    after = cpu_seconds(usherd), cpu_seconds(redis)
    done, rate, errors, p50, p90, p99, p999, worst = out.stdout.split()
    each = max(1, int(done))
    print(f"{mode + ' ' + str(count):<16} {rate:>9} {p50:>8} {p90:>8} {p99:>8} {p999:>8} {worst:>8} "
          f"{(after[0] - before[0]) * 1e6 / each:>8.1f} {(after[1] - before[1]) * 1e6 / each:>8.1f} {errors:>7}", flush=True)
    return out.returncode == 0


def main():
    program = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5
    is_good = True
    with Center(rules=RULES) as center:
        make_ready(center)
        print(f"Life cycles (arrive, offered, answer, end), {AGENTS} agents, appendfsync always, generator on the same machine")
        print("arrive to offered in ms; CPU in microseconds a life cycle")
        print(f"{'contacts':<16} {'cycles/s':>9} {'p50':>8} {'p90':>8} {'p99':>8} {'p99.9':>8} {'max':>8} "
              f"{'usherd':>8} {'redis':>8} {'errors':>7}")
        for number, (mode, count) in enumerate(
                [("a-second", 100), ("a-second", 1000), ("a-second", 5000), ("at-once", 16), ("at-once", 64), ("at-once", 256)]):
            is_good = run(center, program, f"pbx{number}", seconds, mode, count) and is_good
    return 0 if is_good else 1


sys.exit(main())
