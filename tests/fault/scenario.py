"""What the center of a seed is made of. The table is gone through in turn, so that any few seeds in a row see the most of it."""
import argparse

# second: none, a rival that is started at times, a standby. redis: alone; with a replica that the rig makes the master at times.
# outage: what usherd does while Redis is away. wait: for the replica, before anything is told. Two routers go with sentinels only where
# they wait for the replica: without, an old master that wakes up may serve one of them while the new one serves the other.
TABLE = tuple(dict(zip(("second", "redis", "outage", "wait"), row.split())) for row in (
    "rival   alone     hold  none",
    "standby replica   hold  none",
    "none    alone     route none",
    "standby sentinels hold  strict",
    "rival   replica   hold  strict",
    "none    replica   route best",
    "standby alone     hold  none",
    "none    sentinels route none",
    "rival   replica   hold  none",
    "none    alone     hold  none",
))
USUAL = TABLE[0]
CHOICES = {
    "second": ("none", "rival", "standby"),
    "redis": ("alone", "replica", "sentinels"),
    "outage": ("hold", "route"),
    "wait": ("none", "best", "strict"),
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
    if options.redis != "alone":
        words.append("sentinels" if options.redis == "sentinels" else "a replica")
    if options.wait != "none":
        words.append(options.wait)
    if options.outage == "route":
        words.append("route")
    return ", ".join(words)
