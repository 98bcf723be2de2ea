"""A known incident: for a while many call about one and the same thing, and a notice says so on every screen."""

import asyncio
import os
import random
import time

FIRST_S = 40  # from the start to the first one
LASTS_S = 30
EVERY_S = 180
BETWEEN_S = 0.6  # two of its callers, on average
FEW = 3  # waiting: it is over
CITIES = ["Chernihiv", "Sumy", "Poltava", "Nizhyn"]


class Incident:
    """With an end in sight (`seconds`) there is one, in the middle; else one after the other."""

    def __init__(self, seconds, notice, say):
        self.first_s = min(FIRST_S, seconds * 0.4) if seconds else FIRST_S
        self.lasts_s = min(LASTS_S, seconds * 0.25) if seconds else LASTS_S
        self.is_repeated = not seconds
        self.notice = notice
        self.say = say  # tells a line

    async def run(self, call, waiting):
        """`call(city)` lets a customer call, `waiting()` lists those who wait."""
        await asyncio.sleep(self.first_s)
        for city in CITIES * (1000 if self.is_repeated else 1):
            await self.happen(city, call, waiting)
            if not self.is_repeated:
                return
            await asyncio.sleep(EVERY_S)

    async def happen(self, city, call, waiting):
        self.tell(f"Outage in {city}: no internet since {time.strftime('%H:%M')}. Tell callers: fixed by evening")
        end = time.monotonic() + self.lasts_s
        while time.monotonic() < end:
            call(city)
            await asyncio.sleep(random.expovariate(1 / BETWEEN_S))
        self.tell(f"Outage in {city}: fixed at {time.strftime('%H:%M')}. The last callers are being served")
        while len(waiting()) > FEW:
            await asyncio.sleep(1)
        self.clear()

    def tell(self, text):
        self.say(text, "yellow")
        if self.notice:
            with open(self.notice + ".new", "w", encoding="utf-8") as file:
                file.write(text + "\n")
            os.rename(self.notice + ".new", self.notice)

    def clear(self):
        if self.notice and os.path.exists(self.notice):
            os.remove(self.notice)
