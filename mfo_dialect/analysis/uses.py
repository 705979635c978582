"""Every reference of a bundle, with who reads it and where (dialect section 6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TypeAlias

from mfo_dialect.analysis.scopes import RESERVED_ROOTS, FlowView, LevelView, NodeView
from mfo_dialect.analysis.visits import choose, known_keys, references_of, scalars_below
from mfo_dialect.catalogue.values import VALUE_MAP, AnyType, EitherType, ListType, MapType, References, ValueType
from mfo_dialect.model.project import Project
from mfo_dialect.model.workflow import Condition, Subflow, Task, Trigger
from mfo_dialect.records import record
from mfo_dialect.references import Reference, Segment, Spelling, bare_reference, scan
from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence, follow
from mfo_dialect.text import Span


class Reader(Enum):
    """What reads a reference."""

    CONFIG = "config"
    VARS = "vars"
    INPUT_MAPPING = "input_mapping"
    OUTPUTS = "outputs"
    TRIGGER = "trigger"


@record(eq=False)
class Use:
    """One reference in its place.

    Attributes:
        document: the key of the text.
        scalar: the scalar that holds it.
        reference: the reference; its spans are relative to the scalar's text.
        reader: what reads it.
        node: the node that reads it; None for a taskflow's outputs and a trigger's mapping.
        level: the level whose names it sees; None for a trigger's mapping.
        flow: the taskflow; None for a trigger's mapping.
        trigger: the trigger whose mapping holds it.
        alone: it is the whole scalar, so the value keeps its type.
        value_type: what the catalogue declares for the scalar; None below an open value.
    """

    document: str
    scalar: Scalar
    reference: Reference
    reader: Reader
    node: NodeView | None = None
    level: LevelView | None = None
    flow: FlowView | None = None
    trigger: Trigger | None = None
    alone: bool = False
    value_type: ValueType | None = None

    @property
    def span(self) -> Span:
        """Where the whole reference stands in the document."""
        return self.scalar.span_of(self.reference.span)

    def segment_span(self, index: int) -> Span:
        """Where one segment of its path stands in the document; 0 is the root."""
        return self.scalar.span_of(self.reference.segments[index].span)


@record
class _Context:
    document: str
    reader: Reader
    node: NodeView | None = None
    level: LevelView | None = None
    flow: FlowView | None = None
    trigger: Trigger | None = None

    def is_root(self, name: str) -> bool:
        return name in RESERVED_ROOTS or (self.flow is not None and name in self.flow.by_id)

    def use(self, scalar: Scalar, reference: Reference, value_type: ValueType | None, *, alone: bool) -> Use:
        place = (self.reader, self.node, self.level, self.flow, self.trigger)
        return Use(self.document, scalar, reference, *place, alone, value_type)


def uses_of_outputs(flow: FlowView) -> Iterator[Use]:
    """The references of what a taskflow gives in the end."""
    for root, root_type, context in _places_of_outputs(flow):
        yield from _uses(root, root_type, context)


def uses_of_node(view: NodeView, project: Project) -> Iterator[Use]:
    """The references that one node reads itself; a subflow's inner nodes read their own."""
    for root, root_type, context in _places_of_node(view, project):
        yield from _uses(root, root_type, context)


def bare_paths_of_node(view: NodeView, project: Project) -> Iterator[Use]:
    """The whole texts of a node that look like a path and are none, as their root is not in scope."""
    for root, root_type, context in _places_of_node(view, project):
        yield from _bare_paths(root, root_type, context)


def bare_paths_of_outputs(flow: FlowView) -> Iterator[Use]:
    """The same for what a taskflow gives in the end."""
    for root, root_type, context in _places_of_outputs(flow):
        yield from _bare_paths(root, root_type, context)


def bare_paths_of_trigger(document: str, trigger: Trigger) -> Iterator[Use]:
    """The same for a trigger's input mapping."""
    if trigger.input_mapping is not None:
        context = _Context(document, Reader.TRIGGER, trigger=trigger)
        yield from _bare_paths(trigger.input_mapping, VALUE_MAP, context)


_MAX_DEPTH = 64
_Place: TypeAlias = "tuple[Node, ValueType, _Context]"
_Read: TypeAlias = "tuple[Scalar, References, ValueType | None]"


def _places_of_outputs(flow: FlowView) -> Iterator[_Place]:
    if flow.taskflow.outputs is not None:
        yield flow.taskflow.outputs, VALUE_MAP, _Context(flow.document, Reader.OUTPUTS, None, flow.top, flow)


def _places_of_node(view: NodeView, project: Project) -> Iterator[_Place]:
    match view.node:
        case Task(config=config) if config is not None:
            task_type = project.task_type(view.node.type_name)
            config_type = task_type.config if task_type is not None else VALUE_MAP
            yield config, config_type, _Context(view.document, Reader.CONFIG, view, view.level, view.flow)
        case Condition(vars=variables) if variables is not None:
            yield variables, VALUE_MAP, _Context(view.document, Reader.VARS, view, view.level, view.flow)
        case Subflow(input_mapping=mapping) if mapping is not None:
            yield mapping, VALUE_MAP, _Context(view.document, Reader.INPUT_MAPPING, view, view.level, view.flow)
        case _:
            return


