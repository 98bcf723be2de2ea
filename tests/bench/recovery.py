"""A center of 10,000 agents with 10,000 live contacts: memory, how long clients wait while a snapshot is begun, and how soon somebody
is offered a contact again after a kill -9, by the same usherd and by a standby."""
import re
import signal
import time

from world import RULES, ask_all, cpu_us, make_ready, memory_kib, two_skills, write_profiles

CONTEXT = "x" * 900  # with the rest of the contact about 1 KiB
SMALL_RING = "limits: {contacts: 12000, agents: 12000, ring: 64KiB}\n"


def skills_of(spare):
    """The first `spare` agents know another skill, and stay free."""
    return lambda i: {"internet": 5} if i < spare else two_skills(i)


def fill(center, agents, contacts, spare=10, context=""):
    """Agents that talk, as far as they last, and contacts that wait. Returns the PBX's session."""
    write_profiles(center, agents, skills_of(spare))
    make_ready(center, range(agents))
    pbx = center.client("pbx", client="pbx1", instance="one")
    data = {"topic": "billing", **({"context": context} if context else {})}
    errors = ask_all(pbx, ({"do": "contact.arrive", "contact": str(i), "channel": "voice", "data": data} for i in range(contacts)))
    assert not errors, errors[0]
    return pbx


def first_offer(session, number, client):
    """From a new contact on, for which somebody is free."""
    session.call({"do": "contact.arrive", "contact": f"late{number}", "channel": "voice", "data": {"topic": "internet"}})
    session.wait_event("contact.offered", contact=f"{client}/late{number}")


def measure_memory(build, is_quick):
    from harness import Center
    agents = contacts = 1000 if is_quick else 10000
    with Center(rules=RULES, settings=SMALL_RING) as center:
        before = memory_kib(center.usherd.pid)
        write_profiles(center, agents, two_skills)
        pbx = center.client("pbx", client="pbx1")
        boss = center.client("supervisor")
        make_ready(center, [0])
        boss.call({"do": "agent.not_ready", "agent": "agent0"})
        data = {"topic": "billing", "context": CONTEXT}
        errors = ask_all(pbx, ({"do": "contact.arrive", "contact": str(i), "channel": "voice", "data": data} for i in range(contacts)))
        assert not errors, errors[0]
        after = memory_kib(center.usherd.pid)
    return [{"bench": "memory", "name": f"{agents} agents, {contacts} waiting with 1 KiB", "figures": {
        "usherd_mib": round(after / 1024, 1), "empty_mib": round(before / 1024, 1)}}]


def ping_during(session, seconds):
    """Round trips of a client, in ms, one after another."""
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        session.call({"do": "ping"})
        times.append((time.monotonic() - begin) * 1000)
    return times


def measure_snapshot(build, is_quick):
    """The snapshot is begun by events; what the pings meet is the fork, and what the child does to the machine."""
    from harness import Center, wait_until
    agents = contacts = 1000 if is_quick else 10000
    with Center(rules=RULES, settings="journal: {snapshot_every: 1000}\n" + SMALL_RING) as center:
        pbx = fill(center, agents, contacts, context=CONTEXT)
        session = center.client("observer")
        wait_until(lambda: "A snapshot was written" in center.log(), "a snapshot", 30)
        time.sleep(1)
        quiet = ping_during(session, 1)
        told = center.log().count("A snapshot was written")
        times = []
        for begin in range(0, 20000, 500):
            for i in range(begin, begin + 500):
                pbx.send({"do": "contact.note", "contact": str(i % contacts), "note": "again"})
            times += ping_during(session, 0.05)
            if center.log().count("A snapshot was written") >= told + 3:
                break
        took = [int(ms) for ms in re.findall(r"A snapshot was written.* ms=(\d+)", center.log())]
    return [{"bench": "snapshot", "name": f"{agents} agents, {contacts} contacts with 1 KiB", "figures": {
        "ping_quiet_max_ms": round(max(quiet), 2), "ping_max_ms": round(max(times), 2), "child_ms": max(took)}}]


def measure_recovery(build, is_quick):
    from harness import Center, wait_until
    agents = contacts = 1000 if is_quick else 10000
    with Center(rules=RULES) as center:
        fill(center, agents, contacts)
        wait_until(lambda: "A snapshot was written" in center.log(), "a snapshot", 30)
        begin = time.monotonic()
        center.kill_usherd()
        center.start_usherd()
        ready_s = time.monotonic() - begin
        session = center.client("pbx", client="pbx2", instance="two")
        first_offer(session, 0, "pbx2")
        offer_s = time.monotonic() - begin
        used_s = cpu_us(center.usherd.pid) / 1e6
    return [{"bench": "recovery", "name": f"{agents} agents, {contacts} contacts", "figures": {
        "ready_s": round(ready_s, 3), "offer_s": round(offer_s, 3), "usherd_cpu_s": round(used_s, 3)}}]


def measure_standby(build, is_quick):
    """At the silences of production."""
    from pair import Pair
    agents = contacts = 1000 if is_quick else 10000
    with Pair(settings="", rules=RULES) as pair:
        fill(pair, agents, contacts)
        pair.wait_standby("b", 60)
        begin = time.monotonic()
        pair.send_signal("a", signal.SIGKILL)
        session = pair.come_back("pbx", "pbx2", instance="two")
        first_offer(session, 0, "pbx2")
        offer_s = time.monotonic() - begin
    return [{"bench": "standby", "name": f"{agents} agents, {contacts} contacts", "figures": {"offer_s": round(offer_s, 3)}}]
