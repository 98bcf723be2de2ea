"""What clients were told and the journal does not have: in which windows that may be, and how much of it there was.

The windows are exact.
- A flush: what a router had decided that kept its state through it; the journal begins anew behind it.
- A failover, unless `wait_replicas` waited for the replica: it was sent to Redis, told before the failover, its number is above that of
  the replica's last entry, and the rig killed its router in the same moment, so that nobody lived who could append it again.
- `outage: route`: it was told after the way to Redis had broken and before Redis accepted anything more of the router; and the router
  was killed, or has left it in refused-<epoch>.jsonl.
"""
import glob
import json

from client import number


class Losses:
    def __init__(self, world, check):
        self.world = world
        self.check = check
        self.records = world.site.store.records
        self.ends = {who: code for router in world.site.routers for who, code in router.ends.items()}
        self.lost = {}  # number -> event, each excused
        self.sent = self.read_sent()
        self.durable = self.read_durable()
        self.refused = self.read_refused()
        self.accepted = {}  # epoch -> (last number that Redis took, when)
        for id, when in self.records.accepted.items():
            epoch, seq = number(id)
            self.accepted[epoch] = max(self.accepted.get(epoch, (0, 0.0)), (seq, when))

    def read_sent(self):
        events = [json.loads(line) for lines, _ in self.records.sent.values() for line in lines.splitlines()]
        return {number(event["n"]): event for event in events}

    def read_durable(self):
        """When the way heard Redis say yes to an event that was sent once."""
        return {number(json.loads(line)["n"]): when for id, when in self.records.accepted.items() if id not in self.records.repeated
                for line in self.records.sent[id][0].splitlines()}

    def is_too_early(self, event, when):
        """Told before Redis had it, where nobody goes on without Redis."""
        return self.world.options.outage != "route" and when < self.durable.get(number(event["n"]), 0.0)

    def read_refused(self):
        events = []
        for path in glob.glob(self.world.site.path("refused-*.jsonl")):
            with open(path) as file:
                events += [json.loads(line) for line in file]
        return {number(event["n"]): event for event in events}

    def has(self, event, when):
        """True when the event, told at `when`, may be missing in the journal."""
        n = number(event["n"])
        if n not in self.lost and not (self.is_lost_with_flush(n) or self.is_lost_with_failover(n, event, when) or
                                       self.is_lost_with_outage(n, event, when)):
            return False
        self.lost[n] = event
        return True

    def contacts(self):
        """Those of which something is lost: a command that undoes what is lost is answered with ok, and needs no event."""
        return {event["contact"] for event in self.lost.values() if "contact" in event}

    def is_lost_with_flush(self, n):
        return any(begin and n[0] == begin[0] and n > begin for begin, _ in self.check.gaps)

    def is_lost_with_failover(self, n, event, when):
        return self.world.options.wait != "strict" and event == self.sent.get(n) and any(
            failover.may_lose and when <= failover.end + 0.3 and n > failover.last for failover in self.world.site.store.failovers)

    def is_lost_with_outage(self, n, event, when):
        claimer = self.records.claimers.get(n[0])
        seq, accepted = self.accepted.get(n[0], (0, 0.0))
        if self.world.options.outage != "route" or n[1] <= seq or n[0] == self.check.last[0]:
            return False
        is_away = any(accepted <= broken <= when + 0.05 for broken in self.records.breaks.get(claimer, ()))
        return is_away and (self.ends.get(claimer) == -9 or self.refused.get(n) == event)
