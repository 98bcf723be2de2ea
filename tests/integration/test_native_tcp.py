"""Loopback TCP: a token says who the client is."""
import hashlib
import os
import time
import unittest

from harness import Center, free_port

TOKENS = {"pbx-secret": "client: tcp-pbx, role: pbx", "desk-secret": "client: d, role: desk, agent: olena"}


class Tcp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.center = Center()
        cls.address = ("127.0.0.1", free_port())
        cls.address_v6 = ("::1", free_port())
        cls.center.listen = [f'{{tcp: "127.0.0.1:{cls.address[1]}", tokens: tokens.yaml}}',
                             f'{{tcp: "[::1]:{cls.address_v6[1]}", tokens: tokens.yaml}}']
        cls.write = cls.center.write_settings
        cls.center.write_settings = lambda *a, **k: (cls.write_tokens(TOKENS), cls.write(*a, **k))
        cls.center.__enter__()
        cls.addClassCleanup(cls.center.close)
        cls.center.profile("olena")

    @classmethod
    def write_tokens(cls, tokens, mode=0o640):
        path = cls.center.path("tokens.yaml")
        with open(path + ".next", "w") as file:
            for token, row in tokens.items():
                file.write(f"- {{{row}, sha256: {hashlib.sha256(token.encode()).hexdigest()}}}\n")
        os.chmod(path + ".next", mode)
        os.rename(path + ".next", path)

    def refuse(self, **hello):
        """Refused, and closed."""
        client = self.center.raw_client(self.address)
        client.refuse({"do": "hello", **hello}, "unauthorized")
        client.wait_closed()

    def test_token_binds_role_client_and_agent(self):
        pbx = self.center.raw_client(self.address).hello("pbx", token="pbx-secret")
        self.assertEqual(pbx.welcome["client"], "tcp-pbx")
        pbx.call({"do": "contact.arrive", "contact": "a", "channel": "voice"})
        pbx.wait_event("contact.arrived", contact="tcp-pbx/a")
        pbx.call({"do": "contact.abandon", "contact": "a"})
        desk = self.center.raw_client(self.address).hello("desk", token="desk-secret")
        self.assertEqual(desk.welcome["agent"], "olena")

    def test_loopback_of_ipv6_serves_too(self):
        self.center.raw_client(self.address_v6).hello("desk", token="desk-secret").call({"do": "ping"})
        self.assertIn("peer=[::1]:", self.center.log())

    def test_wrong_tokens_are_refused_the_later_the_more_there_were_and_logged_without_the_token(self):
        began = time.monotonic()
        self.refuse(role="pbx")
        self.refuse(role="pbx", token="guessed-secret")
        self.assertGreater(time.monotonic() - began, 0.7)
        self.refuse(role="admin", token="pbx-secret")
        self.refuse(role="pbx", client="other", token="pbx-secret")
        self.center.raw_client(self.address).hello("pbx", token="pbx-secret")
        self.refuse(role="desk", agent="taras", token="desk-secret")
        line = self.center.wait_log("A client was refused")
        self.assertIn("peer=127.0.0.1:", line)
        self.assertNotIn("secret", self.center.log())

    def test_token_that_is_struck_out_lets_nobody_in(self):
        self.write_tokens({"desk-secret": TOKENS["desk-secret"]})
        self.refuse(role="pbx", token="pbx-secret")
        self.center.raw_client(self.address).hello("desk", token="desk-secret")
        self.write_tokens(TOKENS, mode=0o644)
        self.refuse(role="desk", token="desk-secret")
        self.center.wait_log("The tokens' file is refused")
        self.write_tokens(TOKENS)
        self.center.raw_client(self.address).hello("pbx", token="pbx-secret")


if __name__ == "__main__":
    unittest.main()
