"""What the center of a seed is made of. The table is gone through in turn, so that any few seeds in a row see the most of it."""
import argparse

# second: none, a rival that is started at times, a standby. redis: alone; with a replica that the rig makes the master at times.
TABLE = (
    {"second": "rival", "redis": "alone"},
    {"second": "standby", "redis": "replica"},
    {"second": "none", "redis": "alone"},
    {"second": "rival", "redis": "replica"},
    {"second": "standby", "redis": "alone"},
    {"second": "none", "redis": "replica"},
)
CHOICES = {
    "second": ("none", "rival", "standby"),
    "redis": ("alone", "replica"),
}
USUAL = {"second": "rival", "redis": "alone"}


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
    return ", ".join(words)
