"""What is read of a model's answer: a type that a template's ``output_schema`` is given must go with it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from mfo_dialect.analysis.chats import users_of
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts_of
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.expressions import check
from mfo_dialect.shapes import UNKNOWN, Kind, Shape
from mfo_lsp.features.completion.readers_needs import MOST_PARTS, goes_with, properties_of, variables_that_are
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
    return all(
        all(goes_with(use, rest, kind) for use, rest in _uses(task, path, snapshot))
        and all(_takes(text, task, path, Shape(kind)) for text in _expressions(task, snapshot))
        for task in tasks
    )


def _uses(task: NodeView, path: tuple[str, ...], snapshot: Snapshot) -> Iterator[tuple[Use, tuple[str, ...]]]:
    """Who reads a path of a task's answer, each with the path below it."""
    names = (task.id, _ANSWER, *path)
    for part in islice(parts_naming(snapshot, task.document, task.id), MOST_PARTS):
        for use in snapshot.uses_of(part):
            said = tuple(segment.name for segment in use.reference.segments)
            if said[: len(names)] == names:
                yield use, said[len(names) :]


def _expressions(task: NodeView, snapshot: Snapshot) -> Iterator[ExpressionText]:
    """The expressions of nodes around a task that may read its answer."""
    for part in islice(parts_naming(snapshot, task.document, task.id), MOST_PARTS):
        if isinstance(part, NodeView) and part.flow is task.flow:
            yield from expression_texts_of(part, snapshot)


def _takes(text: ExpressionText, task: NodeView, path: tuple[str, ...], shape: Shape) -> bool:
    """Whether an expression is as right where a part of an answer has a shape as it is now."""
    names = dict.fromkeys(variables_that_are(text.view, (task.id, _ANSWER, *path)), shape)
    known = text.names.get(task.id)
    if known is not None and task.id not in names:
        names[task.id] = _with(known, (_ANSWER, *path), shape)
    tried = check(text.parsed, ChainMap(names, dict(text.names)), unknown_names_allowed=text.are_names_open)
    messages = {problem.message for problem in text.checked.problems}
    return all(problem.message in messages for problem in tried.problems)


def _with(shape: Shape, path: tuple[str, ...], value: Shape) -> Shape:
    """A shape in which a field, or one of a field, has another shape."""
    if not path:
        return value
    first, *below = path
    field = _with(shape.fields.get(first, UNKNOWN), tuple(below), value)
    return replace(shape, kind=Kind.MAP, fields={**shape.fields, first: field})
