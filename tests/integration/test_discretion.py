"""No number, name or context of anybody reaches the log at its usual level, whatever happens in a whole run."""
import json
import os
import signal
import socket
import threading
import unittest

from harness import RULES, Center, Refused, free_port, wait_until

# All that is somebody's own is marked with this, digits and letters, so that one search finds each piece.
MARK = "5559081"
NUMBER = f"+380{MARK}"
NAME = f"Oksana{MARK}"
DATA = {"contract": f"K{MARK}", "address": f"Street {MARK}", "topic": "billing"}
PHONE = f"sip:{MARK}@127.0.0.1"


class Kamailio:
    """Says to usherd what a Kamailio might, good and bad; of what comes back it answers the first question for its calls."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(4)
        self.port = self.listener.getsockname()[1]
        self.may_speak = threading.Event()
        self.connected = threading.Event()
        self.connection = None
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            if self.connection:
                self.connection.close()
            self.connection = connection
            try:
                self.list_calls(connection.recv(1 << 16))
                self.connected.set()
                while connection.recv(1 << 16):
                    pass
            except OSError:
                pass

    def list_calls(self, question):
        """All calls that it has: one that can be taken in, one that cannot."""
        self.may_speak.wait()
        id = json.loads(question[question.index(b"{"):question.rindex(b"}") + 1])["id"]
        self.say(ev="sync.begin", id=id, born="1", epoch=0)
        for call, state in (("listed@host", "waiting"), ("strange@host", MARK)):
            self.say(ev="sync.contact", id=id, call=call, t="1:2", state=state, **{"from": NUMBER, "to": NAME})
        self.say(ev="sync.end", id=id, count=2)

    def say(self, **message):
        self.say_bytes(json.dumps(message).encode())

    def say_bytes(self, body):
        self.connection.sendall(b"%d:%b," % (len(body), body))

    def close(self):
        self.listener.close()
        if self.connection:
            self.connection.close()


class TokenCenter(Center):
    """With a file of tokens beside its settings."""

    def write_settings(self, *arguments, **options):
        with open(self.path("tokens.yaml"), "w") as file:
            file.write(f"- {{client: tcp-pbx, role: pbx, sha256: {'0' * 64}}}\n")
        os.chmod(self.path("tokens.yaml"), 0o640)
        super().write_settings(*arguments, **options)


def rest_of_day(pbx, desk):
    """Contacts that are served, noted, declined, refused and abandoned."""
    for contact in ("served", "declined", "left"):
        pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", "from": NUMBER, "to": NUMBER, "data": DATA})
    offer = pbx.wait_event("contact.offered")
    contact = offer["contact"].split("/")[1]
    assert offer["phone"] == PHONE and MARK in json.dumps(offer["data"]), offer
    pbx.call({"do": "contact.ring", "contact": contact, "offer": offer["offer"]})
    pbx.call({"do": "contact.answer", "contact": contact, "offer": offer["offer"]})
    desk.call({"do": "contact.note", "contact": offer["contact"], "note": f"Call back at {NUMBER}"})
    desk.call({"do": "contact.follow_up", "contact": offer["contact"], "queue": "general", "note": f"Write to {NAME}"})
    desk.ask({"do": "contact.transfer", "contact": offer["contact"], "to_agent": MARK, "note": f"Transfer of {NUMBER}"})
    pbx.call({"do": "contact.end", "contact": contact, "reason": MARK})
    offer = pbx.wait_event("contact.offered")
    desk.call({"do": "offer.decline", "offer": offer["offer"], "reason": MARK})
    for left in {"served", "declined", "left"} - {contact}:
        pbx.call({"do": "contact.abandon", "contact": left})


def talk_nonsense(center):
    """Lines, commands and sessions that are refused."""
    client = center.raw_client()
    for line in (f'{{"do":"hello","name":"{NAME}",', f'"{NUMBER}"', f'{{"do":"{MARK}"}}', f'{{"id":"{MARK}","from":"{NUMBER}\\u0000"}}'):
        client.send_bytes(line.encode() + b"\n")
    client.ask({"do": "hello", "role": MARK, "token": MARK})
    client.ask({"do": "hello", "role": "pbx", "client": MARK + "!" + NAME})
    pbx = center.client("pbx", client="rough")
    for command in ({"do": "contact.arrive", "contact": "a", "channel": MARK, "from": NUMBER},
                    {"do": "contact.arrive", "contact": "b", "channel": "voice", "from": NUMBER * 40},
                    {"do": "contact.arrive", "contact": "c", "channel": "voice", "data": {"all": MARK * 1500}},
                    {"do": "agent.phone", "agent": "olena", "state": MARK}):
        try:
            pbx.call(command)
        except Refused:
            pass
    pbx.send_bytes(b'{"from":"' + NUMBER.encode() * 4000)
    pbx.wait_closed()
    boss = center.client("supervisor", client="boss")
    for command in ({"do": "agent.not_ready", "agent": "olena", "reason": MARK}, {"do": "agent.not_ready", "agent": "olena"},
                    {"do": "agent.ready", "agent": "olena"}, {"do": "contact.note", "contact": "pbx1/none", "note": NUMBER}):
        boss.ask(command)


def remember_and_erase(center, pbx):
    """What is remembered of a customer is good and bad, comes late, cannot be written, and is erased."""
    key = center.key(f"customer:{DATA['contract']}")
    center.redis_cli("HSET", key, "name", NAME, "phones", NUMBER * 40, "usher.last_agent", NAME, "usher.n", NUMBER)
    pbx.call({"do": "contact.arrive", "contact": "known", "channel": "voice", "from": NUMBER, "data": DATA})
    center.redis_cli("CLIENT", "PAUSE", "200", "ALL")
    pbx.call({"do": "contact.arrive", "contact": "late", "channel": "voice", "from": NUMBER})
    center.wait_log("contacts are routed without")
    center.redis_cli("ACL", "SETUSER", "default", "-exec")
    for contact in ("known", "late"):
        pbx.call({"do": "contact.abandon", "contact": contact})
    center.wait_log("refuses what is to be remembered")
    center.redis_cli("ACL", "SETUSER", "default", "+exec")
    admin = center.client("admin")
    for customer in (DATA["contract"], NUMBER):
        admin.call({"do": "customer.erase", "customer": customer})
    center.wait_log("A customer is erased", count=2)
    wait_until(lambda: not center.redis_cli("HGETALL", key), "the memory is deleted")


def write_bad_profiles(center):
    key = center.key("agent:olena")
    center.redis_cli("HSET", key, "skill.billing", NUMBER, "capacity.voice", NAME, "phone", PHONE + "x" * 200)
    center.redis_cli("HSET", key, "name", NAME * 20)
    center.wait_log("A field of a profile is left out")
    center.redis_cli("HSET", key, "skill.billing", "8", "capacity.voice", "1", "phone", PHONE, "name", NAME)


def speak_sip(kamailio):
    kamailio.may_speak.set()
    assert kamailio.connected.wait(10), "usherd connects to its Kamailio"
    since = "1763745600.5"
    for i in range(3):
        kamailio.say(ev="arrived", call=f"call-{i}@host", t=f"{i}:7", **{"from": NUMBER, "to": NAME}, since=since)
    kamailio.say(ev="arrived", call="call-9@host", t="9" * 200, **{"from": NUMBER * 30, "to": NAME}, since=since)
    kamailio.say(ev="failed", call="call-0@host", offer=MARK, code=486)
    kamailio.say(ev=MARK, call=NUMBER)
    kamailio.say_bytes(b'{"ev":"arrived","from":"' + NUMBER.encode())
    kamailio.say_bytes(b"\xff" + NUMBER.encode())


class Discretion(unittest.TestCase):
    def test_a_whole_run_leaves_no_number_no_name_and_no_context_in_the_log(self):
        kamailio = Kamailio()
        self.addCleanup(kamailio.close)
        tcp = free_port()
        with TokenCenter(rules="customer: {key: [data.contract, from]}\n" + RULES,
                         settings="timing: {heartbeat: 100ms, lease: 250ms, grace: 500ms}\njournal: {snapshot_every: 20}\n"
                                  "limits: {context: 4KiB}\n",
                         listen=[f'{{tcp: "127.0.0.1:{tcp}", tokens: tokens.yaml}}'],
                         links=f'{{kam1: {{kind: kamailio, address: "127.0.0.1:{kamailio.port}"}}}}') as center:
            self.live(center, kamailio, tcp)
            for name in sorted(os.listdir(center.folder)):
                if name.startswith("usherd") and name.endswith(".log"):
                    self.check_log(center.log(name))

    def live(self, center, kamailio, tcp):
        center.profile("olena", phone=PHONE, name=NAME, billing=8)
        pbx, desk = self.come(center)
        rest_of_day(pbx, desk)
        remember_and_erase(center, pbx)
        talk_nonsense(center)
        write_bad_profiles(center)
        speak_sip(kamailio)
        center.wait_log("sent a message that is not understood")
        wait_until(lambda: center.client("observer").state("contact", contact="kam1/call-2@host"), "Kamailio's calls are taken in")
        thief = center.raw_client(("127.0.0.1", tcp))
        thief.send({"do": "hello", "role": "pbx", "client": "thief", "token": f"token-{MARK}"})
        thief.wait_closed()
        self.live_through_faults(center)

    def come(self, center):
        pbx = center.client("pbx", client="pbx1", instance=f"life-{MARK}")
        desk = center.client("desk", agent="olena")
        wait_until(lambda: desk.ask({"do": "agent.ready"}).get("ok"), "the profile is read")
        return pbx, desk

    def live_through_faults(self, center):
        """Kills, an emptied Redis, and an entry that no router wrote; contacts with all their data are there all the time."""
        pbx, desk = self.come(center)
        for i in range(30):
            pbx.call({"do": "contact.arrive", "contact": f"many-{i}", "channel": "voice", "from": NUMBER, "data": DATA})
        center.wait_log("A snapshot was written")
        center.kill_usherd()
        center.start_usherd()
        self.come(center)
        center.kill_redis()
        center.wait_log("Redis is away")
        center.start_redis()
        center.wait_log("Redis is back held_bytes")
        center.redis_cli("FLUSHALL")
        center.wait_log("The journal was gone and is written anew")
        center.kill_usherd(signal.SIGHUP)
        with open(center.path("rules.yaml"), "a") as rules:
            rules.write("  - when: {data.contract: [unclosed\n")
        center.kill_usherd(signal.SIGHUP)
        center.wait_log("rules.yaml", timeout=10)
        center.redis_cli("XADD", center.key("journal"), "*", "from", NUMBER, "b", json.dumps({"from": NUMBER, "name": NAME}))
        center.wait_log("an entry that no router wrote")

    def check_log(self, log):
        self.assertGreater(len(log.splitlines()), 30, "the run was logged")
        self.assertIn("contact", log)
        told = [line for line in log.splitlines() if MARK in line]
        self.assertFalse(told, "\n".join(told[:10]))


if __name__ == "__main__":
    unittest.main()
