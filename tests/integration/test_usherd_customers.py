"""What is remembered of customers: read before their contacts are routed, written from durable events."""

import json
import unittest

from harness import Center, wait_until
from pair import Pair

RULES = """\
customer: {key: [data.contract, from], keep: 30d}
skills: [billing]
tiers: {gold: {}, standard: {}}
queues:
  support: {ring: 15s, wrap_up: 30s}
  care: {ring: 15s}
routes:
  - {when: {customer.tier: gold}, queue: support, tier: gold}
  - {when: {repeat: true}, queue: support, tier: gold}
  - queue: support
"""


class WithCustomers(unittest.TestCase):
    rules = RULES

    def setUp(self):
        self.center = self.enterContext(Center(rules=self.rules))
        self.pbx, self.desk = self.center.staff()

    def key(self, customer):
        return self.center.key("customer:" + customer)

    def remembered(self, customer):
        words = self.center.redis_cli("HGETALL", self.key(customer)).splitlines()
        return dict(zip(words[::2], words[1::2]))

    def arrive(self, contact, **fields):
        self.pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", **fields})
        return self.pbx.wait_event("contact.arrived", contact="pbx1/" + contact)

    def serve(self, contact, **fields):
        arrived = self.arrive(contact, **fields)
        offer = self.pbx.wait_event("contact.offered", contact="pbx1/" + contact)
        self.pbx.call({"do": "contact.answer", "contact": contact, "offer": offer["offer"]})
        self.pbx.call({"do": "contact.end", "contact": contact})
        self.desk.call({"do": "contact.wrap_up", "contact": "pbx1/" + contact, "disposition": "solved"})
        return arrived, offer


