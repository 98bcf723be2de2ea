"""Sessions: who may be what, resume and snapshot, repeated ids, a PBX that connects twice, readers that do not read."""
import grp
import os
import pwd
import resource
import socket
import subprocess
import sys
import unittest

from harness import Center, Client, wait_until

# One that every user may start.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable

# Says hello in each role, and prints the outcome: run as another user.
HELLOS = """
import json, socket, sys
for role in ("pbx", "desk", "supervisor", "admin", "observer"):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    s.sendall(json.dumps({"do": "hello", "role": role, "client": "c-" + role, "agent": "olena"}).encode() + b"\\n")
    answer = json.loads(s.makefile().readline())
    print(role, "ok" if answer.get("ok") else answer["error"]["code"])
"""


class Roles(unittest.TestCase):
    def outcomes(self, path, **who):
        done = subprocess.run([PYTHON, "-c", HELLOS, path], capture_output=True, text=True, timeout=30, **who)
        self.assertEqual(done.returncode, 0, done.stderr)
        return dict(line.split() for line in done.stdout.splitlines())

    @unittest.skipUnless(os.geteuid() == 0, "only root can start processes of other users")
    def test_peer_takes_the_roles_of_its_user_and_of_all_its_groups(self):
        nobody = pwd.getpwnam("nobody").pw_uid
        daemon, mail = grp.getgrnam("daemon").gr_gid, grp.getgrnam("mail").gr_gid
        center = Center()
        center.listen = []
        with center:
            path = center.path("granted.sock")
            os.chmod(center.folder, 0o711)
            center.listen = [f'{{unix: "{path}", mode: "0666", roles: {{pbx: {{group: daemon}}, admin: {{user: nobody}}}}}}']
            center.kill_usherd()
            center.write_settings()
            center.start_usherd()
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o666)
            refused = {role: "unauthorized" for role in ("pbx", "desk", "supervisor", "admin", "observer")}
            python = {"cwd": "/"}
            self.assertEqual(self.outcomes(path, user=nobody, group=mail, extra_groups=[daemon], **python),
                             {**refused, "pbx": "ok", "admin": "ok"})
            self.assertEqual(self.outcomes(path, user=daemon, group=mail, extra_groups=[], **python), refused)
            self.assertEqual(self.outcomes(path, **python), refused, "root has what the grants say")
            self.assertEqual(set(self.outcomes(center.socket, **python).values()), {"ok"})
            os.chmod(center.socket, 0o666)
            self.assertEqual(self.outcomes(center.socket, user=nobody, group=mail, extra_groups=[], **python), refused)


