"""Executors of the chat task types: a prompt goes out, tools are called for the model, the answer is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mfo_dialect.analysis.chats import chat_use
from mfo_dialect.references import as_text
from mfo_runtime.client import ChatMessage, ChatReply, ChatRequest, Operations, ToolCall
from mfo_runtime.errors import InvalidInputError, InvalidOutputError, MfoError
from mfo_runtime.tasks.context import Execute, TaskContext, mapping_of
from mfo_runtime.tasks.json_schema import schema_problem
from mfo_runtime.tasks.prompts import RenderedPrompt, render_source, render_template

_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n\s*```\s*", re.DOTALL | re.IGNORECASE)
_CHOICES_THAT_ARE_NO_TOOL = {"auto", "none", "required"}


async def send_chat(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Ask a model and check what it answers.

    Raises:
        InvalidOutputError: the answer is not what the template asks for.
        MfoError: the server failed, or the prompt cannot be rendered.
    """
    prompt = _prompt(config, context)
    conversation = _Conversation(config, context, prompt)
    await conversation.run()
    return conversation.outputs()


async def get_history(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Read the messages of a thread."""
    thread = await context.operations.chat.get_thread(str(config["thread_id"]))
    return {"messages": thread.data.get("messages", [])}


def _prompt(config: Mapping[str, Any], context: TaskContext) -> RenderedPrompt:
    chat = chat_use(context.view, context.bundle)
    variables = mapping_of(config, "prompt_context")
    if chat is not None and chat.template is not None:
        prompt = render_template(chat.template, variables, context.bundle)
    elif config.get("prompt_template_id") is not None:
        prompt = _named_template(str(config["prompt_template_id"]), variables, context)
    else:
        prompt = RenderedPrompt(None, _inline_prompt(config, "prompt" if "prompt" in config else "message"))
    system = _inline_prompt(config, "system_prompt") if config.get("system_prompt") is not None else prompt.system
    suffix = context.overrides.system_suffix
    if suffix:
        system = f"{system.rstrip()}\n\n{suffix}" if system else suffix
    return replace(prompt, system=system)


def _named_template(name: str, variables: Mapping[str, Any], context: TaskContext) -> RenderedPrompt:
    template = context.bundle.templates.get(name)
    if template is None:
        raise InvalidInputError(f'No prompt template is called "{name}".')
    return render_template(template, variables, context.bundle)


def _inline_prompt(config: Mapping[str, Any], key: str) -> str:
    text = as_text(config.get(key))
    variables = config.get("prompt_context")
    return render_source(text, variables, "go", f'"{key}"') if isinstance(variables, Mapping) else text  # pyright: ignore[reportUnknownArgumentType]


@dataclass
class _Conversation:
    """The turns of one chat task: the model answers, tools run, until it has answered for good."""

    config: Mapping[str, Any]
    context: TaskContext
    prompt: RenderedPrompt
    thread_id: str | None = None
    message: str = ""
    calls: list[ToolCall] = field(default_factory=list[ToolCall])
    results: dict[str, Any] = field(default_factory=dict[str, Any])
    extracted: list[ToolCall] = field(default_factory=list[ToolCall])
    usage: dict[str, Any] = field(default_factory=dict[str, Any])

    async def run(self) -> None:
        operations = self.context.operations
        tools = await self._offered_tools(operations)
        request = self._first_request(tools)
        implemented: frozenset[str] | None = None
        for _ in range(self.prompt.max_turns):
            reply = await operations.chat.send(request)
            self._take(reply)
            if not reply.tool_calls:
                return
            if implemented is None:
                implemented = frozenset(tool.name for tool in await operations.tools.list())
            answers = [await self._answer(call, implemented, operations) for call in reply.tool_calls]
            spoken = [ChatMessage("tool", answer) for answer in answers if answer is not None]
            if not spoken:
                return
            request = self._request(tools, tuple(spoken))
        raise InvalidOutputError(f"The model called tools {self.prompt.max_turns} times in a row without an answer.")

    async def _offered_tools(self, operations: Operations) -> tuple[Any, ...]:
        offered: dict[str, Any] = {}
        if self.config.get("include_tools") is not False:
            offered = {tool["name"]: tool for tool in self.prompt.tools}
        if self.config.get("include_server_tools") is True:
            for tool in await operations.tools.list():
                described = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
                offered.setdefault(tool.name, described)
        return tuple(offered.values())

    def _first_request(self, tools: tuple[Any, ...]) -> ChatRequest:
        messages = [ChatMessage("system", self.prompt.system)] if self.prompt.system else []
        body = self.config.get("request_body")
        if isinstance(body, Mapping):
            spoken = body.get("messages") or []  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            messages += [ChatMessage(str(one["role"]), as_text(one["content"])) for one in spoken]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        else:
            messages.append(ChatMessage("user", self.prompt.user))
        self.thread_id = self.config.get("thread_id")
        return self._request(tools, tuple(messages))

    def _request(self, tools: tuple[Any, ...], messages: tuple[ChatMessage, ...]) -> ChatRequest:
        config, overrides, prompt = self.config, self.context.overrides, self.prompt
        body: Mapping[str, Any] = config.get("request_body") or {}
        metadata = dict(config.get("metadata") or {})
        metadata |= {"task_id": self.context.view.id, "run_id": self.context.run_id}
        if config.get("prompt_template_id") is not None:
            metadata["prompt_template_id"] = str(config["prompt_template_id"])
        return ChatRequest(
            messages=messages,
            thread_id=self.thread_id,
            provider_id=overrides.provider_id
            or config.get("provider_id")
            or body.get("provider_id")
            or prompt.provider_id,
            model_id=overrides.model_id or config.get("model_id") or body.get("model_id") or prompt.model_id,
            tools=tools,
            tool_choice=prompt.tool_choice if tools else None,
            options={**(prompt.options or {}), **(config.get("options") or {})} or None,
            metadata=metadata,
        )

    def _take(self, reply: ChatReply) -> None:
        self.thread_id = reply.thread_id
        self.message = reply.content
        self.calls += reply.tool_calls
        for name, count in reply.usage.items():
            before = self.usage.get(name, 0)
            is_count = isinstance(count, int) and isinstance(before, int)
            self.usage[name] = before + count if is_count else count

    async def _answer(self, call: ToolCall, implemented: frozenset[str], operations: Operations) -> str | None:
        """The text that a tool gives back to the model; None for an extraction, whose arguments are the answer."""
        if call.name not in implemented:
            self.results[call.name] = dict(call.arguments)
            self.extracted.append(call)
            return None
        try:
            result = (await operations.tools.execute(call.name, call.arguments)).result
        except MfoError as error:
            if error.transient:
                raise
            return json.dumps({"tool": call.name, "error": error.message}, ensure_ascii=False)
        self.results[call.name] = result
        return json.dumps({"tool": call.name, "result": result}, ensure_ascii=False, default=str)

    def outputs(self) -> dict[str, Any]:
        """What later tasks may read.

        Raises:
            InvalidOutputError: the answer is not what the template asks for.
        """
        parsed = parse_answer(self.message)
        if parsed is None and self.extracted:
            parsed = dict(self.extracted[-1].arguments)
        self._check(parsed)
        return {
            "message": self.message,
            "thread_id": self.thread_id,
            "parsed_content": parsed,
            "tool_call_results": self.results,
            "tool_calls": [{"name": call.name, "arguments": dict(call.arguments)} for call in self.calls],
            "usage": self.usage,
            "response": {"content": self.message},
        }

    def _check(self, parsed: Any) -> None:
        prompt = self.prompt
        called = {call.name for call in self.calls}
        if prompt.tools and prompt.tool_choice not in {None, "auto", "none"}:
            if prompt.tool_choice == "required" and not called:
                raise InvalidOutputError("The model called no tool, and the template requires a tool call.")
            if prompt.tool_choice not in _CHOICES_THAT_ARE_NO_TOOL and prompt.tool_choice not in called:
                raise InvalidOutputError(
                    f'The model did not call the tool "{prompt.tool_choice}", as the template requires.'
                )
        for call in self.extracted:
            schema = next((tool.get("parameters") for tool in prompt.tools if tool["name"] == call.name), None)
            problem = schema_problem(dict(call.arguments), schema)
            if problem:
                raise InvalidOutputError(f'The arguments of the tool "{call.name}" are wrong: {problem}.')
        if prompt.output_schema is not None:
            if parsed is None:
                raise InvalidOutputError("The answer is not JSON, and the template has an output_schema.")
            problem = schema_problem(parsed, prompt.output_schema)
            if problem:
                raise InvalidOutputError(f"The answer is not what output_schema asks for: {problem}.")


def parse_answer(message: str) -> Any:
    """The value of an answer that is JSON, alone or in a code fence; None for any other text."""
    fenced = _FENCED.fullmatch(message)
    try:
        return json.loads(fenced.group(1) if fenced is not None else message)
    except (ValueError, RecursionError):
        return None


EXECUTORS: dict[str, Execute] = {
    "mfo_api_chat_send": send_chat,
    "mfo_api_chat_get_history": get_history,
}
