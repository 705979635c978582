"""Executors of tasks that agents do: ``mfo_agent_run``, and ``mfo_api_chat_send`` where an agent speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mfo_runtime.agents import CountedBudget, Purse
from mfo_runtime.client import Tool
from mfo_runtime.errors import CircuitOpenError
from mfo_runtime.tasks.agents.assignment import Assignment, Work
from mfo_runtime.tasks.agents.description import (
    PREFIX,
    AgentDescription,
    agent_named,
    agents_for,
)
from mfo_runtime.tasks.agents.hands import Hands
from mfo_runtime.tasks.agents.notebook import Notebook
from mfo_runtime.tasks.agents.prompting import AgentPrompt, models_of, prompt_of, spoken_prompt
from mfo_runtime.tasks.agents.recalling import keep_conversation, recall_conversation, recall_values
from mfo_runtime.tasks.agents.toolbox import make_toolbox
from mfo_runtime.tasks.agents.turns import Turns
from mfo_runtime.tasks.chat import send_chat
from mfo_runtime.tasks.context import Execute, TaskContext, mapping_of
from mfo_runtime.tasks.safeguards import limit_of_money
from mfo_runtime.tasks.time_limit import within


async def run_agent(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Give a task to an agent, by its id or by a capability, and wait for its answer.

    Of several agents with a capability the first in the documents is asked, and the next one where its model is left
    alone because it failed too often.

    Raises:
        MfoError: there is no such agent, it came to no answer, or the server failed.
    """
    agents = agents_for(config, context.bundle)
    for number, agent in enumerate(agents[:-1]):
        try:
            return await _run(agent, config, _notes(context, number))
        except CircuitOpenError:
            continue
    return await _run(agents[-1], config, _notes(context, len(agents) - 1))


def _notes(context: TaskContext, number: int) -> Notebook:
    """The notes of one of several agents that a task may be given to."""
    return Notebook(context, f"candidate {number}/" if number else "")


async def _run(agent: AgentDescription, config: Mapping[str, Any], notes: Notebook) -> dict[str, Any]:
    context, limits = notes.context, mapping_of(config, "limits")
    agent = replace(agent, limits=agent.limits.tightened(limits))
    office = _Office(
        context, _task_budget(limits, context), str(config.get("tenant") or ""), mapping_of(config, "metadata")
    )
    thread_id = str(config.get("thread_id") or "")
    task, data = str(config["task"]), mapping_of(config, "context")
    work = await office.have_done(agent, task, data, thread_id, notes)
    return {
        "message": work.message,
        "parsed_content": work.parsed,
        "agent": agent.id,
        "thread_id": thread_id or work.thread_id,
        "steps": work.steps,
        "tool_call_results": work.results,
        "usage": work.usage,
    }


