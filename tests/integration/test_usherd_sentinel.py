"""Redis with a replica and three sentinels: the master dies, is switched by hand, stalls; the sentinels are away, or know nothing."""

import json
import os
import signal
import socket
import statistics
import subprocess
import threading
import time
import unittest

from guarded import MASTER, GuardedCenter, GuardedPair, quiet_port, run_cli
from harness import Center, wait_until


SWITCHES = int(os.environ.get("USHER_SWITCHES", "2"))  # of the tests that measure; each takes some 12 s


def arrive(pbx, contact):
    return pbx.send({"do": "contact.arrive", "contact": contact, "channel": "voice"})


def arrived(center):
    return [e["contact"] for e in center.journal() if e["ev"] == "contact.arrived"]


def forget_tail(center):
    """From now on the master's writes do not reach the replica, which is stopped."""
    replica = center.servers[center.replica_port()]
    replica.send_signal(signal.SIGSTOP)
    run_cli(center.master_port(), "CLIENT", "KILL", "TYPE", "replica")
    return replica


class MasterDies(unittest.TestCase):
    def test_acknowledged_contacts_stand_and_new_ones_are_offered(self):
        times = []
        with GuardedCenter() as center:
            acknowledged = set()
            pbx, desk = center.staff()
            for life in range(SWITCHES):
                sent = {arrive(pbx, f"{life}-{i}"): f"pbx1/{life}-{i}" for i in range(200)}
                for id in list(sent)[:100]:
                    self.assertTrue(pbx.wait_answer(id)["ok"])
                start = time.monotonic()
                old = center.kill_master()
                for id in sent:
                    if id not in list(sent)[:100]:
                        self.assertTrue(pbx.wait_answer(id, timeout=30)["ok"])
                acknowledged |= set(sent.values())
                for contact in sent.values():  # the one who is offered goes away, so somebody else is offered
                    pbx.call({"do": "contact.abandon", "contact": contact.split("/")[1]})
                pbx.call({"do": "contact.arrive", "contact": f"new-{life}", "channel": "voice"})
                offered = desk.wait_event("contact.offered", contact=f"pbx1/new-{life}", timeout=30)
                times.append(time.monotonic() - start)
                self.assertTrue(offered)
                acknowledged.add(f"pbx1/new-{life}")
                pbx.call({"do": "contact.abandon", "contact": f"new-{life}"})
                there = arrived(center)
                self.assertEqual(len(there), len(set(there)))
                self.assertLessEqual(acknowledged, set(there))
                center.wait_log("Another Redis is the master now.*connection=journal", count=life + 1)
                if life + 1 < SWITCHES:
                    center.start_server(old)
                    center.wait_guarded()
            numbers = [tuple(map(int, e["n"].split("-"))) for e in center.journal()]
            self.assertEqual(numbers, sorted(set(numbers)))
            self.assertEqual({n[0] for n in numbers}, {numbers[0][0]})
        print("first new offer after kill -9 of the master: " + ", ".join(f"{t:.2f}" for t in times) +
              f" s; median {statistics.median(times):.2f} s", flush=True)

    def test_what_the_failover_lost_is_appended_again(self):
        with GuardedCenter() as center:
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "contact.arrive", "contact": "before", "channel": "voice"})
            wait_until(lambda: "slave_repl_offset" in run_cli(center.second, "INFO", "replication"), "replicated")
            replica = forget_tail(center)
            for i in range(30):
                pbx.call({"do": "contact.arrive", "contact": f"lost-{i}", "channel": "voice"})
            old = center.kill_master()
            replica.send_signal(signal.SIGCONT)
            center.wait_switch(old)
            pbx.call({"do": "contact.arrive", "contact": "after", "channel": "voice"}, timeout=30)
            center.wait_log("Redis lost the journal's end; it is appended again")
            self.assertEqual(arrived(center),
                             ["pbx1/before"] + [f"pbx1/lost-{i}" for i in range(30)] + ["pbx1/after"])
            center.kill_usherd()
            center.start_usherd()
            self.assertEqual(len(center.client("observer").state("contact")), 32)

    def test_profiles_are_followed_at_the_new_master(self):
        with GuardedCenter() as center:
            pbx, desk = center.staff()
            old = center.kill_master()
            center.wait_switch(old)
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"}, timeout=30)
            count = len([e for e in center.journal() if e["ev"] == "agent.profiled"])
            center.profile("olena", billing=3)
            wait_until(lambda: len([e for e in center.journal() if e["ev"] == "agent.profiled"]) > count,
                       "the change is known", 30)

    def test_usherd_that_starts_during_the_failover_leads_after_it(self):
        with GuardedCenter() as center:
            pbx = center.client("pbx", client="pbx1", instance="life-1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            center.kill_usherd()
            old = center.kill_master()
            center.start_usherd(wait=False)
            wait_until(center.is_leading, "usherd leads", 30)
            self.assertNotEqual(center.master_port(), old)
            self.assertEqual([c["contact"] for c in center.client("observer").state("contact")], ["pbx1/1"])

    def test_snapshots_are_written_at_the_new_master(self):
        with GuardedCenter(settings="journal: {snapshot_every: 20}\n") as center:
            pbx = center.client("pbx", client="pbx1")
            old = center.kill_master()
            center.wait_switch(old)
            for i in range(60):
                pbx.call({"do": "contact.arrive", "contact": str(i), "channel": "voice"}, timeout=30)
            wait_until(lambda: center.redis_cli("KEYS", center.key("snapshot:*")), "a snapshot is written")


class MasterIsSwitched(unittest.TestCase):
    def test_demoted_master_that_still_answers_is_left_soon(self):
        times = []
        with GuardedCenter() as center:
            pbx, desk = center.staff()
            for life in range(SWITCHES):
                old = center.master_port()
                wait_until(lambda: run_cli(center.sentinel_ports[0], "SENTINEL", "FAILOVER", MASTER) == "OK",
                           "the sentinel switches", 30)
                center.wait_switch(old)
                start = time.monotonic()
                center.wait_log("Another Redis is the master now.*connection=journal", count=life + 1)
                times.append(time.monotonic() - start)
                pbx.call({"do": "contact.arrive", "contact": str(life), "channel": "voice"}, timeout=30)
                self.assertEqual(len(arrived(center)), life + 1)
                if life + 1 < SWITCHES:
                    center.wait_guarded()
        print("followed a switch by hand after " + ", ".join(f"{t:.2f}" for t in times) + " s", flush=True)

    def test_master_that_stood_still_and_wakes_is_not_gone_back_to(self):
        with GuardedCenter() as center:
            pbx = center.client("pbx", client="pbx1")
            old = center.kill_master(signal.SIGSTOP)
            center.wait_switch(old)
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"}, timeout=30)
            center.servers[old].send_signal(signal.SIGCONT)
            center.wait_guarded()
            pbx.call({"do": "contact.arrive", "contact": "2", "channel": "voice"}, timeout=30)
            self.assertEqual(arrived(center), ["pbx1/1", "pbx1/2"])
            self.assertNotEqual(center.master_port(), old)


class SentinelsAreAway(unittest.TestCase):
    def test_usherd_serves_without_them_and_starts_when_they_are_back(self):
        with GuardedCenter() as center:
            pbx = center.client("pbx", client="pbx1", instance="life-1")
            center.kill_sentinels()
            center.wait_log("No sentinel answers: a switch of the master would be seen late", timeout=20)
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            center.kill_usherd()
            center.start_usherd(wait=False)
            line = center.wait_log("No sentinel says where Redis is")
            for port in center.sentinel_ports:
                self.assertIn(f"127.0.0.1:{port} Connection refused", line)
            center.start_sentinels()
            wait_until(center.is_leading, "usherd leads", 30)
            center.wait_log("Redis is back connection=journal")
            said = [l for l in center.log().splitlines()
                    if "No sentinel says where Redis is" in l and "connection=journal" in l]
            self.assertEqual(len(said), 1, said)

    def test_wrong_name_is_told(self):
        with GuardedCenter() as center:
            center.kill_usherd()
            with open(center.path("usherd.yaml")) as file:
                text = file.read()
            with open(center.path("usherd.yaml"), "w") as file:
                file.write(text.replace(f"master: {MASTER}", "master: mian"))
            center.start_usherd(wait=False)
            line = center.wait_log("The sentinels know no master of this name. Compare `master`")
            self.assertIn("master=mian", line)


class FakeSentinel:
    """Says what it is told to say: `word` is (port, epoch). With a login it asks for it first."""

    def __init__(self, word, login=()):
        self.word = word
        self.login = list(login)
        self.port = quiet_port()
        self.words_count = 0
        self.start()

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        try:
            self.talk(connection)
        except OSError:
            pass  # usherd has hung up

    def talk(self, connection):
        is_in = not self.login
        with connection, connection.makefile("rb") as lines:
            while True:
                head = lines.readline()
                if not head:
                    return
                words = []
                for _ in range(int(head[1:])):
                    words.append(lines.read(int(lines.readline()[1:]) + 2)[:-2].decode())
                if words[0] == "AUTH":
                    is_in = words[1:] == self.login
                    answer = "+OK\r\n" if is_in else "-WRONGPASS invalid\r\n"
                else:
                    answer = self.answer(words) if is_in else "-NOAUTH Authentication required.\r\n"
                connection.sendall(answer.encode())

    def answer(self, words):
        port, epoch = self.word
        texts = ["127.0.0.1", str(port)] if words[1] == "GET-MASTER-ADDR-BY-NAME" else \
            ["name", words[2], "ip", "127.0.0.1", "port", str(port), "config-epoch", str(epoch)]
        self.words_count += words[1] == "MASTER"
        return f"*{len(texts)}\r\n" + "".join(f"${len(text)}\r\n{text}\r\n" for text in texts)


class ToldCenter(Center):
    """Two Redis servers that know nothing of each other, and fake sentinels."""

    def __init__(self, words, login=(), **others):
        super().__init__(**others)
        self.words = words
        self.login = login
        self.fakes = []

    def start_redis(self, wait=True):
        self.ports = [quiet_port(), quiet_port()]
        for port in self.ports:
            folder = self.path(str(port))
            os.makedirs(folder)
            self.start(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes",
                        "--appendfsync", "always", "--save", ""])
            wait_until(lambda: run_cli(port, "PING") == "PONG", "redis-server answers")
        self.fakes = [FakeSentinel((self.ports[i], epoch), self.login) for i, epoch in self.words]
        self.write_settings()

    def redis_settings(self):
        places = ", ".join(f'"127.0.0.1:{fake.port}"' for fake in self.fakes) or '"127.0.0.1:1"'
        text = f"sentinels: [{places}], master: {MASTER}"
        if self.login:
            with open(self.path("sentinel.password"), "w") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(self.login[1])
            text += f", sentinel_user: {self.login[0]}, sentinel_password_file: sentinel.password"
        return text

    def redis_address(self):
        return ["-p", str(self.ports[1])]

    def close(self, is_failed=False):
        super().close(is_failed)
        for fake in self.fakes:
            fake.listener.close()

    def wait_words(self, fake):
        """Until each of the three connections has asked this sentinel for its word twice."""
        count = fake.words_count + 6
        wait_until(lambda: fake.words_count >= count, "the word was told", 20)

    def has_journal(self, index):
        return run_cli(self.ports[index], "EXISTS", self.key("journal")) == "1"


