#!/usr/bin/env python3
"""What the checker of the journal makes of a gap that a failover has left: it knows what the next router had read, and nothing else."""
import json
import os
import sys
import types
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "integration")]

from journal_check import JournalCheck  # noqa: E402
from store import Records  # noqa: E402

BEFORE, AFTER = ("a", 1), ("a", 2)  # the processes
CONTACT = {"contact": "pbx1/1", "channel": "voice", "queue": "billing"}


def entry(*events):
    lines = "\n".join(json.dumps({"at": 1000, **event}) for event in events).encode()
    return events[-1]["n"], lines


def claim(n, prev):
    return entry({"n": n, "ev": "router.started", "prev": prev})


class GapTest(unittest.TestCase):
    """Epoch 5 arrives a contact in an entry whose answer nobody heard; epoch 6 has read it, and lives through the failover that takes
    both; epoch 7 begins with its snapshot.
    """

    def check(self, is_read):
        complaints, records = [], Records()
        kept = claim("5-1", "4-9")
        unheard = entry({"n": "5-2", "ev": "contact.arrived", **CONTACT})
        next_claim, last_claim = claim("6-1", "5-2"), claim("7-1", "6-1")
        behind = entry({"n": "7-2", "ev": "contact.abandoned", "contact": CONTACT["contact"]})
        for (id, lines), who in ((kept, BEFORE), (unheard, BEFORE), (next_claim, AFTER), (last_claim, AFTER), (behind, AFTER)):
            records.note(id, lines, who, 0.0)
            if id != unheard[0]:
                records.accepted[id] = 0.0
        if is_read:
            records.note_read([(id.encode(), [b"b", lines]) for id, lines in (kept, unheard, next_claim)], AFTER)
        world = types.SimpleNamespace(site=types.SimpleNamespace(store=types.SimpleNamespace(records=records)), watchers=[],
                                      complain=complaints.append, note=lambda *_: None)
        JournalCheck(world, [[(id, {b"b": lines}) for id, lines in (kept, last_claim, behind)]]).run()
        return complaints

    def test_knows_what_the_next_router_read(self):
        self.assertEqual([], self.check(is_read=True))

    def test_does_not_know_what_no_router_read(self):
        self.assertIn("pbx1/1", " ".join(self.check(is_read=False)))


if __name__ == "__main__":
    unittest.main()
