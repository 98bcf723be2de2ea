"""usherctl explain: every figure that it prints is worked out a second time by second_path.py, from the journal's events."""

import json
import os
import re
import subprocess
import time
import unittest

from harness import Center, wait_until
from second_path import Floor

USHERCTL = os.environ["USHERCTL"]
RULES = {
    "skills": ["billing", "internet", "lang.uk", "lang.fr", "card"],
    "not_ready": ["lunch", "training"],
    "tiers": {"gold": {"head_start": "30s"}, "standard": {}},
    "bid": {"match_worth": "240s", "lend_worth": "160s", "fairness": 0.15, "idle_cap": "900s", "second_promise": 2},
    "reserve": {"card": {"keep": 1}},
    "queues": {
        "internet": {"promise": {"answer_within": "20s"}, "ring": "15s", "forecast": {"per_hour": 60, "handle": "5m"},
                     "last_agent": {"worth": "45s", "within": "60m", "wait": {"email": "600s"}},
                     "need": {"internet": {"min": 5, "weight": 2}, "lang.$data.lang": {"min": 1, "else": "lang.uk"}}},
        "french": {"promise": {"answer_within": "10s"}, "forecast": {"per_hour": 24, "handle": "4m"},
                   "need": {"lang.fr": {"min": 1}}},
        "network": {"promise": {"answer_within": "20s"}, "forecast": {"per_hour": 6, "handle": "5m"},
                    "need": {"internet": {"min": 9}, "lang.uk": {"min": 2}},
                    "relax": [{"after": "60s", "internet": {"min": 6}}, {"after": "90s", "internet": {"min": 5}, "lang.uk": {"min": 0}}]},
        "billing": {"promise": {"answer_within": "20s"}, "forecast": {"per_hour": 12, "handle": "3m"},
                    "need": {"billing": {"min": 2}}},
    },
    "routes": [{"when": {"dialled": "1"}, "queue": "internet"}, {"when": {"dialled": "2"}, "queue": "french"},
               {"when": {"dialled": "4"}, "queue": "internet", "tier": "gold"}, {"when": {"dialled": "5"}, "queue": "network"},
               {"queue": "billing"}],
}
PEOPLE = {
    "anna": {"internet": 9, "lang.uk": 10, "lang.fr": 7},
    "bohdan": {"internet": 6, "lang.uk": 8, "billing": 4},
    "chrystyna": {"billing": 9, "lang.uk": 10},
    "danylo": {"internet": 3, "lang.uk": 10},  # below the minimum
    "eva": {"internet": 8, "lang.uk": 5, "lang.fr": 2},  # at lunch
    "fedir": {"internet": 7, "lang.uk": 7},  # signed out
    "halyna": {"internet": 9, "lang.uk": 9, "billing": 9},  # without a phone
    "ivan": {"internet": 5, "lang.uk": 3},
    "yuri": {"internet": 7, "lang.uk": 6, "card": 4},  # kept for the cards
}
SECRETS = {"from": "+380501112233", "data": {"lang": "uk", "contract": "A-77"}}