def usherctl_journal(center, *arguments):
    command = [os.environ["USHERCTL"], "--config", center.path("usherd.yaml"), "journal", *arguments]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)


class Words(unittest.TestCase):
    def test_newest_word_is_taken(self):
        with ToldCenter([(0, 3), (1, 4), (0, 2)]) as center:
            self.assertTrue(center.has_journal(1))
            self.assertFalse(center.has_journal(0))
            center.wait_log("The sentinels do not agree on the master; the newest word is taken")

    def test_sentinel_that_was_cut_off_leads_nobody_back(self):
        with ToldCenter([(0, 3), (1, 4)]) as center:
            center.fakes[1].stop()
            run_cli(center.ports[1], "CLIENT", "KILL", "TYPE", "normal")
            line = center.wait_log("The sentinels that answer name only a master of an older switch.*journal")
            self.assertIn("of the older epoch 3", line)
            self.assertIn("take those that are gone for good out of `sentinels`", line)
            center.fakes[1].start()
            center.wait_log("Redis is back connection=journal")
            self.assertFalse(center.has_journal(0))

    def test_master_that_all_know_anew_is_taken(self):
        with ToldCenter([(1, 7), (1, 7)]) as center:
            for fake in center.fakes:
                fake.word = (center.ports[0], 0)
            run_cli(center.ports[1], "CLIENT", "KILL", "TYPE", "normal")
            wait_until(lambda: center.has_journal(0), "the journal is written there")

    def test_word_of_any_sentinel_moves_usherd(self):
        with ToldCenter([(1, 1), (1, 1), (1, 1)]) as center:
            center.fakes[2].word = (center.ports[0], 2)
            wait_until(lambda: center.has_journal(0), "the journal is written there")
            line = center.wait_log("The connection to Redis is made anew connection=journal")
            self.assertIn("the sentinels name another master", line)
            self.assertNotIn("Redis cannot be reached", center.log())

    def test_repair_goes_where_the_newest_word_leads(self):
        with ToldCenter([(0, 3), (1, 4), (0, 2)]) as center:
            key = center.key("journal")
            for port in center.ports:  # the old master still takes itself for one
                run_cli(port, "XADD", key, "*", "by", "hand")
            place = f"127.0.0.1:{center.ports[1]}"
            self.assertIn(f"{key} in the Redis at {place}: ", usherctl_journal(center, "check").stdout)
            result = usherctl_journal(center, "repair", "--yes")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertNotIn("hand", run_cli(center.ports[1], "XRANGE", key, "-", "+"))
            self.assertIn("hand", run_cli(center.ports[0], "XRANGE", key, "-", "+"))
            center.fakes[1].word = (center.ports[1], 1)
            summary = json.loads(usherctl_journal(center, "check", "--json").stdout.splitlines()[-1])
            self.assertEqual(summary["redis"], f"127.0.0.1:{center.ports[0]}")

    def test_repair_tells_each_sentinels_reason(self):
        with ToldCenter([(1, 1), (1, 1)], login=["usherd", "s3cret"]) as center:
            center.fakes[0].stop()
            self.assertEqual(usherctl_journal(center, "check").returncode, 0)
            center.fakes[1].login[1] = "another"
            result = usherctl_journal(center, "check")
            self.assertEqual(result.returncode, 1, result)
            for fake, reason in zip(center.fakes, ("Connection refused", "WRONGPASS invalid")):
                self.assertIn(f"sentinel 127.0.0.1:{fake.port}: {reason}", result.stderr)

    def test_epoch_that_rose_without_a_switch_outweighs_a_middle_one(self):
        with ToldCenter([(1, 1), (1, 1)]) as center:
            center.fakes[0].word = (center.ports[1], 5)
            center.wait_words(center.fakes[0])
            center.fakes[1].word = (center.ports[0], 3)  # it was cut off
            center.wait_words(center.fakes[1])
            self.assertNotIn("another master", center.log())
            self.assertFalse(center.has_journal(0))

    def test_sentinels_may_ask_who_one_is(self):
        with ToldCenter([(1, 1)], login=["usherd", "s3cret"]) as center:
            self.assertTrue(center.has_journal(1))
            center.kill_usherd()
            center.fakes[0].login[1] = "another"
            center.start_usherd(wait=False)
            self.assertIn("WRONGPASS", center.wait_log("No sentinel says where Redis is.*journal"))
            self.assertNotIn("s3cret", center.log())


class TwoRouters(unittest.TestCase):
    def test_leader_and_standby_both_follow_a_switch(self):
        with GuardedPair() as pair:
            pbx = pair.client("pbx", client="pbx1", instance="life-1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            old = pair.kill_master()
            pair.wait_switch(old)
            pbx = pair.come_back("pbx", "pbx1", instance="life-1", timeout=30)
            pbx.call({"do": "contact.arrive", "contact": "2", "channel": "voice"}, timeout=30)
            leader = pair.leader()
            follower = "b" if leader == "a" else "a"
            wait_until(lambda: (pair.describe(follower) or {}).get("digest") == "same", "the standby follows on", 30)
            pair.kill(leader)
            pair.wait_leader(follower)
            kept = pair.come_back("observer", "watch").state("contact")
            self.assertEqual({c["contact"] for c in kept}, {"pbx1/1", "pbx1/2"})


if __name__ == "__main__":
    unittest.main()
