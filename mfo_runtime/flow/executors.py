"""What the nodes of a flow do when the engine comes to them."""

from __future__ import annotations

import asyncio
import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_dialect.analysis.expression_texts import expressions_of
from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.catalogue.error_handling import ERROR_HANDLING
from mfo_dialect.catalogue.task_types import TaskType
from mfo_dialect.model.workflow import Condition, Subflow, Task
from mfo_runtime.client import MfoClient
from mfo_runtime.engine.shell import RunningNode
from mfo_runtime.errors import (
    ConditionFailedError,
    InvalidInputError,
    MfoError,
    Place,
    TaskFailedError,
    UnknownTaskTypeError,
)
from mfo_runtime.flow.scope import Reading, RunScope
from mfo_runtime.http import HttpClient
from mfo_runtime.tasks import EXECUTORS, Ask, Execute, TaskContext
from mfo_runtime.tasks.handling import Attempts, execute_with_handling
from mfo_runtime.tasks.json_schema import schema_problem, with_defaults


@dataclass
class FlowExecutors:
    """The executors of one run.

    Attributes:
        scope: the names of the run.
        client: the MFO server.
        http: for calls to other servers.
        run_id: the run's id, of which idempotency keys are made.
        ask: asks the person who runs the flow.
        usage: what models used, summed up.
    """

    scope: RunScope
    client: MfoClient
    http: HttpClient
    run_id: str
    ask: Ask | None = None
    usage: dict[str, int] = field(default_factory=dict[str, int])

    async def execute(self, task: RunningNode) -> Any:
        """Execute a task: its config is read, then the executor of its type does the work."""
        view = self.scope.flow.by_id[task.id]
        node = view.node
        assert isinstance(node, Task)
        try:
            declared = self.scope.bundle.project.task_type(node.type_name)
            if declared is None:
                raise UnknownTaskTypeError(f'No task type is called "{node.type_name}".')
            reading = self._reading(view, task)
            config = reading.mapping(node.config, declared.config)
            handling = reading.mapping(node.error_handling, ERROR_HANDLING)
            outputs = await execute_with_handling(
                _executor(declared),
                config,
                handling,
                self._context(view, task, reading),
                Attempts(task.begin_attempt, lambda seconds: _sleep(task, seconds)),
            )
        except MfoError as error:
            raise self._placed(error, view).redacted(self.scope.secrets.shown_never) from None
        self._count(outputs)
        return outputs

    def evaluate(self, condition: RunningNode) -> Any:
        """The value of a condition's expression."""
        view = self.scope.flow.by_id[condition.id]
        node = view.node
        assert isinstance(node, Condition)
        try:
            if node.expression is None:
                raise ConditionFailedError("The condition has no expression.")
            reading = self._reading(view, condition)
            variables = reading.mapping(node.vars)
            result = reading.evaluate(node.expression, variables)
        except MfoError as error:
            raise self._placed(error, view).redacted(self.scope.secrets.shown_never) from None
        self.scope.decisions[view.id] = {"result": result, "branch": _branch(result)}
        return result

    def open_subflow(self, subflow: RunningNode) -> None:
        """Work out a subflow's INPUT and check it."""
        view = self.scope.flow.by_id[subflow.id]
        node = view.node
        assert isinstance(node, Subflow)
        try:
            reading = self._reading(view, subflow)
            mapped = reading.mapping(node.input_mapping)
            schema = schema_data(node.input_schema, self.scope.bundle)
            inputs = with_defaults({**self.scope.input_of(view), **mapped}, schema)
            problem = schema_problem(inputs, schema)
            if problem:
                raise InvalidInputError(
                    f'The input of subflow "{view.id}" is not what its input_schema asks for: {problem}.'
                )
        except MfoError as error:
            raise self._placed(error, view).redacted(self.scope.secrets.shown_never) from None
        self.scope.inputs[view.id] = inputs

    def _reading(self, view: NodeView, node: RunningNode) -> Reading:
        return Reading(self.scope, view, node.read, node.iterations)

    def _context(self, view: NodeView, task: RunningNode, reading: Reading) -> TaskContext:
        expressions = {text.output: text.scalar for text in expressions_of(view, self.scope.bundle)}
        return TaskContext(
            view=view,
            bundle=self.scope.bundle,
            client=self.client,
            http=self.http,
            run_id=self.run_id,
            key=f"{self.run_id}/{task.identity}",
            evaluate=lambda name: reading.evaluate(expressions[name], {}),
            ask=self.ask,
            without_slot=task.without_slot,
        )

    def _placed(self, error: MfoError, view: NodeView) -> MfoError:
        lines = self.scope.bundle.sources[view.document].tree.lines
        position = lines.position(view.name_span.start)
        return error.located(task=view.id, place=Place(view.document, position.line + 1, position.column + 1))

    def _count(self, outputs: Mapping[str, Any]) -> None:
        usage = outputs.get("usage")
        for name, count in usage.items() if isinstance(usage, dict) else ():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            if isinstance(count, int) and not isinstance(count, bool):
                self.usage[str(name)] = self.usage.get(str(name), 0) + count  # pyright: ignore[reportUnknownArgumentType]


def _branch(result: Any) -> int | None:
    if isinstance(result, bool):
        return 0 if result else 1
    return result if isinstance(result, int) else None


async def _sleep(task: RunningNode, seconds: float) -> None:
    async with task.without_slot():
        await asyncio.sleep(seconds)


def _executor(declared: TaskType) -> Execute:
    if declared.custom:
        return _custom(declared)
    executor = EXECUTORS.get(declared.name)
    if executor is None:
        raise UnknownTaskTypeError(f"Tasks of type {declared.name} are checked, but this version does not run them.")
    return executor


def _custom(declared: TaskType) -> Execute:
    """The executor of a custom type: its module is imported only now, because the user runs the flow."""
    module_name, colon, function_name = declared.module.partition(":")
    if not colon:
        raise UnknownTaskTypeError(
            f'The task type "{declared.name}" has no module to run it.',
            hint='Give it module = "package.module:function" in the project file.',
        )
    try:
        function = getattr(importlib.import_module(module_name), function_name)
    except (ImportError, AttributeError) as error:
        raise UnknownTaskTypeError(
            f'The task type "{declared.name}" cannot be loaded from {declared.module}: {error}.'
        ) from None

    async def execute(config: Mapping[str, Any], _context: TaskContext) -> dict[str, Any]:
        result = (
            function(dict(config))
            if inspect.iscoroutinefunction(function)
            else asyncio.to_thread(function, dict(config))
        )
        outputs = await result
        if not isinstance(outputs, dict):
            raise TaskFailedError(f"{declared.module} returned no map of outputs.")
        return {str(name): value for name, value in outputs.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]

    return execute
