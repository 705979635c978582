"""Helix in a terminal of its own: what its users do, by the keys that they press, judged by what the screen shows."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pyte
import pytest

from tests.editors.neovim import ROOT

pytestmark = pytest.mark.editors

LINES, COLUMNS = 45, 160
PATIENCE = 40
ESCAPE, CONTROL_X, ENTER = "\x1b", "\x18", "\r"


class Helix:
    """A terminal with Helix in it."""

    def __init__(self, program: Path, folder: Path) -> None:
        home = folder.parent / "home"
        settings = home / ".config" / "helix"
        settings.mkdir(parents=True)
        shutil.copy(ROOT / "editors" / "helix" / "languages.toml", settings)
        (settings / "config.toml").write_text('[editor]\nend-of-line-diagnostics = "hint"\n', encoding="utf-8")
        environment = {
            **os.environ,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "TERM": "xterm-256color",
        }
        environment |= {"XDG_CACHE_HOME": str(home / ".cache"), "COLORTERM": "truecolor"}
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
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

    def press(self, keys: str) -> None:
        self._terminal.send(keys)

    def wait(self, is_there: Callable[[str], bool] | str) -> str:
        """Wait for words on the screen, or for a screen that is as it should be."""
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(pexpect.TIMEOUT):
                self._stream.feed(self._terminal.read_nonblocking(65536, 0.1))
            shown = "\n".join(self.screen.display)
            if is_there in shown if isinstance(is_there, str) else is_there(shown):
                return shown
            assert time.monotonic() < end, f"waited in vain for {is_there}; the screen shows\n{shown}"

    def close(self) -> None:
        self.press(f"{ESCAPE}{ESCAPE}:qa!{ENTER}")
        self._terminal.expect(pexpect.EOF)
        self._terminal.close()


@pytest.fixture
def helix(editors_folder, tmp_path) -> Iterator[Helix]:
    """Helix with a copy of an example, in which an input is misspelt once."""
    folder = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", folder)
    path = folder / "workflow_definition.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("${INPUT.order_id}", "${INPUT.order_idd}", 1), encoding="utf-8")
    opened = Helix(editors_folder / "bin" / "hx", folder)
    opened.wait("workflow_definition.yml")
    yield opened
    opened.close()


def test_a_mistake_is_shown_and_mended(helix):
    helix.press("/order_idd\r")
    helix.wait('did you mean "order_id"')
    helix.press(" a")
    helix.wait('Change to "order_id"')
    helix.press(ENTER)
    helix.wait(lambda shown: "order_idd" not in shown.replace("/order_idd", "") and "did you mean" not in shown)


def test_hover_definition_and_completion(helix):
    helix.press("/order_idd\r")
    helix.wait('did you mean "order_id"')
    helix.press("/successors: .is_l\r")
    helix.wait(lambda shown: "53:" in shown)
    helix.press(" k")
    helix.wait("condition")
    helix.press(ESCAPE)
    helix.wait(lambda shown: "NOR" in shown)
    helix.press("gd")
    helix.wait(lambda shown: "53:" not in shown)
    helix.press("/order_idd\r")
    helix.wait('did you mean "order_id"')
    helix.press(f"c{CONTROL_X}")
    helix.wait("customer")


def test_rename(helix):
    helix.press("/order_idd\r")
    helix.wait('did you mean "order_id"')
    helix.press("/id: record_order\r")
    helix.wait("record_order")
    helix.press(";")
    helix.press(" r")
    helix.wait("rename-to")
    helix.press(f"\x15kept_order{ENTER}")
    helix.wait(lambda shown: "id: kept_order" in shown)


def test_a_flow_is_run_by_an_action(helix):
    helix.press("/order_idd\r")
    helix.wait('did you mean "order_id"')
    helix.press(" a")
    helix.wait('Change to "order_id"')
    helix.press(ENTER)
    helix.wait(lambda shown: "did you mean" not in shown)
    helix.press("/taskflow_id: process\r")
    helix.wait(lambda shown: "36:" in shown)
    helix.press(" a")
    helix.wait("Run flow: process_order")
    helix.press(ENTER)
    helix.wait("Run flow: succeeded")
