"""One seed: a center with its PBXs and desks under torment, then healed, compared with what everybody saw, and killed once more."""
import random
import signal

from client import Knocker, Session, Watcher, number
from desk import Desk
from journal_check import JournalCheck
from loop import Loop
from pbx import Pbx, Phone
from center import Site
from told_check import check_told
from tormentor import Tormentor, WayHand


ALWAYS_TOLD = ("kills", "claims", "refused", "repeated appends")


class World:
    def __init__(self, options, seed):
        self.options = options
        self.seed = seed
        self.loop = Loop()
        self.begun = self.loop.now()
        self.notes = []
        self.complaints = []
        self.is_frozen = False
        self.is_over = False
        self.slowness = max(1.0, options.scale * 10)  # of a way that is slower than the lease
        self.stretch = 1 + (self.slowness - 1) / 3  # of what the hands do: at real times the silences are longer, too
        self.silence = 0.8 if options.scale < 0.3 else 3.0
        self.epochs_seen = {}  # epoch -> when the first heard of it
        self.last_told = 0.0
        self.flushes_count = 0
        self.refused = 0  # events in refused-<epoch>.jsonl
        self.lost = 0  # events that were told, and that the journal may lack
        self.pbxs = []
        self.check = None
        self.probes = {}  # id -> (what happened, when)
        self.offers_after = []  # (what happened, seconds until the first new offer, seconds of them stalled, whether more happened)
        chance = self.chance("world")
        self.site = Site(self.loop, options, self.chance("site"), self.note, self.complain)
        self.profiles = {f"agent{i}": chance.sample(["billing", "sales", "chat"], chance.randint(1, 3))
                         for i in range(options.agents)}
        self.resends = {name: chance.random() < 0.6 for name in ("pbx1", "pbx2")}
        self.profiles.update({f"probe{i}": ["probe"] for i in range(4)})
        self.phones = {agent: Phone(agent) for agent in self.profiles}
        self.tormentor = Tormentor(self)

    def chance(self, whose):
        """Random numbers of somebody's own, so that what one does is not shifted by what another did earlier or later this time."""
        return random.Random(f"{self.seed}/{whose}")

    # What everybody tells.

    def note(self, what, *more):
        self.notes.append((self.loop.now() - self.begun, what) + more)

    def complain(self, text):
        if len(self.complaints) < 20:
            self.complaints.append(f"at {self.loop.now() - self.begun:.2f} s: {text}")

    def note_welcome(self, welcome):
        epoch = number(welcome["n"])[0]
        self.epochs_seen.setdefault(epoch, self.loop.now())

    def leader(self):
        """The router whose watcher heard of the highest epoch, if it runs and is not stopped."""
        best = None
        for router, watcher in zip(self.site.routers, self.watchers):
            if router.is_running and not router.is_stopped and watcher.is_open and watcher.seen:
                if best is None or watcher.seen[0] > best[0]:
                    best = (watcher.seen[0], router)
        return best[1] if best else None

    def epoch_of(self, router):
        return self.watchers[self.site.routers.index(router)].seen[0]

    # Probes: how long until somebody is offered a contact again.

    def probe_after_kill(self):
        self.probe("kill")

    def probe_after_redis(self):
        self.probe("redis")

    def probe(self, why):
        pbx = self.pbxs[len(self.offers_after) % len(self.pbxs)]
        if self.is_over or self.is_frozen:
            return
        self.loop.after(0.02, lambda: self.send_probe(pbx, why))

    def send_probe(self, pbx, why):
        call = pbx.add_call("voice", "probe")
        self.probes[(pbx.name, call.id)] = (why, self.loop.now())

    def note_probe(self, call):
        for pbx in self.pbxs:
            found = self.probes.pop((pbx.name, call.id), None) if pbx.calls.get(call.id) is call else None
            if found:
                why, when = found
                is_disturbed = self.tormentor.busy > 1 or self.tormentor.last_undone > when
                self.offers_after.append((why, self.loop.now() - when, self.loop.stalled_between(when, self.loop.now()), is_disturbed))

    # The run.

    def run(self):
        try:
            self.play()
        finally:
            self.is_over = True
            self.site.close()
            self.loop.close()
        return not self.complaints

    def play(self):
        self.begin()
        # Sentinels take some seconds before and behind it.
        self.tormentor.start(self.options.seconds * (0.7 if self.site.store.sentinels else 1))
        self.loop.run(lambda: not self.tormentor.hands, self.options.seconds + 20 * self.stretch)
        if self.tormentor.hands:
            self.complain("the tormentor did not come to an end")
        self.heal()
        self.settle()
        self.is_over = True
        self.judge()

    def begin(self):
        loop, site = self.loop, self.site
        self.begin_store()
        site.write_profiles(self.profiles)
        self.watchers = [Watcher(self, router) for router in site.routers]
        addresses = [router.way.path for router in site.routers]
        self.pbxs = [Pbx(self, name, addresses, is_resending) for name, is_resending in self.resends.items()]
        self.desks = [Desk(self, agent, addresses) for agent in self.profiles]
        self.knockers = [Knocker(self, router) for router in site.routers]
        site.is_supervising = True
        loop.spawn(site.supervise())
        if not loop.run(self.is_served, 10):
            self.complain("the center did not begin to serve within 10 s")

    def begin_store(self):
        """One after the other, so that nobody looks for what is not there yet; no usherd runs before all of it is in order."""
        loop, store = self.loop, self.site.store
        store.begin()
        loop.spawn(self.site.wait_redis())
        loop.run(self.site.redis.is_there, 5)
        if store.replica:
            loop.run(store.has_replica, 20)
        store.begin_watch()
        self.wait_sound("the start")

    def sessions(self):
        return [*self.pbxs, *self.desks]

    def is_served(self):
        return (self.leader() is not None and all(session.is_open for session in self.sessions()) and
                all(pbx.is_synced for pbx in self.pbxs))

    def heal(self):
        site = self.site
        for router in site.routers:
            router.way.heal()
            router.redis_way.heal()
            router.sentinel_way.heal()
            router.redis_way.point = None
            if router.is_stopped:
                router.signal(signal.SIGCONT)
        site.store.heal()
        site.is_supervising = True
        for command in (("CONFIG", "SET", "maxmemory", "0"), ("CLIENT", "UNPAUSE")):
            WayHand(self.tormentor).configure(*command)
        self.wait_sound("the torment")
        self.note("healed")

    def wait_sound(self, what):
        if not self.loop.run(self.site.store.is_sound, 20):
            self.complain(f"20 s after {what} there is no master with a replica of which all sentinels know: {self.site.store.what_lacks()}")

    def settle(self):
        """After all evil: everybody is back, and PBXs and usherd agree about every contact."""
        if not self.loop.run(self.is_served, 10):
            away = [session.name for session in self.sessions() if not session.is_open]
            self.complain(f"10 s after the torment not all are served; away: {away}, leader: {self.leader()}, "
                          f"synced: {[pbx.is_synced for pbx in self.pbxs]}; logs:\n" +
                          "".join(router.log()[-1500:] for router in self.site.routers if router.process))
            return
        self.last_kills()
        self.wait_sound("the last kill")
        self.is_frozen = True
        for pbx in self.pbxs:
            pbx.sync()
        difference = ["never compared"]

        def agree():
            if any(session.unanswered for session in self.sessions()) or not self.is_served():
                difference[:] = [f"unanswered: {[(s.name, s.unanswered) for s in self.sessions() if s.unanswered][:3]}"]
                return False
            told = self.snapshot(self.leader())
            difference[:] = self.compare(told) if told else ["no snapshot was told"]
            return not difference
        if not self.loop.run(agree, 6):
            self.complain("PBXs and usherd do not agree 6 s after the last evil: " + "; ".join(difference[:6]))

    def last_kills(self):
        """When all is quiet: how long until somebody is offered a contact again, after a router's death and after Redis's."""
        for why, evil in (("kill", self.kill_router), ("redis", self.kill_redis)):
            self.loop.sleep(0.2)
            count = len(self.offers_after)
            self.loop.spawn(evil())
            if not self.loop.run(lambda: len(self.offers_after) > count, 15):
                self.complain(f"15 s after the last {why} nobody was offered a new contact")
            self.loop.run(self.is_served, 5)

    def kill_router(self):
        router = self.leader()
        if router:
            self.site.count_kill("usherd")
            router.kill()
        self.probe("kill")
        yield 0

    def kill_redis(self):
        server = self.site.store.master
        server.kill()
        yield 0.2
        self.site.store.start_again(server)
        yield from self.site.wait_redis()
        self.probe("redis")

    def snapshot(self, router, patience=1.0):
        """What the router says to one who comes now: (its number, lines); None when it says nothing in time."""
        judge = Session(self, "judge", {"role": "observer", "client": "judge"}, [router.socket])
        self.loop.run(lambda: judge.is_open, patience)
        judge.end()
        return (judge.welcome["n"], judge.snapshot) if judge.snapshot is not None else None

    def compare(self, told):
        """PBXs and usherd: the same contacts, in states that fit."""
        _, lines = told
        theirs = {line["contact"]: line for line in lines if line["ev"] == "state.contact" and line["state"] != "wrapping"}
        ours = {f"{pbx.name}/{call.id}": call for pbx in self.pbxs for call in pbx.calls.values()}
        different = [f"{id} is live at the PBX ({ours[id].state}) and unknown to usherd" for id in ours.keys() - theirs.keys()]
        different += [f"{id} is {theirs[id]['state']} at usherd and gone at the PBX" for id in theirs.keys() - ours.keys()]
        for id in ours.keys() & theirs.keys():
            call, line = ours[id], theirs[id]
            state = "waiting" if call.channel == "voice" and line["state"] == "offered" else line["state"]
            if call.channel == "chat":
                state = "waiting" if state in ("offered", "waiting") else "talking"
            if state != call.state or (state in ("talking", "held") and line.get("agent") != call.agent):
                different.append(f"{id} is {call.state} with {call.agent} at the PBX and {line['state']} with "
                                 f"{line.get('agent')} at usherd")
        return different

    # The judgement.

    def judge(self):
        site = self.site
        router = self.leader()
        if not router:
            return
        before = self.snapshot(router)
        if not before:
            self.complain("the last router tells nothing:\n" + router.log()[-2000:])
            return
        for session in [*self.sessions(), *self.watchers, *self.knockers]:
            session.end()
        for each in site.routers:
            each.way.cut()
        self.loop.sleep(0.3)
        descriptors, memory = self.measure(router)
        log = router.log()[-3000:]
        site.is_supervising = False
        for each in site.routers:
            each.kill()
        entries = site.read_journal()
        check = JournalCheck(self, site.segments + [entries])
        check.run()
        check.compare(before, "the last router's state")
        losses = check_told(self, check)
        self.lost, self.refused = len(losses.lost), len(losses.refused)
        self.check_recovery(router, descriptors, memory, log)
        self.judge_probes()
        self.check = check

    def measure(self, router):
        """At a quiet moment: a snapshot's child has a pipe of its own."""
        measures = []
        for _ in range(4):
            measures.append(router.measure())
            self.loop.sleep(0.1)
        return min(measures, key=lambda measure: len(measure[0]))

    def check_recovery(self, router, descriptors, memory, log):
        """Started on what is left, it has the same state; and what the tormented one held on to beyond a fresh one is a leak."""
        router.start()
        state = self.snapshot(router, 8)
        if not state:
            self.complain("started once more, it does not serve:\n" + router.log()[-3000:])
            return
        self.loop.sleep(0.2)
        fresh_descriptors, fresh_memory = self.measure(router)
        if len(descriptors) > len(fresh_descriptors) + 1:
            self.complain(f"{len(descriptors)} descriptors are open without a client, {len(fresh_descriptors)} after a fresh "
                          f"start: {sorted(descriptors)}; the log:\n{log}")
        if memory > fresh_memory + self.options.memory_kib:
            self.complain(f"{memory} KiB are resident; {fresh_memory} after a fresh start")
        claimed = JournalCheck(self, self.site.segments + [self.site.read_journal()])
        claimed.run(is_quiet=True)
        claimed.compare(state, "the state after one more kill", is_quiet=False)

    def judge_probes(self):
        bounds = {"kill": self.options.after_kill, "redis": self.options.after_redis + self.site.store.patience}
        for why, seconds, stalled, is_disturbed in self.offers_after:
            if not is_disturbed and seconds > bounds[why] + stalled:
                self.complain(f"the first new offer came {seconds:.2f} s after the end of {why}; {bounds[why]} s is the bound, and the "
                              f"machine stalled for {stalled:.2f} s")

    def summary(self):
        ways = [router.redis_way for router in self.site.routers]
        firsts = ""
        for why in ("kill", "redis"):
            calm = [seconds for what, seconds, _, is_disturbed in self.offers_after if what == why and not is_disturbed]
            firsts += f", first offer after {why} {max(calm):.2f} s" if calm else ""
        stalls = f", the machine stalled {self.loop.stalled:.2f} s" if self.loop.stalled > 0.5 else ""
        parts = [
            (sum(self.site.kills.values()), "kills"),
            (self.check.claims_count if self.check else 0, "claims"),
            (sum(way.refused_count for way in ways), "refused"),
            (sum(way.repeated_count for way in ways), "repeated appends"),
            (sum(pbx.arrivals_count for pbx in self.pbxs), "contacts"),
            (self.check.events_count if self.check else 0, "events"),
            (self.flushes_count, "flushes"),
            (len(self.site.store.failovers), "failovers"),
            (self.lost, "lost"),
            (self.refused, "in refused-<epoch>.jsonl"),
            (sum(len(pbx.turned_away) for pbx in self.pbxs), "turned away"),
            (sum(pbx.busy_rung_count for pbx in self.pbxs), "rung while busy"),
            (sum(pbx.transferred_count for pbx in self.pbxs), "transfers"),
        ]
        return ", ".join(f"{count} {what}" for count, what in parts if count or what in ALWAYS_TOLD) + firsts + stalls

    def story(self):
        return "\n".join(f"  {when:7.3f}  " + " ".join(map(str, what)) for when, *what in self.notes)

