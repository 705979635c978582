"""What is read of a value that a schema describes: a type that the schema is given must go with it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts_of
from mfo_dialect.analysis.scopes import FlowView, NodeView, TriggerView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.model.workflow import Trigger
from mfo_dialect.shapes import Kind, Shape
from mfo_dialect.syntax import Mapping, Node, Scalar
from mfo_lsp.features.completion.answer_readers import goes_with_answer_readers
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.readers_needs import (
    MOST_PARTS,
    goes_with,
    is_as_right,
    properties_of,
    uses_below,
    variables_of,
    variables_that_are,
)
from mfo_lsp.features.written import parts_naming

_KINDS = {
    "object": Kind.MAP,
    "array": Kind.LIST,
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "null": Kind.NULL,
}
_SAID_BY = {
    "properties": Kind.MAP,
    "required": Kind.MAP,
    "additionalProperties": Kind.MAP,
    "items": Kind.LIST,
    "minItems": Kind.LIST,
    "maxItems": Kind.LIST,
}
"""The keywords that only one kind of value heeds."""
_INPUT = ("INPUT",)
_PAYLOAD = ("TRIGGER", "payload")


def suits_schema(place: Place, word: str) -> bool:
    """Whether a schema may say ``word`` for its ``type``: what is written beside it, and what is read, go with that."""
    kind = _KINDS.get(word)
    schema = place.stops[-2].node if len(place.stops) > 1 else None
    if kind is None or not isinstance(schema, Mapping):
        return True
    beside = {_SAID_BY[pair.name] for pair in schema.effective_pairs() if pair.name in _SAID_BY}
    return beside <= {kind} and _goes_with_readers(place, tuple(stop.name for stop in place.stops[1:-1]), kind)


def suits_keyword(place: Place, keyword: str) -> bool:
    """Whether a schema without a type may have a keyword, as the schema is then taken for one of a map."""
    schema = place.stops[-1].node
    if keyword != "properties" or (isinstance(schema, Mapping) and "type" in schema):
        return True
    return _goes_with_readers(place, tuple(stop.name for stop in place.stops[1:]), Kind.MAP)


def _goes_with_readers(place: Place, steps: tuple[str | int, ...], kind: Kind) -> bool:
    """Whether all who read the value that a schema describes get what they need; so where that is not plain.

    Args:
        place: inside the schema.
        steps: the keys from the root to the schema itself.
        kind: of the value.
    """
    for number, step in enumerate(steps):
        if step in {"input_schema", "expected_payload_schema"}:
            path, written = properties_of(steps[number + 1 :]), place.stops[number + 1].node
            break
    else:
        if steps[:1] != ("schemas",) or len(steps) < 2:  # noqa: PLR2004 - the list, and the name of the schema
            return goes_with_answer_readers(place.snapshot, steps, kind)
        path, written = properties_of(steps[2:]), None
    if path is None:
        return True
    described = _Described(place.snapshot, str(steps[1]) if written is None else "", written)
    return all(goes_with(use, rest, kind) for use, rest in described.reads(path)) and all(
        _takes_input(text, path[0], Shape(kind)) for text in (described.expressions(path[0]) if len(path) == 1 else ())
    )


class _Described:
    """What a schema describes: the inputs of taskflows, the payloads of triggers."""

    def __init__(self, snapshot: Snapshot, name: str, written: Node | None) -> None:
        """Look for what uses a schema.

        Args:
            snapshot: the bundle.
            name: the schema's name, where it is declared under one.
            written: the schema, where it is written in its place.
        """

        def is_meant(node: Node | None) -> bool:
            return node is not None and (
                node is written or (bool(name) and isinstance(node, Scalar) and node.text == name)
            )

        self.snapshot = snapshot
        self.flows = [flow for flow in snapshot.flows if is_meant(flow.taskflow.input_schema)]
        self.triggers = [view for view in snapshot.triggers if is_meant(_payload_schema(view.trigger))]

    def reads(self, path: tuple[str, ...]) -> Iterator[tuple[Use, tuple[str, ...]]]:
        """Who reads a path of what is described, each with the path below it."""
        for roots in (_INPUT, _PAYLOAD):
            names = (*roots, *path)
            for use, rest in uses_below(self._parts(names[-1]), names, self.snapshot):
                if self._is_read_by(use):
                    yield use, rest

    def expressions(self, name: str) -> Iterator[ExpressionText]:
        """The expressions that may read an input."""
        for part in self._parts(name):
            if isinstance(part, NodeView) and part.flow in self.flows and part.level.owner is None:
                yield from expression_texts_of(part, self.snapshot)

    def _parts(self, name: str) -> Iterator[NodeView | FlowView | TriggerView]:
        documents = (*(flow.document for flow in self.flows), *(view.workflow.document for view in self.triggers))
        found = (part for document in dict.fromkeys(documents) for part in parts_naming(self.snapshot, document, name))
        return (part for part in islice(found, MOST_PARTS) if isinstance(part, NodeView | FlowView | TriggerView))

    def _is_read_by(self, use: Use) -> bool:
        """Whether a use of ``INPUT`` or ``TRIGGER`` reads what is described; subflows have inputs of their own."""
        if use.reference.root == "INPUT":
            return use.flow in self.flows and (use.level is None or use.level.owner is None)
        return any(
            view.trigger is use.trigger or (use.flow and view.trigger in use.flow.triggers) for view in self.triggers
        )


def _payload_schema(trigger: Trigger) -> Node | None:
    return trigger.config.get("expected_payload_schema") if trigger.config is not None else None


def _takes_input(text: ExpressionText, name: str, shape: Shape) -> bool:
    """Whether an expression is as right where an input has a shape as it is now."""
    names = dict.fromkeys(variables_that_are(text.view, (*_INPUT, name)), shape)
    if name not in variables_of(text.view):
        names[name] = shape
    return is_as_right(text, names)