class Story:
    """A center with calls, declines, waits and late callers; prices are above 0."""

    def __init__(self, center):
        self.center = center
        for agent, skills in PEOPLE.items():
            extra = {"capacity": {"voice": 0}} if agent == "halyna" else {}
            center.profile(agent, name=agent.capitalize() + " K.", **skills, **extra)
        self.pbx = center.client("pbx", client="pbx1")
        self.other = center.client("pbx", client="pbx2")
        self.desks = {agent: center.client("desk", agent=agent) for agent in PEOPLE}
        for agent, desk in self.desks.items():
            wait_until(lambda: desk.ask({"do": "agent.sign_in"}).get("ok"), "the profile is known")
            if agent == "eva":
                desk.call({"do": "agent.not_ready", "reason": "lunch"})
            elif agent != "fedir":
                desk.call({"do": "agent.ready"})
        self.desks["fedir"].call({"do": "agent.sign_out"})

    def arrive(self, contact, to, waited_s=0, pbx=None, lang="uk", channel="voice", last_agent=None):
        command = {"do": "contact.arrive", "contact": contact, "channel": channel, "to": to, "from": SECRETS["from"],
                   "data": {**SECRETS["data"], "lang": lang}}
        if last_agent:
            command |= {"last_agent": last_agent, "last_ms": int(time.time() * 1000) - 60_000}
        if waited_s:
            command["since_ms"] = int(time.time() * 1000) - waited_s * 1000
        (pbx or self.pbx).call(command)

    def offer(self, contact):
        return self.pbx.wait_event("contact.offered", contact="pbx1/" + contact)

    def answer(self, contact):
        offer = self.offer(contact)
        self.pbx.call({"do": "contact.answer", "contact": contact, "offer": offer["offer"]})
        return offer

    def answer_at_desk(self, contact):
        offer = self.offer(contact)
        self.desks[offer["agent"]].call({"do": "offer.accept", "offer": offer["offer"]})

    def agent_of(self, contact):
        return next(event["agent"] for event in reversed(self.center.journal())
                    if event["ev"] == "contact.offered" and event["contact"] == "pbx1/" + contact)

    def tell(self):
        """All that happens; some wait at the end."""
        self.arrive("again", "1", channel="email", last_agent="bohdan")
        self.answer_at_desk("again")
        self.arrive("calls", "1")
        offer = self.offer("calls")
        self.desks[offer["agent"]].call({"do": "offer.decline", "offer": offer["offer"], "reason": "coffee"})
        self.pbx.call({"do": "contact.fail", "contact": "calls", "offer": offer["offer"], "reason": "rejected"})
        self.answer("calls")
        self.arrive("bills", "3")
        self.answer("bills")
        self.arrive("technics", "5")
        self.arrive("relaxed", "5", waited_s=95)
        self.arrive("mail", "1", channel="email", last_agent=self.agent_of("calls"))
        self.arrive("written", "1", channel="chat")
        self.offer("written")
        self.arrive("french", "2")
        self.arrive("bonjour", "1", lang="fr", waited_s=35)
        for number, (to, waited_s) in enumerate([("1", 0), ("4", 5), ("1", 45), ("3", 0), ("1", 15)]):
            self.arrive(f"more{number}", to, waited_s)
        self.pbx.call({"do": "contact.end", "contact": "calls"})
        self.center.profile("ivan", name="Ivan K.", internet=6, **{"lang.uk": 4})  # now own grounds are known
        wait_until(lambda: [e for e in self.center.journal() if e["ev"] == "agent.profiled" and e["agent"] == "ivan"][1:],
                   "the new profile is journaled")
        self.pbx.call({"do": "contact.end", "contact": "bills"})
        self.desks["eva"].call({"do": "agent.ready"})
        self.pbx.call({"do": "agent.phone", "agent": "danylo", "state": "busy"})
        self.answer("more3")
        self.pbx.call({"do": "contact.end", "contact": "more3"})  # somebody is free who knows bills
        for number in range(3):
            self.arrive(f"last{number}", "13"[number % 2], waited_s=number * 20)
        self.arrive("same", "1")
        self.arrive("same", "1", pbx=self.other)
        arrived = next(event["at"] for event in self.center.journal() if event["ev"] == "contact.arrived" and
                       event["contact"] == "pbx1/last2")
        wait_until(lambda: self.center.journal()[-1]["at"] > arrived + 1100, "who waits has waited for a second")
        held = next(event for event in reversed(self.center.journal()) if event["ev"] == "contact.offered" and event["agent"] == "anna")
        self.pbx.call({"do": "contact.abandon", "contact": held["contact"].split("/")[1]})  # anna is offered another


def usherctl(center, *arguments):
    result = subprocess.run([USHERCTL, *arguments, "--config", center.path("usherd.yaml")], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, timeout=30)
    return result.returncode, result.stdout, result.stderr


def by_names(pairs):
    return sorted(pairs, key=lambda pair: (pair["agent"], pair["contact"]))


