"""Helix in a terminal of its own: what its users do, by the keys that they press, judged by what the screen shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.editors.helix import CONTROL_X, ENTER, ESCAPE, Helix
from tests.editors.telling import ROOT

pytestmark = pytest.mark.editors


@pytest.fixture
def helix(editors_folder, tmp_path) -> Iterator[Helix]:
    """Helix with a copy of an example, in which an input is misspelt once."""
    folder = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", folder)
    path = folder / "workflow_definition.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("${INPUT.order_id}", "${INPUT.order_idd}", 1), encoding="utf-8")
    settings = (ROOT / "editors" / "helix" / "languages.toml").read_text(encoding="utf-8")
    opened = Helix(editors_folder / "bin" / "hx", folder, settings)
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
