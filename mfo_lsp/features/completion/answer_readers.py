"""What is read of a model's answer: a type that a template's ``output_schema`` is given must go with it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from mfo_dialect.analysis.chats import users_of
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts_of
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.shapes import UNKNOWN, Kind, Shape
from mfo_lsp.features.completion.readers_needs import (
    MOST_PARTS,
    goes_with,
    is_as_right,
    properties_of,
    uses_below,
    variables_that_are,
)
from mfo_lsp.features.written import parts_naming

_ANSWER = "parsed_content"


def goes_with_answer_readers(snapshot: Snapshot, steps: tuple[str | int, ...], kind: Kind) -> bool:
    """Whether all who read the part of an answer that a schema describes get what they need; so where that is not plain.

    Args:
        snapshot: the bundle.
        steps: the keys from a prompts document's root to the schema itself.
        kind: of the value.
    """
    match steps:
        case ("templates", str(template), "output_schema", *below):
            path = properties_of(tuple(below))
        case _:
            return True
    if path is None:
        return True
    tasks = [chat.view for chat in islice(users_of(template, snapshot), MOST_PARTS)]
    return all(_goes_with_readers_of(task, path, kind, snapshot) for task in tasks)


def _goes_with_readers_of(task: NodeView, path: tuple[str, ...], kind: Kind, snapshot: Snapshot) -> bool:
    """Whether all who read a path of a task's answer, and the expressions in its taskflow, can do with a kind of value."""
    parts = parts_naming(snapshot, task.document, task.id)[:MOST_PARTS]
    around = [part for part in parts if isinstance(part, NodeView) and part.flow is task.flow]
    reads = uses_below(parts, (task.id, _ANSWER, *path), snapshot)
    texts = (text for part in around for text in expression_texts_of(part, snapshot))
    return all(goes_with(use, rest, kind) for use, rest in reads) and all(
        _takes(text, task, path, Shape(kind)) for text in texts
    )


def _takes(text: ExpressionText, task: NodeView, path: tuple[str, ...], shape: Shape) -> bool:
    """Whether an expression is as right where a part of an answer has a shape as it is now."""
    names = dict.fromkeys(variables_that_are(text.view, (task.id, _ANSWER, *path)), shape)
    known = text.names.get(task.id)
    if known is not None and task.id not in names:
        names[task.id] = _with(known, (_ANSWER, *path), shape)
    return is_as_right(text, names)


def _with(shape: Shape, path: tuple[str, ...], value: Shape) -> Shape:
    """A shape in which a field, or one of a field, has another shape."""
    if not path:
        return value
    first, *below = path
    field = _with(shape.fields.get(first, UNKNOWN), tuple(below), value)
    return replace(shape, kind=Kind.MAP, fields={**shape.fields, first: field})