class Session(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.center = Center()
        cls.center.__enter__()
        cls.addClassCleanup(cls.center.close)
        for agent in ("olena", "taras"):
            cls.center.profile(agent)
        wait_until(lambda: len(cls.center.client("observer").state("agent")) == 2, "the profiles are read")

    def resume(self, role, client, after, **who):
        session = self.center.raw_client()
        session.hello(role, client, after=after, **who)
        return session

    def end(self, pbx, desk, contact, agent="olena"):
        """A life from the offer on."""
        offer = pbx.wait_event("contact.offered", contact=contact)["offer"]
        for do in ("contact.ring", "contact.answer"):
            pbx.call({"do": do, "contact": contact, "offer": offer})
        pbx.call({"do": "contact.end", "contact": contact})
        return desk.wait_event("contact.done", contact=contact)

    def test_hello_must_come_first(self):
        client = self.center.raw_client()
        client.refuse({"do": "agent.ready"}, "hello_first")
        client.refuse({"do": "hello", "role": "king"}, "bad_field")
        client.refuse({"do": "hello", "role": "pbx"}, "missing_field")
        client.refuse({"do": "hello", "role": "desk"}, "missing_field")
        client.hello("observer")

    def test_connection_that_says_nothing_is_ended_after_five_seconds(self):
        client = self.center.raw_client()
        client.wait_closed(timeout=15)
        self.assertEqual(client.answers[None]["error"]["code"], "hello_first")

    def test_resume_gives_what_was_missed_and_nothing_else(self):
        pbx = self.center.client("pbx", client="resume-pbx")
        pbx.call({"do": "contact.arrive", "contact": "a", "channel": "voice"})
        seen = pbx.wait_event("contact.arrived")["n"]
        pbx.close()
        supervisor = self.center.client("supervisor")
        supervisor.call({"do": "contact.note", "contact": "resume-pbx/a", "note": "said while the PBX was away"})
        pbx = self.resume("pbx", "resume-pbx", seen)
        self.assertEqual(pbx.welcome["resumed"], 1)
        noted = pbx.wait_event("contact.noted")
        self.assertEqual(noted["note"], "said while the PBX was away")
        self.assertGreater(int(noted["n"].split("-")[1]), int(seen.split("-")[1]))
        self.assertFalse([e for e in pbx.events if e["ev"] == "contact.arrived"])
        pbx.call({"do": "contact.abandon", "contact": "a"})

    def test_unknown_number_gives_a_snapshot(self):
        pbx = self.center.client("pbx", client="snapshot-pbx")
        pbx.call({"do": "contact.arrive", "contact": "a", "channel": "voice", "from": "+380501112233", "data": {"k": "v"}})
        for after in ("1-1", "2000000000-1", "soon"):
            again = self.resume("pbx", "snapshot-pbx", after)
            self.assertEqual(again.welcome["resumed"], 0)
            (contact,) = again.state("contact")
            self.assertEqual(contact["contact"], "snapshot-pbx/a")
            self.assertEqual(contact["state"], "waiting")
            self.assertEqual(contact["data"], {"k": "v"})
        again.call({"do": "contact.abandon", "contact": "a"})

    def test_snapshot_and_events_are_what_concerns_the_client(self):
        one, two = (self.center.client("pbx", client=f"view-pbx{i}") for i in (1, 2))
        one.call({"do": "contact.arrive", "contact": "a", "channel": "voice"})
        two.call({"do": "contact.arrive", "contact": "b", "channel": "voice"})
        one.wait_event("contact.arrived", contact="view-pbx1/a")
        one.expect_no_event("contact.arrived", contact="view-pbx2/b")
        desk = self.center.client("desk", agent="taras")
        self.assertEqual([a["agent"] for a in desk.state("agent")], ["taras"])
        self.assertEqual(desk.state("contact"), [])
        observer = self.center.client("observer", client="view-observer")
        self.assertEqual({c["contact"] for c in observer.state("contact")} & {"view-pbx1/a", "view-pbx2/b"},
                         {"view-pbx1/a", "view-pbx2/b"})
        observer.refuse({"do": "agent.ready", "agent": "taras"}, "not_allowed")
        for pbx, contact in ((one, "a"), (two, "b")):
            pbx.call({"do": "contact.abandon", "contact": contact})
            observer.wait_event("contact.abandoned", contact=f"{pbx.welcome['client']}/{contact}")

    def test_repeated_id_is_not_done_twice_even_after_a_restart(self):
        command = {"id": "c-1", "do": "contact.arrive", "contact": "a", "channel": "voice"}
        pbx = self.center.client("pbx", client="repeat-pbx")
        pbx.call(command)
        arrived = pbx.wait_event("contact.arrived")
        self.assertEqual((arrived["by"], arrived["by_id"]), ("repeat-pbx", "c-1"))
        pbx.call(command)
        pbx.refuse({**command, "id": "c-2"}, "contact_exists")
        self.center.kill_usherd()
        self.center.start_usherd()
        pbx = self.center.client("pbx", client="repeat-pbx")
        pbx.call(command)
        pbx.expect_no_event("contact.arrived")
        other = self.center.client("pbx", client="repeat-pbx2")
        other.call(command)
        for client in (pbx, other):
            client.call({"do": "contact.abandon", "contact": "a"})

    def test_second_session_of_a_pbx_replaces_the_first(self):
        first = self.center.client("pbx", client="twice-pbx")
        observer = self.center.client("observer", client="twice-observer")
        second = self.center.client("pbx", client="twice-pbx")
        first.wait_closed()
        self.assertEqual(first.answers[None]["error"]["code"], "not_allowed")
        observer.expect_no_event("link.lost", client="twice-pbx")
        second.call({"do": "ping"})
        other = self.center.raw_client()
        other.refuse({"do": "hello", "role": "desk", "agent": "olena", "client": "twice-pbx"}, "not_allowed")

    def test_lost_pbx_is_told_and_gets_no_offers_until_it_is_back(self):
        observer = self.center.client("observer", client="lost-observer")
        pbx = self.center.client("pbx", client="lost-pbx")
        pbx.call({"do": "contact.arrive", "contact": "a", "channel": "voice"})
        pbx.close()
        observer.wait_event("link.lost", client="lost-pbx")
        desk = self.center.client("desk", agent="olena")
        desk.call({"do": "agent.ready"})
        desk.expect_no_event("contact.offered")
        pbx = self.center.client("pbx", client="lost-pbx")
        observer.wait_event("link.regained", client="lost-pbx")
        self.assertEqual(self.end(pbx, desk, "lost-pbx/a")["agent"], "olena")
        desk.call({"do": "agent.sign_out"})

    def test_agent_whose_desk_is_gone_is_offered_talks_on_and_sees_it_all_when_the_desk_is_back(self):
        with Center() as center:
            center.profile("olena", billing=8)
            pbx = center.client("pbx", client="pbx1")
            desk = center.client("desk", agent="olena")
            desk.call({"do": "agent.ready"})
            desk.close()
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            offered = pbx.wait_event("contact.offered", agent="olena")
            pbx.call({"do": "contact.answer", "contact": "1", "offer": offered["offer"]})
            pbx.wait_event("contact.answered", agent="olena")
            desk = center.client("desk", agent="olena")
            self.assertEqual([c["state"] for c in desk.state("contact", contact="pbx1/1")], ["talking"])
            desk.close()
            pbx.call({"do": "contact.end", "contact": "1"})
            pbx.call({"do": "contact.arrive", "contact": "2", "channel": "voice"})
            self.assertEqual(pbx.wait_event("contact.offered", contact="pbx1/2")["agent"], "olena")

    def test_new_instance_means_that_all_calls_are_gone(self):
        pbx = self.center.client("pbx", client="instance-pbx", instance="monday")
        pbx.call({"do": "contact.arrive", "contact": "a", "channel": "voice"})
        pbx.close()
        observer = self.center.client("observer", client="instance-observer")
        pbx = self.center.client("pbx", client="instance-pbx", instance="tuesday")
        observer.wait_event("contact.abandoned", contact="instance-pbx/a")
        pbx.refuse({"do": "contact.abandon", "contact": "a"}, "no_such_contact")

    def test_slow_reader_is_closed_with_slow_consumer_as_last_line(self):
        slow = Client(self.center.socket)
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.hello("observer", client="slow")
        pbx = self.center.client("pbx", client="slow-pbx")
        data = {"text": "x" * 7000}
        for i in range(400):
            pbx.call({"do": "contact.arrive", "contact": f"c{i}", "channel": "voice", "data": data})
            pbx.call({"do": "contact.abandon", "contact": f"c{i}"})
        self.center.wait_log("A client reads too slowly")
        slow.wait_closed()
        self.assertEqual(slow.answers[None]["error"]["code"], "slow_consumer")
        slow.close()

    def test_reload_and_its_mistakes(self):
        admin = self.center.client("admin", client="reload-admin")
        supervisor = self.center.client("supervisor", client="reload-supervisor")
        supervisor.refuse({"do": "rules.reload"}, "not_allowed")
        self.addCleanup(self.center.write_rules, self.center.rules)
        self.center.write_rules("skills: [a\n")
        error = admin.refuse({"do": "rules.reload"}, "bad_rules")
        self.assertRegex(error["message"], r"\d+:\d+: ")
        self.center.write_rules(self.center.rules + "# as before, but not in its bytes\n")
        admin.call({"do": "rules.reload"})
        admin.wait_event("rules.loaded")


class Starting(unittest.TestCase):
    def test_hello_before_the_router_leads_may_be_said_again(self):
        with Center() as center:
            center.kill_usherd()
            center.kill_redis()
            center.start_usherd(wait=False)
            center.wait_log("Listening", count=2)
            client = wait_until(lambda: center.raw_client(), "the socket is there")
            error = client.refuse({"do": "hello", "role": "observer"}, "storage_unavailable")
            self.assertTrue(error["retry"])
            center.start_redis()
            wait_until(center.is_leading, "usherd leads")
            center.client("observer").call({"do": "ping"})


class Descriptors(unittest.TestCase):
    def test_listener_waits_while_descriptors_are_out_and_serves_again(self):
        with Center() as center:
            observer = center.client("observer")
            used = len(os.listdir(f"/proc/{center.usherd.pid}/fd"))
            resource.prlimit(center.usherd.pid, resource.RLIMIT_NOFILE, (used + 5, used + 5))
            many = [Client(center.socket) for _ in range(20)]
            center.wait_log("A connection could not be accepted")
            observer.call({"do": "ping"})
            for client in many:
                client.close()
            wait_until(center.is_leading, "a new connection is served")


class Draining(unittest.TestCase):
    def test_clients_are_told_that_the_router_stops(self):
        with Center() as center:
            observer = center.client("observer")
            admin = center.client("admin")
            admin.send({"do": "router.drain"})
            observer.wait_event("router.stopped")
            observer.wait_closed()
            self.assertEqual(observer.answers[None]["error"]["code"], "draining")
            self.assertEqual(center.usherd.wait(10), 0)
            self.assertFalse(os.path.exists(center.socket), "the socket's file is removed")


class SocketFile(unittest.TestCase):
    def test_file_that_a_killed_process_left_is_replaced_and_a_living_one_is_not(self):
        with Center() as center:
            center.kill_usherd()
            self.assertTrue(os.path.exists(center.socket))
            center.start_usherd()
            first = center.usherd
            second = center.start_usherd(wait=False)
            self.assertNotEqual(second.wait(10), 0)
            center.wait_log("The listener cannot be opened")
            center.usherd = first
            center.client("observer").call({"do": "ping"})


if __name__ == "__main__":
    unittest.main()
