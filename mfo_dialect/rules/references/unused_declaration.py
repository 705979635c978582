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
from dataclasses import dataclass, field

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import expressions_of
from mfo_dialect.analysis.resolve import Outcome
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity, Tag
from mfo_dialect.model.access import entries_at, texts_at
from mfo_dialect.model.workflow import Condition, Subflow, Task
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Mapping, Node

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


@dataclass(frozen=True, slots=True)
class _ReadPath:
    """One reading: the level that it is read from, and the names."""

    level: LevelView
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _FlowReads:
    """All that one taskflow reads; ``is_known`` is False where something may be read that cannot be told."""

    flow: FlowView
    paths: list[_ReadPath] = field(default_factory=list[_ReadPath])
    is_known: bool = True


def _flow_reads(snapshot: Snapshot) -> Iterator[_FlowReads]:
    for flow in snapshot.flows:
        if flow.damaged:
            continue
        paths: list[_ReadPath] = []
        is_known = True
        for use in snapshot.uses:
            if use.flow is flow and use.level is not None:
                is_known = is_known and not use.reference.problem
                is_known = is_known and snapshot.resolution(use).outcome in _FOUND
                paths.append(_ReadPath(use.level, (use.reference.root, *use.reference.path)))
        for view in flow.nodes:
            for text in expressions_of(view, snapshot.bundle):
                names = {
                    node.name for node in expressions.walk(text.parsed.tree) if isinstance(node, expressions.nodes.Name)
                }
                is_known = is_known and not text.checked.problems and "$env" not in names
                found = [
                    (read.root, *(str(segment.key) for segment in read.path)) for read in expressions.reads(text.parsed)
                ]
                hidden = names - {path[0] for path in found}
                paths += [_ReadPath(view.level, path) for path in (*found, *((name,) for name in hidden))]
        yield _FlowReads(flow, paths, is_known)


def check(found: _FlowReads, _snapshot: Snapshot) -> Iterator[Report]:
    """Report what one taskflow declares and does not read."""
    if not found.is_known:
        return
    flow = found.flow
    yield from _unused_inputs(flow.taskflow.input_schema, flow.document, found.paths, "this taskflow")
    for view in flow.nodes:
        node = view.node
        if isinstance(node, Subflow) and view.inner is not None:
            inside = [path for path in found.paths if _is_inside(path.level, view.inner)]
            yield from _unused_inputs(node.input_schema, flow.document, inside, f'"{view.id}"')
    if flow.taskflow.outputs is not None and not flow.taskflow.outputs.damaged:
        read = {_folded(path.names[index:]) for path in found.paths for index in range(len(path.names))}
        for view in flow.nodes:
            yield from _unused_outputs(view, read)
            yield from _unused_subflow(view, found)


def _is_inside(level: LevelView, outer: LevelView) -> bool:
    while level is not outer:
        if level.owner is None:
            return False
        level = level.owner.level
    return True


def _unused_inputs(schema: Node | None, document: str, paths: list[_ReadPath], reader: str) -> Iterator[Report]:
    if not isinstance(schema, Mapping) or schema.damaged or schema.anchor is not None:
        return
    if any(path.names == ("INPUT",) for path in paths):
        return
    read = {name for path in paths for name in (path.names[:1] if path.names[0] != "INPUT" else path.names[1:2])}
    for key, _ in entries_at(schema, "properties"):
        if key.text not in read and schema.span.contains(key.span.start):
            yield Report(document, key.content_span, f'nothing in {reader} reads the input "{key.text}"', tags=_TAGS)


def _unused_outputs(view: NodeView, read: set[tuple[str, ...]]) -> Iterator[Report]:
    if not isinstance(view.node, Task) or view.node.id is None:
        return
    for scalar in texts_at(view.node.mapping, "outputs"):
        written = tuple(scalar.text.strip().split("."))
        if written[0] != view.id or not written[1:]:
            continue
        names = _folded(written)
        touched = any(path[: len(names)] == names[: len(path)] for path in read if path[0] == view.id)
        if not touched and not _is_passed_on_whole(view, read):
            message = f'nothing reads "{scalar.text.strip()}", and the taskflow does not return it'
            yield Report(view.document, scalar.content_span, message, tags=_TAGS, name="unused-output")


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    """A path with the letters below the node in lower case, since the paths of resources ignore case."""
    return (names[0], *(name.casefold() for name in names[1:]))


def _is_passed_on_whole(view: NodeView, read: set[tuple[str, ...]]) -> bool:
    """Whether a subflow around the node is read as a whole, its inner outputs with it."""
    return any((outer.id,) in read for outer in view.path)


def _unused_subflow(view: NodeView, found: _FlowReads) -> Iterator[Report]:
    if not isinstance(view.node, Subflow) or view.inner is None or view.node.id is None or not view.inner.nodes:
        return
    inner = list(_nodes_inside(view.inner))
    if not all(_only_computes(one) for one in inner):
        return
    names = {view.id, *(one.id for one in inner)}
    if view.level.graph.successors[view.index] or view.level.graph.loop_of[view.index] is not None:
        return
    if not any(path.names[0] in names for path in found.paths if not _is_inside(path.level, view.inner)):
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
    _flow_reads,
    check,
    more_names=("unused-output", "unused-subflow"),
    topics=("unused",),
)
