"""Executors of the chat task types: from a task's config to what is asked, and from the answer to the outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.references import as_text
from mfo_runtime.client import ChatMessage
from mfo_runtime.providers.json_answers import parse_answer
from mfo_runtime.tasks.answers import check_answer
from mfo_runtime.tasks.context import Execute, Overrides, TaskContext, mapping_of
from mfo_runtime.tasks.conversation import Asked, Conversation, hold
from mfo_runtime.tasks.prompts import RenderedPrompt, render_source, render_template, used_template


class Asking(Protocol):
    """What a prompt is made of besides the task's config; every ``TaskContext`` is one."""

    @property
    def view(self) -> NodeView:
        """The task in its document."""
        ...

    @property
    def bundle(self) -> Bundle:
        """The documents."""
        ...

    @property
    def run_id(self) -> str:
        """The run."""
        ...

    @property
    def overrides(self) -> Overrides:
        """What error handling changed."""
        ...

    @property
    def clock(self) -> Callable[[], datetime] | None:
        """What tells prompts the time."""
        ...


async def send_chat(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Ask a model and check what it answers.

    Raises:
        InvalidOutputError: the answer is not what the template asks for.
        MfoError: the server failed, or the prompt cannot be rendered.
    """
    asked = what_is_asked(config, context)
    conversation = await hold(asked, context)
    parsed = parse_answer(conversation.message)
    if parsed is None and conversation.extracted:
        parsed = dict(conversation.extracted[-1].arguments)
    check_answer(asked.prompt, conversation, parsed)
    return _outputs(conversation, parsed)


async def get_history(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Read the messages of a thread."""
    thread = await context.operations.chat.get_thread(str(config["thread_id"]))
    return {"messages": thread.data.get("messages", [])}


def _outputs(conversation: Conversation, parsed: Any) -> dict[str, Any]:
    return {
        "message": conversation.message,
        "thread_id": conversation.thread_id,
        "parsed_content": parsed,
        "tool_call_results": conversation.results,
        "tool_calls": [{"name": call.name, "arguments": dict(call.arguments)} for call in conversation.calls],
        "usage": conversation.usage,
        "response": {"content": conversation.message},
    }


def what_is_asked(config: Mapping[str, Any], context: Asking) -> Asked:
    """What the model is asked: the task's own settings win over the template's, error handling's over both.

    Raises:
        MfoError: the prompt cannot be rendered.
    """
    prompt, overrides = _prompt(config, context), context.overrides
    body = mapping_of(config, "request_body")
    tools = prompt.tools if config.get("include_tools") is not False else ()
    prompt = replace(prompt, tools=tools, tool_choice=prompt.tool_choice if tools else None)
    return Asked(
        prompt=prompt,
        messages=(*_system_messages(prompt), *_messages(prompt, body)),
        provider_id=overrides.provider_id or config.get("provider_id") or body.get("provider_id") or prompt.provider_id,
        model_id=overrides.model_id or config.get("model_id") or body.get("model_id") or prompt.model_id,
        thread_id=config.get("thread_id") or body.get("thread_id"),
        options={**(prompt.options or {}), **mapping_of(body, "options"), **mapping_of(config, "options")},
        metadata=_metadata(config, body, context),
        has_server_tools=config.get("include_server_tools") is True,
    )


def _system_messages(prompt: RenderedPrompt) -> tuple[ChatMessage, ...]:
    return (ChatMessage("system", prompt.system),) if prompt.system else ()


def _messages(prompt: RenderedPrompt, body: Mapping[str, Any]) -> tuple[ChatMessage, ...]:
    spoken: list[Mapping[str, Any]] = body.get("messages") or []
    if not spoken:
        return (ChatMessage("user", prompt.user),)
    return tuple(ChatMessage(as_text(one.get("role")), as_text(one.get("content"))) for one in spoken)


def _metadata(config: Mapping[str, Any], body: Mapping[str, Any], context: Asking) -> dict[str, Any]:
    """The author's own metadata, and the ids by which servers and scripts know the task."""
    metadata = {**mapping_of(body, "metadata"), **mapping_of(config, "metadata")}
    metadata |= {"task_id": context.view.id, "run_id": context.run_id}
    if config.get("prompt_template_id") is not None:
        metadata["prompt_template_id"] = str(config["prompt_template_id"])
    return metadata


def _prompt(config: Mapping[str, Any], context: Asking) -> RenderedPrompt:
    template = used_template(config, context.bundle)
    if template is not None:
        prompt = render_template(template, mapping_of(config, "prompt_context"), context.bundle, context.clock)
    else:
        prompt = RenderedPrompt(None, _inline_prompt(config, "prompt" if "prompt" in config else "message", context))
    system = (
        _inline_prompt(config, "system_prompt", context) if config.get("system_prompt") is not None else prompt.system
    )
    suffix = context.overrides.system_suffix
    if suffix:
        system = f"{system.rstrip()}\n\n{suffix}" if system else suffix
    return replace(prompt, system=system)


def _inline_prompt(config: Mapping[str, Any], key: str, context: Asking) -> str:
    """A prompt written in the task; rendered only where variables are given for it."""
    text = as_text(config.get(key))
    if not isinstance(config.get("prompt_context"), Mapping):
        return text
    return render_source(text, mapping_of(config, "prompt_context"), "go", f'"{key}"', context.clock)


EXECUTORS: dict[str, Execute] = {
    "mfo_api_chat_send": send_chat,
    "mfo_api_chat_get_history": get_history,
}
