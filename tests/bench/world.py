"""A center for the benchmarks: many agents and contacts made quickly, and what the processes have used."""
import os
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
os.environ.setdefault("USHER_SOURCE", ROOT)
sys.path[:0] = [os.path.join(ROOT, "tests", "integration"), os.path.join(ROOT, "tests", "integration", "kamailio")]

RULES = """\
skills: [billing, internet, lang.uk, lang.en]
queues:
  billing: {need: {billing: {min: 1}, lang.uk: {min: 1}}}
  internet: {need: {internet: {min: 1}}}
routes:
  - {when: {data.topic: internet}, queue: internet}
  - queue: billing
"""
AT_ONCE = 100  # commands on the way


def use_build(build):
    """The programs that the harness starts."""
    os.environ["USHERD"] = os.path.join(build, "daemon", "usherd")
    os.environ["USHERCTL"] = os.path.join(build, "daemon", "ctl", "usherctl")


def run_tool(build, name, *arguments):
    """What a program of the benchmarks prints, as lines."""
    path = os.path.join(build, "tests", "bench", "bench_" + name)
    done = subprocess.run([path, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"bench_{name} {' '.join(map(str, arguments))} ended with {done.returncode}")
    return done.stdout.splitlines()


def cpu_us(pid):
    """What all threads of a process have run, in microseconds."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1000


def memory_kib(pid):
    """Of its own, what is shared with nobody."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Private_"))


def write_profiles(center, count, skills):
    """Profiles agent0, agent1, ... at once; `skills` is a function of the number."""
    def word(text):
        data = str(text).encode()
        return b"$%d\r\n%s\r\n" % (len(data), data)

    with socket.socket(socket.AF_UNIX) as redis:
        redis.connect(center.redis_socket)
        answers = redis.makefile("rb")
        for begin in range(0, count, AT_ONCE):
            numbers = range(begin, min(begin + AT_ONCE, count))
            for i in numbers:
                words = ["HSET", center.key(f"agent:agent{i}"), "name", f"Agent {i}", "phone", f"sip:agent{i}@127.0.0.1"]
                for skill, level in skills(i).items():
                    words += [f"skill.{skill}", level]
                redis.sendall(b"*%d\r\n" % len(words) + b"".join(map(word, words)))
            for _ in numbers:
                answers.readline()


def ask_all(client, commands):
    """Sends all of them, a hundred on the way, and waits for the answers; returns those that are errors."""
    errors = []
    pending = []
    for command in commands:
        pending.append((command, client.send(command)))
        if len(pending) >= AT_ONCE:
            errors += [(c, a) for c, a in ((c, client.wait_answer(i)) for c, i in pending) if not a.get("ok")]
            pending.clear()
            client.events.clear()
    errors += [(c, a) for c, a in ((c, client.wait_answer(i)) for c, i in pending) if not a.get("ok")]
    client.events.clear()
    return errors


def make_ready(center, numbers):
    """Waits until usherd knows these agents, and makes them ready."""
    boss = center.client("supervisor")
    commands = [{"do": "agent.ready", "agent": f"agent{i}"} for i in numbers]
    end = time.monotonic() + 60
    while commands:
        errors = ask_all(boss, commands)
        if any(answer["error"]["code"] != "no_such_agent" for _, answer in errors) or time.monotonic() > end:
            raise AssertionError(errors[0])
        commands = [{"do": "agent.ready", "agent": command["agent"]} for command, _ in errors]
    boss.close()


def two_skills(i):
    return {"billing": 1 + i % 10, "lang.uk": 1 + i * 7 % 10}
