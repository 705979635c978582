"""Answers right after an edit: those over texts that were read anew, and for the same work however long the text is."""

from __future__ import annotations

import random
import sys
import weakref
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.steps import at_once
from mfo_dialect.syntax import Engine
from mfo_dialect.syntax.blocks import Stretch
from mfo_dialect.text import Encoding, Span, TextEdit
from mfo_lsp.features import folding
from mfo_lsp.features.call_hierarchy import node_at
from mfo_lsp.features.code_lenses import code_lenses
from mfo_lsp.features.completion import complete
from mfo_lsp.features.definition import definitions
from mfo_lsp.features.document_symbols import document_symbols
from mfo_lsp.features.folding import folds
from mfo_lsp.features.highlight import highlights
from mfo_lsp.features.hover import hover, wanted_by_hover
from mfo_lsp.features.inlay_hints import inlay_hints
from mfo_lsp.features.linked_editing import linked_places
from mfo_lsp.features.preferences import Preferences
from mfo_lsp.features.references import references
from mfo_lsp.features.rename import prepare_rename
from mfo_lsp.features.selection import selections
from mfo_lsp.features.semantic_tokens import semantic_tokens, semantic_tokens_in_steps
from mfo_lsp.features.signature_help import signature_help
from mfo_lsp.features.token_numbers import token_numbers
from mfo_lsp.features.type_definition import type_definitions
from tests.editing.sessions import OWN, Session
from tests.editing.test_live_bundle import FLOW_FILE, long_flow, opened, opened_long
from tests.effort import examples
from tests.features.bundles import FILES

Answer = Callable[[Snapshot, str, int], object]
WISHES = Preferences(task_lenses=True)


def around(snapshot: Snapshot, key: str, offset: int) -> Span:
    length = snapshot.bundle.sources[key].tree.lines.length
    return Span(max(0, offset - 80), min(length, offset + 80))


def items(snapshot: Snapshot, key: str, offset: int) -> list[object]:
    found = complete(snapshot, key, offset)
    return [(one.label, one.kind, one.span, one.new_text, one.detail, one.documentation, one.sort_key) for one in found]


def node(snapshot: Snapshot, key: str, offset: int) -> object:
    view = node_at(snapshot, key, offset)
    return (view.node.mapping.span, view.node.id and view.id) if view is not None else None


AT_A_PLACE: dict[str, Answer] = {
    "completion": items,
    "hover": hover,
    "what hover wants of runs": wanted_by_hover,
    "definition": definitions,
    "references": references,
    "highlight": highlights,
    "linked editing": linked_places,
    "signature help": signature_help,
    "selection": selections,
    "type definition": type_definitions,
    "prepare rename": prepare_rename,
    "call hierarchy": node,
    "inlay hints": lambda seen, key, offset: inlay_hints(seen, key, around(seen, key, offset), WISHES),
    "code lenses of lines": lambda seen, key, offset: code_lenses(seen, key, WISHES, around(seen, key, offset)),
    "colours of a stretch": lambda seen, key, offset: semantic_tokens(seen, key, around(seen, key, offset)),
}
OF_A_TEXT: dict[str, Answer] = {
    "colours": lambda snapshot, key, _: semantic_tokens(snapshot, key),
    "colours in steps": lambda snapshot, key, _: at_once(semantic_tokens_in_steps(snapshot, key, 5)),
    "outline": lambda snapshot, key, _: document_symbols(snapshot, key),
    "colours as numbers": lambda snapshot, key, _: at_once(token_numbers(snapshot, key, Encoding.UTF16)),
    "folds": lambda snapshot, key, _: folds(snapshot, key),
    "code lenses": lambda snapshot, key, _: code_lenses(snapshot, key, WISHES),
}


@settings(max_examples=examples(6), deadline=None)
@given(st.integers(0, 2**40))
def test_after_any_edits_the_answers_are_those_over_texts_read_anew(seed: int) -> None:
    source = random.Random(seed)
    files = OWN if source.random() < 0.7 else {key: text for key, text in FILES.items() if key.endswith(".yml")}
    edited = Session(source, Engine.C, files, source.choice([4, 12, 48]))
    for _ in range(4):
        for _ in range(source.choice([1, 1, 2, 5])):
            edited.step()
        if source.random() < 0.5:
            edited.settle_a_little()
        compare(edited, source)


def compare(edited: Session, source: random.Random) -> None:
    fresh = edited.fresh()
    with edited.live.asking():
        for key, text in edited.texts.items():
            places = [source.randint(0, len(text)) for _ in range(6)]
            asked = [(name, place) for name in AT_A_PLACE for place in places] + [(name, 0) for name in OF_A_TEXT]
            for name, place in asked:
                answer = AT_A_PLACE.get(name) or OF_A_TEXT[name]
                shown = f"{name} at {text[max(0, place - 20) : place]!r}|{text[place : place + 20]!r}"
                assert (shown, answer(edited.live.now, key, place)) == (shown, answer(fresh, key, place))


