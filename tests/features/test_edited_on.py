"""A bundle that is being edited gives the same refactorings and renames as its texts read anew, also to another thread."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.editing import LiveBundle
from mfo_dialect.text import Span, TextEdit
from mfo_lsp.features.edited_bundle import apart
from mfo_lsp.features.refactorings import Selection, offers, refactor
from mfo_lsp.features.rename import Renaming, rename
from tests.features.bundles import FILES
from tests.rules.checking import bundle_of

NAME = "workflow.yml"
ADDED = "      - id: zero\n        type: mfo_api_tool_list\n"


@pytest.fixture
def edited():
    """The bundle after edits that move all that follows; its text read anew beside it."""
    live, text = LiveBundle(bundle_of(FILES)), FILES[NAME]
    live.tree(NAME)
    rename(live.snapshot, NAME, text.index("id: ask") + 4, "query")  # what is kept of this moment must not last
    at = text.index("      - id: fetch")
    live.edit(NAME, [TextEdit(Span(at, at), ADDED)])
    text = text[:at] + ADDED + text[at:]
    return live, Snapshot(bundle_of(FILES | {NAME: text})), text


def test_a_rename_is_the_same(edited):
    live, anew, text = edited
    at = text.index("id: ask") + 4
    expected = rename(anew, NAME, at, "query")
    assert isinstance(expected, Renaming)
    with live.asking():
        assert rename(live.snapshot, NAME, at, "query") == expected
    assert rename(apart(live.snapshot)(), NAME, at, "query") == expected


@pytest.mark.parametrize("part", ["id: split", "id: group", "$<INPUT", "dependencies: [ask]", "id: zero"])
def test_refactorings_are_the_same(edited, part):
    live, anew, text = edited
    at = Span(text.index(part) + 3, text.index(part) + 3)
    expected = [(offer.title, offer.obstacle) for offer in offers(Selection(anew, NAME, at))]
    assert expected
    with live.asking():
        assert [(offer.title, offer.obstacle) for offer in offers(Selection(live.snapshot, NAME, at))] == expected
    still = apart(live.snapshot)()
    for title, _ in expected:
        assert refactor(Selection(still, NAME, at), title) == refactor(Selection(anew, NAME, at), title)
