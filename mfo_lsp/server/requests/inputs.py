"""``mfo/inputs``: what a taskflow wants to be given, for clients that ask their user before a run."""

from __future__ import annotations

from typing import Any, cast

from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.syntax import TooManyNodesError, parse, to_value
from mfo_lsp.server.convert import directory_of
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import look_up
from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.requests.graph import flow_of
from mfo_lsp.server.session import Session
from mfo_workspace.files import UnreadableFileError

INPUTS_FILE = "inputs.yml"


def answer(server: Server, params: OwnParams) -> dict[str, Any] | None:
    """The inputs of the taskflow that is named, else of the one at the position, else of the first.

    Returns:
        ``taskflow``, ``schema``: its ``input_schema`` as JSON values, ``null`` where it has none, and ``file``: what the file
        ``inputs.yml`` beside the workflow gives, ``null`` where there is none that holds a map. None for a document
        without taskflows.

    Raises:
        RefusedError: there is no such taskflow.
    """
    view = look_up(server.session, params.uri)
    flow = flow_of(view, params) if view is not None else None
    if view is None or flow is None:
        return None
    return {
        "taskflow": flow.taskflow.name,
        "schema": schema_data(flow.taskflow.input_schema, view.snapshot.bundle),
        "file": _from_file(server.session, directory_of(view.key)),
    }


def _from_file(session: Session, directory: str) -> dict[str, Any] | None:
    try:
        tree = parse(session.files.read(f"{directory}/{INPUTS_FILE}"))
        value: Any = to_value(tree.documents[0].root) if tree.documents and not tree.problems else None
    except (UnreadableFileError, TooManyNodesError):
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None
