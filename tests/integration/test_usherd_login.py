"""Who usherd is to Redis: a user with no more rights than it needs, wrong passwords, missing rights, a replica in the master's place."""

import glob
import os
import re
import subprocess
import unittest

from guarded import GuardedCenter
from harness import Center, free_port, wait_until

PASSWORD = "correct-horse-battery-staple"


def remedy_of(line):
    return re.search(r'remedy="ACL (SETUSER [^"]+)"', line).group(1)


class LoginCenter(Center):
    """Redis lets nobody in but `usherd` and, for the test itself, `tester`."""

    def __init__(self, password=PASSWORD, user="usherd", rule=None, **others):
        super().__init__(**others)
        self.password = password
        self.user = user
        self.rule = rule

    def redis_settings(self):
        with open(self.path("redis.password"), "w") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(self.password + "\n")
        user = f"user: {self.user}, " if self.user else ""
        return super().redis_settings() + f", {user}password_file: redis.password"

    def start_redis(self, wait=True):
        super().start_redis(wait)
        self.redis_cli("ACL", "SETUSER", "tester", "on", ">tester", "~*", "&*", "+@all")
        self.tester = ["--user", "tester", "--pass", "tester", "--no-auth-warning"]
        if self.rule:
            self.redis_cli("ACL", *self.rule.replace(">PASSWORD", ">" + PASSWORD).split())
        self.redis_cli("ACL", "SETUSER", "default", "off")

    def redis_address(self):
        return super().redis_address() + getattr(self, "tester", [])

    def start_usherd(self, *arguments, wait=None, **others):
        """Whether it leads depends on the rights."""
        return super().start_usherd(*arguments, wait=bool(self.rule) if wait is None else wait, **others)


def readme_rule():
    with open(os.path.join(os.environ["USHER_SOURCE"], "README.md")) as file:
        text = file.read()
    line = re.search(r'"ACL (SETUSER usherd reset on >PASSWORD [^"]+)"', text).group(1)
    return " ".join(line.replace("\\\n", " ").split())