async def speak(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Ask a model as a chat task, by an agent where one is named: its layers, tools, models and limits count then.

    Raises:
        MfoError: as ``send_chat``, and as ``run_agent``.
    """
    if config.get("agent_id") is None:
        return await send_chat(config, context)
    agent = agent_named(str(config["agent_id"]), context.bundle)
    office = _Office(context, None, "", {})
    thread_id = str(config.get("thread_id") or "")
    work = await office.have_said(agent, config, thread_id)
    return {
        "message": work.message,
        "thread_id": thread_id or work.thread_id,
        "parsed_content": work.parsed,
        "tool_call_results": work.results,
        "tool_calls": [{"name": call.name, "arguments": dict(call.arguments)} for call in work.calls],
        "usage": work.usage,
        "response": {"content": work.message},
    }


def _task_budget(limits: Mapping[str, Any], context: TaskContext) -> CountedBudget | None:
    tokens, cost = limits.get("max_tokens"), limit_of_money(limits.get("max_cost"))
    if tokens is None and cost is None:
        return None
    return context.spending.of_task(context.key, tokens if isinstance(tokens, int) else None, cost)


class _Office:
    """Where the agents of one task work."""

    def __init__(
        self, context: TaskContext, budget: CountedBudget | None, tenant: str, metadata: Mapping[str, Any]
    ) -> None:
        self._context = context
        self._budget = budget
        self._tenant = tenant
        ids = {"task_id": context.view.id, "run_id": context.run_id}
        self._metadata = {**metadata, **ids}
        self._asking = asyncio.Lock()
        self._server_tools: dict[str, Tool] | None = None

    async def have_done(
        self, agent: AgentDescription, task: str, data: Mapping[str, Any], thread_id: str, notes: Notebook
    ) -> Work:
        """An agent does a task."""
        agent.allow(self._context.trigger_id)

        async def do() -> Work:
            memory = await recall_values(agent, notes)
            prompt = prompt_of(agent, task, data, memory, self._context)
            return await self._work(agent, prompt, thread_id, notes, (agent.id,))

        return await within(agent.limits.timeout, do())

    async def have_said(self, agent: AgentDescription, config: Mapping[str, Any], thread_id: str) -> Work:
        """An agent says what a chat task asks for."""
        notes = Notebook(self._context)
        agent.allow(self._context.trigger_id)

        async def do() -> Work:
            memory = await recall_values(agent, notes)
            prompt, asked = spoken_prompt(agent, config, memory, self._context)
            self._metadata = {**asked.metadata}
            return await self._work(agent, prompt, thread_id, notes, (agent.id,))

        return await within(agent.limits.timeout, do())

    async def _work(
        self, agent: AgentDescription, prompt: AgentPrompt, thread_id: str, notes: Notebook, line: tuple[str, ...]
    ) -> Work:
        history = await recall_conversation(agent, thread_id, notes)
        tools = make_toolbox(agent, self._context.bundle, await self._tools_of_server(agent, prompt), prompt.tools)
        assignment = Assignment(
            agent, prompt, history, tools, models_of(agent, prompt), self._purse(line), self._tenant,
            {**self._metadata, "agent_id": agent.id}, line,
        )  # fmt: skip
        work = await Turns(assignment, notes, Hands(self._hand_on, self._asking)).take()
        if thread_id:
            await keep_conversation(agent, thread_id, work.said, notes)
        return work

    def _purse(self, line: tuple[str, ...]) -> Purse:
        """The budgets of an agent: its own, those of all who handed it the work, the task's, the run's, the month's."""
        spending = self._context.spending
        limits = [(one, agent_named(one, self._context.bundle).limits) for one in line]
        agents = [spending.of_agent(one, limit.max_tokens, limit.max_cost) for one, limit in limits]
        task = [self._budget] if self._budget is not None else []
        return Purse((*agents, *task, *spending.budgets), spending.prices, spending.warn)

    async def _hand_on(
        self, agent_id: str, arguments: Mapping[str, Any], assignment: Assignment, notes: Notebook
    ) -> Work:
        agent = agent_named(agent_id, self._context.bundle)
        agent.allow(self._context.trigger_id)

        async def do() -> Work:
            memory = await recall_values(agent, notes)
            prompt = prompt_of(agent, str(arguments["task"]), mapping_of(arguments, "context"), memory, self._context)
            return await self._work(agent, prompt, "", notes, (*assignment.line, agent_id))

        return await within(agent.limits.timeout, do())

    async def _tools_of_server(self, agent: AgentDescription, prompt: AgentPrompt) -> dict[str, Tool]:
        """The tools of the server; it is asked only where an agent has a tool that may be one."""
        if not prompt.tools and all(name.startswith(PREFIX) for name in agent.tools):
            return {}
        if self._server_tools is None:
            found = await self._context.operations.tools.list()
            self._server_tools = {tool.name: tool for tool in found}
        return self._server_tools


EXECUTORS: dict[str, Execute] = {"mfo_agent_run": run_agent, "mfo_api_chat_send": speak}
