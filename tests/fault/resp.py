"""What of Redis's protocol (RESP2) the rig needs: where a message ends, and a client that waits for its answers."""
import socket


def end_of(data, at=0):
    """Where the message that begins at `at` ends; None when it is not whole yet."""
    line = data.find(b"\r\n", at)
    if line < 0:
        return None
    kind, after = data[at:at + 1], line + 2
    if kind in b"+-:":
        return after
    count = int(data[at + 1:line])
    if kind == b"$":
        end = after if count < 0 else after + count + 2
        return end if end <= len(data) else None
    for _ in range(max(0, count)):
        after = end_of(data, after)
        if after is None:
            return None
    return after


def read_value(data, at=0):
    """(the value, where it ends) of a whole message; an error is a RedisError."""
    line = data.index(b"\r\n", at)
    kind, head, after = data[at:at + 1], data[at + 1:line], line + 2
    if kind == b"+":
        return head.decode(), after
    if kind == b"-":
        return RedisError(head.decode()), after
    if kind == b":":
        return int(head), after
    count = int(head)
    if count < 0:
        return None, after
    if kind == b"$":
        return data[after:after + count], after + count + 2
    values = []
    for _ in range(count):
        value, after = read_value(data, after)
        values.append(value)
    return values, after


def pack(arguments):
    parts = [a if isinstance(a, bytes) else str(a).encode() for a in arguments]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


class RedisError(Exception):
    pass


class Redis:
    """The rig's own way to Redis, past all proxies. Connects when it is needed."""

    def __init__(self, path, timeout=10.0):
        self.path = path
        self.timeout = timeout
        self.socket = None
        self.rest = b""

    def call(self, *arguments):
        return self.ask([arguments])[0]

    def ask(self, commands):
        """Sends all, returns their answers; raises OSError when Redis does not answer and the first RedisError."""
        try:
            if not self.socket:
                self.socket = socket.socket(socket.AF_UNIX if isinstance(self.path, str) else socket.AF_INET)
                self.socket.settimeout(self.timeout)
                self.socket.connect(self.path)
            self.rest = b""
            self.socket.sendall(b"".join(pack(command) for command in commands))
            answers = [self.read_answer() for _ in commands]
        except OSError:
            self.close()
            raise
        for answer in answers:
            if isinstance(answer, RedisError):
                raise answer
        return answers

    def read_answer(self):
        while True:
            end = end_of(self.rest) if self.rest else None
            if end:
                value, _ = read_value(self.rest)
                self.rest = self.rest[end:]
                return value
            data = self.socket.recv(1 << 20)
            if not data:
                raise ConnectionError("Redis has closed the connection")
            self.rest += data

    def is_there(self):
        self.timeout, before = 0.2, self.timeout
        self.close()
        try:
            return self.call("PING") == "PONG"
        except (OSError, RedisError):
            return False
        finally:
            self.close()
            self.timeout = before

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None
