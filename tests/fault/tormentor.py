"""The tormentor: two hands that do one evil after the other, by the seed; what needs quiet around it, one hand does alone.

One hand does it to the routers' processes (process_hand.py), the other to the ways and to Redis (way_hand.py). Each evil is a script
that undoes what it did.
"""
from process_hand import ProcessHand
from way_hand import WayHand


class Tormentor:
    """Both hands."""

    def __init__(self, world):
        self.world = world
        self.hands = 0
        self.is_alone_wanted = False
        self.busy = 0
        self.end = 0.0
        self.last_undone = 0.0  # when the last evil was over

    def start(self, seconds):
        self.end = self.world.loop.now() + seconds
        for hand in (ProcessHand(self), WayHand(self)):
            self.hands += 1
            self.world.loop.spawn(hand.work(), self.on_rest)

    def on_rest(self):
        self.hands -= 1
