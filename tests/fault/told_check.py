"""The checker of what clients were told: all of it stands in the journal, nothing in it was left out, and no fenced router told it."""
from client import number
from losses import Losses

# A command that was answered with ok -> the events one of which must stand in the journal for its contact (and its offer).
CAUSED = {
    "contact.arrive": (("contact.arrived",), False),
    "contact.abandon": (("contact.abandoned",), False),
    "contact.ring": (("contact.ringing", "contact.answered"), True),
    "contact.answer": (("contact.answered",), True),
    "contact.fail": (("offer.failed", "offer.settled"), True),
    "contact.hold": (("contact.held",), False),
    "contact.resume": (("contact.resumed",), False),
    "contact.end": (("contact.wrapping", "contact.done"), False),
    "contact.wrap_up": (("contact.done",), False),
    "contact.note": (("contact.noted",), False),
    "contact.transfer": (("contact.transferred",), False),
    "offer.accept": (("contact.answered",), True),
    "offer.decline": (("offer.declined",), True),
}


def check_told(world, check):
    sessions = [*world.pbxs, *world.desks, *world.watchers]
    losses = Losses(world, check)
    for session in sessions:
        for connection, log in split_connections(session.log):
            check_lines(world, check, losses, session, log)
    happened = index_events([*check.events.values(), *losses.lost.values()])
    unsure = losses.contacts()
    for session in sessions:
        check_acknowledged(world, session, happened, unsure)
    for sessions_of_routers in (world.watchers, world.knockers):
        for router, session in zip(world.site.routers, sessions_of_routers):
            check_fence(world, router, session)
    for session in [*world.pbxs, *world.watchers]:
        for connection, log in split_connections(session.log):
            check_nothing_left_out(world, check, session, connection, log)
    return losses


def split_connections(log):
    by_connection = {}
    for record in log:
        by_connection.setdefault(record[2], []).append(record)
    return by_connection.items()


def index_events(events):
    happened = set()
    for event in events:
        happened.add((event["ev"], event.get("contact")))
        happened.add((event["ev"], event.get("contact"), event.get("offer")))
        happened.add((event["ev"], None, event.get("offer")))
    return happened


def check_acknowledged(world, session, happened, unsure):
    for kind, when, _, command in session.log:
        if kind != "ok" or command["do"] not in CAUSED:
            continue
        events, has_offer = CAUSED[command["do"]]
        contact = command.get("contact")
        if contact and "/" not in contact:
            contact = f"{session.name}/{contact}"
        keys = [(event, contact, command["offer"]) if has_offer else (event, contact) for event in events]
        if not any(key in happened for key in keys) and contact not in unsure:
            world.complain(f"{session.name} got ok for {command} at {when - world.begun:.3f}, and the journal does not have it")


def check_lines(world, check, losses, session, log):
    """Numbers rise on a connection, and each line is the journal's."""
    before = None
    for kind, when, _, event in log:
        if kind != "event":
            continue
        n = number(event["n"])
        if before and n <= before:
            world.complain(f"{session.name} was told {event['n']} after {before} on one connection")
        before = n
        written = check.events.get(n)
        if losses.is_too_early(event, when):
            world.complain(f"{session.name} was told {event['n']} at {when - world.begun:.3f}, before Redis had it")
            return
        if written != event and not (written is None and losses.has(event, when)):
            world.complain(f"{session.name} was told at {when - world.begun:.3f} {event}; the journal has {written}")
            return


def was_on_its_lips(router, when):
    """Stopped at any moment, it may have seen that the answer was in time and not yet have spoken: this no clock can prevent, and
    the number in each line is there for it. Stopped before it could read the answer, it must be silent.
    """
    return any(0 <= when - woken < 0.1 and not is_at_answer for woken, is_at_answer in router.wakes)


def check_fence(world, router, session):
    """Some time after a higher epoch was heard of, nobody is told anything of a lower one."""
    patience = 2.5 * world.options.scale + 0.3
    epochs = {}  # of a connection, as it was told
    for kind, when, connection, line in session.log:
        if kind in ("event", "welcome"):
            epochs[connection] = number(line["n"])[0]
        elif kind != "ok":
            continue
        epoch = epochs[connection]
        above = [seen for other, seen in world.epochs_seen.items() if other > epoch]
        if (above and when > min(above) + patience + world.loop.stalled_between(min(above), when) and
                not was_on_its_lips(router, when)):
            told = f"{line['ev']} {line['n']}" if "ev" in line else f"ok for {line}"
            world.complain(f"{session.name} was told {told} at {when - world.begun:.3f} by a router that was fenced "
                           f"{when - min(above):.2f} s before")
            return


def concerns(session, event):
    if session.hello["role"] == "supervisor":
        return event["ev"] not in ("router.heartbeat", "router.started")  # journal.lost tells of a claim while it leads
    return event.get("contact", "").startswith(session.name + "/")


def check_nothing_left_out(world, check, session, connection, log):
    """Between the first and the last number of a connection everything that concerns the client was told."""
    begin, told = None, []
    for kind, _, _, line in log:
        if kind == "welcome":
            begin = number(line["n"])
        elif kind == "event" and begin:
            told.append(number(line["n"]))
    if not told:
        return
    have = set(told)
    left_out = [n for n in check.order if begin < n <= told[-1] and n not in have and concerns(session, check.events[n])]
    if left_out:
        world.complain(f"{session.name} was not told {len(left_out)} events on its connection {connection}, the first: "
                       f"{check.events[left_out[0]]}; it heard {begin} to {told[-1]}")