class Customers(WithCustomers):
    def test_whom_we_book_is_known_too(self):
        self.center.redis_cli("HSET", self.key("UA-9"), "tier", "gold", "usher.last_agent", "olena", "usher.last_ms", "1763743800000")
        for contact in ({"contact": "b1"}, {}):
            self.pbx.call({"do": "contact.schedule", "channel": "callback", "from": "+380501112233", "customer": "UA-9" if contact else "UA-10",
                           **contact})
        booked = self.pbx.wait_event("contact.scheduled", contact="pbx1/b1")
        self.assertEqual((booked["tier"], booked["last_agent"]), ("gold", "olena"))
        self.assertNotIn("repeat", booked)

    def test_who_comes_by_a_list_of_calls_is_known_too(self):
        self.center.redis_cli("HSET", self.key("UA-5"), "tier", "gold", "usher.last_agent", "olena", "usher.last_ms", "1763743800000")
        self.pbx.call({"do": "sync.begin"})
        for contact, contract in ("s1", "UA-5"), ("s2", "UA-6"), ("s3", None):
            data = {"data": {"contract": contract}} if contract else {}
            self.pbx.call({"do": "sync.contact", "contact": contact, "channel": "voice", "state": "waiting", **data})
        # What is said right after the list is carried out after it.
        self.pbx.send({"id": "end", "do": "sync.end", "count": 3})
        self.pbx.send({"id": "gone", "do": "contact.abandon", "contact": "s3"})
        arrived = self.pbx.wait_event("contact.arrived", contact="pbx1/s1")
        self.assertEqual((arrived["tier"], arrived["last_agent"], arrived["customer"]), ("gold", "olena", "UA-5"))
        self.pbx.wait_event("contact.arrived", contact="pbx1/s2")
        self.pbx.wait_event("contact.abandoned", contact="pbx1/s3")
        self.assertEqual([event["contact"] for event in self.center.journal() if event["ev"] == "customer.known"], ["pbx1/s1", "pbx1/s2"])

    def test_a_customer_is_remembered_and_known_the_next_time(self):
        self.center.redis_cli("HSET", self.key("UA-7"), "city", "Sumy", "tier", "standard")
        arrived, _ = self.serve("c1", data={"contract": "UA-7"})
        self.assertEqual(arrived["customer"], "UA-7")
        self.assertNotIn("repeat", arrived)
        wait_until(lambda: "usher.disposition" in self.remembered("UA-7"), "the disposition to be remembered")
        hash = self.remembered("UA-7")
        self.assertEqual(hash["city"], "Sumy")
        self.assertEqual(hash["usher.last_agent"], "olena")
        self.assertEqual(hash["usher.contacts"], "1")
        self.assertEqual(hash["usher.last_queue"], "support")
        self.assertEqual(hash["usher.disposition"], "solved")
        self.assertGreater(int(self.center.redis_cli("TTL", self.key("UA-7"))), 29 * 86400)
        arrived, offer = self.serve("c2", data={"contract": "UA-7"})
        self.assertEqual((arrived["repeat"], arrived["tier"], arrived["last_agent"]), (1, "gold", "olena"))
        known = next(event for event in self.center.journal() if event["ev"] == "customer.known" and event["contact"] == "pbx1/c2")
        self.assertEqual(known["memory"]["city"], "Sumy")
        self.assertEqual(known["memory"]["contacts"], 1)
        self.assertEqual(known["resolved"], 0)
        self.assertEqual(offer["memory"], known["memory"])
        wait_until(lambda: self.remembered("UA-7")["usher.contacts"] == "2", "the second contact to be counted")

    def test_what_a_crm_writes_routes_the_next_contact(self):
        self.center.redis_cli("HSET", self.key("+380501112233"), "tier", "gold")
        self.assertEqual(self.arrive("c1", **{"from": "+380501112233"})["tier"], "gold")
        self.assertEqual(self.arrive("c2", **{"from": "+380509999999"})["tier"], "standard")
        self.assertNotIn("customer", self.arrive("c3"))

    def test_commands_of_a_contact_keep_their_order_while_its_memory_is_read(self):
        for i in range(20):
            self.pbx.send({"id": f"a{i}", "do": "contact.arrive", "contact": f"c{i}", "channel": "voice", "from": f"+38050{i}"})
            self.pbx.send({"id": f"b{i}", "do": "contact.abandon", "contact": f"c{i}"})
        for i in range(20):
            self.assertTrue(self.pbx.wait_answer(f"a{i}")["ok"])
            self.assertTrue(self.pbx.wait_answer(f"b{i}")["ok"])

    def test_what_was_durable_and_not_written_is_written_after_a_kill(self):
        self.center.redis_cli("CONFIG", "SET", "maxmemory", "0")
        self.center.redis_cli("ACL", "SETUSER", "default", "-exec")
        self.serve("c1", data={"contract": "UA-7"})
        self.center.wait_log("refuses what is to be remembered")
        self.center.kill_usherd()
        self.assertEqual(self.remembered("UA-7"), {})
        self.center.redis_cli("ACL", "SETUSER", "default", "+exec")
        self.center.start_usherd()
        wait_until(lambda: self.remembered("UA-7").get("usher.disposition") == "solved", "it to be written after all")

    def test_an_older_value_never_overwrites_a_newer_one(self):
        self.serve("c1", data={"contract": "UA-7"})
        wait_until(lambda: "usher.disposition" in self.remembered("UA-7"), "the disposition to be remembered")
        self.center.redis_cli("HSET", self.key("UA-7"), "usher.n", "2000000000-1", "usher.disposition", "newer")
        self.center.kill_usherd()
        self.center.start_usherd()
        self.pbx = self.center.client("pbx", client="pbx1")
        self.desk = self.center.client("desk", agent="olena")
        self.serve("c2", data={"contract": "UA-8"})
        wait_until(lambda: "usher.disposition" in self.remembered("UA-8"), "the next customer to be remembered")
        self.assertEqual(self.remembered("UA-7")["usher.disposition"], "newer")

    def test_a_slow_redis_holds_no_contact_up(self):
        self.center.redis_cli("HSET", self.key("UA-7"), "tier", "gold")
        self.center.redis_cli("CLIENT", "PAUSE", "400", "ALL")
        self.pbx.send({"id": "a1", "do": "contact.arrive", "contact": "c1", "channel": "voice", "data": {"contract": "UA-7"}})
        self.assertTrue(self.pbx.wait_answer("a1")["ok"])
        self.center.wait_log("contacts are routed without")
        arrived = self.pbx.wait_event("contact.arrived", contact="pbx1/c1")
        self.assertEqual((arrived["tier"], arrived["customer"]), ("standard", "UA-7"))