class Known(unittest.TestCase):
    """One center for all who only ask."""

    def setUp(self):
        self.center, self.journal = CENTER, JOURNAL
        self.contacts = [event["contact"] for event in self.journal if event["ev"] == "contact.arrived"]


def setUpModule():
    global CENTER, JOURNAL
    CENTER = Center(rules=json.dumps(RULES))
    CENTER.__enter__()
    unittest.addModuleCleanup(CENTER.close)
    Story(CENTER).tell()
    CENTER.kill_usherd()  # nothing happens any more, however long the questions take
    JOURNAL = CENTER.journal()


class Explained(Known):
    maxDiff = None

    def explain(self, *arguments):
        code, output, errors = usherctl(self.center, "explain", *arguments, "--json")
        self.assertEqual((code, re.sub(r".* is still to come: .*\n", "", errors)), (0, ""))
        return json.loads(output)

    def floor_before(self, number):
        floor = Floor(RULES)
        for event in self.journal:
            if event["n"] == number:
                return floor
            floor.take(event)
        return floor

    def check_pairs(self, told, expected):
        self.assertEqual(by_names(told), by_names(expected))

    def check_order(self, told, bid, floor):
        """The highest bid first; then who is idle for longer, or came earlier."""
        def key(pair):
            contact, agent = floor.contacts[pair["contact"]], floor.agents[pair["agent"]]
            return (contact.channel not in ("voice", "chat"), -pair[bid], agent.idle_since, contact.place)
        self.assertEqual([key(pair) for pair in told], sorted(key(pair) for pair in told))

    def check_offer(self, step):
        event, told = step["event"], step["explanation"]
        floor = self.floor_before(event["n"])
        contact, agent = floor.contacts[event["contact"]], floor.agents[event["agent"]]
        candidates, others = floor.pairs([contact], floor.agents.values(), event["at"], event["reason"])
        self.check_pairs(told["candidates"], candidates)
        self.check_pairs(told["excluded"], others)
        self.check_order(told["candidates"], "bid_ms", floor)
        waiting = [other for other in floor.contacts.values() if other.state == "waiting"]
        candidates, others = floor.pairs(waiting, [agent], event["at"], event["reason"])
        self.check_pairs(told["contacts"], candidates)
        self.check_pairs(told["contacts_excluded"], others)
        is_of_agent = event["reason"] == "best_contact"
        self.check_order(told["contacts"], "bid_of_agent_ms" if is_of_agent else "bid_ms", floor)
        self.assertEqual((told["agreement"], told["choice"]), ("agrees", event["reason"]))
        best = (told["contacts"] if is_of_agent else told["candidates"])[0]
        self.assertEqual((best["contact"], best["agent"]), (event["contact"], event["agent"]))
        self.assertEqual(best["bid_of_agent_ms" if is_of_agent else "bid_ms"], event["bid_ms"])

    def test_each_term_of_each_offer_is_that_of_the_second_path(self):
        steps = [step for contact in self.contacts for step in self.explain(contact)["steps"]]
        offers = [step for step in steps if "explanation" in step]
        for step in offers:
            with self.subTest(offer=step["event"]["n"], contact=step["event"]["contact"]):
                self.check_offer(step)
        chosen = [step["explanation"]["chosen"] for step in offers]
        self.assertEqual({step["event"]["reason"] for step in offers}, {"best_agent", "best_contact"})
        self.assertTrue(any(pair["lend_ms"] for pair in chosen))
        self.assertTrue(any(pair["ground_ms"] for pair in chosen))
        self.assertTrue(any(pair["late_ms"] > 0 for pair in chosen))
        self.assertTrue(any(pair["affinity_ms"] for pair in chosen))
        self.assertTrue(any("step" in pair for pair in chosen))
        self.assertTrue(any(len(step["explanation"]["candidates"]) > 1 for step in offers))
        reasons = {pair["reason"] for step in offers for pair in step["explanation"]["excluded"]}
        self.assertLessEqual({"level", "not_ready", "signed_out", "full", "channel", "cool_down", "hold", "reserve"}, reasons)

    def test_what_a_contact_waited_for_before_its_offer_is_told(self):
        waits = [(contact, step["wait"]) for contact in self.contacts for step in self.explain(contact)["steps"] if "wait" in step]
        self.assertTrue(waits)
        for contact, wait in waits:
            with self.subTest(contact=contact, at=wait["at"]):
                floor = Floor(RULES)
                for event in self.journal:
                    if event["at"] <= wait["at"]:
                        floor.take(event)
                candidates, others = floor.pairs([floor.contacts[contact]], floor.agents.values(), wait["at"])
                self.assertEqual((wait["candidates"], candidates), ([], []))
                self.check_pairs(wait["excluded"], others)

    def test_a_contact_that_waits_is_told_what_it_waits_for(self):
        told = {contact: self.explain(contact).get("state") for contact in self.contacts}
        waiting = {contact: state for contact, state in told.items() if state and state["state"] == "waiting"}
        self.assertGreater(len(waiting), 3)
        floor, reasons = self.floor_before(None), set()
        for contact, state in waiting.items():
            with self.subTest(contact=contact):
                candidates, others = floor.pairs([floor.contacts[contact]], floor.agents.values(), state["at"])
                self.assertEqual(candidates, [])
                self.assertEqual(state["candidates"], [])
                self.check_pairs(state["excluded"], others)
                reasons |= {pair["reason"] for pair in state["excluded"]}
                kind = floor.contacts[contact].kind
                line = [other for other in floor.contacts.values() if other.kind is kind and other.state == "waiting"]
                line.sort(key=lambda other: other.place)  # of equal places the first to arrive comes first
                self.assertEqual(state["before"], line.index(floor.contacts[contact]))
                self.assertEqual({need["skill"]: (need["min"], need["weight"]) for need in state["needs"]}, dict(kind.needs))
        self.assertLessEqual({"step", "hold", "reserve"}, reasons)

    def test_an_agent_is_told_who_waits_and_why_not_for_this_agent(self):
        floor = self.floor_before(None)
        waiting = [contact for contact in floor.contacts.values() if contact.state == "waiting"]
        for agent in PEOPLE:
            with self.subTest(agent=agent):
                told = self.explain("agent", agent)
                candidates, others = floor.pairs(waiting, [floor.agents[agent]], told["at"])
                self.assertEqual(told["contacts"], candidates)
                self.check_pairs(told["contacts_excluded"], others)
                self.assertEqual(told["state"], floor.agents[agent].state)
                fits = [{"queue": kind.queue, "tier": kind.tier, "channel": kind.channel, "match": floor.agents[agent].matches(kind)}
                        for kind in floor.kinds.values() if floor.agents[agent].matches(kind) is not None]
                self.assertEqual(told["fits"], fits)
                self.assertEqual(sorted(told["holds"]), sorted(contact.id for contact in floor.agents[agent].held))

    def test_an_agent_is_told_what_another_was_offered_instead(self):
        expected = []
        for event in self.journal:
            if event["ev"] != "contact.offered":
                continue
            floor = self.floor_before(event["n"])
            contact = floor.contacts[event["contact"]]
            if floor.hurdle(contact, floor.agents["anna"], event["at"]) is None:
                own, best = (floor.weigh(contact, floor.agents[agent], event["at"], event["reason"])["bid_ms"]
                             for agent in ("anna", event["agent"]))
                expected.append({"at": event["at"], "n": event["n"], "contact": event["contact"], "winner": event["agent"],
                                 "bid_ms": own, "winner_bid_ms": best})
        self.assertTrue([decision for decision in expected if decision["winner"] != "anna"])
        self.assertEqual(self.explain("agent", "anna")["decisions"], expected[-10:])

    def test_only_offers_of_the_last_quarter_of_an_hour_are_told(self):
        last = max(decision["at"] for decision in self.explain("agent", "anna")["decisions"])
        told = self.explain("agent", "anna", "--at", str(last + 900_000))["decisions"]
        self.assertEqual({decision["at"] for decision in told}, {last})
        self.assertEqual(self.explain("agent", "anna", "--at", str(last + 900_001))["decisions"], [])

    def test_of_a_moment_to_come_it_says_so(self):
        for what in (["calls"], ["agent", "anna"]):
            code, output, errors = usherctl(self.center, "explain", *what, "--at", str(int(time.time() * 1000) + 60_000), "--json")
            self.assertEqual(code, 0)
            self.assertRegex(errors, r"^usherctl: \d{4}-.* is still to come: what is known by now is told\n$")
            json.loads(output)

    def test_the_past_is_as_it_was_told_then(self):
        offers = [event for event in self.journal if event["ev"] == "contact.offered" and event["contact"] == "pbx1/calls"]
        told = self.explain("calls", "--at", str(offers[0]["at"]))
        known = [event["n"] for event in self.journal if event.get("contact") == "pbx1/calls" and event["at"] <= offers[0]["at"]]
        self.assertEqual([step["event"]["n"] for step in told["steps"] if "event" in step], known)
        self.assertEqual(told["state"]["at"], offers[0]["at"])
        self.assertNotIn("state", self.explain("calls"))


