"""The one argument of the commands: a map, read from JSON, refused where it is not as it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from lsprotocol import types

from mfo_dialect.model.kinds import DocumentKind
from mfo_lsp.server.host import Server
from mfo_lsp.server.inputs_file import inputs_beside
from mfo_lsp.server.lookup import View, look_up_still
from mfo_lsp.server.protocol import RefusedError
from mfo_lsp.server.resuming import ResumeRequest
from mfo_lsp.server.runs import RunRequest

RESUME_RUN = "mfo.resumeRun"
INVALID = types.ErrorCodes.InvalidParams
_TEXTS = ("taskflow", "server", "script", "task", "run")


@dataclass(frozen=True, slots=True)
class RunArguments:
    """What the commands that run something, or say what a run would do, are asked for.

    Attributes:
        uri: the workflow document.
        inputs: the run's inputs; None where nobody said.
        taskflow: which one; None where there is only one.
        server: the URL of an MFO server.
        script: the path of scripted answers.
        task: the id of the one task to execute; None for all.
        run: the recorded run that gives what the one task reads; None for the last one.
    """

    uri: str
    inputs: Mapping[str, Any] | None = None
    taskflow: str | None = None
    server: str | None = None
    script: str | None = None
    task: str | None = None
    run: str | None = None

    def request(self, view: View) -> RunRequest:
        """What is to be run, of a document as it is now; a whole flow without inputs is given those of the file beside it."""
        inputs = self.inputs if self.inputs is not None or self.task is not None else inputs_beside(view)
        bundle = view.snapshot.bundle
        return RunRequest(view.key, bundle, self.taskflow, inputs or {}, self.server, self.script, self.task, self.run)


@dataclass(frozen=True, slots=True)
class ResumeArguments:
    """What ``mfo.resumeRun`` is asked for.

    Attributes:
        uri: the workflow document.
        run: the run that is to go on.
        inputs: those that the journal does not keep.
        again: tasks that are executed again although they have ended.
        is_redefined: whether it goes on by the documents as they are now.
    """

    uri: str
    run: str
    inputs: Mapping[str, Any]
    again: tuple[str, ...]
    is_redefined: bool

    def request(self, view: View) -> ResumeRequest:
        """What is to go on, of a document as it is now."""
        bundle = view.snapshot.bundle
        return ResumeRequest(view.key, bundle, self.run, self.inputs, self.again, self.is_redefined)


def read_resume_arguments(arguments: Sequence[object]) -> ResumeArguments:
    """Read ``{uri, run, inputs?, again?, newDefinition?}``.

    Raises:
        RefusedError: a part is missing or of another type.
    """
    form = "{uri, run, inputs?, again?, newDefinition?}"
    said = read_map(RESUME_RUN, arguments, form)
    uri, run = said.get("uri"), said.get("run")
    inputs: object = said.get("inputs") or {}
    again: object = said.get("again") or []
    is_redefined: object = said.get("newDefinition") or False
    are_parts = isinstance(inputs, dict) and isinstance(again, list) and isinstance(is_redefined, bool)
    if not isinstance(uri, str) or not isinstance(run, str) or not are_parts:
        raise RefusedError(f"{RESUME_RUN} takes one argument: {form}", INVALID)
    tasks = tuple(str(task) for task in cast("list[object]", again))
    return ResumeArguments(uri, run, cast("dict[str, Any]", inputs), tasks, bool(is_redefined))


def read_map(command: str, arguments: Sequence[object], form: str) -> Mapping[str, Any]:
    """The one argument of a command.

    Args:
        command: its name.
        arguments: what the client sent.
        form: how the argument is written, for the message.

    Raises:
        RefusedError: it is no map, or there are several.
    """
    if len(arguments) == 1 and isinstance(arguments[0], Mapping):
        return cast("Mapping[str, Any]", arguments[0])
    raise RefusedError(f"{command} takes one argument: {form}", INVALID)


def read_run_arguments(command: str, arguments: Sequence[object], needed: Sequence[str] = ()) -> RunArguments:
    """Read ``{uri, taskflow?, inputs?, server?, script?}``, and ``{task, run?}`` where a task is needed.

    Raises:
        RefusedError: a part is missing or of another type.
    """
    form = f"{{uri, {''.join(f'{name}, ' for name in needed)}taskflow?, inputs?, server?, script?}}"
    said = read_map(command, arguments, form)
    texts = {name: said.get(name) for name in _TEXTS}
    uri, inputs = said.get("uri"), said.get("inputs")
    are_texts = all(isinstance(value, str) or (value is None and name not in needed) for name, value in texts.items())
    if not isinstance(uri, str) or not are_texts or not (inputs is None or isinstance(inputs, Mapping)):
        raise RefusedError(f"{command} takes one argument: {form}", INVALID)
    return RunArguments(uri, cast("Mapping[str, Any] | None", inputs), **cast("dict[str, str | None]", texts))


async def view_of_workflow(server: Server, uri: str) -> View:
    """The workflow document of a URI, as it is now, in a bundle that nobody edits.

    Raises:
        RefusedError: it is none.
    """
    view = await look_up_still(server.session, uri)
    if view is None or view.source.kind is not DocumentKind.WORKFLOW:
        raise RefusedError("this document is no MFO workflow, so there is nothing to run", INVALID)
    return view
