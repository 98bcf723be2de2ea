"""usherctl customer: what is remembered is shown, and an erased customer is nobody to every reader."""

import glob
import json
import os
import subprocess
import unittest

from harness import Center, wait_until

RULES = """\
customer: {key: [data.contract, from]}
skills: [billing, lang.uk]
queues:
  support: {need: {lang.$data.lang: {min: 1, else: lang.uk}}}
routes: [{queue: support}]
"""
SETTINGS = """\
state: .
timing: {heartbeat: 100ms, lease: 500ms}
journal: {max: 1MiB, keep: 1m, snapshot_every: 60, archive: archive}
limits: {contacts: 1000, agents: 100, context: 16KiB}
"""
LARGE = {"text": "x" * 15000}
SECRETS = ("UA-7", "+380501112233", "Main street", "asks for the director")


class Customer(unittest.TestCase):
    def setUp(self):
        self.others = 0
        self.center = Center(rules=RULES, settings=SETTINGS)
        self.center.write_settings = self.write_settings
        self.enterContext(self.center)
        self.pbx, self.desk = self.center.staff()

    def write_settings(self, *arguments):
        os.makedirs(self.center.path("archive"), exist_ok=True)
        Center.write_settings(self.center, *arguments)

    def usherctl(self, *arguments, code=0):
        result = subprocess.run([os.environ["USHERCTL"], *arguments, "--socket", self.center.socket],
                                capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
        self.assertEqual(result.returncode, code, result.stderr)
        return result.stdout

    def config(self):
        return ("--config", self.center.path("usherd.yaml"))

    def arrive(self, contact, **data):
        self.pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", "from": "+380501112233",
                       "data": {"contract": "UA-7", "street": "Main street", **data}})

    def remembered(self, customer):
        return self.center.redis_cli("HGETALL", self.center.key("customer:" + customer)).splitlines()

    def test_what_is_remembered_is_shown_with_the_contacts_under_way(self):
        self.assertIn("Nothing is remembered", self.usherctl("customer", "show", "UA-7", *self.config()))
        self.center.redis_cli("HSET", self.center.key("customer:UA-7"), "city", "Sumy")
        self.arrive("c1")
        wait_until(lambda: "usher.contacts" in self.remembered("UA-7"), "the contact to be counted")
        shown = self.usherctl("customer", "show", "UA-7", *self.config())
        for word in ("usher.contacts", "city", "Sumy", "pbx1/c1", "support"):
            self.assertIn(word, shown)
        shown = json.loads(self.usherctl("customer", "show", "UA-7", "--json", *self.config()))
        self.assertEqual(shown["memory"]["city"], "Sumy")
        self.assertEqual(shown["contacts"][0]["contact"], "pbx1/c1")

    def test_nobody_is_erased_without_being_asked_for(self):
        self.usherctl("customer", "erase", "UA-7", code=2)
        self.usherctl("customer", "erase", "", "--yes", code=2)
        self.usherctl("customer", "erase", "x" * 129, "--yes", code=2)

    def test_an_erased_customer_is_nobody_to_every_reader(self):
        staff = self.center.client("admin")
        self.arrive("c1", lang="uk")
        staff.call({"do": "contact.note", "contact": "pbx1/c1", "note": "asks for the director"})
        staff.call({"do": "contact.note", "contact": "pbx1/c1", "note": "asks for the director"})
        wait_until(lambda: self.remembered("UA-7"), "the customer to be remembered")
        seen = self.pbx.wait_event("contact.arrived", contact="pbx1/c1")
        before = self.usherctl("journal", "show", "--full", "--json", *self.config())
        for secret in SECRETS:
            self.assertIn(secret, before)
        self.assertIn("erased", self.usherctl("customer", "erase", "UA-7", "--yes"))
        wait_until(lambda: not self.remembered("UA-7"), "the memory to be deleted")
        after = self.usherctl("journal", "show", "--full", "--json", *self.config())
        for secret in SECRETS:
            self.assertNotIn(secret, after)
        self.assertEqual(len(after.splitlines()), len(before.splitlines()) + 1)
        for arguments in (("contacts", "--full"), ("explain", "pbx1/c1", "--full", *self.config()),
                          ("explain", "pbx1/c1", "--json", "--full", *self.config())):
            told = self.usherctl(*arguments)
            self.assertIn("c1", told)
            for secret in SECRETS:
                self.assertNotIn(secret, told, arguments)
        epoch, seq = seen["n"].split("-")
        self.pbx = self.center.client("pbx", client="pbx1", after=f"{epoch}-{int(seq) - 1}")
        again = self.pbx.wait_event("contact.arrived", contact="pbx1/c1")
        self.assertEqual((again.get("from"), again["customer"]), (None, ""))
        self.arrive("c2")
        wait_until(lambda: self.remembered("UA-7"), "the customer to be remembered anew")
        self.assertIn("Main street", self.usherctl("journal", "show", "--full", "--json", *self.config()))

    def talk_and_transfer(self):
        """A contact that was noted, answered and transferred, so that each of its events holds what is the customer's own."""
        self.center.profile("olena", **{"lang.uk": 9})
        self.center.profile("petro", **{"lang.uk": 5})
        boss = self.center.client("supervisor", client="boss")
        other = self.center.client("desk", agent="petro")
        wait_until(lambda: other.ask({"do": "agent.ready"}).get("ok"), "the profile is known")
        self.arrive("c1", lang="uk")
        offer = self.pbx.wait_event("contact.offered", contact="pbx1/c1")
        self.pbx.call({"do": "contact.answer", "contact": "c1", "offer": offer["offer"]})
        boss.call({"do": "contact.note", "contact": "pbx1/c1", "note": "asks for the director"})
        boss.call({"do": "contact.transfer", "contact": "pbx1/c1", "queue": "support", "note": "asks for the director",
                   "data": {"flat": "Main street 7"}})
        self.pbx.wait_event("contact.transferred", contact="pbx1/c1")

    def tail(self, *arguments):
        """The newest events, up to the last one that there is."""
        with subprocess.Popen([os.environ["USHERCTL"], "tail", "--last", "1000", *arguments, "--socket", self.center.socket],
                              stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL) as process:
            try:
                lines = []
                for line in process.stdout:
                    lines.append(line)
                    if "customer.erased" in line:
                        return "".join(lines)
            finally:
                process.terminate()
        self.fail("tail does not tell of the erasure")

    def test_an_erased_customer_is_nobody_to_those_who_look_on(self):
        self.center.redis_cli("HSET", self.center.key("customer:UA-7"), "city", SECRETS[2])
        self.talk_and_transfer()
        epoch, seq = self.pbx.wait_event("customer.known")["n"].split("-")
        first = f"{epoch}-{int(seq) - 1}"
        wait_until(lambda: "usher.contacts" in self.remembered("UA-7"), "the contact to be counted")
        self.usherctl("customer", "erase", "UA-7", "--yes")
        told = {"tail": self.tail("--full"), "tail --json": self.tail("--full", "--json"),
                "log": self.center.log()}
        for arguments in (("events", "--full", "--json", "--after", first, "--count", "7"), ("top",), ("status",), ("contacts", "--full"),
                          ("contacts", "--full", "--json"), ("agents",), ("queues",), ("status", "--json")):
            told[" ".join(arguments)] = self.usherctl(*arguments)
        for what in ("tail", "events"):
            self.assertIn("contact.transferred", next(text for name, text in told.items() if name.startswith(what)))
        for role, fields in (("pbx", {"client": "pbx1"}), ("desk", {"agent": "olena"}), ("supervisor", {}), ("observer", {})):
            client = self.center.client(role, **fields)
            told[f"snapshot for {role}"] = json.dumps(client.snapshot)
            client = self.center.client(role, after=first, **fields)
            self.assertEqual(client.welcome["resumed"], 1)
            client.ask({"do": "ping"})
            told[f"events for {role}"] = json.dumps([event for event in client.events if event["ev"] != "customer.erased"])
        for what, text in told.items():
            for secret in SECRETS:
                self.assertNotIn(secret, text, what)

    def test_an_erased_customer_is_gone_from_what_another_leader_refused(self):
        epoch = int(self.pbx.welcome["n"].split("-")[0])
        event = {"at": 1, "n": f"{epoch - 1}-7", "ev": "contact.noted", "contact": "pbx1/c0", "note": SECRETS[3], "customer": "UA-7"}
        other = {**event, "n": f"{epoch - 1}-8", "note": "of somebody else", "customer": "UA-8"}
        name = self.center.path(f"refused-{epoch - 1}.jsonl")
        with open(name, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.writelines(json.dumps(each, separators=(",", ":")) + "\n" for each in (event, other))
        self.usherctl("customer", "erase", "UA-7", "--yes")
        self.center.wait_log("taken out of what other leaders refused")
        with open(name) as file:
            lines = [json.loads(line) for line in file]
        self.assertEqual([(line["n"], line["note"], line["customer"]) for line in lines],
                         [(event["n"], "", ""), (other["n"], "of somebody else", "UA-8")])
        self.assertEqual(os.stat(name).st_mode & 0o777, 0o600)

    def files(self):
        texts = {}
        for name in glob.glob(self.center.path("archive") + "/[js]*"):
            with open(name, "rb") as file:
                texts[name] = file.read()
        return texts

    def pump_until(self, condition, what):
        """Others come and leave."""
        pbx = self.center.client("pbx", client="pbx2")
        for i in range(600):
            self.others += 1
            pbx.call({"do": "contact.arrive", "contact": f"f{self.others}", "channel": "voice", "data": LARGE})
            pbx.call({"do": "contact.abandon", "contact": f"f{self.others}"})
            if i % 20 == 0 and condition():
                return
        self.fail(f"in vain: {what}")

    def test_an_erased_customer_is_gone_from_the_archive(self):
        self.arrive("c1", lang="uk")
        self.center.client("admin").call({"do": "contact.note", "contact": "pbx1/c1", "note": SECRETS[3]})

        def is_filed():
            with_secret = [name for name, text in self.files().items() if b"Main street" in text]
            return any("/journal-" in name for name in with_secret) and any("/snapshot-" in name for name in with_secret)

        def lines():
            return sum(text.count(b"\n") for name, text in self.files().items() if "/journal-" in name)

        self.pump_until(is_filed, "the events and a state are filed")
        count = lines()
        self.usherctl("customer", "erase", "UA-7", "--yes")
        self.center.wait_log("were taken out of the archive")
        self.pump_until(lambda: not self.center.redis_cli("HGETALL", self.center.key("erased")), "the erasure is forgotten")
        for name, text in self.files().items():
            for secret in SECRETS:
                self.assertNotIn(secret.encode(), text, name)
        self.assertGreater(lines(), count)
        shown = self.usherctl("journal", "show", "--json", "--full", "--contact", "pbx1/c1", *self.config())
        self.assertIn("contact.noted", shown)
        self.assertIn("pbx1/c1", self.usherctl("explain", "pbx1/c1", *self.config()))


if __name__ == "__main__":
    unittest.main()
