"""What clients were told and the journal does not have: in which windows that may be, and how much of it there was.

The windows are exact. A failover may take what the replica had not got, if `wait_replicas` did not wait for it, and if nobody lived
who could append it again: it was told before the failover, its number is above that of the replica's last entry, and the rig
killed its router in the same moment.
"""
import json

from client import number


class Losses:
    def __init__(self, world, check):
        self.world = world
        self.check = check
        self.lost = {}  # number -> event, each excused

    def has(self, event, when):
        """True when the event, told at `when`, may be missing in the journal."""
        n = number(event["n"])
        if n not in self.lost and not self.is_lost_with_flush(n) and not self.is_lost_with_failover(n, event, when):
            return False
        self.lost[n] = event
        return True

    def contacts(self):
        """Those of which something is lost: a command that undoes what is lost is answered with ok, and needs no event."""
        return {event["contact"] for event in self.lost.values() if "contact" in event}

    def is_lost_with_flush(self, n):
        """Told by a router that kept its state through a flush; the journal begins anew behind it."""
        return any(begin and n[0] == begin[0] and n > begin for begin, _ in self.check.gaps)

    def is_lost_with_failover(self, n, event, when):
        store = self.world.site.store
        if event != self.sent(n):
            return False  # nobody had sent it to Redis, or in other words
        return any(failover.may_lose and when <= failover.end + 0.3 and n > failover.last for failover in store.failovers)

    def sent(self, n):
        """The event as it was sent to Redis, or None."""
        if not hasattr(self, "sent_events"):
            self.sent_events = {}
            for lines, _ in self.world.site.store.records.sent.values():
                for line in lines.splitlines():
                    event = json.loads(line)
                    self.sent_events[number(event["n"])] = event
        return self.sent_events.get(n)
