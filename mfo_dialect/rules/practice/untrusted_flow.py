"""Where data from outside goes in a bundle: from triggers and requests through tasks, inputs and memory keys.

A linear data flow over whole values: it knows which task reads which, and what kind of value is read, and neither
branches nor what a text says. Numbers, booleans, values of an enum and ids that the server gives carry nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from mfo_dialect import expressions
from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.expression_texts import expression_texts_of
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.node_reads import node_reads_of, producer_of
from mfo_dialect.analysis.resolve import Scope
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Reader, Use
from mfo_dialect.findings import Place, Related
from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Subflow, Task, Trigger
from mfo_dialect.records import record
from mfo_dialect.shapes import Kind, Shape
from mfo_dialect.syntax import Mapping, Scalar, follow

_OPEN_TRIGGERS = frozenset({"webhook", "event", "user_input"})
_HARMLESS_KINDS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN, Kind.NULL})
_GIVEN_BY_THE_SERVER = frozenset({"thread_id", "usage", "success"})
_RECORDS = frozenset({"resource", "job"})
_GIVEN_IN_RECORDS = frozenset({"id", "type", "status", "created_at", "updated_at"})
_PASSING = frozenset(
    {
        "mfo_api_chat_send",
        "mfo_agent_run",
        "mfo_api_tool_execute",
        "mfo_api_job_create",
        "mfo_api_resource_create",
        "mfo_api_resource_update",
    }
)
_LOOKED_UP = {"mfo_api_resource_get": "resource_id", "mfo_api_job_get": "job_id"}


@record(eq=False)
class Step:
    """One step on the way of untrusted data; ``before`` is the step before it."""

    place: Place
    message: str
    before: Step | None = None

    def path(self) -> tuple[Related, ...]:
        """The way from its start to here."""
        steps: list[Step] = []
        step: Step | None = self
        while step is not None:
            steps.append(step)
            step = step.before
        return tuple(Related(one.place, one.message) for one in reversed(steps))


def is_harmless(shape: Shape) -> bool:
    """Whether a value of this shape can carry no words of a stranger."""
    return shape.kind in _HARMLESS_KINDS or bool(shape.choices)


def untrusted_flow(snapshot: Snapshot) -> UntrustedFlow:
    """All untrusted data of a snapshot; worked out when somebody asks first."""
    return snapshot.kept(snapshot.bundle, _flow)


def _flow(_bundle: Bundle, snapshot: Snapshot) -> UntrustedFlow:
    return UntrustedFlow(snapshot)


class UntrustedFlow:
    """All untrusted data of a snapshot, worked out once.

    A node is looked at once, and again only when one that it reads has become untrusted: the effort grows with the nodes
    and what they read, in whatever order they are written.

    Attributes:
        looks: how often a node was looked at.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        """Follow the data from its sources until nothing new is reached."""
        self._snapshot = snapshot
        self._nodes: dict[int, Step] = {}
        self._memory: dict[str, Step] = {}
        self._uses: dict[int, list[Use]] = {}
        self._mapped: dict[int, list[Use]] = {}
        for use in snapshot.uses:
            if use.trigger is not None:
                self._mapped.setdefault(id(use.trigger), []).append(use)
            elif use.node is not None:
                self._uses.setdefault(id(use.node), []).append(use)
        self.looks = 0
        self._follow()

    def uses_of(self, view: NodeView) -> list[Use]:
        """The references that a node reads."""
        return self._uses.get(id(view), [])

    def step_of(self, use: Use) -> Step | None:
        """The last step of untrusted data on its way to a reference; None where what is read is trusted."""
        reference = use.reference
        if reference.problem or use.level is None:
            return None
        resolution = self._snapshot.resolution(use)
        if is_harmless(resolution.shape):
            return None
        if resolution.node is not None:
            names = tuple(segment.name for segment in reference.segments[resolution.depth :])
            return self._of_node(resolution.node, names)
        if reference.root == "INPUT":
            return self._of_input(use.level, reference.path[:1])
        if reference.root == "TRIGGER" and reference.path[:1] in {(), ("payload",), ("headers",)}:
            return next((self._from_trigger(trigger, use.flow) for trigger in _open_triggers(use.flow)), None)
        return None

    def _follow(self) -> None:
        readers = self._readers()
        waiting = deque(self._snapshot.nodes)
        queued = {id(view) for view in waiting}
        while waiting:
            view = waiting.popleft()
            queued.discard(id(view))
            for reached in self._look(view):
                for reader in readers.get(reached, {}).values():
                    if id(reader) not in self._nodes and id(reader) not in queued:
                        queued.add(id(reader))
                        waiting.append(reader)

    def _readers(self) -> dict[int | str, dict[int, NodeView]]:
        """Who reads a node, or a memory key; what a subflow is given is read by all inside."""
        found: dict[int | str, dict[int, NodeView]] = {}
        for reader in self._snapshot.nodes:
            for read in node_reads_of(reader, self._snapshot):
                known = found.setdefault(id(read.producer), {})
                for view in _with_inside(reader):
                    known[id(view)] = view
        for view in self._snapshot.nodes:
            key = text_at(view.node.config, "key") if isinstance(view.node, Task) and view.node.config else None
            if key is not None and view.type_name == "mfo_api_memory_get":
                found.setdefault(key.text, {})[id(view)] = view
        return found

    def _look(self, view: NodeView) -> Iterator[int | str]:
        """Look at one node; gives the node, and the memory key, that are now known to be untrusted."""
        self.looks += 1
        if id(view) not in self._nodes:
            step = self._incoming(view)
            if step is not None:
                self._nodes[id(view)] = step
                yield id(view)
        if self._remember(view):
            key = text_at(view.node.config, "key") if isinstance(view.node, Task) and view.node.config else None
            if key is not None:
                yield key.text

    def _incoming(self, view: NodeView) -> Step | None:
        """The step that makes the outputs of a node untrusted."""
        task = view.node
        if not isinstance(task, Task):
            return None
        place = Place(view.document, view.name_span)
        if view.type_name == "http_request":
            return Step(place, f'"{view.id}" brings in what a server outside answers')
        if view.type_name in _PASSING or (
            view.type_name and self._snapshot.bundle.project.task_types.get(view.type_name)
        ):
            before = next((step for use in self.uses_of(view) if (step := self.step_of(use)) is not None), None)
        elif view.type_name in _LOOKED_UP:
            before = self._looked_up(view)
        elif view.type_name == "mfo_api_memory_get":
            key = text_at(task.config, "key") if task.config is not None else None
            before = self._memory.get(key.text) if key is not None else None
        elif view.type_name == "transform":
            before = self._computed(view)
        else:
            before = None
        return Step(place, f'"{view.id}" passes it on', before) if before is not None else None

    def _looked_up(self, view: NodeView) -> Step | None:
        """What another task of the bundle stored, and this one reads back by the id that was given for it."""
        for use in self.uses_of(view):
            producer = self._snapshot.resolution(use).node if not use.reference.problem else None
            if producer is not None and producer.type_name in _PASSING and id(producer) in self._nodes:
                return self._nodes[id(producer)]
        return None

    def _computed(self, view: NodeView) -> Step | None:
        bundle = self._snapshot.bundle
        inputs = input_shape(view.level, bundle)
        for text in expression_texts_of(view, self._snapshot):
            if is_harmless(text.checked.result):
                continue
            for read in expressions.reads(text.parsed):
                path = tuple(str(segment.key) for segment in read.path)
                producer = None if read.root in inputs.fields else producer_of(read, Scope(bundle, view.level))
                if producer is not None:
                    depth = len(producer.path) - len(view.flow.by_id[read.root].path)
                    step = self._of_node(producer, path[depth:])
                elif read.root == "INPUT" or read.root in inputs.fields:
                    step = self._of_input(view.level, path[:1] if read.root == "INPUT" else (read.root,))
                else:
                    step = None
                if step is not None:
                    return step
        return None

    def _remember(self, view: NodeView) -> bool:
        """Note the memory key that a node stores untrusted data under; says whether that is new."""
        task = view.node
        if not isinstance(task, Task) or view.type_name != "mfo_api_memory_store" or task.config is None:
            return False
        key, pair = text_at(task.config, "key"), task.config.pair("value")
        if key is None or pair is None or key.text in self._memory:
            return False
        value = follow(pair.value)
        for use in self.uses_of(view):
            step = self.step_of(use) if value.span.contains(use.scalar.span.start) and use.scalar is not key else None
            if step is not None:
                self._memory[key.text] = Step(
                    Place(view.document, view.name_span), f'"{view.id}" keeps it in memory', step
                )
                return True
        return False

    def _of_node(self, producer: NodeView, names: tuple[str, ...]) -> Step | None:
        is_given = bool(names) and names[0] in _GIVEN_BY_THE_SERVER and producer.type_name != "transform"
        is_given = is_given or (
            names[:1] != () and names[0] in _RECORDS and names[1:2] != () and names[1] in _GIVEN_IN_RECORDS
        )
        return None if is_given else self._nodes.get(id(producer))

    def _of_input(self, level: LevelView, path: tuple[str, ...]) -> Step | None:
        owner = level.owner
        if owner is None:
            return self._of_taskflow_input(level.flow, path)
        mapping = owner.node.input_mapping if isinstance(owner.node, Subflow) else None
        value = mapping.get(path[0]) if mapping is not None and path else None
        if value is None:
            return self._of_input(owner.level, path)
        for use in self.uses_of(owner):
            step = (
                self.step_of(use)
                if value.span.contains(use.scalar.span.start) and use.reader is Reader.INPUT_MAPPING
                else None
            )
            if step is not None:
                return step
        return None

    def _of_taskflow_input(self, flow: FlowView, path: tuple[str, ...]) -> Step | None:
        for trigger in _open_triggers(flow):
            if trigger.input_mapping is None:
                return self._from_trigger(trigger, flow)
            for use in self._mapped.get(id(trigger), []):
                is_read = not path or _holds(trigger.input_mapping, path[0], use.scalar)
                if is_read and use.reference.root == "TRIGGER" and not use.reference.problem:
                    if is_harmless(self._snapshot.resolution(use).shape) or use.reference.path[:1] in {
                        ("id",),
                        ("type",),
                    }:
                        continue
                    before = self._from_trigger(trigger, flow)
                    return Step(Place(use.document, use.span), "it becomes an input here", before)
        return None

    def _from_trigger(self, trigger: Trigger, flow: FlowView | None) -> Step | None:
        if flow is None or trigger.type is None:
            return None
        name = trigger.id.text if trigger.id is not None else "the trigger"
        return Step(Place(flow.document, trigger.type.content_span), f'"{name}" brings in what somebody outside sends')


def _with_inside(view: NodeView) -> Iterator[NodeView]:
    """A node, and of a subflow all nodes inside it."""
    waiting = [view]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.inner.nodes if one.inner is not None else ()


def _open_triggers(flow: FlowView | None) -> Iterator[Trigger]:
    for trigger in flow.triggers if flow is not None else ():
        if trigger.enabled and trigger.type is not None and trigger.type.text in _OPEN_TRIGGERS:
            yield trigger


def _holds(mapping: Mapping, name: str, scalar: Scalar) -> bool:
    value = mapping.get(name)
    return value is not None and value.span.contains(scalar.span.start)
