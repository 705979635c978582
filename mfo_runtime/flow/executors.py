"""What the nodes of a flow do when the engine comes to them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from mfo_dialect.analysis.expression_texts import expressions_of
from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.catalogue.error_handling import ON_ERROR, RETRY
from mfo_dialect.catalogue.task_types import TaskType
from mfo_dialect.model.access import mapping_at, mappings_at
from mfo_dialect.model.workflow import Condition, Subflow, Task
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_runtime.cassettes import ASKING_TASK
from mfo_runtime.client import MfoClient
from mfo_runtime.engine.running_node import RunningNode
from mfo_runtime.errors import ConditionFailedError, InvalidInputError, MfoError, TaskFailedError, UnknownTaskTypeError
from mfo_runtime.flow.circuits import Circuits
from mfo_runtime.flow.custom import custom_executor
from mfo_runtime.flow.fitting import fit
from mfo_runtime.flow.scope import Reading, RunScope
from mfo_runtime.flow.settings import shared_retry, timeout_of
from mfo_runtime.flow.surroundings import Surroundings
from mfo_runtime.flow.told_text import ToldText
from mfo_runtime.http import HttpClient
from mfo_runtime.json_schema import schema_problem, with_defaults
from mfo_runtime.tasks import EXECUTORS, Ask, Execute, Safeguards, Spending, TaskContext
from mfo_runtime.tasks.conversation import AGENTS, add_usage
from mfo_runtime.tasks.handling import Attempts, ErrorHandling, execute_with_handling

_LONGEST_KEY = 200
UsageObserver: TypeAlias = Callable[[str, Mapping[str, Any]], None]


@dataclass
class FlowExecutors:
    """The executors of one run.

    Attributes:
        scope: the names of the run.
        client: the MFO server.
        http: for calls to other servers.
        run_id: the run's id, of which idempotency keys are made.
        ask: asks the person who runs the flow.
        surroundings: time, for what begins and what waits.
        on_usage: told what a model used, with the execution's path and iteration; not what of it counts for agents.
        told_text: told what models say while they say it; None where nobody reads along.
        usage: what models used, summed up over all tries.
        circuits: leave servers alone that fail too often; None for never.
        spending: what the run may spend.
        safeguards: what protects models over all agents.
    """

    scope: RunScope
    client: MfoClient
    http: HttpClient
    run_id: str
    ask: Ask | None = None
    surroundings: Surroundings = field(default_factory=Surroundings)
    on_usage: UsageObserver | None = None
    told_text: ToldText | None = None
    usage: dict[str, Any] = field(default_factory=dict[str, Any])
    circuits: Circuits | None = None
    spending: Spending = field(default_factory=Spending)
    safeguards: Safeguards = field(default_factory=Safeguards)
    _usage_of: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    async def execute(self, task: RunningNode) -> Any:
        """Execute a task: its config is read, then the executor of its type does the work."""
        view = self.scope.flow.by_id[task.id]
        node = view.node
        assert isinstance(node, Task)
        ASKING_TASK.set(str(task.identity))
        with self._failing_at(view), self._telling(str(task.identity)):
            declared = self.scope.bundle.project.task_type(node.type_name)
            if declared is None:
                raise UnknownTaskTypeError(f'No task type is called "{node.type_name}".')
            reading = self._reading(view, task)
            return await execute_with_handling(
                self._executor(declared),
                partial(self._config, node, declared, reading),
                self._handling(node, reading),
                self._context(view, task, reading),
                Attempts(
                    task.begin_attempt,
                    partial(self._sleep, task),
                    timeout=timeout_of(node),
                    noted=task.noted(),
                    note=task.note,
                ),
            )

    def evaluate(self, condition: RunningNode) -> Any:
        """The value of a condition's expression."""
        view = self.scope.flow.by_id[condition.id]
        node = view.node
        assert isinstance(node, Condition)
        with self._failing_at(view):
            if node.expression is None:
                raise ConditionFailedError("The condition has no expression.")
            reading = self._reading(view, condition)
            variables = reading.mapping(node.vars)
            result = reading.evaluate(node.expression, variables)
        self.scope.decisions[view.id] = {"result": result, "branch": _branch(result)}
        return result

    def remember(self, condition: RunningNode, value: Any) -> None:
        """A condition decided like this in an earlier part of the run."""
        self.scope.decisions[condition.id] = {"result": value, "branch": _branch(value)}

    def open_subflow(self, subflow: RunningNode) -> None:
        """Work out a subflow's INPUT and check it."""
        view = self.scope.flow.by_id[subflow.id]
        node = view.node
        assert isinstance(node, Subflow)
        with self._failing_at(view):
            mapped = self._reading(view, subflow).mapping(node.input_mapping)
            schema = schema_data(node.input_schema, self.scope.bundle)
            inputs = with_defaults({**self.scope.input_of(view), **mapped}, schema)
            problem = schema_problem(_own_inputs(inputs, mapped, schema), schema)
            if problem:
                raise InvalidInputError(
                    f'The input of subflow "{view.id}" is not what its input_schema asks for: {problem}.'
                )
        self.scope.inputs[view.id] = inputs
        self.scope.forget_decisions_inside(view)

    @contextmanager
    def _failing_at(self, view: NodeView) -> Generator[None]:
        """Whatever fails inside fails with the place of the node, where it knows no better one, and without secrets."""
        try:
            yield
        except MfoError as error:
            raise error.located(place=self.scope.place_of(view)).redacted(self.scope.secrets.shown_never) from None
        except Exception as problem:  # noqa: BLE001 - whatever fails in a node fails the node
            error = TaskFailedError(f"{type(problem).__name__}: {problem}", place=self.scope.place_of(view))
            raise error.redacted(self.scope.secrets.shown_never) from None

    @contextmanager
    def _telling(self, node: str) -> Generator[None]:
        """Whoever reads along knows all that was said when the block is over."""
        try:
            yield
        finally:
            if self.told_text is not None:
                self.told_text.end(node)

    def _reading(self, view: NodeView, node: RunningNode) -> Reading:
        return Reading(self.scope, view, node.read, node.iterations, self._began_at(node))

    def _began_at(self, node: RunningNode) -> float:
        return self.surroundings.began_at(str(node.identity), node.began_at)

    async def _sleep(self, task: RunningNode, seconds: float) -> None:
        async with task.without_slot():
            await self.surroundings.sleep(seconds)

    def _config(self, node: Task, declared: TaskType, reading: Reading) -> Mapping[str, Any]:
        if node.config is None:
            return {}
        return fit(reading.mapping(node.config, declared.config), node.config, declared.config, self.scope.place_of)

    def _handling(self, node: Task, reading: Reading) -> ErrorHandling:
        written, shared = node.error_handling, shared_retry(node, self.scope.bundle)
        if written is None:
            return ErrorHandling(shared)

        def read(handler: MappingNode) -> Mapping[str, Any]:
            return fit(reading.mapping(handler, ON_ERROR), handler, ON_ERROR, self.scope.place_of)

        retry = mapping_at(written, "retry")
        return ErrorHandling(
            reading.mapping(retry, RETRY) if retry is not None else shared,
            tuple(partial(read, handler) for handler in mappings_at(written, "on_error")),
        )

    def _context(self, view: NodeView, task: RunningNode, reading: Reading) -> TaskContext:
        expressions = {text.output: text.scalar for text in expressions_of(view, self.scope.bundle)}

        def evaluate(name: str) -> Any:
            if name not in expressions:
                raise InvalidInputError(f'The value "{name}" has no expression.')
            return reading.evaluate(expressions[name], {})

        return TaskContext(
            view=view,
            bundle=self.scope.bundle,
            client=self.client,
            http=self.http,
            run_id=self.run_id,
            key=_key(self.run_id, str(task.identity)),
            evaluate=evaluate,
            ask=self.ask,
            without_slot=task.without_slot,
            count_usage=partial(self._count_usage, str(task.identity)),
            tell_text=partial(self.told_text.take, str(task.identity)) if self.told_text is not None else None,
            began_at=self._began_at(task),
            noted=dict(task.noted()),
            note=task.note,
            trigger_id=(self.scope.trigger or {}).get("id"),
            spending=self.spending,
            safeguards=self.safeguards,
        )

    def go_on(self, usage: Mapping[str, Any], usage_of: Mapping[str, Mapping[str, Any]]) -> None:
        """Know what models used in an earlier part of the run: in all, and in each execution."""
        add_usage(self.usage, usage)
        self.spending.go_on(usage, {_key(self.run_id, node): used for node, used in usage_of.items()})

    def take_usage(self, node: str) -> Mapping[str, Any]:
        """What models used in an execution since this was asked last."""
        return self._usage_of.pop(node, {})

    def _count_usage(self, node: str, usage: Mapping[str, Any]) -> None:
        add_usage(self.usage, usage)
        add_usage(self._usage_of.setdefault(node, {}), usage)
        if self.on_usage is not None:
            self.on_usage(node, {name: count for name, count in usage.items() if name != AGENTS})

    def _executor(self, declared: TaskType) -> Execute:
        if declared.custom:
            return custom_executor(declared, self.scope.bundle.project)
        executor = EXECUTORS.get(declared.name)
        if executor is None:
            raise UnknownTaskTypeError(
                f"Tasks of type {declared.name} are checked, but this version does not run them."
            )
        return executor if self.circuits is None else self.circuits.guarded(executor, declared.name)


def _own_inputs(inputs: Mapping[str, Any], mapped: Mapping[str, Any], schema: Any) -> dict[str, Any]:
    """The inputs that a subflow's schema speaks of: a closed one does not forbid what comes from outside."""
    if not isinstance(schema, dict) or schema.get("additionalProperties", True) is True:  # pyright: ignore[reportUnknownMemberType]
        return dict(inputs)
    declared = schema.get("properties")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    known = {*mapped, *(declared if isinstance(declared, dict) else ())}  # pyright: ignore[reportUnknownVariableType]
    return {name: value for name, value in inputs.items() if name in known}


def _key(run_id: str, node: str) -> str:
    """What names an execution to servers, however often it is repeated; a long path is named by its hash."""
    key = f"{run_id}/{node}"
    return key if len(key) <= _LONGEST_KEY else f"{run_id[:64]}/{hashlib.sha256(key.encode()).hexdigest()}"


def _branch(result: Any) -> int | None:
    if isinstance(result, bool):
        return 0 if result else 1
    return result if isinstance(result, int) else None
