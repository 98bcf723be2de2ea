"""A way to Redis that can be held at a word: what comes before it has gone through, it and what follows wait.

    gate = Gate(center.path("gate.sock"), center.redis_socket, b"TIME")
    gate.reached.wait(5)
    gate.open()
"""
import socket
import threading


class Gate:
    def __init__(self, path, target, word):
        self.target = target
        self.word = b"$%d\r\n%s\r\n" % (len(word), word)
        self.reached = threading.Event()
        self.is_open = threading.Event()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def open(self):
        self.is_open.set()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self.target)
            except OSError:
                near.close()
                continue
            for source, sink, word in ((near, far, self.word), (far, near, None)):
                threading.Thread(target=self.carry, args=(source, sink, word), daemon=True).start()

    def carry(self, source, sink, word):
        try:
            while data := source.recv(1 << 16):
                if word and word in data and not self.is_open.is_set():
                    self.reached.set()
                    self.is_open.wait()
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        source.close()
