"""Whether what a model answered is what its prompt template asks for; it knows no server."""

from __future__ import annotations

from typing import Any

from mfo_runtime.errors import InvalidOutputError
from mfo_runtime.json_schema import schema_problem
from mfo_runtime.tasks.conversation import Conversation
from mfo_runtime.tasks.prompts import RenderedPrompt

_CHOICES_THAT_NEED_NO_TOOL = frozenset({None, "auto", "none"})


def check_answer(prompt: RenderedPrompt, conversation: Conversation, parsed: Any) -> None:
    """Do nothing for an answer that is what the template asks for.

    Raises:
        InvalidOutputError: a required tool call is missing, its arguments or the answer break their schema, or the
            answer is not JSON where there is an ``output_schema``.
    """
    _check_required_call(prompt.tool_choice, conversation)
    for call in conversation.extracted:
        schema = next((tool.get("parameters") for tool in prompt.tools if tool["name"] == call.name), None)
        problem = schema_problem(dict(call.arguments), schema)
        if problem:
            raise InvalidOutputError(f'The arguments of the tool "{call.name}" are wrong: {problem}.')
    if prompt.output_schema is None:
        return
    if parsed is None:
        raise InvalidOutputError("The answer is not JSON, and the template has an output_schema.")
    problem = schema_problem(parsed, prompt.output_schema)
    if problem:
        raise InvalidOutputError(f"The answer is not what output_schema asks for: {problem}.")


def _check_required_call(tool_choice: str | None, conversation: Conversation) -> None:
    if tool_choice in _CHOICES_THAT_NEED_NO_TOOL:
        return
    called = {call.name for call in conversation.calls}
    if tool_choice == "required" and not called:
        raise InvalidOutputError("The model called no tool, and the template requires a tool call.")
    if tool_choice != "required" and tool_choice not in called:
        raise InvalidOutputError(f'The model did not call the tool "{tool_choice}", as the template requires.')
