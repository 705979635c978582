"""An input, an output or a subflow is declared and never read.

## What it finds

Properties of an ``input_schema`` that nothing in the taskflow, or in the subflow, reads; entries of a task's
``outputs`` that nothing reads, where the taskflow says what a run returns; and subflows that change nothing outside the
run, whose results nobody reads. Where INPUT is handed on as a whole, or a schema has a name and may serve others too, all of
it may be read.

## Why it matters

Callers take the trouble to give what nobody uses, and readers look for a use that is not there.

## Bad

```yaml workflow.yml
name: letters
input_schema:
  properties:
    letter: {type: string}
    mood: {type: string}
#   ^^^^ MFO409 reads the input
tasks:
  - id: answer
    type: mfo_api_chat_send
    config: {prompt: "Answer ${INPUT.letter}"}
    outputs: [answer.message, answer.usage]
    #                         ^^^^^^^^^^^^ MFO409 nothing reads
outputs:
  answer: ${answer.message}
```

## Good

```yaml workflow.yml
name: letters
input_schema:
  properties:
    letter: {type: string}
tasks:
  - id: answer
    type: mfo_api_chat_send
    config: {prompt: "Answer ${INPUT.letter}"}
    outputs: [answer.message]
outputs:
  answer: ${answer.message}
```

## Fix

Take it out, or read it where it was meant to be read.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import expression_texts_of
from mfo_dialect.analysis.resolve import Outcome
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity, Tag
from mfo_dialect.model.access import entries_at, texts_at
from mfo_dialect.model.workflow import Condition, Subflow, Task
from mfo_dialect.records import record
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Mapping, Node, Scalar

_FOUND = {Outcome.KNOWN, Outcome.UNKNOWN}
_TAGS = (Tag.UNNECESSARY,)
_COMPUTING = frozenset(
    {
        "transform",
        "mfo_api_memory_get",
        "mfo_api_resource_get",
        "mfo_api_resource_list",
        "mfo_api_tool_list",
        "mfo_api_job_get",
    }
)


@record
class _ReadPath:
    """One reading: the level that it is read from, and the names."""

    level: LevelView
    names: tuple[str, ...]


@record
class _FlowReads:
    """All that one taskflow reads.

    Attributes:
        naming: by each name, the paths that hold it, each with its place there.
        is_known: False where something may be read that cannot be told.
    """

    naming: dict[str, list[tuple[_ReadPath, int]]]
    is_known: bool

    def starting(self, name: str, inside: LevelView) -> Iterator[tuple[str, ...]]:
        """The paths that start with a name, read on a level or inside its subflows."""
        return (path.names for path, at in self.naming.get(name, ()) if at == 0 and _is_inside(path.level, inside))

    def is_input_read(self, name: str, inside: LevelView) -> bool:
        """Whether an input is read by its name, or as a part of INPUT."""
        found = self.naming.get(name, ())
        return any(
            (at == 0 or (at == 1 and path.names[0] == "INPUT")) and _is_inside(path.level, inside) for path, at in found
        )

    def after(self, name: str) -> Iterator[tuple[str, ...]]:
        """What is read of a name, wherever it stands in a path, the name first."""
        return (_folded(path.names[at:]) for path, at in self.naming.get(name, ()))


def _reads_of(flow: FlowView, snapshot: Snapshot) -> _FlowReads:
    naming: dict[str, list[tuple[_ReadPath, int]]] = {}
    is_known = True
    for part in (*flow.nodes, flow):
        found, is_all = snapshot.kept(part, _paths)
        is_known = is_known and is_all
        for path in found:
            for at, name in enumerate(path.names):
                naming.setdefault(name, []).append((path, at))
    return _FlowReads(naming, is_known)


def _paths(part: NodeView | FlowView, snapshot: Snapshot) -> tuple[list[_ReadPath], bool]:
    """What a node, or the outputs of a taskflow, read; and whether that is surely all."""
    paths: list[_ReadPath] = []
    is_known = True
    for use in snapshot.uses_of(part):
        if use.level is not None:
            is_known = is_known and not use.reference.problem and snapshot.resolution(use).outcome in _FOUND
            paths.append(_ReadPath(use.level, (use.reference.root, *use.reference.path)))
    for text in expression_texts_of(part, snapshot) if isinstance(part, NodeView) else ():
        names = {node.name for node in expressions.walk(text.parsed.tree) if isinstance(node, expressions.nodes.Name)}
        is_known = is_known and not text.checked.problems and "$env" not in names
        found = [(read.root, *(str(segment.key) for segment in read.path)) for read in expressions.reads(text.parsed)]
        hidden = names - {path[0] for path in found}
        paths += [_ReadPath(text.view.level, path) for path in (*found, *((name,) for name in hidden))]
    return paths, is_known


def check(part: NodeView | FlowView, snapshot: Snapshot) -> Iterator[Report]:
    """Report what one taskflow, or one node of it, declares and nobody reads."""
    if isinstance(part, FlowView):
        if _declares_inputs(part.taskflow.input_schema) and (found := _known_reads(part, snapshot)):
            yield from _unused_inputs(part.taskflow.input_schema, part.document, found, part.top, "this taskflow")
        return
    node, flow = part.node, part.flow
    if isinstance(node, Subflow) and part.inner is not None and _declares_inputs(node.input_schema):
        found = _known_reads(flow, snapshot)
        if found is not None:
            yield from _unused_inputs(node.input_schema, flow.document, found, part.inner, f'"{part.id}"')
    if flow.taskflow.outputs is None or flow.taskflow.outputs.damaged:
        return
    if (isinstance(node, Subflow) or _outputs(part)) and (found := _known_reads(flow, snapshot)):
        yield from _unused_outputs(part, found)
        yield from _unused_subflow(part, found)


def _known_reads(flow: FlowView, snapshot: Snapshot) -> _FlowReads | None:
    """What a taskflow reads; None where that cannot be told."""
    found = snapshot.kept(flow, _reads_of) if not flow.damaged else None
    return found if found is not None and found.is_known else None


def _is_inside(level: LevelView, outer: LevelView) -> bool:
    while level is not outer:
        if level.owner is None:
            return False
        level = level.owner.level
    return True


def _declares_inputs(schema: Node | None) -> bool:
    return isinstance(schema, Mapping) and not schema.damaged and schema.anchor is None


def _unused_inputs(
    schema: Node | None, document: str, found: _FlowReads, inside: LevelView, reader: str
) -> Iterator[Report]:
    if not isinstance(schema, Mapping) or any(names == ("INPUT",) for names in found.starting("INPUT", inside)):
        return
    for key, _ in entries_at(schema, "properties"):
        if schema.span.contains(key.span.start) and not found.is_input_read(key.text, inside):
            yield Report(document, key.content_span, f'nothing in {reader} reads the input "{key.text}"', tags=_TAGS)


def _outputs(view: NodeView) -> tuple[Scalar, ...]:
    return texts_at(view.node.mapping, "outputs") if isinstance(view.node, Task) and view.node.id is not None else ()


def _unused_outputs(view: NodeView, found: _FlowReads) -> Iterator[Report]:
    for scalar in _outputs(view):
        written = tuple(scalar.text.strip().split("."))
        if written[0] != view.id or not written[1:]:
            continue
        names = _folded(written)
        touched = any(path[: len(names)] == names[: len(path)] for path in found.after(view.id))
        if not touched and not _is_passed_on_whole(view, found):
            message = f'nothing reads "{scalar.text.strip()}", and the taskflow does not return it'
            yield Report(view.document, scalar.content_span, message, tags=_TAGS, name="unused-output")


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    """A path with the letters below the node in lower case, since the paths of resources ignore case."""
    return (names[0], *(name.casefold() for name in names[1:]))


def _is_passed_on_whole(view: NodeView, found: _FlowReads) -> bool:
    """Whether a subflow around the node is read as a whole, its inner outputs with it."""
    return any(path == (outer.id,) for outer in view.path for path in found.after(outer.id))


def _unused_subflow(view: NodeView, found: _FlowReads) -> Iterator[Report]:
    if not isinstance(view.node, Subflow) or view.inner is None or view.node.id is None or not view.inner.nodes:
        return
    inner = list(_nodes_inside(view.inner))
    if not all(_only_computes(one) for one in inner):
        return
    names = {view.id, *(one.id for one in inner)}
    if view.level.wiring.successors(view) or view.level.wiring.in_loop(view):
        return
    around = (path for name in names for path, at in found.naming.get(name, ()) if at == 0)
    if all(_is_inside(path.level, view.inner) for path in around):
        message = f'nothing reads a result of the subflow "{view.id}", and it changes nothing outside'
        yield Report(view.document, view.name_span, message, tags=_TAGS, name="unused-subflow")


def _nodes_inside(level: LevelView) -> Iterator[NodeView]:
    waiting = [level]
    while waiting:
        for view in waiting.pop().nodes:
            yield view
            if view.inner is not None:
                waiting.append(view.inner)


def _only_computes(view: NodeView) -> bool:
    return isinstance(view.node, Condition | Subflow) or view.type_name in _COMPUTING


RULE = Rule(
    "MFO409",
    "unused-input",
    Severity.HINT,
    select.of(NodeView, FlowView),
    check,
    more_names=("unused-output", "unused-subflow"),
    topics=("unused",),
)
