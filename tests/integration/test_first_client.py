"""The first client of PROTOCOL.md does what it says: it stays under 50 lines, and has a contact routed to an agent."""
import os
import subprocess
import sys
import unittest

from harness import Center

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "first_client.py")


class FirstClient(unittest.TestCase):
    def test_contact_is_routed_answered_and_ended(self):
        with open(PATH, encoding="utf-8") as file:
            self.assertLess(len(file.readlines()), 50)
        with Center() as center:
            center.profile("olena")
            center.wait_log("profiles|leads")
            for _ in range(2):  # a second run is not taken for a repetition of the first
                done = subprocess.run([sys.executable, PATH, center.socket, "olena"], capture_output=True, text=True, timeout=30)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                events = [line.split()[0] for line in done.stdout.splitlines()]
                self.assertEqual(events, ["sync.wanted", "agent.ready", "contact.offered", "contact.answered", "contact.done"])


if __name__ == "__main__":
    unittest.main()
