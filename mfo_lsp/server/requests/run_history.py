"""``mfo/runs``, ``mfo/run`` and ``mfo/runValue``: what the journal knows of earlier runs, for clients that show it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from mfo_lsp.server.convert import is_file, to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import look_up
from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.protocol import INVALID_PARAMS, RefusedError

if TYPE_CHECKING:
    from mfo_dialect.model.project import Project
    from mfo_runtime.journal import Journal, StoredRun

_MOST_RUNS = 50
_LONGEST = 1_000_000
"""Characters of JSON; of a longer value the beginning is told."""
_INPUTS, _OUTPUTS = "inputs", "outputs"
_NOWHERE = "http://127.0.0.1:9"
"""Where a run that has succeeded would ask, if there were anything left to ask."""
_T = TypeVar("_T")


async def answer_runs(server: Server, params: OwnParams) -> dict[str, Any] | None:
    """The runs of a workflow document, the newest first, fifty at most; of one taskflow where it is named.

    Returns:
        ``runs``, each as ``mfo runs --json`` has it; None for what is no document of ours.

    Raises:
        RefusedError: the journal cannot be read.
    """
    wanted, document = params.names.get("taskflow"), to_key(params.uri)

    def look(journal: Journal) -> dict[str, Any]:
        from mfo_runtime.cli.runs import run_data, state_now  # noqa: PLC0415 - the running side is for those who run

        found = (run for run in journal.runs(wanted) if run.document == document)
        return {"runs": [run_data(run, state_now(journal, run)) for run in islice(found, _MOST_RUNS)]}

    return await _looked(server, params, look)


async def answer_run(server: Server, params: OwnParams) -> dict[str, Any] | None:
    """What happened in one run, ``run``.

    Returns:
        the run as ``mfo show RUN --json`` has it, ``nodes`` without their values, and of each whether it ``has_value``.

    Raises:
        RefusedError: there is no such run, or the journal cannot be read.
    """
    name = _named(params, "run")

    def look(journal: Journal) -> dict[str, Any]:
        from mfo_runtime.cli.runs import run_data, state_now  # noqa: PLC0415 - as above
        from mfo_runtime.flow.history import history_of  # noqa: PLC0415 - as above

        run = journal.find(name)
        history = history_of(journal.events(run))
        nodes = [
            {fact: value for fact, value in node.to_data().items() if fact != "value"}
            | {"has_value": node.state == "succeeded" and node.value is not None}
            for node in history.nodes
        ]
        return {**run_data(run, state_now(journal, run)), "resumptions": history.resumptions, "nodes": nodes}

    return await _looked(server, params, look)


async def answer_value(server: Server, params: OwnParams) -> dict[str, Any] | None:
    """What a ``node`` gave in a ``run``, secrets struck out; without a node, what the run was given.

    With ``part`` "outputs" it is what the run returned: the journal keeps what nodes gave, and ``outputs`` are evaluated anew from that.

    Returns:
        ``text``: the value as JSON to be read, and ``cut``: whether it is longer than that.

    Raises:
        RefusedError: there is no such run or node, it did not succeed, or the journal cannot be read.
    """
    name, path, part = _named(params, "run"), params.names.get("node"), params.names.get("part", _INPUTS)
    if part not in {_INPUTS, _OUTPUTS}:
        raise RefusedError(f'a run has "{_INPUTS}" and "{_OUTPUTS}", no "{part}"', INVALID_PARAMS)

    def look(journal: Journal) -> dict[str, Any]:
        from mfo_runtime.flow.history import history_of  # noqa: PLC0415 - as above
        from mfo_runtime.journal import shown  # noqa: PLC0415 - as above

        run = journal.find(name)
        if path is None and part == _OUTPUTS:
            return _shortened(_outputs(journal, run))
        if path is None:
            return _shortened(shown(run.begun_with_json)["inputs"])
        events = (event for event in journal.events(run) if event.node == path)
        history = next(iter(history_of(events).nodes), None)
        if history is None:
            raise RefusedError(f'run {run.id} has come to no node "{path}"', INVALID_PARAMS)
        return _shortened(history.value)

    return await _looked(server, params, look)


def _outputs(journal: Journal, run: StoredRun) -> Any:
    """What a run that has succeeded returned: it goes on by the definition that it had, and nothing is left to be executed."""
    from mfo_runtime.client import ClientSettings, MfoClient  # noqa: PLC0415 - as above
    from mfo_runtime.flow import RunOptions, load_run  # noqa: PLC0415 - as above

    resumption = load_run(journal, run.id)
    if not resumption.has_succeeded:
        raise RefusedError(f"run {run.id} has no outputs, as it did not succeed", INVALID_PARAMS)

    async def evaluated() -> Any:
        async with MfoClient(ClientSettings(_NOWHERE)) as client:
            outcome = await resumption.go_on(client, RunOptions())
        if outcome.error is not None:
            raise outcome.error
        return dict(outcome.outputs)

    return asyncio.run(evaluated())


def _named(params: OwnParams, name: str) -> str:
    if name not in params.names:
        raise RefusedError(f"this request says which {name}", INVALID_PARAMS)
    return params.names[name]


async def _looked(server: Server, params: OwnParams, look: Callable[[Journal], _T]) -> _T | None:
    """What is found in the journal of a document's project; in another thread, for it may be large."""
    view = look_up(server.session, params.uri)
    if view is None or not is_file(view.key):
        return None
    return await asyncio.to_thread(_look, view.snapshot.bundle.project, view.key, look)


def _look(project: Project, document: str, look: Callable[[Journal], _T]) -> _T:
    from mfo_runtime.cli.data_folders import data_path  # noqa: PLC0415 - as above
    from mfo_runtime.errors import MfoError  # noqa: PLC0415 - as above
    from mfo_runtime.journal import Journal  # noqa: PLC0415 - as above

    try:
        return look(Journal(data_path(project, PurePosixPath(document).parent.as_posix())))
    except MfoError as error:
        raise RefusedError(error.message) from None


def _shortened(value: Any) -> dict[str, Any]:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return {"text": text[:_LONGEST], "cut": len(text) > _LONGEST}
