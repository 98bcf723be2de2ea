"""The units, the users and the files of an installation: nothing is started, an installation in an empty folder is looked at."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

SERVICES = ["usher-redis.service", "usherd.service", "usherd@.service"]
SOCKETS = {"usherd.socket": "/run/usher/usher.sock", "usherd@.socket": "/run/usher/%i/usher.sock"}
UNITS = [*SERVICES, *SOCKETS]
DOCUMENTS = ["COPYING", "PROTOCOL.md", "README.md", "examples/kamailio/README.md", "examples/kamailio/kamailio.cfg",
             "examples/provider/provider-agents.csv", "examples/provider/provider.yaml", "examples/provider/traffic.yaml",
             "examples/redis.conf", "examples/rules.schema.json", "examples/rules.yaml", "examples/usherd.yaml",
             "examples/simulate/rules.yaml", "examples/simulate/skewed-traffic.yaml", "examples/simulate/skewed.yaml",
             "examples/simulate/small-traffic.yaml", "examples/simulate/small.yaml", "examples/simulate/traffic.yaml"]
PAGES = ["man1/usherctl.1", "man5/rules.yaml.5", "man5/traffic.yaml.5", "man5/usherd.yaml.5", "man7/usher-protocol.7", "man8/usherd.8"]
THRESHOLD = 15  # tenths; systemd calls 2.0 and below good, and a bare service has 9.6


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)


class Installation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="usher-install.")
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.install()
        cls.files = sorted(os.path.relpath(os.path.join(folder, name), cls.root)
                           for folder, _, names in os.walk(cls.root) for name in names)
        cls.units = os.path.dirname(cls.find("usherd.service"))

    @classmethod
    def install(cls):
        done = run("meson", "install", "--no-rebuild", "--quiet", "-C", os.environ["USHER_BUILT"], "--destdir", cls.root)
        if done.returncode != 0:
            raise AssertionError(done.stdout)

    @classmethod
    def find(cls, name):
        found = [path for path in cls.files if os.path.basename(path) == name]
        assert len(found) == 1, f"{name}: {found}"
        return os.path.join(cls.root, found[0])

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    def values(self, unit, key):
        text = self.read(os.path.join(self.units, unit))
        return [found[1].strip() for found in re.finditer(rf"^{key}=(.*)$", text, re.M)]

    def test_exactly_these_files_are_laid_out(self):
        units = os.path.relpath(self.units, self.root)
        self.assertTrue(units.endswith("systemd/system"), units)
        prefix = os.path.relpath(self.find("usherd.8").split("/share/")[0], self.root)
        expected = [f"etc/usher/{name}" for name in ("redis.conf", "rules.schema.json", "rules.yaml", "usherd.yaml")]
        expected += [os.path.join(prefix, path) for path in ("bin/usherctl", "sbin/usherd", "lib/sysusers.d/usher.conf")]
        expected += [os.path.join(prefix, "share/doc/usher", path) for path in DOCUMENTS]
        expected += [os.path.join(prefix, "share/man", page) for page in PAGES]
        expected += [os.path.join(prefix, "share/bash-completion/completions", name) for name in ("usherctl", "usherd")]
        expected += [os.path.join(units, unit) for unit in UNITS]
        self.assertEqual(self.files, sorted(expected))

    def test_what_a_site_wrote_stays(self):
        own = os.path.join(self.root, "etc/usher/rules.yaml")
        gone = os.path.join(self.root, "etc/usher/redis.conf")
        shipped = self.read(own)
        with open(own, "w", encoding="utf-8") as file:
            file.write("queues: {}\n")
        os.remove(gone)
        self.install()
        self.assertEqual(self.read(own), "queues: {}\n")
        self.assertTrue(os.path.exists(gone))
        with open(own, "w", encoding="utf-8") as file:
            file.write(shipped)

    def test_schema_is_always_that_of_the_program(self):
        schema = os.path.join(self.root, "etc/usher/rules.schema.json")
        shipped = self.read(schema)
        with open(schema, "w", encoding="utf-8") as file:
            file.write("{}\n")
        self.install()
        self.assertEqual(self.read(schema), shipped)

    def test_settings_that_are_laid_out_are_good(self):
        done = run(os.environ["USHERD"], "-c", os.path.join(self.root, "etc/usher/usherd.yaml"), "--check-config")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_every_unit_is_locked_in(self):
        for unit in SERVICES:
            with self.subTest(unit):
                done = run("systemd-analyze", "security", "--offline=true", f"--threshold={THRESHOLD}", "--no-pager",
                           os.path.join(self.units, unit))
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertIn("Overall exposure level", done.stdout)

    def test_systemd_finds_no_mistake_in_the_units(self):
        with tempfile.TemporaryDirectory(prefix="usher-units.") as folder:
            for unit in UNITS:
                text = self.read(os.path.join(self.units, unit))
                with open(os.path.join(folder, unit), "w", encoding="utf-8") as file:
                    file.write(re.sub(r"^ExecStart=\S*/usherd ", f"ExecStart={os.environ['USHERD']} ", text, flags=re.M))
            done = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                       *(os.path.join(folder, unit) for unit in UNITS))
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_routers_see_who_connects_and_their_hang_is_ended(self):
        for unit in SERVICES[1:]:
            with self.subTest(unit):
                self.assertEqual(self.values(unit, "PrivateUsers"), [])
                self.assertEqual(self.values(unit, "Type"), ["notify"])
                self.assertEqual(self.values(unit, "WatchdogSec"), ["5"])
                self.assertEqual(self.values(unit, "TimeoutAbortSec"), ["2"])
                self.assertEqual(self.values(unit, "ExecReload"), ["/bin/kill -HUP $MAINPID"])
                self.assertEqual(self.values(unit, "RestartPreventExitStatus"), ["2 3 4 5"])

    def test_sites_share_no_folder_and_no_settings(self):
        for key, one, many in [("StateDirectory", "usher", "usher/%i"), ("RuntimeDirectory", "usher", "usher/%i")]:
            self.assertEqual(self.values("usherd.service", key), [one])
            self.assertEqual(self.values("usherd@.service", key), [many])
        self.assertTrue(self.values("usherd.service", "ExecStart")[0].endswith("/usherd --config /etc/usher/usherd.yaml"))
        self.assertTrue(self.values("usherd@.service", "ExecStart")[0].endswith("/usherd --config /etc/usher/%i.yaml"))
        self.assertEqual(self.values("usherd.service", "RuntimeDirectoryPreserve"), ["yes"])

    def test_sockets_are_those_of_the_settings_and_of_usherds_user(self):
        for unit, path in SOCKETS.items():
            with self.subTest(unit):
                service = unit.replace(".socket", ".service")
                self.assertEqual(self.values(unit, "ListenStream"), [path])
                self.assertEqual(path, f"/run/{self.values(service, 'RuntimeDirectory')[0]}/usher.sock")
                self.assertEqual(self.values(unit, "SocketUser"), self.values(service, "User"))
                self.assertEqual(self.values(unit, "SocketGroup"), self.values(service, "Group"))
                self.assertEqual(self.values(unit, "Accept"), [])  # one usherd for all
        settings = self.read("etc/usher/usherd.yaml")
        self.assertIn(f"- unix: {SOCKETS['usherd.socket']}", settings)
        self.assertIn(f"mode: \"{self.values('usherd.socket', 'SocketMode')[0]}\"", settings)

    def test_the_private_redis_keeps_the_promise_behind_its_socket(self):
        rows = dict(line.split(" ", 1) for line in self.read("etc/usher/redis.conf").splitlines()
                    if line and not line.startswith("#"))
        expected = {"port": "0", "appendonly": "yes", "appendfsync": "always", "save": '""', "maxmemory-policy": "noeviction"}
        self.assertEqual({key: rows.get(key) for key in expected}, expected)
        self.assertEqual(rows["unixsocket"], f"/run/{self.values('usher-redis.service', 'RuntimeDirectory')[0]}/redis.sock")
        self.assertEqual(rows["dir"], f"/var/lib/{self.values('usher-redis.service', 'StateDirectory')[0]}")
        self.assertIn("usher-redis.service", self.values("usherd.service", "After")[0].split())

    @unittest.skipIf(os.geteuid() != 0, "only root makes users, even in a folder")
    def test_the_users_are_made_and_usherd_may_use_the_socket(self):
        with tempfile.TemporaryDirectory(prefix="usher-users.") as root:
            os.mkdir(os.path.join(root, "etc"))
            done = run("systemd-sysusers", f"--root={root}", self.find("usher.conf"))
            self.assertEqual(done.returncode, 0, done.stdout)
            with open(os.path.join(root, "etc/passwd"), encoding="utf-8") as file:
                users = {line.split(":")[0] for line in file}
            with open(os.path.join(root, "etc/group"), encoding="utf-8") as file:
                members = {line.split(":")[0]: line.strip().split(":")[3] for line in file}
        self.assertLessEqual({"usher", "usher-redis"}, users)
        self.assertEqual(members["usher-redis"], "usher")
        for unit, user in [("usherd.service", "usher"), ("usherd@.service", "usher"), ("usher-redis.service", "usher-redis")]:
            self.assertEqual((self.values(unit, "User"), self.values(unit, "Group")), ([user], [user]))


if __name__ == "__main__":
    unittest.main()
