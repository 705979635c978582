"""Whatever the document: it says the same, nothing but white space changes, and a second time nothing does."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.rules import RULES
from mfo_dialect.syntax import parse, to_value
from mfo_dialect.text import apply_edits
from mfo_lsp.features.formatting import format_tree
from tests.docs.blocks import ROOT
from tests.effort import examples
from tests.formatting.documents import texts
from tests.marks import fenced_files, section

_WHITE_SPACE = re.compile(r"\s+")


def documents() -> Iterator[tuple[str, str]]:
    """The examples, and the good example of every rule."""
    for path in sorted(ROOT.glob("examples/**/*.yml")):
        yield path.relative_to(ROOT).as_posix(), path.read_bytes().decode()
    for rule in RULES:
        for name, text in fenced_files(section(rule.page, "Good")).items():
            if name.endswith(("yml", "yaml")):
                yield f"{rule.code}:{name}", text


DOCUMENTS = dict(documents())


def values(text: str) -> list[object]:
    return [to_value(document.root) for document in parse(text).documents]


def comments(text: str) -> list[str]:
    return [comment.text for comment in parse(text).comments]


def laid_out(text: str, lines: range | None = None) -> str:
    """The text after formatting, which is the same but for white space."""
    tree = parse(text)
    formatting = format_tree(tree, lines)
    after = apply_edits(text, formatting.edits)
    assert values(after) == values(text)
    assert comments(after) == comments(text)
    assert _WHITE_SPACE.sub("", after) == _WHITE_SPACE.sub("", text)
    return after


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_of_the_project(name: str) -> None:
    after = laid_out(DOCUMENTS[name])
    assert laid_out(after) == after


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.startswith("examples/")])
def test_the_examples_are_laid_out(name: str) -> None:
    assert laid_out(DOCUMENTS[name]) == DOCUMENTS[name]


@settings(max_examples=examples(120))
@given(texts())
def test_random_documents(text: str) -> None:
    tree = parse(text)
    if not tree.problems:
        assert format_tree(tree).refusal == ""
    after = laid_out(text)
    assert laid_out(after) == after


@settings(max_examples=examples(50))
@given(texts(), st.data())
def test_some_lines_of_random_documents(text: str, data: st.DataObject) -> None:
    tree = parse(text)
    first = data.draw(st.integers(0, tree.lines.line_count - 1))
    lines = range(first, data.draw(st.integers(first, tree.lines.line_count - 1)) + 1)
    laid_out(text, lines)
    for edit in format_tree(tree, lines).edits:
        assert tree.lines.line_of(edit.span.start) in lines


INDICATORS = tuple("ab-:,[]{}|>'\"#&*!?%")
MORE = ("---", "...", "\n", "\n  ", "\r\n", "\t", "  ", "k: ", "- ", "x: 1\n", "k: |\n   t\n", "&x ", "*x", "!!str ")
PIECES = (*INDICATORS, *MORE, "\ufeff", "\u2028")


@settings(max_examples=examples(200))
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text(text: str) -> None:
    after = laid_out(text)
    assert laid_out(after) == after
