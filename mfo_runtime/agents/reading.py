"""From a model's reply to a response of its step, or to what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mfo_runtime.agents.exchange import Reply
from mfo_runtime.agents.flow_context import FlowContext
from mfo_runtime.agents.prototypes import schema_of
from mfo_runtime.agents.response import Response, ResponseKind
from mfo_runtime.agents.step import Step, ValidationError
from mfo_runtime.json_schema import schema_problem
from mfo_runtime.providers.json_answers import parse_answer


def read_reply(step: Step, reply: Reply, context: FlowContext) -> Response:
    """The response that a reply is.

    A tool that the model calls is an action; else a JSON object with ``action``, or with ``message``, counts as that,
    and any other text is a message. Of several calls the first counts.

    Raises:
        ValidationError: it calls what the step does not offer, its parameters or its message break their schema, or the
            step's validator refuses it.
    """
    response = _response(step, reply)
    if response.kind is ResponseKind.METHOD:
        _check_action(step, response)
    elif step.output_schema is not None:
        parsed = parse_answer(response.message)
        if parsed is None:
            raise ValidationError("The answer is not JSON.", "Answer with JSON alone.")
        problem = schema_problem(parsed, schema_of(step.output_schema))
        if problem:
            raise ValidationError(f"The answer is not what is asked for: {problem}.")
    if step.validator is not None:
        _validate(step, response, context)
    return response


def _response(step: Step, reply: Reply) -> Response:
    if reply.tool_calls:
        call = reply.tool_calls[0]
        return Response(ResponseKind.METHOD, call.name, dict(call.arguments), reply.text, reply.text)
    parsed = parse_answer(reply.text) if not step.actions.is_empty else None
    if isinstance(parsed, dict):
        said = cast("dict[str, Any]", parsed)
        name, params = said.get("action"), said.get("params", {})
        if isinstance(name, str) and name:
            if not isinstance(params, Mapping):
                raise ValidationError(f'The params of "{name}" are no JSON object.')
            known = dict(cast("Mapping[str, Any]", params))
            return Response(ResponseKind.METHOD, name, known, raw=reply.text)
        if isinstance(said.get("message"), str):
            return Response(message=said["message"], raw=reply.text)
    return Response(message=reply.text, raw=reply.text)


def _check_action(step: Step, response: Response) -> None:
    action = step.actions.get(response.action)
    if action is None:
        names = ", ".join(step.action_names) or "none"
        raise ValidationError(f'There is no action "{response.action}"; there are: {names}.')
    problem = schema_problem(dict(response.params), action.schema)
    if problem:
        raise ValidationError(f'The parameters of "{response.action}" are wrong: {problem}.')


def _validate(step: Step, response: Response, context: FlowContext) -> None:
    assert step.validator is not None
    try:
        step.validator(response, context)
    except ValidationError:
        raise
    except ValueError as error:
        raise ValidationError(str(error) or "The answer is not accepted.") from error
