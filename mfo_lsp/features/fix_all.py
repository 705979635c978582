"""Mending a document at once, as ``check --fix`` does: by the same function, on texts that are not saved yet.

It knows no protocol: what comes out are edits of whole lines, with places that are offsets.
"""

from __future__ import annotations

from collections.abc import Iterable

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.findings import Edit, Place
from mfo_dialect.text.differences import line_edits
from mfo_lsp.features.code_actions import ActionKind, CodeAction
from mfo_workspace.fixing import fix_bundle
from mfo_workspace.fixing.trying import OtherText


def wants_fix_all(only: Iterable[str] | None) -> bool:
    """Whether an editor asks for it, by name."""
    return only is not None and ActionKind.FIX_ALL.is_wanted(only)


def fix_all(bundle: Bundle, document: str, other_text: OtherText) -> CodeAction | None:
    """The action that applies the safe fixes of a document's findings; None where no fix makes it better.

    Args:
        bundle: the texts as they are in the editor.
        document: the key of the text whose findings are mended; fixes may touch others besides.
        other_text: gives a text that the bundle does not have, None where there is none.
    """
    fixed = fix_bundle(bundle, is_wanted=lambda one: one.place.document == document, other_text=other_text)
    edits = tuple(
        Edit(Place(key, span), new_text)
        for key, text in fixed.texts.items()
        for span, new_text in line_edits(bundle.text_of(key), text)
    )
    return CodeAction("Apply all safe fixes", ActionKind.FIX_ALL, edits) if edits else None
