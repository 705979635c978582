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


_Path = tuple[str, ...]
_WHOLE: _Path = ()
_UNKNOWN = None
"""What a part says that may read something which cannot be told."""


def _paths(part: NodeView | FlowView, snapshot: Snapshot) -> tuple[tuple[_Path, ...], bool]:
    """What a node, or the outputs of a taskflow, read; and whether that is surely all."""
    paths: list[_Path] = []
    is_known = True
    for use in snapshot.uses_of(part):
        if use.level is not None:
            is_known = is_known and not use.reference.problem and snapshot.resolution(use).outcome in _FOUND
            paths.append((use.reference.root, *use.reference.path))
    for text in expression_texts_of(part, snapshot) if isinstance(part, NodeView) else ():
        names = {node.name for node in expressions.walk(text.parsed.tree) if isinstance(node, expressions.nodes.Name)}
        is_known = is_known and not text.checked.problems and "$env" not in names
        found = [(read.root, *(str(segment.key) for segment in read.path)) for read in expressions.reads(text.parsed)]
        hidden = names - {path[0] for path in found}
        paths += [*found, *((name,) for name in sorted(hidden))]
    return tuple(paths), is_known


def _inputs_read(part: NodeView | FlowView, snapshot: Snapshot) -> Iterator[_Path | None]:
    """The names that may be inputs, by themselves or as a part of INPUT."""
    paths, is_known = snapshot.kept(part, _paths)
    if not is_known:
        yield _UNKNOWN
    for path in paths:
        yield path[:1]
        if path[0] == "INPUT":
            yield path[1:2]  # no name at all where it is read as a whole


def _outputs_read(part: NodeView | FlowView, snapshot: Snapshot) -> Iterator[tuple[str, _Path]]:
    """What is read of a name wherever it stands in a path: the whole way, and each way that this one goes on from."""
    for path in snapshot.kept(part, _paths)[0]:
        yield "first", path[:1]
        for at in range(len(path)):
            way = _folded(path[at:])
            yield "read", way
            yield from (("on", way[:length]) for length in range(1, len(way)))


def check(part: NodeView | FlowView, snapshot: Snapshot) -> Iterator[Report]:
    """Report what one taskflow, or one node of it, declares and nobody reads."""
    if isinstance(part, FlowView):
        if _declares_inputs(part.taskflow.input_schema) and _is_told(part, snapshot):
            yield from _unused_inputs(part.taskflow.input_schema, part.top, "this taskflow", snapshot)
        return
    node, flow = part.node, part.flow
    schema = node.input_schema if isinstance(node, Subflow) else None
    if part.inner is not None and _declares_inputs(schema) and _is_told(flow, snapshot):
        yield from _unused_inputs(schema, part.inner, f'"{part.id}"', snapshot)
    if not (isinstance(node, Subflow) or (node.mapping.get("outputs") is not None and _outputs(part))):
        return
    if snapshot.kept(flow, _says_what_it_returns) and _is_told(flow, snapshot):
        yield from _unused_outputs(part, snapshot)
        yield from _unused_subflow(part, snapshot)


def _says_what_it_returns(flow: FlowView, _snapshot: Snapshot) -> bool:
    return flow.taskflow.outputs is not None and not flow.taskflow.outputs.damaged


def _is_told(flow: FlowView, snapshot: Snapshot) -> bool:
    """Whether all is known that a taskflow reads."""
    return not flow.damaged and _UNKNOWN not in snapshot.index(flow, _inputs_read)


def _is_inside(part: NodeView | FlowView, outer: LevelView) -> bool:
    level = part.level if isinstance(part, NodeView) else part.top
    while level is not outer:
        if level.owner is None:
            return False
        level = level.owner.level
    return True


def _is_read_inside(name: _Path, level: LevelView, snapshot: Snapshot) -> bool:
    """Whether an input, or INPUT as a whole, is read on a level or inside its subflows."""
    index = snapshot.index(level.flow, _inputs_read)
    if level.owner is None:
        return name in index
    return any(_is_inside(part, level) for part in index.get(name))


def _declares_inputs(schema: Node | None) -> bool:
    return isinstance(schema, Mapping) and not schema.damaged and schema.anchor is None


def _unused_inputs(schema: Node | None, inside: LevelView, reader: str, snapshot: Snapshot) -> Iterator[Report]:
    if not isinstance(schema, Mapping) or _is_read_inside(_WHOLE, inside, snapshot):
        return
    for key, _ in entries_at(schema, "properties"):
        if schema.span.contains(key.span.start) and not _is_read_inside((key.text,), inside, snapshot):
            yield Report(
                inside.flow.document,
                key.content_span,
                f'nothing in {reader} reads the input "{key.text}"',
                tags=_TAGS,
            )


def _outputs(view: NodeView) -> tuple[Scalar, ...]:
    return texts_at(view.node.mapping, "outputs") if isinstance(view.node, Task) and view.node.id is not None else ()


def _unused_outputs(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    read = snapshot.index(view.flow, _outputs_read)
    for scalar in _outputs(view):
        written = tuple(scalar.text.strip().split("."))
        if written[0] != view.id or not written[1:]:
            continue
        names = _folded(written)
        touched = ("on", names) in read or any(("read", names[:most]) in read for most in range(1, len(names) + 1))
        if not touched and not _is_passed_on_whole(view, snapshot):
            message = f'nothing reads "{scalar.text.strip()}", and the taskflow does not return it'
            yield Report(view.document, scalar.content_span, message, tags=_TAGS, name="unused-output")


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    """A path with the letters below the node in lower case, since the paths of resources ignore case."""
    return (names[0], *(name.casefold() for name in names[1:]))


def _is_passed_on_whole(view: NodeView, snapshot: Snapshot) -> bool:
    """Whether a subflow around the node is read as a whole, its inner outputs with it."""
    read = snapshot.index(view.flow, _outputs_read)
    return any(("read", (outer.id,)) in read for outer in view.path)


def _unused_subflow(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    if not isinstance(view.node, Subflow) or view.inner is None or view.node.id is None or not view.inner.nodes:
        return
    inner = list(_nodes_inside(view.inner))
    if not all(_only_computes(one) for one in inner):
        return
    names = (view.id, *(one.id for one in inner))
    if view.level.wiring.successors(view) or view.level.wiring.in_loop(view):
        return
    read = snapshot.index(view.flow, _outputs_read)
    if all(_is_inside(part, view.inner) for name in names for part in read.get(("first", (name,)))):
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
    """Whether a node changes nothing, and keeps nobody waiting until something has changed."""
    node = view.node
    if isinstance(node, Condition | Subflow):
        return True
    return view.type_name in _COMPUTING and not (node.config is not None and "wait" in node.config)


RULE = Rule(
    "MFO409",
    "unused-input",
    Severity.HINT,
    select.of(NodeView, FlowView),
    check,
    more_names=("unused-output", "unused-subflow"),
    topics=("unused",),
)