class Told(Known):
    """What a person sees."""

    def explain(self, *arguments, code=0):
        found, output, errors = usherctl(self.center, "explain", *arguments)
        self.assertEqual(found, code, errors)
        return output if code == 0 else errors

    def test_the_way_of_a_contact_is_told_in_sentences(self):
        page = self.explain("calls")
        self.assertRegex(page, r"(?m)^pbx1/calls, which arrived on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
        self.assertRegex(page, r"(?m)^\d\d:\d\d:\d\d  arrived: voice, queue internet, tier standard$")
        self.assertRegex(page, r"offered to \w+ K\. \(\w+\): the best of 3 who were free for it")
        self.assertRegex(page, r"(?m)^ +needs internet 5, lang\.uk 1; an answer was promised within 20\.0 s, until ")
        self.assertRegex(page, r"Anna K\. is 1 of 1 free for lang\.fr, 1 on duty, \d\.\d erlangs: "
                               r"lending costs \d+(\.\d)? % of a caller: -\d+\.\d s")
        self.assertRegex(page, r"(?m)^ +who could not:$")
        self.assertRegex(page, r"(?m)^ +less than internet 5 \(2\): chrystyna \(0\), danylo \(3\)$")
        self.assertRegex(page, r"(?m)^ +no capacity for voice \(1\): halyna$")
        self.assertRegex(page, r"(?m)^ +not ready: lunch \(1\): eva$")
        self.assertRegex(page, r"(?m)^ +signed out \(1\): fedir$")
        self.assertRegex(page, r"\(\w+\) declined \(coffee\); not asked again before \d\d:\d\d:\d\d")
        self.assertRegex(page, r"(?m)^ +asked a short while ago \(1\): \w+ \(until ")
        self.assertRegex(page, r"(?m) answered, after \d+\.\d s$")
        self.assertRegex(page, r"(?m)  done \(\w+\)$")

    def test_own_ground_is_told_in_a_sentence(self):
        pages = [self.explain(contact) for contact in self.contacts]
        grounds = [line for page in pages for line in re.findall(r"\w+ K\.'s usual contacts .*", page)]
        self.assertTrue(grounds)
        for line in grounds:
            self.assertRegex(line, r"K\.'s usual contacts fit \d+ %; half of it is held against each: -\d+\.\d s$")

    def test_a_wait_and_an_agent_are_told_in_sentences(self):
        pages = [self.explain(contact) for contact in self.contacts]
        page = next(page for page in pages if "still waiting" in page and "voice, queue internet" in page and "lang.uk 1;" in page)
        self.assertRegex(page, r"(?m)  still waiting, for .*: \d before it in its line, \d+ wait in the queue; the promise ")
        self.assertRegex(page, r"(?m)^ +nobody can take it now:$")
        self.assertRegex(page, r"(?m)^ +busy \(\d\): anna \(1 of 1 voice\), ")
        self.assertRegex(page, r"(?m)^ +kept free for card \(1\): yuri \(1 of 1 free\)$")
        self.assertRegex(self.explain("mail"), r"(?m)^ +free, but it waits for anna \(\d\): halyna \(until \d\d:\d\d:\d\d\), ")
        self.assertRegex(self.explain("technics"), r"(?m)^ +not let in yet, less than internet 9 \(\d\): bohdan \(6, from \d\d:\d\d:\d\d on\), ")
        self.assertRegex(self.explain("again"), r"(?m)^  AGENT .* AGAIN\n *> bohdan .* \+45\.0 s$")
        page = self.explain("agent", "danylo")
        self.assertRegex(page, r"^Danylo K\. \(danylo\) at .*: ready for .*, the phone is busy")
        self.assertRegex(page, r"(?m)^fits none of the contacts seen so far$")
        self.assertRegex(page, r"(?m)^  needs internet 5, has 3 \(\d+\): pbx1/")
        self.assertRegex(self.explain("agent", "anna"), r"(?m)^fits internet 93 %, french 70 %, network 95 % of the contacts seen so far$")
        self.assertRegex(self.explain("agent", "anna"), r"(?m)^\d\d:\d\d:\d\d  pbx1/\w+ +\w+ +[+-]\d+\.\d s +[+-]\d+\.\d s")

    def test_personal_data_are_shown_with_full_alone(self):
        for form in ([], ["--json"]):
            page = self.explain("calls", *form)
            self.assertNotIn(SECRETS["from"], page)
            self.assertNotIn("A-77", page)
            page = self.explain("calls", "--full", *form)
            self.assertIn(SECRETS["from"], page)
            self.assertIn("A-77", page)

    def test_what_is_not_there_is_refused_with_what_to_do(self):
        self.assertRegex(self.explain("nothing", code=1), r'no contact "nothing"; an id is <client>/<id>')
        self.assertRegex(self.explain("same", code=1), r'several clients have a contact "same"; say which, as in pbx')
        self.assertRegex(self.explain("pbx2/same"), r"^pbx2/same, which arrived on")
        self.assertRegex(self.explain("agent", "nobody", code=1), r'no agent "nobody"')
        self.assertRegex(self.explain("calls", "--at", "soon", code=2), r"--at does not take \"soon\"")

    def test_what_was_not_there_yet_is_refused_with_when_it_came(self):
        arrived = {event["contact"]: event["at"] for event in self.journal if event["ev"] == "contact.arrived"}
        for contact in ("pbx1/last0", "last0"):
            errors = self.explain(contact, "--at", str(arrived["pbx1/last0"] - 1), code=1)
            self.assertRegex(errors, r"^usherctl: pbx1/last0 arrived later than that: on \d{4}-")
        for what in (["calls"], ["agent", "anna"], ["agent", "nobody"]):
            errors = self.explain(*what, "--at", str(self.journal[0]["at"] - 1), code=1)
            self.assertRegex(errors, r"^usherctl: the past is known only from \d{4}-\S+ \S+ on; that is the site's first event\n$")

    def test_an_agent_without_an_id_is_wrong_usage(self):
        self.assertRegex(self.explain("agent", code=2), r"usage: usherctl explain")

    def test_an_offer_that_its_state_does_not_lead_to_is_an_alarm(self):
        center = Center(rules=json.dumps(RULES))
        with center:
            center.profile("anna", name="Anna K.", **PEOPLE["anna"])
            pbx, desk = center.client("pbx", client="pbx1"), center.client("desk", agent="anna")
            wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "the profile is known")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice", "to": "1"})
            pbx.wait_event("contact.offered")
            center.end(center.usherd)
            self.forge(center)
            code, output, _ = usherctl(center, "explain", "1")
            self.assertEqual(code, 1)
            self.assertIn("The state before it does not lead to this offer.", output)
            _, output, _ = usherctl(center, "explain", "1", "--json")
            offer = next(step for step in json.loads(output)["steps"] if "explanation" in step)
            self.assertEqual(offer["explanation"]["agreement"], "other_figures")

    @staticmethod
    def forge(center):
        """Writes the journal anew with another bid in its offers, and without the snapshots."""
        key = center.key("journal")
        entries = json.loads(center.redis_cli("--json", "XRANGE", key, "-", "+"))
        center.redis_cli("DEL", key, *center.redis_cli("KEYS", center.key("snapshot:*").replace("{", "?").replace("}", "?")).split())
        for id, fields in entries:
            lines = fields[fields.index("b") + 1]
            center.redis_cli("XADD", key, id, "b", re.sub(r'"bid_ms":(\d)', r'"bid_ms":1\1', lines))


