"""A center whose Redis has a replica and three sentinels, on free ports of the loopback. The sentinels take a Redis that is silent for
half a second for dead, and usherd knows nothing but the sentinels.

    with GuardedCenter() as center:
        center.kill_master()
        center.wait_switch()
"""

import os
import random
import signal
import socket
import subprocess

from harness import Center, wait_until
from pair import Pair

MASTER = "main"
DOWN_AFTER_MS = 500


def quiet_port():
    """Below those that the system gives to connections: a server that died finds it free when it comes back."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def run_cli(port, *arguments):
    result = subprocess.run(["redis-cli", "-p", str(port), *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True, timeout=30)
    return result.stdout.rstrip("\n")


class Guarded:
    """Mixed into a center in front of it."""

    def start_redis(self, wait=True):
        self.servers = {}  # port -> process, of the Redis servers
        self.sentinels = {}  # the same of the sentinels
        self.first, self.second = quiet_port(), quiet_port()
        self.sentinel_ports = [quiet_port() for _ in range(3)]
        self.start_server(self.first)
        self.start_server(self.second, "--replicaof", "127.0.0.1", self.first)
        wait_until(lambda: "master_link_status:up" in run_cli(self.second, "INFO", "replication"), "the replica is in sync")
        for port in self.sentinel_ports:
            self.write_sentinel(port)
            self.start_sentinel(port)
        for port in self.sentinel_ports:
            self.wait_sentinel(port)
        self.rewrite_settings()

    def rewrite_settings(self):
        """The ports are known only now."""
        if not isinstance(self, Pair):
            self.write_settings()

    def start_server(self, port, *arguments):
        folder = self.path(f"redis-{port}")
        os.makedirs(folder, exist_ok=True)
        options = ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync",
                   "always", "--save", "", "--maxmemory-policy", "noeviction", "--daemonize", "no",
                   "--repl-diskless-sync-delay", "0", *arguments]
        self.servers[port] = self.start(["redis-server", *map(str, options)], output=f"redis-{port}.log")
        wait_until(lambda: run_cli(port, "PING") == "PONG", "redis-server answers")

    def write_sentinel(self, port):
        with open(self.path(f"sentinel-{port}.conf"), "w") as file:
            file.write(f"port {port}\nbind 127.0.0.1\ndir {self.folder}\n"
                       f"sentinel monitor {MASTER} 127.0.0.1 {self.first} 2\n"
                       f"sentinel down-after-milliseconds {MASTER} {DOWN_AFTER_MS}\n"
                       f"sentinel failover-timeout {MASTER} 3000\n")

    def start_sentinel(self, port):
        self.sentinels[port] = self.start(["redis-sentinel", self.path(f"sentinel-{port}.conf")],
                                          output=f"sentinel-{port}.log")

    def wait_sentinel(self, port):
        """Until it knows the others and the replica."""
        def knows():
            assert self.sentinels[port].poll() is None, self.log(f"sentinel-{port}.log")
            lines = run_cli(port, "SENTINEL", "MASTER", MASTER).splitlines()
            told = dict(zip(lines[::2], lines[1::2]))
            return told.get("num-slaves") == "1" and told.get("num-other-sentinels") == "2" and \
                told.get("flags") == "master"
        wait_until(knows, "the sentinel knows the others", 30)

    def kill_sentinels(self):
        for process in self.sentinels.values():
            process.kill()
            process.wait()

    def start_sentinels(self):
        for port in self.sentinel_ports:
            self.start_sentinel(port)

    def epoch(self, port):
        lines = run_cli(port, "SENTINEL", "MASTER", MASTER).splitlines()
        return int(dict(zip(lines[::2], lines[1::2])).get("config-epoch", "-1"))

    def word(self, port):
        """The epoch and the master's port that this sentinel tells; None while it tells nothing, or something new."""
        before = self.epoch(port)
        place = run_cli(port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER).splitlines()
        if len(place) != 2 or before < 0 or self.epoch(port) != before:
            return None
        return before, int(place[1])

    def master_port(self):
        """By the newest word of the sentinels."""
        words = [word for word in map(self.word, self.sentinel_ports) if word]
        return max(words)[1] if words else self.first

    def replica_port(self):
        return self.second if self.master_port() == self.first else self.first

    def kill_master(self, number=signal.SIGKILL):
        """Its port."""
        port = self.master_port()
        self.servers[port].send_signal(number)
        if number == signal.SIGKILL:
            self.servers[port].wait()
        return port

    def wait_switch(self, old):
        wait_until(lambda: self.master_port() != old, "the sentinels have made the replica the master", 30)

    def wait_guarded(self):
        """After a switch and the old master's start: the sentinels know a replica that is in sync."""
        wait_until(lambda: "master_link_status:up" in run_cli(self.replica_port(), "INFO", "replication"),
                   "the old master is a replica in sync", 30)
        for port in self.sentinel_ports:
            self.wait_sentinel(port)

    def redis_settings(self):
        places = ", ".join(f'"127.0.0.1:{port}"' for port in getattr(self, "sentinel_ports", [1]))
        return f"sentinels: [{places}], master: {MASTER}"

    def redis_address(self):
        return ["-p", str(self.master_port())]


class GuardedCenter(Guarded, Center):
    pass


class GuardedPair(Guarded, Pair):
    pass