# How much is done

TYPE = "type: mfo_api_ch<|>"
PLACES = {
    TYPE: "a type",
    "- id: task_40<|>\n": "an id",
    "dependencies: [task_3<|>": "a dependency",
    "previous: ${task_39.mess<|>age}": "a field",
    "    conf<|>ig:": "a key",
    "description: Says 40<|>\n": "a text",
}
FEW, MANY = 100, 1500


@contextmanager
def counted() -> Generator[list[int]]:
    """Counts the calls of functions inside."""
    calls = [0]

    def count(_frame: object, event: str, _argument: object) -> None:
        calls[0] += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def calls_after_an_edit(name: str, marked: str, tasks: int) -> int:
    """How many functions are called for an answer right after a character is typed in a description."""
    live, text = opened_long(tasks), long_flow(tasks)
    before, behind = marked.split("<|>")
    start = text.index("  - id: task_40\n")
    place = text.index(before + behind, start) + len(before)
    typed = text.index("Says 39") + len("Says 39")
    calls: list[int] = []
    for _ in range(2):  # what is asked for the first time may have to find out more
        live.edit(FLOW_FILE, [TextEdit(Span(typed, typed), "x")])
        live.settle()
        with live.asking(), counted() as found:
            AT_A_PLACE[name](live.now, FLOW_FILE, place + 1)
        calls += found
        live.edit(FLOW_FILE, [TextEdit(Span(typed, typed + 1), "")])
        live.settle()
    return calls[-1]


EVERYWHERE = {"references", "highlight", "linked editing"}
"""What tells of all places of a name; every task has the type."""
ASKED = [(name, marked) for name in AT_A_PLACE for marked in PLACES if name not in EVERYWHERE or marked != TYPE]


@pytest.mark.parametrize(("name", "marked"), ASKED, ids=[f"{name}, {PLACES[marked]}" for name, marked in ASKED])
def test_an_answer_costs_the_same_however_long_the_text_is(name: str, marked: str) -> None:
    assert calls_after_an_edit(name, marked, MANY) < 2 * calls_after_an_edit(name, marked, FEW) + 2_000


def test_colours_of_a_whole_text_are_found_again_for_the_edited_task_alone() -> None:
    live, text = opened_long(FEW), long_flow(FEW)
    place = text.index("Says 40") + len("Says 40")
    found: list[int] = []
    for new in ("x", "", "\n"):
        live.edit(FLOW_FILE, [TextEdit(Span(place, place + (not new)), new)])
        live.settle()
        with live.asking():
            before = live.now.facts.computed
            at_once(token_numbers(live.now, FLOW_FILE, Encoding.UTF16))
            found.append(live.now.facts.computed - before)
    live.edit(FLOW_FILE, [TextEdit(Span(place, place + 1), "")])
    live.settle()
    assert found[0] > FEW
    assert 0 < max(found[1:]) < FEW // 5


class Said:
    """What was said of a node."""


def test_what_is_remembered_of_a_node_is_found_again_when_it_has_changed_and_let_go_of_with_the_node() -> None:
    text = long_flow(FEW)
    live = opened({FLOW_FILE: text})
    node, other = live.now.flows[0].nodes[40:42]
    asked: list[NodeView] = []

    def say(view: NodeView, _snapshot: Snapshot) -> Said:
        assert view.node.mapping.pairs
        asked.append(view)
        return Said()

    def ask(*views: NodeView) -> list[weakref.ref[Said]]:
        asked.clear()
        with live.asking():
            return [weakref.ref(live.now.remembered(view, say)) for view in views]

    first = ask(node, other)
    assert (ask(node, other), asked) == (first, [])
    place = text.index("Says 40") + len("Says 40")
    live.edit(FLOW_FILE, [TextEdit(Span(place, place), "x")])
    live.settle()
    assert asked == [], "nothing is found before somebody asks"
    second = ask(node, other)
    assert asked == [node]
    assert (first[0](), second[1]()) == (None, first[1]())
    live.edit(FLOW_FILE, [TextEdit(Span(text.index("  - id: task_40"), text.index("  - id: task_41") + 1), "")])
    live.settle()
    assert [said() is None for said in second] == [True, False]


def test_folds_of_a_whole_text_are_found_again_for_the_edited_block_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    live, text = opened_long(FEW), long_flow(FEW)
    looked: list[int] = []
    find = folding._of_block

    def looking(block: Stretch) -> tuple[folding.Fold, ...]:
        looked.append(block.base)
        return find(block)

    monkeypatch.setattr(folding, "_of_block", looking)
    place = text.index("Says 40") + len("Says 40")
    counts: list[int] = []
    for new in ("x", ""):
        live.edit(FLOW_FILE, [TextEdit(Span(place, place + (not new)), new)])
        looked.clear()
        folds(live.now, FLOW_FILE)
        counts.append(len(looked))
    assert counts[0] >= FEW
    assert counts[1] == 1
