"""What the center of a seed is made of. The table is gone through in turn, so that any few seeds in a row see the most of it."""
import argparse

# second: none, a rival that is started at times, a standby. redis: alone; with a replica that the rig makes the master at times.
# outage: what usherd does while Redis is away.
TABLE = (
    {"second": "rival", "redis": "alone", "outage": "hold"},
    {"second": "standby", "redis": "replica", "outage": "hold"},
    {"second": "none", "redis": "alone", "outage": "route"},
    {"second": "rival", "redis": "replica", "outage": "hold"},
    {"second": "standby", "redis": "alone", "outage": "hold"},
    {"second": "none", "redis": "replica", "outage": "route"},
    {"second": "none", "redis": "alone", "outage": "hold"},
)
USUAL = TABLE[0]
CHOICES = {
    "second": ("none", "rival", "standby"),
    "redis": ("alone", "replica"),
    "outage": ("hold", "route"),
}


def choose(options, seed):
    """The options with a scenario: what they leave open is chosen by the seed."""
    asked = {name: getattr(options, name) for name in CHOICES if getattr(options, name)}
    rows = [row for row in TABLE if all(row[name] == value for name, value in asked.items())]
    row = rows[seed % len(rows)] if rows else {**USUAL, **asked}
    return argparse.Namespace(**{**vars(options), **row})


def tell(options):
    """In words, for the summary."""
    words = [{"none": "one usherd", "rival": "a rival", "standby": "a standby"}[options.second]]
    if options.redis == "replica":
        words.append("a replica")
    if options.outage == "route":
        words.append("route")
    return ", ".join(words)
