"""Three sentinels over a master and its replica, and the rig's ear at them: by their word it knows which server is the master."""
import signal
import subprocess

from harness import die_with_parent, free_port
from loop import Stream, connect
from resp import RedisError, end_of, pack, read_value

NAME = "fault"
COUNT = 3


class Sentinel:
    """A place for a redis-sentinel, and the process that runs in it now, if any."""

    def __init__(self, site, name, master, scale):
        self.site = site
        self.name = name
        self.port = free_port()
        self.process = None
        self.is_stopped = False
        self.stream = None
        self.rest = b""
        with open(self.config_path(), "w") as file:
            file.write(f"port {self.port}\nbind 127.0.0.1\ndir {site.folder}\nsentinel monitor {NAME} 127.0.0.1 {master.front.port} 2\n"
                       f"sentinel down-after-milliseconds {NAME} {max(500, round(2000 * scale))}\n"
                       f"sentinel failover-timeout {NAME} {max(1000, round(6000 * scale))}\n")

    def config_path(self):
        return self.site.path(self.name + ".conf")

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        self.is_stopped = False
        with open(self.site.path(self.name + ".log"), "ab") as log:
            self.process = subprocess.Popen(["redis-sentinel", self.config_path()], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=die_with_parent)

    def signal(self, number):
        self.site.note(signal.Signals(number).name, self.name)
        self.process.send_signal(number)
        self.is_stopped = number == signal.SIGSTOP
        if number == signal.SIGKILL:
            self.process.wait()

    def listen(self, on_switch):
        """Hears of switches for as long as it runs; a script."""
        while True:
            if self.is_running and not self.stream:
                made = connect(("127.0.0.1", self.port))
                if made:
                    self.rest = b""
                    self.stream = Stream(self.site.loop, made, lambda data: self.on_data(data, on_switch), self.on_end)
                    # Without the first, a master is taken for dead when it is new, for it is asked after a second only; without the
                    # others a replica is looked at each 10 s, and a stray master is put right after 8 s.
                    self.stream.write(pack(["SENTINEL", "DEBUG", "ping-period", 100, "info-period", 500, "publish-period", 500]))
                    self.stream.write(pack(["SUBSCRIBE", "+switch-master"]))
            yield 0.05

    def on_end(self):
        self.stream = None

    def on_data(self, data, on_switch):
        self.rest += data
        while end := end_of(self.rest) if self.rest else None:
            value, _ = read_value(self.rest[:end])
            self.rest = self.rest[end:]
            if isinstance(value, list) and value[0] == b"message":
                on_switch(int(value[2].split()[-1]))

    def close(self):
        if self.stream:
            self.stream.close()
        if self.is_running:
            self.process.kill()
            self.process.wait()


def role_of(server):
    """What a server says it is; None when it does not say."""
    if not server.is_running or server.is_stopped:
        return None
    server.client.timeout, before = 0.2, server.client.timeout
    try:
        return server.client.call("ROLE")[0].decode()
    except (OSError, RedisError):
        return None
    finally:
        server.client.timeout = before
