"""Every reference of a bundle, with who reads it and where (dialect section 6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import lru_cache, partial
from typing import TypeAlias

from mfo_dialect.analysis.layouts import Child, child_of, layout_of
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


@record(eq=False, guarded=False)
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


@record(guarded=False)
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
        reader, node, level, flow, trigger = self.reader, self.node, self.level, self.flow, self.trigger
        return Use(self.document, scalar, reference, reader, node, level, flow, trigger, alone, value_type)


@record(eq=False, guarded=False)
class Candidate:
    """A scalar that may hold references.

    Attributes:
        scalar: the scalar.
        references: which spellings it is read for.
        value_type: what the catalogue declares for it; None below an open value.
        context: who reads it.
    """

    scalar: Scalar
    references: References
    value_type: ValueType | None
    context: _Context


def candidates_of_outputs(flow: FlowView) -> Iterator[Candidate]:
    """The scalars that may hold references in what a taskflow gives in the end."""
    if flow.taskflow.outputs is not None:
        context = partial(_Context, flow.document, Reader.OUTPUTS, None, flow.top, flow)
        yield from _candidates(flow.taskflow.outputs, VALUE_MAP, context)


def candidates_of_node(view: NodeView, project: Project) -> Iterator[Candidate]:
    """Those that one node reads itself; a subflow's inner nodes read their own."""
    match view.node:
        case Task(config=config) if config is not None:
            task_type = project.task_type(view.node.type_name)
            config_type = task_type.config if task_type is not None else VALUE_MAP
            yield from _candidates(config, config_type, partial(_context_of, view, Reader.CONFIG))
        case Condition(vars=variables) if variables is not None:
            yield from _candidates(variables, VALUE_MAP, partial(_context_of, view, Reader.VARS))
        case Subflow(input_mapping=mapping) if mapping is not None:
            yield from _candidates(mapping, VALUE_MAP, partial(_context_of, view, Reader.INPUT_MAPPING))
        case _:
            return


def candidates_of_trigger(document: str, trigger: Trigger) -> Iterator[Candidate]:
    """Those of a trigger's input mapping."""
    if trigger.input_mapping is not None:
        context = partial(_Context, document, Reader.TRIGGER, trigger=trigger)
        yield from _candidates(trigger.input_mapping, VALUE_MAP, context)


def uses_in(candidates: Iterable[Candidate]) -> Iterator[Use]:
    """The references that are read."""
    for candidate in candidates:
        yield from _uses_in(candidate.scalar, candidate.references, candidate.value_type, candidate.context)


def bare_paths_in(candidates: Iterable[Candidate]) -> Iterator[Use]:
    """The whole texts that look like a path and are none, as their root is not in scope."""
    for candidate in candidates:
        scalar, context = candidate.scalar, candidate.context
        bare = bare_reference(scalar.text) if candidate.references is References.ALL else None
        if bare is not None and not context.is_root(bare.root):
            yield context.use(scalar, bare, candidate.value_type, alone=True)
        elif bare is None and not scalar.damaged:
            for reference in _half_written(scalar.text):
                if context.is_root(reference.root):
                    yield context.use(scalar, reference, candidate.value_type, alone=False)


def _context_of(view: NodeView, reader: Reader) -> _Context:
    level = view.level
    return _Context(view.document, reader, view, level, level.flow)


_MAX_DEPTH = 64
_LONGEST_KEPT, _MOST_KEPT = 200, 2048
_Read: TypeAlias = "tuple[Scalar, References, ValueType | None]"

_NO_OPENER = re.compile(r"(?<!\$)\$(?P<root>[A-Za-z_][\w-]*)\.[\w.-]+(?P<close>[}>])")
_NO_MARK = re.compile(r"\{\$?(?P<root>[A-Za-z_][\w-]*)\.[\w.-]+(?P<close>\})|<(?P<other>[A-Za-z_][\w-]*)\.[\w.-]+>")
_NO_NAME = re.compile(r"(?P<root>[A-Za-z_][\w-]*)\.(?:[\w-]+\.)*(?:\.[\w.-]*)?")


def _half_written(text: str) -> tuple[Reference, ...]:
    """What was nearly written as a reference: ``$a.b}``, ``{a.b}`` or ``a..b``; whether ``a`` is a root, others know."""
    return _kept_half_written(text) if len(text) <= _LONGEST_KEPT else tuple(_found_half_written(text))


def _found_half_written(text: str) -> Iterator[Reference]:
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


@lru_cache(_MOST_KEPT)
def _kept_half_written(text: str) -> tuple[Reference, ...]:
    return tuple(_found_half_written(text))


