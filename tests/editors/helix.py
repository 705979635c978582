"""Helix in a terminal of its own, driven by keys and judged by what its screen shows."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

from tests.editors.telling import surroundings
from tests.effort import PATIENCE

LINES, COLUMNS = 45, 160
ESCAPE, CONTROL_X, ENTER = "\x1b", "\x18", "\r"


class Helix:
    """A terminal with Helix in it."""

    def __init__(self, program: Path, folder: Path, languages: str) -> None:
        home = folder.parent / "home"
        settings = home / ".config" / "helix"
        settings.mkdir(parents=True)
        (settings / "languages.toml").write_text(languages, encoding="utf-8")
        (settings / "config.toml").write_text('[editor]\nend-of-line-diagnostics = "hint"\n', encoding="utf-8")
        places = {"XDG_CONFIG_HOME": str(home / ".config"), "XDG_CACHE_HOME": str(home / ".cache")}
        environment = surroundings(home, **places, TERM="xterm-256color", COLORTERM="truecolor")
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        self._terminal = pexpect.spawn(
            str(program),
            ["-v", "workflow_definition.yml"],
            cwd=str(folder),
            env=environment,
            dimensions=(LINES, COLUMNS),
            timeout=PATIENCE,
        )
        self.wait("workflow_definition.yml")

    def press(self, keys: str) -> None:
        self._terminal.send(keys)

    def wait(self, is_there: Callable[[str], bool] | str, patience: float = PATIENCE) -> str:
        """Wait for words on the screen, or for a screen that is as it should be."""
        end = time.monotonic() + patience
        while True:
            with contextlib.suppress(pexpect.TIMEOUT):
                self._stream.feed(self._terminal.read_nonblocking(65536, 0.1))
            shown = "\n".join(self.screen.display)
            if is_there in shown if isinstance(is_there, str) else is_there(shown):
                return shown
            assert time.monotonic() < end, f"waited in vain for {is_there}; the screen shows\n{shown}"

    def press_until(self, keys: str, words: str) -> None:
        """Press keys again and again until words are shown: what they ask for may not be there yet."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.press(keys)
            with contextlib.suppress(AssertionError):
                self.wait(words, 1)
                return
            self.press(ESCAPE)
        self.wait(words)

    def close(self) -> None:
        self.press(f"{ESCAPE}{ESCAPE}:qa!{ENTER}")
        self._terminal.expect(pexpect.EOF)
        self._terminal.close()
