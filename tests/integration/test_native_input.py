"""Broken input of every kind gets an answer that names the mistake and its place, and disturbs nobody else."""
import random
import socket
import unittest

from harness import RULES, Center
from neighbour import Neighbour

# what is sent to a desk's open session, the code of the answer, a part of its message
BROKEN_LINES = {
    "no JSON": (b"GET / HTTP/1.1\r", "bad_json", "column 1"),
    "an empty line": (b"", "bad_json", "column 1"),
    "two values": (b'{"do":"ping"} {}', "bad_json", "column 15"),
    "a list": (b'["ping"]', "bad_json", "column 1"),
    "a comma too many": (b'{"id":"x","do":"ping",}', "bad_json", "column 23"),
    "bad UTF-8": (b'{"id":"x","do":"ping","a":"\xc3\x28"}', "bad_json", "column 28"),
    "a lone surrogate": (b'{"id":"x","do":"ping","a":"\\ud800"}', "bad_json", "column 28"),
    "a NUL": (b'{"id":"x","do":"ping","a":"\0"}', "bad_json", "column 28"),
    "a duplicate key": (b'{"id":"x","do":"ping","id":"y"}', "bad_json", "column 23"),
    "a duplicate key, escaped": (b'{"id":"x","do":"ping","\\u0069d":"y"}', "bad_json", "column 23"),
    "depth 1,000": (b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}", "bad_json", "column 13"),
    "16,000 brackets": (b"[" * 16000, "bad_json", "column "),
    "no command": (b'{"id":"x"}', "missing_field", "`do`"),
    "an unknown command": (b'{"id":"x","do":"contact.explode"}', "unknown_command", "column 16"),
    "the router's own command": (b'{"id":"x","do":"router.beat"}', "unknown_command", "column 16"),
    "an id that is none": (b'{"id":7,"do":"ping"}', "bad_field", "column 7"),
    "a missing field": (b'{"id":"x","do":"offer.decline"}', "missing_field", "`offer`"),
    "a wrong type": (b'{"id":"x","do":"offer.decline","offer":[1]}', "bad_field", "column 40"),
    "a value too long": (b'{"id":"x","do":"offer.decline","offer":"' + b"9" * 33 + b'"}', "bad_field", "column 40"),
    "characters of no id": (b'{"id":"x","do":"contact.end","contact":"a b"}', "bad_field", "column 40"),
    "a wrong role": (b'{"id":"x","do":"contact.arrive","contact":"a","channel":"voice"}', "not_allowed", "desk"),
    "a second hello": (b'{"id":"x","do":"hello","role":"admin"}', "hello_first", "hello"),
    "another's agent": (b'{"id":"x","do":"agent.ready","agent":"neighbour"}', "not_allowed", "own agent"),
    "no such contact": (b'{"id":"x","do":"contact.end","contact":"nobody/1"}', "no_such_contact", "contact"),
    "no such offer": (b'{"id":"x","do":"offer.decline","offer":"1-1"}', "stale_offer", "offer"),
}


# Without skill no contact: those of the tests wait, those of the neighbour are served.
ROUTED = RULES.replace("  general:\n", "  general:\n    need: {sales: {min: 1}}\n")


