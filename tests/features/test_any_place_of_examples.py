"""Any beginning of any example: every feature of a whole document has an answer whose places lie inside the text."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mfo_dialect.analysis.bundle import make_bundle, read_source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.text import Span
from mfo_lsp.features.call_hierarchy import calls_after, calls_before, node_at
from mfo_lsp.features.document_links import document_links
from mfo_lsp.features.folding import folds
from mfo_lsp.features.inlay_hints import inlay_hints
from mfo_lsp.features.preferences import Preferences
from mfo_lsp.features.prompt_context import given_by_chat
from mfo_lsp.features.rendered_prompt import chats_for, rendered_prompt, template_for
from mfo_lsp.features.selection import selections
from mfo_lsp.features.semantic_tokens import semantic_tokens
from mfo_lsp.features.signature_help import signature_help
from mfo_lsp.features.workspace_symbols import find_symbols
from tests.effort import examples
from tests.features.bundles import FILES

NOW = datetime(2024, 1, 1, tzinfo=UTC)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DOCUMENTS = {path.relative_to(EXAMPLES).as_posix(): path for path in sorted(EXAMPLES.rglob("*.yml"))}
OURS = {name: text for name, text in FILES.items() if name.endswith(".yml")}


class NoDisk:
    def read(self, path):
        raise OSError

    def exists(self, path):
        return False

    def glob(self, directory, pattern):
        return ()


def is_inside(span, text):
    return 0 <= span.start <= span.end <= len(text)


def assert_apart(tokens, lines, text):
    end = 0
    for token in tokens:
        assert end <= token.span.start < token.span.end <= len(text)
        assert lines.line_of(token.span.start) == lines.line_of(token.span.end)
        end = token.span.end


def ask_of_document(snapshot, document, text):
    """What is asked of a document as a whole."""
    lines = snapshot.bundle.sources[document].tree.lines
    for fold in folds(snapshot, document):
        assert is_inside(fold.span, text)
        assert lines.line_of(fold.span.start) < lines.line_of(fold.span.end)
    assert_apart(semantic_tokens(snapshot, document), lines, text)
    assert all(is_inside(link.span, text) for link in document_links(snapshot, document, NoDisk()))
    for match in find_symbols(snapshot, "a"):
        assert is_inside(match.entry.name_span, snapshot.bundle.text_of(match.document))


def ask_at_place(snapshot, document, text, offset):
    """What is asked of a cursor."""
    hints = inlay_hints(snapshot, document, Span(offset, len(text)), Preferences())
    assert all(offset <= hint.offset <= len(text) and hint.label for hint in hints)
    signatures = signature_help(snapshot, document, offset)
    for signature in signatures.signatures if signatures is not None else ():
        assert all(0 <= one.start < one.end <= len(signature.label) for one in signature.parameters)
        assert signature.active is None or signature.active < len(signature.parameters)
    view = node_at(snapshot, document, offset)
    for call in (*calls_before(snapshot, view), *calls_after(snapshot, view)) if view is not None else ():
        assert all(is_inside(span, snapshot.bundle.text_of(call.view.document)) for span in call.spans)
    template = template_for(snapshot, document, None, offset)
    if template is not None:
        chats = chats_for(template, snapshot, document, offset)
        given = given_by_chat(chats[0], snapshot, {}) if chats else {}
        prompt = rendered_prompt(template, {}, given, lambda: NOW)
        for problem in prompt.problems:
            assert is_inside(problem.place.span, snapshot.bundle.text_of(problem.place.document))
    spans = selections(snapshot, document, offset)
    assert spans[-1] == (0, len(text))
    for inner, outer in itertools.pairwise(spans):
        assert outer.start <= inner.start <= offset <= inner.end <= outer.end


def ask_everything(sources, document, text, offset):
    read = [source for source in sources if source.key != document]
    snapshot = Snapshot(make_bundle([*read, read_source(document, text)]))
    if snapshot.bundle.sources[document].is_ours:
        ask_of_document(snapshot, document, text)
        ask_at_place(snapshot, document, text, offset)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_beginnings_of_examples(name):
    path = DOCUMENTS[name]
    sources = [read_source(other.name, other.read_text(encoding="utf-8")) for other in path.parent.glob("*.yml")]
    text = path.read_text(encoding="utf-8")
    chance = random.Random(name)
    for end in sorted(chance.choices(range(len(text) + 1), k=examples(12))):
        ask_everything(sources, path.name, text[:end], end)
    for offset in chance.choices(range(len(text) + 1), k=examples(6)):
        ask_everything(sources, path.name, text, offset)


@pytest.mark.parametrize("name", OURS)
def test_beginnings_of_a_bundle_with_everything(name):
    sources = [read_source(other, text) for other, text in OURS.items()]
    text = OURS[name]
    for end in range(0, len(text) + 1, max(1, len(text) // examples(40))):
        ask_everything(sources, name, text[:end], end)


PIECES = ["\n", "\r\n", "  ", "- ", ": ", "${", "}", "{{", "}}", "'", '"', "|\n", "[", "]", "#", ".", "\t", "\u2028", "\U0001d11e", "*a", "---\n", "(", ","]  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_damaged_documents(name):
    sources = [read_source(other, text) for other, text in OURS.items()]
    chance = random.Random(name)
    for _ in range(examples(20)):
        text = OURS[name]
        for _ in range(chance.randint(1, 3)):
            at = chance.randint(0, len(text))
            text = text[:at] + chance.choice(PIECES) + text[at + chance.randint(0, 12) :]
        ask_everything(sources, name, text, chance.randint(0, len(text)))
