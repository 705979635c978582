"""Doing what an agent's model calls: tools of the server, other agents, memory; after an approval where one is required."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from mfo_runtime.agents import ToolCall
from mfo_runtime.client import Operations
from mfo_runtime.errors import (
    AgentLimitError,
    AgentNotAllowedError,
    AuthenticationError,
    AuthorizationError,
    BudgetExceededError,
    JournalError,
    MfoError,
    RunError,
    TaskFailedError,
)
from mfo_runtime.json_schema import schema_problem
from mfo_runtime.tasks.agents.assignment import Assignment, Work
from mfo_runtime.tasks.agents.notebook import Notebook
from mfo_runtime.tasks.agents.toolbox import AgentTool, ToolKind
from mfo_runtime.tasks.context import Question

APPROVE, DENY = "approve", "deny"
_MOST_DELEGATIONS = 5
_LONGEST_RESULT = 50_000
_LONGEST_SHOWN = 2_000


class Delegate(Protocol):
    """Hands work to another agent."""

    async def __call__(
        self, agent_id: str, arguments: Mapping[str, Any], assignment: Assignment, notes: Notebook
    ) -> Work:
        """Have it done; raises ``MfoError``."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a tool call.

    Attributes:
        tool: the tool; None where the agent has none of that name.
        result: what it gave.
        error: why it gave nothing; empty where it did.
        steps: what another agent did for it.
        usage: what another agent's models used.
    """

    tool: AgentTool | None
    result: Any = None
    error: str = ""
    steps: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    usage: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def told(self, called: str) -> str:
        """What the model is told, as JSON text; a long result is cut."""
        said = {"error": self.error} if self.error else {"result": self.result}
        text = json.dumps({"tool": called, **said}, ensure_ascii=False, default=str)
        return text if len(text) <= _LONGEST_RESULT else f"{text[:_LONGEST_RESULT]}… (cut)"

    def to_data(self) -> dict[str, Any]:
        """The outcome as JSON values."""
        return {"error": self.error} if self.error else {"result": self.result}


@dataclass(frozen=True, slots=True)
class Hands:
    """Does what models call.

    Attributes:
        delegate: hands work to another agent.
        asking: held while a person is asked: one question of a task at a time.
    """

    delegate: Delegate
    asking: asyncio.Lock

    async def do(self, assignment: Assignment, step: str, call: ToolCall, notes: Notebook) -> Done:
        """Do one call, or say why it is not done.

        What a tool says went wrong is told to the model, which may find another way; what concerns the run (no login, a
        limit, a budget, a server that is not there) fails the task.

        Raises:
            MfoError: the run cannot go on.
        """
        tool = assignment.tools.get(call.name)
        if tool is None:
            names = ", ".join(one.name for one in assignment.tools.tools) or "none"
            return Done(None, error=f'There is no tool "{call.name}"; there are: {names}.')
        problem = schema_problem(dict(call.arguments), tool.definition.parameters or None)
        if problem:
            return Done(tool, error=f"The arguments are wrong: {problem}.")
        if {tool.name, call.name} & assignment.agent.approvals:
            refusal = await self._approval(assignment, step, tool, call, notes)
            if refusal:
                return Done(tool, error=refusal)
        if tool.kind is ToolKind.EXTRACTION:
            return Done(tool, dict(call.arguments))
        if tool.kind is ToolKind.AGENT:
            return await self._delegated(assignment, step, tool, call, notes)
        return await self._executed(step, tool, call, notes)

    async def _executed(self, step: str, tool: AgentTool, call: ToolCall, notes: Notebook) -> Done:
        """A tool of the server, or the memory; done once, however often the run goes on."""

        async def work(operations: Operations) -> dict[str, Any]:
            if tool.kind is ToolKind.MEMORY:
                await operations.memory.store(str(call.arguments["key"]), call.arguments["value"])
                return {"result": "kept"}
            return {"result": (await operations.tools.execute(tool.name, call.arguments)).result}

        outcome = await notes.once(f"call {step}", lambda operations: _told_errors(work, operations))
        return Done(tool, outcome.get("result"), str(outcome.get("error") or ""))

    async def _delegated(
        self, assignment: Assignment, step: str, tool: AgentTool, call: ToolCall, notes: Notebook
    ) -> Done:
        if tool.agent_id in assignment.line:
            way = " -> ".join([*assignment.line, tool.agent_id])
            return Done(tool, error=f"The work would go round in a circle: {way}. Answer yourself.")
        if len(assignment.line) > _MOST_DELEGATIONS:
            return Done(tool, error=f"Work is handed on {_MOST_DELEGATIONS} times at most. Answer yourself.")
        try:
            work = await self.delegate(tool.agent_id, call.arguments, assignment, notes.below(step))
        except MfoError as error:
            if _concerns_the_run(error) and not isinstance(error, AgentLimitError | AgentNotAllowedError):
                raise
            return Done(tool, error=error.message)
        result = work.message if work.parsed is None else work.parsed
        return Done(tool, result, steps=work.steps, usage=work.usage)

    async def _approval(
        self, assignment: Assignment, step: str, tool: AgentTool, call: ToolCall, notes: Notebook
    ) -> str:
        """Ask a person; gives why it is not done, empty where it was approved. The answer is noted.

        Raises:
            TaskFailedError: nobody can be asked.
        """
        known = notes.known(f"approval {step}")
        if known is None:
            async with self.asking:
                answer = await self._ask(assignment, tool, call, notes)
            known = {"approved": str(answer).strip().casefold() == APPROVE}
            await notes.keep(f"approval {step}", known)
        return "" if known.get("approved") is True else "A person looked at this call and did not approve it."

    async def _ask(self, assignment: Assignment, tool: AgentTool, call: ToolCall, notes: Notebook) -> Any:
        context = notes.context
        if context.ask is None:
            raise TaskFailedError(
                f'Agent "{assignment.agent.id}" wants to call "{tool.name}", which a person must approve, and nobody '
                "can be asked here.",
                hint="Run the flow at a terminal or in the editor, or take the tool out of require_approval_for.",
            )
        shown = json.dumps(dict(call.arguments), ensure_ascii=False, indent=2, default=str)
        if len(shown) > _LONGEST_SHOWN:
            shown = f"{shown[:_LONGEST_SHOWN]}… (cut)"
        text = f'May agent "{assignment.agent.id}" call {tool.name} with\n{shown}'
        question = Question(context.view.id, text, (APPROVE, DENY))
        return await context.wait_without_slot(context.ask(question))


async def _told_errors(
    work: Callable[[Operations], Awaitable[dict[str, Any]]], operations: Operations
) -> dict[str, Any]:
    try:
        return await work(operations)
    except MfoError as error:
        if error.transient or _concerns_the_run(error):
            raise
        return {"error": error.message}


def _concerns_the_run(error: MfoError) -> bool:
    return isinstance(
        error,
        AuthenticationError
        | AuthorizationError
        | AgentLimitError
        | AgentNotAllowedError
        | BudgetExceededError
        | JournalError
        | RunError,
    )