class Input(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.center = Center(rules=ROUTED, settings="limits: {context: 1KiB}\n")
        cls.center.__enter__()
        cls.addClassCleanup(cls.center.close)
        cls.neighbour = Neighbour(cls.center)
        cls.addClassCleanup(cls.neighbour.stop)
        cls.center.profile("olena", sales=5)

    def closing_error(self, client):
        """Reads to the end; the last line is an error that answers nothing."""
        client.wait_closed()
        return client.answers[None]["error"]

    def test_broken_line_is_answered_with_its_place_and_the_session_goes_on(self):
        desk = self.center.client("desk", agent="olena")
        for name, (line, code, part) in BROKEN_LINES.items():
            with self.subTest(name):
                desk.answers.clear()
                desk.send_bytes(line + b"\n")
                desk.call({"do": "ping"})
                while not desk.answers:
                    desk.pump(5)
                ((_, answer),) = desk.answers.items()
                self.assertEqual(answer["error"]["code"], code, answer)
                self.assertIn(part, answer["error"]["message"])
                if name != "an id that is none" and code not in ("bad_json",):
                    self.assertEqual(answer["re"], "x")
        self.neighbour.check()

    def test_half_a_line_is_told_so_when_the_connection_ends(self):
        desk = self.center.client("desk", agent="olena")
        desk.send_bytes(b'{"id":"x","do":"agent.re')
        desk.socket.shutdown(socket.SHUT_WR)
        error = self.closing_error(desk)
        self.assertEqual(error["code"], "bad_json")
        self.assertIn("column 25", error["message"])
        self.neighbour.check()

    def test_line_of_a_mebibyte_ends_the_connection_with_too_long(self):
        for bytes_of in (b"a" * (1 << 20) + b"\n", b"[" * (64 << 10)):
            desk = self.center.client("desk", agent="olena")
            desk.send_bytes(bytes_of)
            error = self.closing_error(desk)
            self.assertEqual(error["code"], "too_long")
            self.assertIn("column 16385", error["message"])
        self.neighbour.check()

    def test_line_of_a_mebibyte_before_hello_is_no_better(self):
        client = self.center.raw_client()
        client.send_bytes(b"{" * (1 << 20))
        self.assertEqual(self.closing_error(client)["code"], "too_long")
        self.neighbour.check()

    def test_noise_gets_an_answer_a_line(self):
        seed = random.randrange(1 << 32)
        noise = random.Random(seed)
        desk = self.center.client("desk", agent="olena")
        pieces = [b'{"id":"x",', b'"do":', b'"ping"', b"}", b"{", b"[", b'"', b"\\u00", b"\xff", b"\0", b" ", b"1e9", b","]
        lines = [b"".join(noise.choices(pieces, k=noise.randrange(30))) for _ in range(2000)]
        desk.send_bytes(b"\n".join(lines) + b"\n")
        answers = 0
        while answers < len(lines):
            line = desk.read_line(10)
            self.assertIsNotNone(line, f"seed {seed}: closed after {answers} answers")
            answers += "re" in line
        desk.call({"do": "ping"})
        self.neighbour.check()

    def test_client_that_floods_does_not_starve_others(self):
        desk = self.center.client("desk", agent="olena")
        flood = b'{"do":"ping"}\n' * 20000
        self.neighbour.check(1)
        desk.send_bytes(flood)
        self.neighbour.check(3)
        for _ in range(20000):
            self.assertTrue(desk.read_line(10)["ok"])

    def test_wrong_states_are_named(self):
        pbx = self.center.client("pbx", client="input-pbx")
        pbx.call({"do": "contact.arrive", "contact": "w", "channel": "voice", "data": {"topic": "none"}})
        for do in ("contact.hold", "contact.resume", "contact.end"):
            self.assertIn("waiting", pbx.refuse({"do": do, "contact": "w"}, "wrong_state")["message"])
        pbx.refuse({"do": "contact.arrive", "contact": "w", "channel": "voice"}, "contact_exists")
        pbx.refuse({"do": "contact.arrive", "contact": "v", "channel": "smoke"}, "bad_field")
        pbx.refuse({"do": "contact.arrive", "contact": "v", "channel": "voice", "data": {"a": "b" * 1024}}, "limit")
        pbx.refuse({"do": "contact.abandon", "contact": "neighbour-pbx/n-0"}, "not_allowed")
        pbx.refuse({"do": "agent.phone", "agent": "nobody", "state": "idle"}, "no_such_agent")
        pbx.refuse({"do": "agent.phone", "agent": "olena", "state": "melted"}, "bad_field")
        pbx.call({"do": "contact.abandon", "contact": "w"})
        pbx.refuse({"do": "contact.arrive", "contact": "w", "channel": "voice"}, "contact_exists")
        self.neighbour.check()


if __name__ == "__main__":
    unittest.main()
