"""``mfo/renderedPrompt``: a prompt as a model would get it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.templates.execution import system_clock
from mfo_lsp.features.prompt_context import GivenValue, given_by_chat, wanted_by_chat
from mfo_lsp.features.rendered_prompt import RenderedPrompt, chat_at, chats_for, rendered_prompt, template_for
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up_still
from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.protocol import INVALID_PARAMS, RefusedError


async def answer(server: Server, params: OwnParams) -> dict[str, Any] | None:
    """The prompt of the template that is named, that the position is in, or that the task there uses.

    Returns:
        None where there is no template at the position. Rendering goes on in another thread; it is bounded.

    Raises:
        RefusedError: no template has the name.
    """
    view = await look_up_still(server.session, params.uri)
    if view is None:
        return None
    name = params.names.get("template")
    offset = view.offset(params.position) if params.position is not None else None
    template = template_for(view.snapshot, view.key, name, offset)
    if template is None:
        if name is None:
            return None
        hint = did_you_mean(name, view.snapshot.bundle.templates)
        raise RefusedError(f'there is no prompt template "{name}"{hint}', INVALID_PARAMS)
    of_task = await _of_task(view, template, offset)
    rendered = await asyncio.to_thread(rendered_prompt, template, params.inputs or {}, of_task, system_clock)
    return _converted(rendered, view, server)


async def _of_task(view: View, template: PromptTemplate, offset: int | None) -> Mapping[str, GivenValue]:
    """What the task at the position gives, with what runs gave it; of other tasks the first of which a run is known."""
    snapshot = view.snapshot
    chats = chats_for(template, snapshot, view.key, offset)
    wanted = {one: None for chat in chats for one in wanted_by_chat(chat, snapshot)}
    recorded = await view.session.recorded_runs.of(tuple(wanted), snapshot.bundle.project)
    given = [(chat, given_by_chat(chat, snapshot, recorded)) for chat in chats]
    at_place = chat_at(snapshot, view.key, offset)
    for chat, values in given:
        if chat.view is (at_place.view if at_place is not None else None) or any(
            one.is_recorded for one in values.values()
        ):
            return values
    return {}


def _converted(prompt: RenderedPrompt, view: View, server: Server) -> dict[str, Any]:
    text = "".join(part for part in (prompt.system, prompt.user) if part is not None)
    return {
        "template": prompt.template,
        "engine": prompt.engine,
        "system": prompt.system,
        "user": prompt.user,
        "variables": [
            {"name": one.name, "value": one.value, "origin": one.origin.value, "required": one.is_required}
            for one in prompt.variables
        ],
        "problems": [
            {"message": one.message, **server.protocol.plain(view.location(one.place))} for one in prompt.problems
        ],
        "tokens": -(-len(text) // _characters_a_token()),
    }


def _characters_a_token() -> int:
    from mfo_runtime.forecast import CHARACTERS_A_TOKEN  # noqa: PLC0415 - the running side loads when it is asked

    return CHARACTERS_A_TOKEN
