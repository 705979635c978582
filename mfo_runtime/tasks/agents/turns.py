"""One agent at work: its model is asked in turns, and what it calls is done, until it has an answer or a limit is reached."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

from mfo_runtime.agents import Message, Prompt, Reply, Spent, ToolCall
from mfo_runtime.errors import AgentLimitError, InvalidOutputError
from mfo_runtime.json_schema import schema_problem
from mfo_runtime.providers.json_answers import parse_answer
from mfo_runtime.tasks.agents.asking import Way, way_of
from mfo_runtime.tasks.agents.assignment import Assignment, Work
from mfo_runtime.tasks.agents.hands import Done, Hands
from mfo_runtime.tasks.agents.notebook import Notebook, calls_data, reply_data, reply_of_data
from mfo_runtime.tasks.agents.toolbox import ToolKind
from mfo_runtime.tasks.conversation import add_usage
from mfo_runtime.tasks.safeguards import items_of

_MOST_REPAIRS = 3


class Turns:
    """The turns of one assignment."""

    def __init__(self, assignment: Assignment, notes: Notebook, hands: Hands) -> None:
        self._assignment = assignment
        self._notes = notes
        self._hands = hands
        self._way: Way = way_of(assignment, notes)
        self._repairs = 0
        self.work = Work(said=(*assignment.history, Message("user", assignment.prompt.user)))

    async def take(self) -> Work:
        """Ask until there is an answer.

        Raises:
            AgentLimitError: there is none within the agent's turns or tool calls.
            InvalidOutputError: the answer is not what is asked for, however often it was asked again.
            BudgetExceededError: a call would exceed a budget.
            MfoError: the server failed.
        """
        agent = self._assignment.agent
        for turn in range(1, agent.limits.max_turns + 1):
            reply = await self._ask(turn)
            if not reply.tool_calls:
                if self._is_answer(reply):
                    return self.work
                continue
            answers = await self._call_all(turn, reply.tool_calls)
            told = tuple(Message("tool", answer) for answer in answers if answer is not None)
            self.work.said = (*self.work.said, *told)
            if not told and self._is_extracted(reply):
                return self.work
        raise AgentLimitError(
            f'Agent "{agent.id}" had no answer after {agent.limits.max_turns} turns.', details=self._where()
        )

    async def _ask(self, turn: int) -> Reply:
        assignment, work = self._assignment, self.work
        prompt = Prompt(
            assignment.prompt.system,
            work.said,
            assignment.tools.definitions,
            assignment.prompt.tool_choice if turn == 1 else None,
            options=assignment.prompt.options,
            metadata=assignment.metadata,
        )
        step = f"turn {turn}"
        known = self._notes.known(step)
        if known is None:
            reply, asked, spent = await self._way.ask(step, prompt)
            failed = list(self._way.current.failed)
            await self._notes.keep(step, reply_data(reply, asked) | ({"failed": failed} if failed else {}))
            if self._notes.context.tell_text is not None and assignment.is_first and reply.text:
                self._notes.context.tell_text("\n")
        else:
            reply, failed = reply_of_data(known), items_of(known.get("failed"))
            spent = self._way.recall(step, replace(prompt, model_id=known.get("asked")), reply)
        self._heard(turn, reply, spent, failed)
        return reply

    def _heard(self, turn: int, reply: Reply, spent: Spent | None, failed: list[Any]) -> None:
        work = self.work
        work.message, work.thread_id = reply.text, reply.reply_id or work.thread_id
        work.said = (*work.said, Message("assistant", reply.text, reply.tool_calls))
        usage = {**reply.usage} if spent is None else spent.usage(reply.usage)
        add_usage(work.usage, usage)
        step: dict[str, Any] = {"agent": self._assignment.agent.id, "kind": "model", "turn": turn}
        step |= {"message": reply.text, "model_id": reply.model_id, "usage": usage}
        step |= {"tool_calls": calls_data(reply.tool_calls)} if reply.tool_calls else {}
        work.steps.append(step | ({"failed_models": failed} if failed else {}))

    def _is_answer(self, reply: Reply) -> bool:
        """Whether a reply without tool calls is the answer; else the model is told what is wrong with it."""
        schema = self._assignment.prompt.output_schema
        parsed = parse_answer(reply.text)
        problem = ""
        if schema is not None:
            problem = "it is not JSON" if parsed is None else schema_problem(parsed, schema)
        if not problem:
            self.work.parsed = parsed
            return True
        self._repair(f"The answer is not what is asked for: {problem}. Answer again, with JSON alone.", problem)
        return False

    def _repair(self, told: str, problem: str) -> None:
        self._repairs += 1
        if self._repairs > _MOST_REPAIRS:
            raise InvalidOutputError(
                f'The answer of agent "{self._assignment.agent.id}" is not what output_schema asks for: {problem}.'
            )
        self.work.said = (*self.work.said, Message("user", told))

    def _is_extracted(self, reply: Reply) -> bool:
        """Whether the arguments of tools that nobody implements are the answer; else the model is told what is wrong."""
        arguments = dict(reply.tool_calls[-1].arguments)
        schema = self._assignment.prompt.output_schema
        problem = schema_problem(arguments, schema) if schema is not None else ""
        if problem:
            self._repair(f"The arguments are not what is asked for: {problem}. Call the tool again.", problem)
            return False
        self.work.parsed = arguments
        self.work.message = reply.text or json.dumps(arguments, ensure_ascii=False, default=str)
        return True

    async def _call_all(self, turn: int, calls: tuple[ToolCall, ...]) -> list[str | None]:
        """Do what the model calls; other agents work at the same time where it calls nothing else."""
        tools = [self._assignment.tools.get(call.name) for call in calls]
        if not all(tool is not None and tool.kind is ToolKind.AGENT for tool in tools):
            return [self._told(turn, call, await self._do(turn, index, call)) for index, call in enumerate(calls)]
        working = [self._do(turn, index, call) for index, call in enumerate(calls)]
        results = await asyncio.gather(*working, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        done = (result for result in results if isinstance(result, Done))
        return [self._told(turn, call, one) for call, one in zip(calls, done, strict=True)]

    async def _do(self, turn: int, index: int, call: ToolCall) -> Done:
        agent, work = self._assignment.agent, self.work
        if len(work.calls) >= agent.limits.max_tool_calls:
            raise AgentLimitError(
                f'Agent "{agent.id}" may call tools {agent.limits.max_tool_calls} times, and calls "{call.name}".',
                details=self._where(),
            )
        work.calls.append(call)
        return await self._hands.do(self._assignment, f"{turn}.{index}", call, self._notes)

    def _told(self, turn: int, call: ToolCall, done: Done) -> str | None:
        """What the model is told of a call that was done; None for an extraction that is accepted."""
        work, name = self.work, done.tool.name if done.tool is not None else call.name
        if done.tool is not None:
            work.results[name] = done.result
        add_usage(work.usage, done.usage)
        own = {"agent": self._assignment.agent.id, "kind": "tool", "turn": turn, "tool": name}
        work.steps += [*done.steps, {**own, **done.to_data()}]
        is_accepted = done.tool is not None and done.tool.kind is ToolKind.EXTRACTION and not done.error
        return None if is_accepted else done.told(call.name)

    def _where(self) -> dict[str, Any]:
        """What a reader wants to know of work that came to no end."""
        return {"turns": sum(step["kind"] == "model" for step in self.work.steps), "tool_calls": len(self.work.calls)}
