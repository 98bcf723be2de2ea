"""Redis stalls, dies, comes back, loses everything; another usherd takes over."""

import os
import signal
import time
import unittest

from harness import Center, wait_until


class Outage(unittest.TestCase):
    def test_commands_wait_while_redis_is_dead_and_are_decided_when_it_is_back(self):
        with Center() as center:
            center.profile("olena", billing=8)
            pbx = center.client("pbx", client="pbx1")
            desk = center.client("desk", agent="olena")
            desk.call({"do": "agent.ready"})
            center.kill_redis()
            center.wait_log("Redis is away")
            first = pbx.send({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            pbx.expect_no_event("contact.arrived", during=1.0)
            self.assertNotIn(first, pbx.answers)
            center.start_redis()
            self.assertTrue(pbx.wait_answer(first, timeout=20)["ok"])
            desk.wait_event("contact.offered", contact="pbx1/1")
            center.wait_log("Redis is back")

    def test_nothing_is_told_while_redis_stands_still(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1")
            center.kill_redis(signal.SIGSTOP)
            sent = [pbx.send({"do": "contact.arrive", "contact": str(i), "channel": "voice"}) for i in range(10)]
            pbx.expect_no_event("contact.arrived", during=3.0)
            self.assertEqual(pbx.answers, {})
            center.kill_redis(signal.SIGCONT)
            for id in sent:
                self.assertTrue(pbx.wait_answer(id, timeout=20)["ok"])
            arrived = [e["contact"] for e in center.journal() if e["ev"] == "contact.arrived"]
            self.assertEqual(arrived, [f"pbx1/{i}" for i in range(10)])

    def test_offer_that_ran_out_in_the_outage_is_withdrawn_after_it_and_blames_nobody(self):
        with Center() as center:
            center.profile("olena", billing=8)
            center.write_rules(center.rules.replace("ring: 15s", "ring: 5s"))
            center.kill_usherd(signal.SIGHUP)
            pbx = center.client("pbx", client="pbx1")
            desk = center.client("desk", agent="olena")
            desk.call({"do": "agent.ready"})
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            offered = pbx.wait_event("contact.offered")
            center.kill_redis(signal.SIGSTOP)
            pbx.expect_no_event("offer.withdrawn", during=8.0)
            center.kill_redis(signal.SIGCONT)
            withdrawn = pbx.wait_event("offer.withdrawn", timeout=20)
            self.assertEqual((withdrawn["offer"], withdrawn["reason"]), (offered["offer"], "outage"))

    def test_flushed_redis_is_written_anew_and_service_goes_on(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            center.redis_cli("FLUSHALL")
            pbx.call({"do": "contact.arrive", "contact": "2", "channel": "voice"}, timeout=20)
            center.wait_log("The journal was gone")
            wait_until(lambda: any(e["ev"] == "journal.lost" for e in center.journal()), "journal.lost is written")
            center.kill_usherd()
            center.start_usherd()
            observer = center.client("observer")
            self.assertEqual({c["contact"] for c in observer.state("contact")}, {"pbx1/1", "pbx1/2"})

    def test_journal_that_is_gone_at_the_start_is_written_anew_from_the_snapshot(self):
        with Center(settings="journal: {snapshot_every: 20}\n") as center:
            pbx = center.client("pbx", client="pbx1", instance="life-1")
            for i in range(60):
                pbx.call({"do": "contact.arrive", "contact": str(i), "channel": "voice"})
            wait_until(lambda: center.redis_cli("KEYS", center.key("snapshot:*")), "a snapshot is written")
            center.kill_usherd()
            center.redis_cli("DEL", center.key("journal"))
            center.start_usherd()
            kept = center.client("observer").state("contact")
            self.assertGreaterEqual(len(kept), 6)
            pbx = center.client("pbx", client="pbx1", instance="life-1")
            self.assertTrue(pbx.call({"do": "contact.arrive", "contact": "new", "channel": "voice"})["ok"])


class Fence(unittest.TestCase):
    def test_second_usherd_fences_the_first(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            first = center.usherd
            center.others.append(first)
            center.write_settings("second.yaml", "second.sock")
            center.start_usherd(config="second.yaml", wait=False)
            wait_until(lambda: center.is_leading(center.path("second.sock")), "the second leads")
            self.assertEqual(first.wait(10), 1)
            center.wait_log("Another router has taken over")
            observer = center.client("observer", address=center.path("second.sock"))
            self.assertEqual({c["contact"] for c in observer.state("contact")}, {"pbx1/1"})

    def test_woken_router_tells_nothing_of_what_it_decided(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1")
            first = center.usherd
            center.others.append(first)
            os.kill(first.pid, signal.SIGSTOP)
            center.write_settings("second.yaml", "second.sock")
            center.start_usherd(config="second.yaml", wait=False)
            wait_until(lambda: center.is_leading(center.path("second.sock")), "the second leads")
            id = pbx.send({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            time.sleep(0.2)
            os.kill(first.pid, signal.SIGCONT)
            self.assertEqual(first.wait(10), 1)
            while pbx.pump(5):
                pass
            self.assertFalse(pbx.answers.get(id, {}).get("ok"))
            self.assertFalse([e for e in pbx.events if e["ev"] == "contact.arrived"])
            self.assertFalse([e for e in center.journal() if e["ev"] == "contact.arrived"])


if __name__ == "__main__":
    unittest.main()