class Rights(unittest.TestCase):
    def test_the_rights_in_the_log_are_enough_for_all_that_usherd_does(self):
        with LoginCenter() as center:
            rule = remedy_of(center.wait_log("Redis does not let usherd do its work"))
            self.assertEqual(rule, readme_rule().replace("{main}", "{test}"))
        with LoginCenter(rule=rule, settings="journal: {snapshot_every: 20, keep: 1m}\n") as center:
            pbx, _ = center.staff()
            for i in range(60):
                pbx.call({"do": "contact.arrive", "contact": str(i), "channel": "voice"})
            center.wait_log("A snapshot was written", count=2)
            center.profile("olena", billing=3)
            wait_until(lambda: len([e for e in center.journal() if e["ev"] == "agent.profiled"]) == 2,
                       "a change of the profile is followed")
            center.write_rules(center.rules + "# another hash\n")
            center.client("admin").call({"do": "rules.reload"})
            center.redis_cli("FLUSHALL")  # the journal is written anew
            pbx.call({"do": "contact.arrive", "contact": "last", "channel": "voice"}, timeout=20)
            center.kill_usherd()
            center.start_usherd()
            self.assertEqual(len(center.client("observer").state("contact")), 61)
            center.redis_cli("XADD", center.key("journal"), "*", "by", "hand")
            usherctl = [os.environ["USHERCTL"], "--config", center.path("usherd.yaml"), "journal", "repair", "--yes"]
            result = subprocess.run(usherctl, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
            self.assertEqual(result.returncode, 0, result)
            self.assertNotIn("NOPERM", center.log())
            refused = center.redis_cli("ACL", "LOG").splitlines()
            self.assertFalse([line for line in refused if line == "usherd"], refused)

    def test_missing_right_is_told_with_the_line_to_set(self):
        with LoginCenter(rule="SETUSER usherd reset on >PASSWORD ~* &* +@all") as center:
            center.redis_cli("ACL", "SETUSER", "usherd", "-xadd")
            line = center.wait_log("Redis does not let usherd do its work.*connection=journal")
            self.assertIn("NOPERM", line)
            center.redis_cli("ACL", *remedy_of(line).replace(">PASSWORD", ">" + PASSWORD).split())
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"}, timeout=20)

    def test_wrong_password_is_told_and_the_right_one_works_without_a_restart(self):
        with LoginCenter(password="wrong-" + PASSWORD) as center:
            center.redis_cli("ACL", "SETUSER", "usherd", "reset", "on", ">another", "~*", "&*", "+@all")
            line = center.wait_log("Redis does not let usherd do its work.*WRONGPASS")
            self.assertIn("user=usherd", line)
            center.redis_cli("ACL", "SETUSER", "usherd", ">wrong-" + PASSWORD)
            wait_until(center.is_leading, "usherd leads")
            told = [l for l in center.log().splitlines() if "does not let" in l and "connection=journal" in l]
            self.assertEqual(len(told), 1, told)

    def test_redis_that_wants_a_password_is_told_when_there_is_none(self):
        with Center() as center:
            center.kill_usherd()
            center.redis_cli("ACL", "SETUSER", "default", "resetpass", ">x")
            center.start_usherd(wait=False)
            line = center.wait_log("Redis does not let usherd do its work")
            self.assertIn("NOAUTH", line)
            self.assertIn("`user` and `password_file`", line)

    def test_password_stands_in_no_log_and_no_title(self):
        with LoginCenter(rule="SETUSER usherd reset on >PASSWORD ~* &* +@all",
                         settings="journal: {snapshot_every: 20}\n") as center:
            center.kill_usherd()
            center.start_usherd("--verbose")
            pbx = center.client("pbx", client="pbx1")
            for i in range(40):
                pbx.call({"do": "contact.arrive", "contact": str(i), "channel": "voice"})
            center.wait_log("A snapshot was written")
            center.kill_redis()
            center.wait_log("Redis is away")
            with open(f"/proc/{center.usherd.pid}/cmdline", "rb") as file:
                self.assertNotIn(PASSWORD.encode(), file.read())
            for path in glob.glob(center.path("*.log")):
                with open(path, errors="replace") as file:
                    self.assertNotIn(PASSWORD, file.read())


class RenamingCenter(Center):
    """A Redis that has no such command, and quotes what it was sent instead."""

    def __init__(self, command, password=None, **others):
        super().__init__(**others)
        self.command = command
        self.password = password

    def redis_options(self):
        return ["--rename-command", self.command, ""]

    def redis_settings(self):
        if not self.password:
            return super().redis_settings()
        with open(self.path("redis.password"), "w") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(self.password + "\n")
        return super().redis_settings() + ", password_file: redis.password"

    def start_usherd(self, *arguments, **others):
        return super().start_usherd(*arguments, **{**others, "wait": False})


class Quoting(unittest.TestCase):
    def test_password_that_redis_quotes_is_not_told(self):
        with RenamingCenter("AUTH", PASSWORD) as center:
            self.assertIn("ERR unknown command", center.wait_log("Redis does not let usherd do its work"))
            self.assertNotIn(PASSWORD, center.log())
            usherctl = [os.environ["USHERCTL"], "--config", center.path("usherd.yaml"), "journal", "check"]
            result = subprocess.run(usherctl, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
            self.assertEqual(result.returncode, 1, result)
            self.assertIn('Redis does not let "default" in: ERR unknown command', result.stderr)
            self.assertNotIn(PASSWORD, result.stdout + result.stderr)

    def test_rules_and_events_that_redis_quotes_are_not_told(self):
        for command in ("SET", "XADD"):
            with self.subTest(command), RenamingCenter(command) as center:
                line = center.wait_log("ERR unknown command")
                self.assertIn(f"'{command}'", line)
                self.assertNotIn("with args", center.log())


class NamedCenter(Center):
    """Its Redis has a name for which no other machine is asked."""

    def redis_options(self):
        self.port = free_port()
        return ["--port", str(self.port)]

    def redis_settings(self):
        return f"host: '127.1', port: {self.port}" if hasattr(self, "port") else super().redis_settings()

    def start_redis(self, wait=True):
        super().start_redis(wait)
        self.write_settings()


class Role(unittest.TestCase):
    def test_replica_in_the_masters_place_is_told_and_served_once_it_is_master(self):
        with Center() as center:
            pbx = center.client("pbx", client="pbx1")
            pbx.call({"do": "contact.arrive", "contact": "1", "channel": "voice"})
            center.redis_cli("REPLICAOF", "127.0.0.1", free_port())
            line = center.wait_log("This Redis is no master. Name the master")
            self.assertIn("a replica of 127.0.0.1:", line)
            self.assertIn("it is a replica now", center.wait_log("The connection to Redis is made anew"))
            self.assertNotIn("Redis cannot be reached", center.log())
            center.redis_cli("REPLICAOF", "NO", "ONE")
            pbx.call({"do": "contact.arrive", "contact": "2", "channel": "voice"}, timeout=20)
            self.assertEqual([e["contact"] for e in center.journal() if e["ev"] == "contact.arrived"],
                             ["pbx1/1", "pbx1/2"])

    def test_host_that_is_a_name_is_warned_of(self):
        with NamedCenter() as center:
            self.assertIn("host=127.1", center.wait_log("A host of Redis is a name"))
        with Center() as center:
            self.assertNotIn("is a name", center.log())

    def test_sentinel_in_the_masters_place_is_told(self):
        with GuardedCenter() as center:
            center.kill_usherd()
            with open(center.path("usherd.yaml")) as file:
                text = file.read()
            with open(center.path("usherd.yaml"), "w") as file:
                file.write(re.sub(r"redis: .*", f"redis: {{port: {center.sentinel_ports[0]}}}", text))
            center.start_usherd(wait=False)
            self.assertIn('is="a sentinel"', center.wait_log("This Redis is no master"))


if __name__ == "__main__":
    unittest.main()