class Erased(WithCustomers):
    rules = RULES.replace("keep: 30d", "read: 1s")

    def test_what_was_remembered_of_an_erased_customer_does_not_come_back(self):
        admin = self.center.client("admin")
        self.center.redis_cli("HSET", self.key("UA-7"), "tier", "gold")
        self.center.redis_cli("CLIENT", "PAUSE", "300", "ALL")
        self.pbx.send({"id": "a1", "do": "contact.arrive", "contact": "c1", "channel": "voice", "data": {"contract": "UA-7"}})
        self.pbx.call({"do": "ping"})  # c1 waits for what is remembered, longer than its customer is
        admin.call({"do": "customer.erase", "customer": "UA-7"})
        self.assertTrue(self.pbx.wait_answer("a1")["ok"])
        wait_until(lambda: not self.remembered("UA-7"), "the memory to be deleted")
        self.center.redis_cli("HSET", self.key("UA-7"), "tier", "gold")
        self.center.redis_cli("ACL", "SETUSER", "default", "-exec")
        admin.call({"do": "customer.erase", "customer": "UA-7"})
        self.center.wait_log("refuses what is to be remembered")
        self.assertEqual(self.arrive("c2", data={"contract": "UA-7"})["tier"], "standard")
        self.center.redis_cli("ACL", "SETUSER", "default", "+exec")
        erased = next(event["n"] for event in self.center.journal() if event["ev"] == "customer.erased")
        arrived = next(event["n"] for event in self.center.journal() if event["ev"] == "contact.arrived")
        self.assertLess(int(arrived.split("-")[1]), int(erased.split("-")[1]))
        self.assertNotIn("gold", json.dumps(self.center.journal()))


class Failover(WithCustomers):
    def test_an_erasure_that_a_failover_lost_is_carried_out_again(self):
        self.serve("c1", data={"contract": "UA-7"})
        wait_until(lambda: "usher.disposition" in self.remembered("UA-7"), "the disposition to be remembered")
        before = self.center.redis_cli("HGET", self.key("UA-7"), "usher.n")
        self.center.client("admin").call({"do": "customer.erase", "customer": "UA-7"})
        wait_until(lambda: not self.remembered("UA-7"), "the memory to be deleted")
        wait_until(lambda: self.center.redis_cli("HGET", self.center.key("erased"), "UA-7"), "the erasure to be written")
        self.center.redis_cli("DEL", self.center.key("erased"))
        self.center.redis_cli("HSET", self.key("UA-7"), "city", "Sumy", "usher.n", before)
        self.center.kill_redis()
        self.center.start_redis()
        wait_until(lambda: self.center.redis_cli("HGET", self.center.key("erased"), "UA-7"), "the erasure to be written again")
        self.assertEqual(self.remembered("UA-7"), {})


class TakeOver(unittest.TestCase):
    def test_a_standby_writes_what_the_dead_leader_had_not_written(self):
        with Pair(rules=RULES) as pair:
            key = pair.key("customer:UA-7")
            pbx = pair.client("pbx", client="pbx1")
            pair.redis_cli("ACL", "SETUSER", "default", "-hget")
            for contact in ("c1", "c2"):
                pbx.call({"do": "contact.arrive", "contact": contact, "channel": "voice", "data": {"contract": "UA-7"}})
                pbx.call({"do": "contact.abandon", "contact": contact})
            self.assertEqual(pair.redis_cli("HGETALL", key), "")
            pair.kill("a")
            pair.wait_leader("b")
            pair.redis_cli("ACL", "SETUSER", "default", "+hget")
            wait_until(lambda: pair.redis_cli("HGET", key, "usher.outcome") == "abandoned", "it to be written after all")


if __name__ == "__main__":
    unittest.main()