def _unfinished(match: re.Match[str], problem: str) -> Reference:
    name = "root" if match["root"] else "other"
    root = Segment(match[name], Span(*match.span(name)))
    return Reference((root,), Span(*match.span()), Spelling.BARE, problem, Span(*match.span()))


def _candidates(root: Node, root_type: ValueType, context: Callable[[], _Context]) -> list[Candidate]:
    """The scalars at or below a value that are read for references and look as if they held some."""
    found: list[_Read] = []
    chosen = choose(root_type, root)
    if not _add_quickly(root, chosen, 0, found):
        found = []
        _add_scalars(root, chosen, 0, found, set())
    if not found:
        return []
    reader = context()
    return [Candidate(scalar, references, declared, reader) for scalar, references, declared in found]


def _add_quickly(node: Node, declared: ValueType, depth: int, found: list[_Read]) -> bool:
    """As ``_add_scalars``, for a map or list without aliases, so that nothing is come by twice.

    Returns:
        Whether that is all; false where there is an alias, or a map with doubles, slips or more than texts for keys.
    """
    if depth >= _MAX_DEPTH:
        return False
    if type(node) is Mapping:
        if type(declared) is MapType:
            pairs = node.plain_pairs()
            if pairs is None:
                return False
            for pair, child in zip(pairs.values(), layout_of(node, tuple(pairs), declared).children, strict=True):
                if child is not None and not _add_child(pair.value, child, depth, found):
                    return False
            return True
    elif type(node) is not Sequence:
        return False
    elif type(declared) is ListType:
        child = child_of(declared.item)
        return all(_add_child(item, child, depth, found) for item in node.items)
    return isinstance(declared, (MapType, ListType, EitherType)) or _add_open(node, child_of(declared), depth, found)


def _add_child(node: Node, child: Child, depth: int, found: list[_Read]) -> bool:
    if type(node) is not Scalar:
        return _add_quickly(node, choose(child.declared, node), depth + 1, found)
    text = node.text
    if ("." in text or "$" in text or "[" in text) and not node.is_missing and child.references is not References.NONE:
        found.append((node, child.references, None if type(child.of_scalar) is AnyType else child.of_scalar))
    return True


def _add_open(node: Node, child: Child, depth: int, found: list[_Read]) -> bool:
    """The same of all scalars in a map or list where anything may stand."""
    if child.references is References.NONE:
        return True
    if depth >= _MAX_DEPTH:
        return False
    inner = (
        [pair.value for pair in node.pairs] if type(node) is Mapping else node.items if type(node) is Sequence else None
    )
    if inner is None:
        return False
    for one in inner:
        is_taken = (
            _add_child(one, child, depth, found) if type(one) is Scalar else _add_open(one, child, depth + 1, found)
        )
        if not is_taken:
            return False
    return True


def _add_scalars(node: Node, declared: ValueType, depth: int, found: list[_Read], seen: set[tuple[int, int]]) -> None:
    """Walk as ``visits.walk`` does, but pass over scalars that hold no reference, as nearly all do, at once."""
    identity = (id(node), id(declared))
    if identity in seen or depth > _MAX_DEPTH:
        return
    seen.add(identity)
    if type(node) is Scalar:
        _add(declared, [node] if _may_hold_reference(node) else (), found)
    elif isinstance(declared, MapType):
        if isinstance(node, Mapping):
            _add_in_map(node, declared, depth, found, seen)
    elif isinstance(declared, ListType):
        for item in node if isinstance(node, Sequence) else ():
            _add_scalars(item, choose(declared.item, item), depth + 1, found, seen)
    elif not isinstance(declared, EitherType):
        _add(declared, [scalar for scalar in scalars_below(node) if _may_hold_reference(scalar)], found)


def _add_in_map(
    node: Mapping, declared: MapType, depth: int, found: list[_Read], seen: set[tuple[int, int]]
) -> None:  # fmt: skip
    keys, others = known_keys(node, declared), declared.others
    for name, pair in node.named_pairs():
        value = pair.value
        if type(value) is Scalar:
            text = value.text
            if not ("." in text or "$" in text or "[" in text):  # as ``_may_hold_reference``, without a call
                continue
        key = keys.get(name or "")
        child_type = key.type if key is not None else others
        if child_type is not None:
            value = follow(value)
            _add_scalars(value, choose(child_type, value), depth + 1, found, seen)


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
    if len(pieces) == 1:
        if isinstance(pieces[0], Reference):
            yield context.use(scalar, pieces[0], value_type, alone=True)
        return
    found = [piece for piece in pieces if isinstance(piece, Reference)]
    alone = len(found) == 1 and not "".join([piece for piece in pieces if isinstance(piece, str)]).strip()
    for reference in found:
        yield context.use(scalar, reference, value_type, alone=alone)
