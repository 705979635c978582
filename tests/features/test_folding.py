"""Folds as the lines that stay and the lines that go."""

from __future__ import annotations

import pytest

from mfo_lsp.features.folding import FoldKind, folds
from tests.features.bundles import snapshot_of


def lines_of(text, limit=None):
    """Each fold as ``first-last`` line from 1, comments marked."""
    snapshot = snapshot_of(workflow=text)
    lines = snapshot.bundle.sources["workflow.yml"].tree.lines
    return [
        f"{lines.line_of(fold.span.start) + 1}-{lines.line_of(fold.span.end) + 1}"
        + (" comment" if fold.kind is FoldKind.COMMENT else "")
        for fold in folds(snapshot, "workflow.yml", limit)
    ]


FLOW = """\
# What it is for:
# letters.
name: post
tasks:
  - id: ask  # not a line of its own
    type: mfo_api_chat_send
    config:
      prompt: |
        Dear
        friend,

    dependencies: [
      a,
      b
    ]
  # one line
  - {id: b,
     type: transform}

# The
# end
"""


def test_every_block_folds_into_its_first_line():
    assert lines_of(FLOW) == [
        "1-2 comment", "4-18", "5-15", "7-10", "8-10", "12-14", "17-18", "20-21 comment",
    ]  # fmt: skip


def test_a_closing_bracket_on_its_own_line_stays():
    assert "12-14" in lines_of(FLOW)
    assert lines_of("name: a\ntasks: [\n  {id: a}\n]\n") == ["2-3"]


def test_the_outer_folds_count_first_where_the_client_takes_few():
    assert lines_of(FLOW, 3) == ["1-2 comment", "4-18", "20-21 comment"]
    assert lines_of(FLOW, 0) == []


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_folds_do_not_depend_on_line_breaks(line_break):
    assert lines_of(FLOW.replace("\n", line_break)) == lines_of(FLOW)


def test_a_broken_text_folds_where_it_can_be_read():
    assert lines_of('name: a\ntasks:\n  - id: a\n    type: "open\n  - id: b\n    type: transform\n') == [
        "2-6", "3-4", "5-6",
    ]  # fmt: skip


def test_an_unknown_document_has_no_folds():
    assert folds(snapshot_of(), "other.yml") == ()
