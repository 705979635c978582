"""Any text, any cursor, any feature: an answer whose spans lie inside the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.text import TextEdit, apply_edits
from mfo_lsp.features.completion import CompletionClient, complete
from mfo_lsp.features.definition import definitions
from mfo_lsp.features.highlight import highlights
from mfo_lsp.features.hover import hover
from mfo_lsp.features.implementation import implementations
from mfo_lsp.features.linked_editing import linked_places
from mfo_lsp.features.references import references
from mfo_lsp.features.rename import Refusal, Renameable, prepare_rename, rename
from mfo_lsp.features.type_definition import type_definitions
from mfo_workspace.files import DiskFiles
from tests.effort import IS_LONG
from tests.features.bundles import FILES, snapshot_of

DOCUMENTS = ["workflow.yml", "prompts.yml", "agents.yml"]
CLIENTS = [CompletionClient(snippets=True), CompletionClient(snippets=False)]


def texts_of(snapshot):
    known = {key: source.text for key, source in snapshot.bundle.sources.items()}
    return {**known, snapshot.bundle.project.document: snapshot.bundle.project.text}


def ask_everything(text, document, offset):
    """All features at a cursor; gives the items of completion."""
    snapshot = snapshot_of(**{document.removesuffix(".yml"): text})
    texts = texts_of(snapshot)
    found = hover(snapshot, document, offset)
    assert found is None or (0 <= found.span.start <= found.span.end <= len(text) and found.markdown)
    for definition in definitions(snapshot, document, offset):
        assert definition.origin.contains(offset)
        assert 0 <= definition.whole.start <= definition.name.span.start
        assert definition.name.span.end <= definition.whole.end <= len(texts[definition.name.document])
    for place in references(snapshot, document, offset):
        assert 0 <= place.span.start < place.span.end <= len(texts[place.document])
    ask_for_names(snapshot, document, offset, texts)
    items = [item for client in CLIENTS for item in complete(snapshot, document, offset, client)]
    for item in items:
        assert 0 <= item.span.start <= offset <= item.span.end <= len(text)
        assert not {"\n", "\r"} & set(text[item.span.start : item.span.end])
        assert item.label
        assert item.sort_key
    return items


def ask_for_names(snapshot, document, offset, texts):
    """All that is asked of a name: places, schemas, another name."""
    length = len(texts[document])
    for place in highlights(snapshot, document, offset):
        assert 0 <= place.span.start < place.span.end <= length
    linked = linked_places(snapshot, document, offset)
    assert linked is None or len({texts[document][span.start : span.end] for span in linked.spans}) == 1
    targets = [
        *type_definitions(snapshot, document, offset),
        *implementations(snapshot, document, offset, DiskFiles(), lambda _: None),
    ]
    for target in targets:
        assert target.origin.contains(offset)
        assert 0 <= target.whole.start <= target.name.span.start
        assert target.name.span.end <= target.whole.end <= len(texts[target.name.document])
    offered = prepare_rename(snapshot, document, offset)
    assert not isinstance(offered, Renameable) or texts[document][offered.span.start : offered.span.end]


def ask_for_another_name(text, document, offset, name="fresh_name"):
    """A rename, whose edits must fit the texts and leave texts that have answers."""
    snapshot = snapshot_of(**{document.removesuffix(".yml"): text})
    texts = texts_of(snapshot)
    found = rename(snapshot, document, offset, name)
    if isinstance(found, Refusal):
        assert found.words.endswith(".")
    elif found is not None:
        for key in {edit.place.document for edit in found.edits}:
            edits = [TextEdit(edit.place.span, edit.new_text) for edit in found.edits if edit.place.document == key]
            assert name in apply_edits(texts[key], edits)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_renaming_at_the_end_of_any_prefix(document):
    text = FILES[document]
    for end in range(0, len(text) + 1, 1 if IS_LONG else 23):
        ask_for_another_name(text[:end], document, end)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_prefix_has_answers_at_its_end(document):
    text = FILES[document]
    for end in range(0, len(text) + 1, 3):
        ask_everything(text[:end], document, end)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_accepting_any_item_at_any_place_leaves_a_text_with_answers(document):
    text = FILES[document]
    tried = set()
    for offset in range(0, len(text) + 1, 5):
        for item in ask_everything(text, document, offset):
            if (item.kind, item.label) not in tried:
                tried.add((item.kind, item.label))
                changed = apply_edits(text, [TextEdit(item.span, item.new_text)])
                ask_everything(changed, document, item.span.start + len(item.new_text))
    assert len(tried) >= 5


PIECES = st.sampled_from(
    ["\n", "  ", "- ", ": ", "${", "}", "$<", ">", "{{", "}}", "'", '"', "|", "[", "]", "#", ".", "\t", "\r", "\u2028",
     "tasks", "id", "ask", "dependencies", "templates", "&a", "*a", "---\n", "!!x", "<<: *a", "?", "\ud800", "\U0001d11e"]
)  # fmt: skip


@given(data=st.data())
def test_any_damage_has_answers(data):
    document = data.draw(st.sampled_from(DOCUMENTS))
    text = FILES[document]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(PIECES) + text[at + data.draw(st.integers(0, 12)) :]
    offset = data.draw(st.integers(0, len(text)))
    ask_everything(text, document, offset)
    ask_for_another_name(text, document, offset)
