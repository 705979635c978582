"""All refactorings as one list; what is offered at a selection, and the edits of what was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mfo_dialect.findings import Edit, Place
from mfo_dialect.text import Span, TextEdit, line_break_near
from mfo_dialect.text.differences import line_edits
from mfo_lsp.features.code_actions import ActionKind
from mfo_lsp.features.refactorings.create_missing import create_missing
from mfo_lsp.features.refactorings.edge_side import edge_side
from mfo_lsp.features.refactorings.extract_prompt import extract_prompt
from mfo_lsp.features.refactorings.extract_subflow import extract_subflow
from mfo_lsp.features.refactorings.inline_subflow import inline_subflow
from mfo_lsp.features.refactorings.older_names import older_names
from mfo_lsp.features.refactorings.reference_spelling import reference_spelling
from mfo_lsp.features.refactorings.values import Obstacle, Offer, Refactoring, Selection
from mfo_lsp.features.refactorings.verifying import verified

REFACTORINGS: tuple[Refactoring, ...] = (
    create_missing,
    extract_subflow,
    extract_prompt,
    inline_subflow,
    reference_spelling,
    edge_side,
    older_names,
)
"""What can be offered, in the order of the menu."""


def offers(selection: Selection, only: Iterable[str] | None = None) -> tuple[Offer, ...]:
    """What can be done at a selection, and what cannot with the reason; nothing is worked out yet.

    Args:
        selection: what is selected.
        only: the kinds that are asked for; all where it is None.
    """
    wanted = tuple(only) if only is not None else None
    found = (offer for refactoring in REFACTORINGS for offer in refactoring(selection))
    return tuple({offer.title: offer for offer in found if offer.kind.is_wanted(wanted)}.values())


def refactor(selection: Selection, title: str) -> tuple[Edit, ...] | Obstacle | None:
    """The edits of an offer, by document and place; None where nothing is offered by that title.

    They are promised only where no finding is new; else the first one is told as the obstacle.
    """
    offer = next((offer for offer in offers(selection) if offer.title == title), None)
    if offer is None:
        return None
    texts = Obstacle(offer.obstacle) if offer.obstacle else offer.change()
    if not isinstance(texts, Obstacle):
        texts = verified(selection.snapshot, texts, mends=offer.kind is ActionKind.QUICK_FIX)
    if isinstance(texts, Obstacle):
        return texts
    bundle = selection.snapshot.bundle
    return tuple(
        Edit(Place(document, edit.span), edit.new_text)
        for document, text in sorted(texts.items())
        for edit in _inside(line_edits(bundle.text_of(document), text), bundle.text_of(document))
    )


def _inside(edits: Iterable[TextEdit], text: str) -> Iterator[TextEdit]:
    """The same edits, none of them behind the last line break, where Neovim 0.10 adds an empty line."""
    line_break = line_break_near(text, len(text))
    for span, new_text in edits:
        is_behind = span.start == len(text) and text.endswith(line_break) and new_text.endswith(line_break)
        place = len(text) - len(line_break)
        moved = TextEdit(Span(place, place), line_break + new_text.removesuffix(line_break))
        yield moved if is_behind else TextEdit(span, new_text)
