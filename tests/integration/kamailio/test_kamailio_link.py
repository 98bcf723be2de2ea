"""usherd's link against a stand-in for Kamailio, which does what the real one does only rarely: late, torn, broken."""

import json
import os
import signal
import socket
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from harness import Center, wait_until  # noqa: E402

RULES = """\
skills: [billing]
queues:
  billing: {need: {billing: {min: 1}}, ring: 10s, wrap_up: 0s}
routes:
  - queue: billing
"""


class StandIn:
    """Listens as evapi does. One connection at a time."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.listener.settimeout(10)
        self.port = self.listener.getsockname()[1]
        self.connection = None
        self.rest = b""

    def accept(self):
        self.close()
        self.connection, _ = self.listener.accept()
        self.connection.settimeout(10)
        self.rest = b""

    def close(self):
        if self.connection:
            self.connection.close()

    def pack(self, *messages):
        return b"".join(b"%d:%s," % (len(body), body) for body in (json.dumps(m).encode() for m in messages))

    def send(self, *messages):
        self.connection.sendall(self.pack(*messages))

    def read(self):
        while True:
            head, colon, body = self.rest.partition(b":")
            if colon and len(body) > int(head):
                self.rest = body[int(head) + 1:]
                return json.loads(body[:int(head)])
            data = self.connection.recv(65536)
            if not data:
                raise EOFError
            self.rest += data

    def wait(self, do):
        """The next command of this name; pings are answered on the way, which come every 5 s."""
        for _ in range(4):
            command = self.read()
            if command["do"] == do:
                return command
            assert command["do"] == "ping", command
            self.send({"ev": "pong", "id": command["id"]})
        raise AssertionError(f"there was no {do}")

    def list_calls(self, *calls, during=()):
        """Answers the sync that the link asks for; `during` happens in the middle of the list."""
        id = self.wait("sync")["id"]
        self.send({"ev": "sync.begin", "id": id, "born": "1"})
        self.send(*during)
        self.send(*({"ev": "sync.contact", "id": id, **call} for call in calls))
        self.send({"ev": "sync.end", "id": id, "count": len(calls)})


def call(name, state="waiting", agent="", offer=""):
    return {"call": name, "t": "1:" + name[1:], "state": state, "agent": agent, "offer": offer, "from": "380", "to": "hotline",
            "since": "1763745600.5"}


def arrived(name):
    return {"ev": "arrived", "call": name, "t": "1:" + name[1:], "from": "380", "to": "hotline", "since": "1763745600.5"}


class LinkCase(unittest.TestCase):
    settings = ""

    def setUp(self):
        self.kamailio = StandIn()
        self.center = Center(rules=RULES, settings=self.settings, links=f'{{kam1: {{kind: kamailio, address: "127.0.0.1:{self.kamailio.port}"}}}}')
        self.center.__enter__()
        self.addCleanup(self.kamailio.listener.close)
        self.addCleanup(self.kamailio.close)
        self.addCleanup(lambda: self.center.close(is_failed=bool(sys.exc_info()[0])))
        self.watch = self.center.client("supervisor")
        self.kamailio.accept()

    def add_agent(self, name, level):
        self.center.profile(name, billing=level)
        self.watch.wait_event("agent.profiled", agent=name)
        desk = self.center.client("desk", agent=name)
        desk.call({"do": "agent.ready"})
        return desk


class Link(LinkCase):
    def test_next_phone_waits_until_the_one_before_has_stopped(self):
        self.kamailio.list_calls()
        desk = self.add_agent("olena", 9)
        self.add_agent("taras", 2)
        self.kamailio.send(arrived("c1"))
        first = self.kamailio.wait("ring")
        self.assertEqual((first["agent"], first["uri"], first["contact"]), ("olena", "sip:olena@127.0.0.1", "kam1/c1"))
        desk.call({"do": "offer.decline", "offer": first["offer"]})
        self.assertEqual(self.kamailio.wait("cancel")["offer"], first["offer"])
        # Kamailio's word does not come; the router waits a second for it, and offers the call to the next.
        second = self.watch.wait_event("contact.offered", agent="taras")
        self.kamailio.connection.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            self.kamailio.wait("ring")
        self.kamailio.connection.settimeout(10)
        self.kamailio.send({"ev": "failed", "call": "c1", "offer": first["offer"], "agent": "olena", "code": 487, "replied": 1})
        self.assertEqual(self.kamailio.wait("ring")["offer"], second["offer"])

    def test_talk_is_transferred_by_nobody_but_the_phone(self):
        self.kamailio.list_calls()
        desk = self.add_agent("olena", 9)
        self.add_agent("taras", 2)
        self.kamailio.send(arrived("c1"))
        ring = self.kamailio.wait("ring")
        self.kamailio.send({"ev": "answered", "call": "c1", "offer": ring["offer"], "agent": "olena"})
        desk.wait_event("contact.answered", contact="kam1/c1")
        transfer = {"do": "contact.transfer", "contact": "kam1/c1", "to_agent": "taras"}
        self.assertIn("REFER", desk.refuse(transfer, "not_allowed")["message"])
        self.center.client("supervisor").refuse(transfer, "not_allowed")
        self.kamailio.send({"ev": "refer", "call": "c1", "t": "7:7", "to": "taras"})
        self.assertEqual(self.kamailio.wait("refer")["code"], 202)

    def test_transfer_that_the_list_tells_too_is_one_transfer(self):
        self.kamailio.list_calls()
        self.add_agent("olena", 9)
        self.add_agent("taras", 2)
        self.add_agent("iryna", 1)
        self.kamailio.send(arrived("c1"))
        ring = self.kamailio.wait("ring")
        self.kamailio.send({"ev": "answered", "call": "c1", "offer": ring["offer"], "agent": "olena"})
        self.watch.wait_event("contact.answered", contact="kam1/c1")
        self.kamailio.accept()
        self.kamailio.list_calls(dict(call("c1"), t="1:9", target="billing"),
                                 during=({"ev": "transferred", "call": "c1", "t": "1:9", "to": "billing"},))
        ring = self.kamailio.wait("ring")
        self.assertEqual((ring["agent"], ring["t"]), ("taras", "1:9"))
        self.kamailio.send({"ev": "answered", "call": "c1", "offer": ring["offer"], "agent": "taras"})
        self.watch.wait_event("contact.answered", contact="kam1/c1", agent="taras")
        told = [event for event in self.center.journal() if event["ev"] == "contact.transferred"]
        self.assertEqual([event["agent"] for event in told], ["olena"])

    def test_caller_with_a_number_that_is_none_is_served_like_others(self):
        self.kamailio.list_calls(dict(call("c1"), **{"from": "%E9" * 128}))
        self.add_agent("olena", 5)
        self.assertEqual(self.kamailio.wait("ring")["call"], "c1")
        self.kamailio.send(dict(arrived("c2"), **{"from": "%E9" * 128, "to": "+" * 400}), dict(arrived("c3"), to="a\n\x7f"))
        self.watch.wait_event("contact.arrived", contact="kam1/c3")
        numbers = {event["contact"]: (event.get("from"), event.get("to")) for event in self.center.journal()
                   if event["ev"] == "contact.arrived"}
        self.assertEqual(numbers["kam1/c2"], (("%E9" * 128)[:256], "+" * 256))
        self.assertEqual(numbers["kam1/c3"], ("380", None))

    def test_what_happens_during_the_list_comes_after_it(self):
        gone = {"ev": "abandoned", "call": "c1"}
        self.kamailio.list_calls(call("c1"), during=(gone, arrived("c2"), arrived("c3"), {"ev": "abandoned", "call": "c3"}))
        self.watch.wait_event("contact.abandoned", contact="kam1/c1")
        self.watch.wait_event("contact.abandoned", contact="kam1/c3")
        self.kamailio.send(arrived("c2"))  # told twice: once is enough
        self.add_agent("olena", 5)
        self.assertEqual(self.kamailio.wait("ring")["call"], "c2")
        arrivals = [event["contact"] for event in self.center.journal() if event["ev"] == "contact.arrived"]
        self.assertEqual(sorted(arrivals), ["kam1/c1", "kam1/c2", "kam1/c3"])

    def test_torn_messages_are_put_together(self):
        self.kamailio.list_calls()
        self.watch.wait_event("link.regained", client="kam1")
        for byte in self.kamailio.pack(arrived("c1"), {"ev": "abandoned", "call": "c1"}):
            self.kamailio.connection.sendall(bytes([byte]))
        self.watch.wait_event("contact.abandoned", contact="kam1/c1")

    def test_broken_stream_is_left_and_made_anew(self):
        self.kamailio.list_calls()
        self.watch.wait_event("link.regained", client="kam1")
        self.kamailio.connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        self.watch.wait_event("link.lost", client="kam1")
        self.kamailio.accept()
        self.kamailio.list_calls(call("c1"))
        self.watch.wait_event("contact.arrived", contact="kam1/c1")

    def test_message_that_is_not_understood_does_no_harm(self):
        self.kamailio.list_calls()
        self.kamailio.send({"ev": "party"}, {"ev": "ended"}, {"ev": "ended", "call": "nobody"}, [1, 2], arrived("c1"))
        self.watch.wait_event("contact.arrived", contact="kam1/c1")

    def test_odd_call_ids_are_contacts_too(self):
        self.kamailio.list_calls()
        self.add_agent("olena", 5)
        odd = {**arrived("c1"), "call": "we'ird%22id"}
        self.kamailio.send(odd)
        contact = self.watch.wait_event("contact.offered")["contact"]
        self.assertRegex(contact, r"^kam1/h-[0-9a-f]{16}$")
        ring = self.kamailio.wait("ring")
        self.assertEqual((ring["call"], ring["contact"]), ("we'ird%22id", contact))

    def test_list_that_is_not_whole_closes_nothing(self):
        self.kamailio.list_calls(call("c1"))
        self.watch.wait_event("contact.arrived", contact="kam1/c1")
        self.kamailio.accept()
        id = self.kamailio.wait("sync")["id"]
        self.kamailio.send({"ev": "sync.begin", "id": id, "born": "1"}, {"ev": "sync.end", "id": id, "count": 1})
        self.kamailio.accept()
        self.kamailio.list_calls(call("c1"))
        self.add_agent("olena", 5)
        self.assertEqual(self.kamailio.wait("ring")["call"], "c1")
        self.assertNotIn("contact.abandoned", [event["ev"] for event in self.center.journal()])

    def test_usherd_ends_in_order_while_callers_are_held(self):
        self.kamailio.list_calls(call("c1"), call("c2"))
        self.add_agent("olena", 5)
        self.kamailio.wait("ring")
        self.assertEqual(self.center.kill_usherd(signal.SIGTERM), 0)

    def test_every_command_carries_the_epoch(self):
        epoch = int(self.watch.welcome["n"].split("-")[0])
        sync = self.kamailio.wait("sync")
        self.assertEqual(sync["epoch"], epoch)
        self.center.kill_usherd()
        self.center.start_usherd()
        self.kamailio.accept()
        wait_until(lambda: self.kamailio.wait("sync")["epoch"] > epoch, "a higher epoch")


class Overfull(LinkCase):
    settings = "outage: hold\nlimits: {pending: 1MiB}\n"

    def fill(self, pbx):
        """Commands wait for Redis until no more may."""
        for number in range(1000):
            pbx.send({"do": "contact.arrive", "contact": str(number), "channel": "voice", "data": {"text": "x" * 7000}})
            if number % 10 == 0:
                pbx.call({"do": "ping"})
            if any(answer["error"]["code"] == "storage_unavailable" for answer in pbx.answers.values()):
                return
        self.fail("more and more was held")

    def test_calls_that_end_when_no_more_may_wait_for_redis_are_closed_when_it_is_back(self):
        self.kamailio.list_calls()
        self.add_agent("olena", 5)
        self.kamailio.send(arrived("c1"))
        ring = self.kamailio.wait("ring")
        self.kamailio.send({"ev": "answered", "call": "c1", "offer": ring["offer"], "agent": "olena"}, arrived("c2"))
        self.watch.wait_event("contact.answered", contact="kam1/c1")
        self.watch.wait_event("contact.arrived", contact="kam1/c2")
        pbx = self.center.client("pbx", client="pbx1")
        self.center.kill_redis()
        self.center.wait_log("Redis is away")
        self.fill(pbx)
        self.kamailio.send({"ev": "ended", "call": "c1"}, {"ev": "abandoned", "call": "c2", "offer": "", "agent": ""})
        for _ in range(3):
            pbx.call({"do": "ping"})  # the link has been read meanwhile
        self.center.start_redis()
        self.kamailio.list_calls()
        self.watch.wait_event("contact.done", contact="kam1/c1")
        self.watch.wait_event("contact.abandoned", contact="kam1/c2")


if __name__ == "__main__":
    unittest.main()
