"""All task types of a document by their present names: ``mfo_`` where ``slop_`` stands (dialect section 5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.catalogue.task_types import OLDER_NAMES, current_name
from mfo_dialect.findings import Edit, Place
from mfo_dialect.model.workflow import Task
from mfo_dialect.syntax import Scalar
from mfo_lsp.features.code_actions import ActionKind
from mfo_lsp.features.refactorings.draft import Draft
from mfo_lsp.features.refactorings.values import Offer, Selection, Texts


def older_names(selection: Selection) -> Iterator[Offer]:
    """Offer the present names where the cursor touches an older one."""
    if any(selection.touches(scalar.span) for scalar in _older(selection)):
        title = "Write all task types of this document by their present names"
        yield Offer(title, ActionKind.REWRITE, lambda: _renewed(selection))


def _older(selection: Selection) -> list[Scalar]:
    return [
        view.node.type
        for view in selection.snapshot.nodes
        if view.document == selection.document and isinstance(view.node, Task) and view.node.type is not None
        if view.node.type.text in OLDER_NAMES
    ]


def _renewed(selection: Selection) -> Texts:
    draft = Draft(selection.snapshot)
    draft.apply(
        Edit(Place(selection.document, scalar.content_span), current_name(scalar.text)) for scalar in _older(selection)
    )
    return draft.texts
