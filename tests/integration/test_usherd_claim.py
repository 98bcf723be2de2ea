"""What happens between reading the journal and claiming it: the end is lost, somebody is faster, or a claim stands behind an end that
Redis has lost."""
import json
import os
import signal
import unittest

from gate import Gate
from harness import Center, wait_until
from pair import Pair


class Racing(Center):
    def start_gated(self, word, settings):
        """A second usherd that comes as far as `word` to Redis; (process, gate)."""
        gate = Gate(self.path("gate.sock"), self.redis_socket, word)
        real, self.redis_socket = self.redis_socket, self.path("gate.sock")
        own, self.settings = self.settings, settings
        self.write_settings("other.yaml", "other.sock")
        self.redis_socket, self.settings = real, own
        other = self.start_usherd(config="other.yaml", wait=False)
        self.others.append(other)
        assert gate.reached.wait(10), "it does not come to " + word.decode()
        return other, gate

    def ids(self):
        return [id for id, _ in json.loads(self.redis_cli("--json", "XRANGE", self.key("journal"), "-", "+"))]

    def lose_tail(self, count):
        """As after a failover to a replica that lagged; returns what is the end now."""
        ids = self.ids()
        self.redis_cli("XDEL", self.key("journal"), *ids[-count:])
        end = ids[-count - 1]
        self.redis_cli("XSETID", self.key("journal"), end, "ENTRIESADDED", len(ids) - count, "MAXDELETEDID", end)
        return end

    def fill(self, count=5):
        pbx = self.client("pbx", client="pbx1")
        for i in range(count):
            pbx.call({"do": "contact.arrive", "contact": str(i), "channel": "voice"})

    def restart(self):
        self.usherd.kill()
        self.usherd.wait()
        self.start_usherd()


class LostEnd(unittest.TestCase):
    def test_end_that_redis_loses_between_reading_and_claiming_is_read_again(self):
        for word in (b"TIME", b"WATCH"):
            with Racing() as center:
                center.fill()
                center.kill_usherd()
                other, gate = center.start_gated(word, center.settings)
                end = center.lose_tail(2)
                gate.open()
                wait_until(lambda: center.is_leading(center.path("other.sock")), "it leads")
                claim = [e for e in center.journal() if e["ev"] == "router.started"][-1]
                self.assertEqual(claim["prev"], end)
                other.kill()
                other.wait()
                center.start_usherd()

    def test_change_between_the_look_at_the_end_and_the_claim_is_seen(self):
        with Racing() as center:
            center.fill()
            center.kill_usherd()
            other, gate = center.start_gated(b"EXEC", center.settings)
            end = center.lose_tail(2)
            gate.open()
            wait_until(lambda: center.is_leading(center.path("other.sock")), "it leads")
            claims = [e for e in center.journal() if e["ev"] == "router.started"]
            self.assertEqual((len(claims), claims[-1]["prev"]), (2, end))

    def test_claim_behind_an_end_that_redis_lost_is_gone_on_from_with_an_alarm(self):
        with Racing() as center:
            center.fill()
            center.kill_usherd()
            ids = center.ids()
            end = center.lose_tail(2)
            epoch = int(end.split("-")[0]) + 1
            line = {"at": 1, "n": f"{epoch}-1", "ev": "router.started", "token": "t", "prev": ids[-1], "version": 2,
                    "outage": "hold"}
            center.redis_cli("XADD", center.key("journal"), f"{epoch}-1", "b", json.dumps(line) + "\n")
            center.start_usherd()
            center.wait_log("lacks events that Redis has lost")
            self.assertLess(center.log().count("Starts over from the snapshot"), 3)
            center.restart()
            self.assertEqual(len(center.client("observer").state("contact")), 3)


class Faster(unittest.TestCase):
    def test_start_that_was_overtaken_by_a_leader_that_goes_on_alone_does_not_replace_him(self):
        for word in (b"TIME", b"EXEC"):
            with Racing(settings="outage: route\nstate: .\n") as center:
                center.kill_usherd(signal.SIGTERM)  # in order: anybody may lead
                os.makedirs(center.path("elsewhere"))
                other, gate = center.start_gated(word, "outage: route\nstate: elsewhere\n")
                center.start_usherd()
                pbx = center.client("pbx", client="pbx1")
                gate.open()
                self.assertEqual(other.wait(10), 5)
                center.wait_log("start once with --take-over")
                pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
                self.assertIsNone(center.usherd.poll())


class Again(unittest.TestCase):
    def test_standby_that_gave_a_claim_up_takes_over_at_the_next_silence(self):
        with Pair() as pair:
            pair.kill("b")
            gate = Gate(pair.path("gate.sock"), pair.redis_socket, b"TIME")
            real, pair.redis_socket = pair.redis_socket, pair.path("gate.sock")
            pair.write_settings("b.yaml", "b.sock")
            pair.redis_socket = real
            pair.start_one("b")
            pair.wait_standby("b")
            pair.send_signal("a", signal.SIGSTOP)
            self.assertTrue(gate.reached.wait(10))
            last = pair.numbers()[-1]
            pair.send_signal("a", signal.SIGCONT)
            wait_until(lambda: pair.numbers()[-1] > last, "a leads on")
            gate.open()
            last = pair.numbers()[-1][1]
            wait_until(lambda: pair.numbers()[-1][1] > last + 3, "a leads on while b follows")
            silences = pair.log().count("The leader is silent")
            pair.kill("a")
            pair.wait_leader("b")
            self.assertEqual(pair.log().count("The leader is silent"), silences + 1)


if __name__ == "__main__":
    unittest.main()
