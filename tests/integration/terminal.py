"""A program on a terminal of its own: what it writes is drawn on a page, as a terminal would, and can be read as text.

    with Terminal(["usherctl", "top"], 80, 24) as terminal:
        terminal.wait("live")
        terminal.press("q")

It knows the few sequences that usherctl writes, and fails at any other. Each character takes one column.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from harness import TIMEOUT, die_with_parent

PART = re.compile(rb"\x1b(\[[?0-9;]*)?$")  # a sequence that is not whole
SEQUENCE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")


class Terminal:
    def __init__(self, arguments, width=80, height=24, env=None):
        self.written = ""  # all that came
        self.rest = b""  # of a character or sequence that is not whole
        self.blank(width, height)
        self.own, end = pty.openpty()
        self.resize(width, height, is_told=False)
        self.before = termios.tcgetattr(end)

        def begin():
            die_with_parent()
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "USHER_"))}
        self.process = subprocess.Popen(arguments, stdin=end, stdout=end, stderr=end, preexec_fn=begin,
                                        env={**plain, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(env or {})})
        self.end = end

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        os.close(self.own)
        os.close(self.end)
        if kind is not None:
            print(self.text())

    def blank(self, width, height):
        self.width, self.height = width, height
        self.rows = [[" "] * width for _ in range(height)]
        self.x = self.y = 0
        self.is_new = True  # the program may not know yet how large the page is

    def resize(self, width, height, is_told=True):
        fcntl.ioctl(self.own, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        if is_told:
            self.blank(width, height)

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.rows)

    def line(self, pattern):
        """The first line that matches, or None."""
        return next((line for line in self.text().splitlines() if re.search(pattern, line)), None)

    def press(self, keys):
        os.write(self.own, keys.encode())

    def read(self, seconds):
        """Draws what comes within this time; False when nothing more can come."""
        if not select.select([self.own], [], [], seconds)[0]:
            return True
        try:
            data = self.rest + os.read(self.own, 1 << 16)
        except OSError:
            return False
        whole = PART.sub(b"", data)
        text = whole.decode(errors="ignore")
        self.rest = whole[len(text.encode()):] + data[len(whole):]
        self.written += text
        self.draw(text)
        return True

    def draw(self, text):
        at = 0
        while at < len(text):
            found = SEQUENCE.match(text, at)
            if found:
                self.obey(found[1], found[2], found[3])
                at = found.end()
                continue
            assert text[at] not in "\x1b\t", f"unknown: {text[at:at + 20]!r}"
            if text[at] == "\n":
                self.feed()
            elif text[at] == "\r":
                self.x = 0
            else:
                is_inside = self.x < self.width and self.y < self.height
                assert is_inside or self.is_new, f"column {self.x}, row {self.y} of {self.width} x {self.height}"
                if is_inside:
                    self.rows[self.y][self.x] = text[at]
                self.x += 1
            at += 1

    def feed(self):
        """The next row; the page moves up where there is none."""
        self.y += 1
        if self.y >= self.height:
            self.rows = [*self.rows[1:], [" "] * self.width]
            self.y = self.height - 1

    def obey(self, is_private, numbers, letter):
        if letter == "H" and not is_private:
            row, column = (numbers.split(";") + ["1"])[:2] if numbers else ("1", "1")
            self.x, self.y = int(column) - 1, int(row) - 1
        elif letter == "J":
            self.blank(self.width, self.height)
        elif letter == "K" and not is_private and not numbers:
            self.rows[self.y][self.x:] = [" "] * (self.width - self.x)
        else:
            assert letter == "m" or (is_private and letter in "hl"), f"unknown: {numbers}{letter}"

    def wait(self, pattern, timeout=TIMEOUT):
        """Reads until a line of the page matches; returns it."""
        end = time.monotonic() + timeout
        while not (found := self.line(pattern)):
            left = end - time.monotonic()
            assert left > 0, f"{pattern!r} does not come:\n{self.text()}"
            assert self.read(min(left, 0.5)) or self.line(pattern), f"ended without {pattern!r}:\n{self.text()}"
        self.is_new = False
        return found

    def wait_gone(self, pattern, timeout=TIMEOUT):
        """Reads until no line of the page matches."""
        end = time.monotonic() + timeout
        while self.line(pattern):
            left = end - time.monotonic()
            assert left > 0 and self.read(min(left, 0.5)), f"{pattern!r} stays:\n{self.text()}"

    def wait_end(self, timeout=TIMEOUT):
        """The exit status."""
        end = time.monotonic() + timeout
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        while select.select([self.own], [], [], 0)[0] and self.read(0):
            pass
        return self.process.wait(1)