class Trimmed(unittest.TestCase):
    """Redis has a snapshot, and of the events before it the last ones or none."""

    def setUp(self):
        self.center = Center(rules=json.dumps(RULES), settings="journal: {snapshot_every: 50}\ntiming: {heartbeat: 100ms}\n")
        self.center.__enter__()
        self.addCleanup(self.center.close)
        self.center.profile("anna", name="Anna K.", **PEOPLE["anna"])
        pbx, desk = self.center.client("pbx", client="pbx1"), self.center.client("desk", agent="anna")
        wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "the profile is known")
        self.center.profile("chrystyna", **PEOPLE["chrystyna"])
        idler = self.center.client("desk", agent="chrystyna")
        wait_until(lambda: idler.ask({"do": "agent.ready"}).get("ok"), "the other profile is known")
        for contact in ("early", "waits"):
            pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", "to": "1"})
        offer = pbx.wait_event("contact.offered", contact="pbx1/early")["offer"]
        pbx.call({"do": "contact.answer", "contact": "early", "offer": offer})
        for _ in range(20):  # so that the next snapshot comes soon
            for move in ("sign_out", "sign_in", "ready"):
                idler.call({"do": "agent." + move})
        self.snapshot = wait_until(lambda: self.center.redis_cli("--scan", "--pattern", "*:snapshot:*"), "a snapshot").split(":")[-1]

    def trim(self, before):
        """Lets the journal begin with the entry of the first event that is `before`, or behind it."""
        number = next((event["n"] for event in self.center.journal() if event["ev"] == before), before)
        self.center.redis_cli("XTRIM", self.center.key("journal"), "MINID", number)

    def test_of_an_offer_whose_state_is_gone_what_the_event_says_is_told(self):
        self.trim("contact.arrived")
        code, page, errors = usherctl(self.center, "explain", "early")
        self.assertEqual((code, errors), (0, ""))
        self.assertRegex(page, r"offered to anna\n +bid \+\d+\.\d s: lateness -20\.0 s, match 0\.933, own ground 0\.000, price ")
        self.assertRegex(page, r"(?m)  now talking, with Anna K\.$")
        self.assertRegex(page, r"(?m)^What led to the offer before \d{4}-.* is no longer known: ")
        told = json.loads(usherctl(self.center, "explain", "early", "--json")[1])
        self.assertEqual(told["unexplained"], 1)
        self.assertEqual([step["event"]["ev"] for step in told["steps"]], ["contact.arrived", "contact.offered", "contact.answered"])

    def test_without_any_state_what_the_events_say_is_told_all_the_same(self):
        self.trim("contact.arrived")
        self.center.end(self.center.usherd)
        self.center.redis_cli("DEL", *self.center.redis_cli("--scan", "--pattern", "*:snapshot:*").split())
        code, page, errors = usherctl(self.center, "explain", "early")
        self.assertEqual(code, 1)
        self.assertIn("there is no snapshot to start from", errors)
        self.assertRegex(page, r"offered to anna\n +bid \+")
        self.assertNotIn("now talking", page)

    def test_a_contact_whose_events_are_gone_is_told_from_the_state(self):
        self.trim(self.snapshot)
        for id in ("waits", "pbx1/waits"):
            code, page, errors = usherctl(self.center, "explain", id)
            self.assertEqual((code, errors), (0, ""))
            self.assertRegex(page, r"^pbx1/waits, whose events are no longer in the journal\n.*  still waiting, for ")
            self.assertIn("busy (1): anna (1 of 1 voice)", page)
        self.assertEqual(json.loads(usherctl(self.center, "explain", "waits", "--json")[1])["state"]["state"], "waiting")


if __name__ == "__main__":
    unittest.main()