def uses_of_trigger(document: str, trigger: Trigger) -> Iterator[Use]:
    """The references of a trigger's input mapping."""
    if trigger.input_mapping is not None:
        yield from _uses(trigger.input_mapping, VALUE_MAP, _Context(document, Reader.TRIGGER, trigger=trigger))


def _uses(root: Node, root_type: ValueType, context: _Context) -> Iterator[Use]:
    for scalar, references, value_type in _scalars(root, root_type):
        yield from _uses_in(scalar, references, value_type, context)


def _bare_paths(root: Node, root_type: ValueType, context: _Context) -> Iterator[Use]:
    for scalar, references, value_type in _scalars(root, root_type):
        bare = bare_reference(scalar.text) if references is References.ALL else None
        if bare is not None and not context.is_root(bare.root):
            yield context.use(scalar, bare, value_type, alone=True)
        elif bare is None and not scalar.damaged:
            for reference in _half_written(scalar.text):
                if context.is_root(reference.root):
                    yield context.use(scalar, reference, value_type, alone=False)


_NO_OPENER = re.compile(r"(?<!\$)\$(?P<root>[A-Za-z_][\w-]*)\.[\w.-]+(?P<close>[}>])")
_NO_MARK = re.compile(r"\{\$?(?P<root>[A-Za-z_][\w-]*)\.[\w.-]+(?P<close>\})|<(?P<other>[A-Za-z_][\w-]*)\.[\w.-]+>")
_NO_NAME = re.compile(r"(?P<root>[A-Za-z_][\w-]*)\.(?:[\w-]+\.)*(?:\.[\w.-]*)?")


def _half_written(text: str) -> Iterator[Reference]:
    """What was nearly written as a reference: ``$a.b}``, ``{a.b}`` or ``a..b``; whether ``a`` is a root, others know."""
    for match in _NO_OPENER.finditer(text) if "$" in text else ():
        opener = "{" if match["close"] == "}" else "<"
        yield _unfinished(match, f"the {opener} behind the $ is missing")
    whole = text.strip()
    start = text.find(whole)
    match = _NO_MARK.fullmatch(text, start, start + len(whole)) if whole else None
    if match is not None:
        yield _unfinished(match, "a reference starts with ${ or $<, or is written without marks")
    match = _NO_NAME.fullmatch(text, start, start + len(whole)) if whole else None
    if match is not None:
        yield _unfinished(match, "a name is missing behind a dot")


def _unfinished(match: re.Match[str], problem: str) -> Reference:
    name = "root" if match["root"] else "other"
    root = Segment(match[name], Span(*match.span(name)))
    return Reference((root,), Span(*match.span()), Spelling.BARE, problem, Span(*match.span()))


def _scalars(root: Node, root_type: ValueType) -> list[_Read]:
    """The scalars at or below a value that are read for references and look as if they held some."""
    found: list[_Read] = []
    _add_scalars(root, choose(root_type, root), 0, found, set())
    return found


def _add_scalars(node: Node, declared: ValueType, depth: int, found: list[_Read], seen: set[tuple[int, int]]) -> None:
    """Walk as ``visits.walk`` does, but pass over scalars that hold no reference, as nearly all do, at once."""
    identity = (id(node), id(declared))
    if identity in seen or depth > _MAX_DEPTH:
        return
    seen.add(identity)
    if type(node) is Scalar:
        _add(declared, [node] if _may_hold_reference(node) else (), found)
    elif isinstance(declared, MapType):
        if not isinstance(node, Mapping):
            return
        keys, others = known_keys(node, declared), declared.others
        for name, pair in node.named_pairs():
            key, value = keys.get(name or ""), pair.value
            child_type = key.type if key is not None else others
            if child_type is not None and (type(value) is not Scalar or _may_hold_reference(value)):
                value = follow(value)
                _add_scalars(value, choose(child_type, value), depth + 1, found, seen)
    elif isinstance(declared, ListType):
        for item in node if isinstance(node, Sequence) else ():
            _add_scalars(item, choose(declared.item, item), depth + 1, found, seen)
    elif not isinstance(declared, EitherType):
        _add(declared, [scalar for scalar in scalars_below(node) if _may_hold_reference(scalar)], found)


def _add(declared: ValueType, scalars: Iterable[Scalar], found: list[_Read]) -> None:
    references = references_of(declared) if scalars else References.NONE
    if references is not References.NONE:
        value_type = None if type(declared) is AnyType else declared
        found += [(scalar, references, value_type) for scalar in scalars]


def _may_hold_reference(scalar: Scalar) -> bool:
    """Whether there is a mark, or what every path has behind its root."""
    text = scalar.text
    return ("." in text or "$" in text or "[" in text) and not scalar.is_missing


def _uses_in(scalar: Scalar, references: References, value_type: ValueType | None, context: _Context) -> Iterator[Use]:
    text = scalar.text
    if references is References.ALL:
        bare = bare_reference(text)
        if bare is not None and context.is_root(bare.root):
            yield context.use(scalar, bare, value_type, alone=True)
            return
    pieces = scan(text, context.is_root)
    found = [piece for piece in pieces if isinstance(piece, Reference)]
    alone = len(found) == 1 and not any(isinstance(piece, str) and piece.strip() for piece in pieces)
    for reference in found:
        yield context.use(scalar, reference, value_type, alone=alone)
