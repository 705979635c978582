"""Putting values where references stand (dialect section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from mfo_dialect.references.nodes import Reference
from mfo_dialect.references.scan import Piece, bare_reference, scan, unescape_bare

Lookup: TypeAlias = Callable[[Reference], Any]
_WHOLE = 2.0**53


def substitute(text: str, lookup: Lookup, is_root: Callable[[str], bool] | None = None) -> Any:
    """The value of a text whose references are replaced.

    Args:
        text: a scalar's decoded text.
        lookup: gives a reference's value; what it raises passes through.
        is_root: whether a bare path with this root is a reference; None where bare texts never are.

    Returns:
        The value itself where the reference stands alone (white space around it ignored); else text.
    """
    if is_root is not None:
        bare = bare_reference(text)
        if bare is not None and is_root(bare.root):
            return lookup(bare)
        literal = unescape_bare(text)
        if literal is not None:
            return literal
    pieces = scan(text)
    alone = _alone(pieces)
    if alone is not None:
        return lookup(alone)
    return "".join(piece if isinstance(piece, str) else as_text(lookup(piece)) for piece in pieces)


def _alone(pieces: tuple[Piece, ...]) -> Reference | None:
    references = [piece for piece in pieces if isinstance(piece, Reference)]
    if len(references) != 1 or any(isinstance(piece, str) and piece.strip() for piece in pieces):
        return None
    return references[0]


def as_text(value: object) -> str:
    """A value as it enters text: null as nothing, numbers in their shortest form, maps and lists as JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)
        case int():
            return str(value)
        case _:
            import json  # noqa: PLC0415 - a check puts no values in

            return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
