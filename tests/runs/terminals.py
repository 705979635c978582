"""A person at a terminal: a command with a terminal of its own, what it shows, and what is typed."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import termios
import time

from processes import LIMIT, MFO, ROOT, environment

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A command on a terminal of its own; what it writes is read until something is seen, or to the end."""

    def __init__(self, *arguments, home, **variables):
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (50, 120))
        self.process = subprocess.Popen(
            [*MFO, *map(str, arguments)],
            cwd=ROOT,
            env=environment(home, **{"TERM": "xterm-256color"} | variables),
            stdin=slave,
            stderr=slave,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        os.close(self._master)

    def until(self, pattern=None):
        """Everything that was shown until the pattern is seen; to the end where there is none."""
        end = time.monotonic() + LIMIT
        while pattern is None or not re.search(pattern, self.seen):
            ready, _, _ = select.select([self._master], [], [], max(0, end - time.monotonic()))
            assert ready, f"not seen in time: {pattern}; but: {self.seen}"
            try:
                data = os.read(self._master, 65_536)
            except OSError:  # the other side is closed
                data = b""
            if not data:
                assert pattern is None, f"never seen: {pattern}; but: {self.seen}"
                break
            self.seen += ESCAPES.sub("", data.decode(errors="replace"))
        return self.seen

    def type(self, text):
        os.write(self._master, text.encode())

    def ended(self):
        self.until()
        stdout = self.process.stdout.read().decode()
        assert "Traceback" not in self.seen
        return self.process.wait(LIMIT), stdout
