"""References written in another one of the three spellings, with the same meaning (dialect section 6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.findings import Edit, Place
from mfo_dialect.references import Spelling
from mfo_dialect.rules.references.mixed_reference_style import spelt
from mfo_dialect.text import TextEdit
from mfo_lsp.features.code_actions import ActionKind
from mfo_lsp.features.refactorings.draft import Draft
from mfo_lsp.features.refactorings.values import Obstacle, Offer, Selection, Texts
from mfo_lsp.features.rename.spelling import rewritten_parts
from mfo_lsp.features.targets import document_at, use_at

_SEVERAL = 2


def reference_spelling(selection: Selection) -> Iterator[Offer]:
    """Offer the other spellings of the reference at the cursor, and each for all references of the document."""
    found = use_at(selection.snapshot, selection.document, selection.span.start)
    if found is None or found[0].reference.problem:
        return
    use = found[0]
    for spelling in Spelling:
        written = spelt(use, spelling) if spelling is not use.reference.spelling else None
        if written is not None:
            yield Offer(f"Write {written}", ActionKind.REWRITE, _Respelling(selection, (use,), spelling))
    for spelling in Spelling:
        others = tuple(
            one for one in _uses(selection) if one.reference.spelling is not spelling and spelt(one, spelling)
        )
        if len(others) >= _SEVERAL:
            title = f"Write all references of this document as {spelling.value}"
            yield Offer(title, ActionKind.REWRITE, _Respelling(selection, others, spelling))


def _uses(selection: Selection) -> list[Use]:
    return [use for use in selection.snapshot.uses if use.document == selection.document and not use.reference.problem]


class _Respelling:
    """Some references of one document in another spelling."""

    def __init__(self, selection: Selection, uses: Sequence[Use], spelling: Spelling) -> None:
        self._selection, self._uses, self._spelling = selection, uses, spelling

    def __call__(self) -> Texts | Obstacle:
        snapshot, document = self._selection.snapshot, self._selection.document
        by_scalar: dict[int, list[Use]] = {}
        for use in self._uses:
            by_scalar.setdefault(use.scalar.span.start, []).append(use)
        draft = Draft(snapshot)
        draft.apply(edit for uses in by_scalar.values() for edit in self._edits(uses))
        if _paths(draft.snapshot, document) != _paths(snapshot, document):
            return Obstacle("A reference would not be read as the same one.")
        return draft.texts

    def _edits(self, uses: Sequence[Use]) -> Iterator[Edit]:
        scalar, document = uses[0].scalar, self._selection.document
        changes = [TextEdit(use.reference.span, spelt(use, self._spelling) or "") for use in uses]
        within = document_at(self._selection.snapshot, document, scalar.span.start)
        root = within.root if within is not None else None
        return (Edit(Place(document, span), text) for span, text in rewritten_parts(scalar, sorted(set(changes)), root))


def _paths(snapshot: Snapshot, document: str) -> list[tuple[str, bool]]:
    """What a document's references read, and whether each is a whole value."""
    return [(str(use.reference), use.alone) for use in snapshot.uses if use.document == document]
