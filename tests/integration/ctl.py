"""Running usherctl in a center: with its settings, without a terminal, or on one whose person answers."""
import os
import pty
import subprocess
import unittest

from harness import Center


class CtlTest(unittest.TestCase):
    """One center for each test, and usherctl with its socket and settings."""
    rules = None

    def setUp(self):
        self.center = Center(**({"rules": self.rules} if self.rules else {}))
        self.center.__enter__()
        self.addCleanup(self.center.close)

    def command(self, *arguments):
        """`arguments` with where this center is. The options stand in front."""
        return [os.environ["USHERCTL"], "--socket", self.center.socket, *arguments,
                *(["--config", self.center.path("usherd.yaml")] if self.has_config(arguments) else [])]

    @staticmethod
    def has_config(arguments):
        return "--config" not in arguments and arguments[0] in ("profile", "check", "reload", "rollback", "rules")

    def usherctl(self, *arguments, input=None):
        """The exit code, standard output and standard error, without a terminal."""
        result = subprocess.run(self.command(*arguments), input=input, stdin=None if input else subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=30, cwd=self.center.folder)
        return result.returncode, result.stdout, result.stderr

    def usherctl_piped(self, *arguments):
        """What a pipe gets of both, in the order in which it comes: `2>&1`."""
        return subprocess.run(self.command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=30, cwd=self.center.folder).stdout

    def usherctl_at_terminal(self, answer, *arguments):
        """The same with a terminal as standard input, at which a person writes `answer`."""
        reader, writer = pty.openpty()
        process = subprocess.Popen(self.command(*arguments), stdin=writer, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, cwd=self.center.folder)
        os.write(reader, answer.encode() + b"\n")
        output, errors = process.communicate(timeout=30)
        os.close(reader)
        os.close(writer)
        return process.returncode, output, errors

    def write(self, name, text):
        with open(self.center.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return name
