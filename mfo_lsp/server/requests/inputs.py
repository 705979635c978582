"""``mfo/inputs``: what a taskflow wants to be given, for clients that ask their user before a run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from mfo_dialect.analysis.schemas import schema_data
from mfo_lsp.server.host import Server
from mfo_lsp.server.inputs_file import inputs_beside
from mfo_lsp.server.lookup import look_up
from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.requests.graph import flow_of


async def answer(server: Server, params: OwnParams) -> dict[str, Any] | None:
    """The inputs of the taskflow that is named, else of the one at the position, else of the first.

    Returns:
        ``taskflow``, ``schema``: its ``input_schema`` as JSON values, ``null`` where it has none, and ``file``: what the file
        ``inputs.yml`` beside the workflow gives, ``null`` where there is none that holds a map. Where ``inputs`` are given,
        ``problems`` says what is wrong with them, by name. None for a document without taskflows.

    Raises:
        RefusedError: there is no such taskflow.
    """
    view = look_up(server.session, params.uri)
    flow = flow_of(view, params) if view is not None else None
    if view is None or flow is None:
        return None
    schema = schema_data(flow.taskflow.input_schema, view.snapshot.bundle)
    told: dict[str, Any] = {"taskflow": flow.taskflow.name, "schema": schema, "file": inputs_beside(view)}
    if params.inputs is not None:
        told["problems"] = await asyncio.to_thread(_problems, params.inputs, schema)
    return told


def _problems(inputs: Mapping[str, Any], schema: Any) -> dict[str, str]:
    from mfo_runtime.json_schema import problems_by_name, with_defaults  # noqa: PLC0415 - the running side is loaded late

    return problems_by_name(with_defaults(inputs, schema), schema)
