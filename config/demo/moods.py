"""The moods of agents: how soon they pick up, how long they talk and write, how often they decline, miss a call or need a break."""

import csv
from collections import namedtuple

Mood = namedtuple("Mood", "ring_s talk_s wrap_up_s declines missed breaks")

MOODS = {
    "calm": Mood((1.0, 2.5), (4.0, 9.0), (1.0, 2.5), 0.03, 0.03, 0.04),
    "quick": Mood((0.5, 1.2), (3.0, 6.0), (0.5, 1.5), 0.02, 0.02, 0.03),
    "chatty": Mood((1.0, 2.0), (7.0, 14.0), (1.5, 3.0), 0.02, 0.03, 0.03),
    "shy": Mood((2.5, 4.5), (4.0, 9.0), (2.0, 4.0), 0.12, 0.08, 0.03),
    "tired": Mood((2.0, 3.5), (5.0, 10.0), (2.0, 4.0), 0.05, 0.12, 0.15),
    "new": Mood((1.0, 2.0), (6.0, 11.0), (3.0, 5.0), 0.02, 0.02, 0.02),
}


def read_agents(path):
    """Each agent's mood, by id, in the order of the file."""
    with open(path, encoding="utf-8", newline="") as file:
        return {row["id"]: MOODS[row["mood"]] for row in csv.DictReader(file)}
