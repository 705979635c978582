"""From a file to a flow that can run, or to the findings that keep it from running."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.findings import Finding
from mfo_dialect.model.workflow import Trigger
from mfo_dialect.suggestions import did_you_mean
from mfo_runtime.client import MfoClient
from mfo_runtime.errors import FlowRefusedError, InvalidInputError
from mfo_runtime.flow.outcome import RunOutcome
from mfo_runtime.flow.refusal import FIXED_CODES, errors_of_document, findings_that_refuse
from mfo_runtime.flow.running import RunOptions, run_flow
from mfo_workspace.bundles import load_bundle
from mfo_workspace.files import DiskFiles, Files, UnreadableFileError


class RefusedDocumentError(FlowRefusedError):
    """A document is so broken that no taskflow of it can be named.

    Attributes:
        findings: what is wrong with it.
        bundle: the documents that the findings speak of.
    """

    def __init__(self, findings: tuple[Finding, ...], bundle: Bundle) -> None:
        """Tell of the first finding."""
        super().__init__(_first_of(findings), place=place_of(findings[0], bundle))
        self.findings = findings
        self.bundle = bundle


@dataclass(frozen=True)
class Flow:
    """A taskflow that is ready to run, unless it has errors.

    Attributes:
        view: the taskflow.
        bundle: the documents that it sees.
        findings: the errors that keep it from running; empty for a flow that runs.
    """

    view: FlowView
    bundle: Bundle
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """The taskflow's id."""
        return self.view.taskflow.name

    def refuse_errors(self) -> None:
        """Do nothing for a flow that runs.

        Raises:
            FlowRefusedError: the flow has errors.
        """
        if self.findings:
            raise FlowRefusedError(_first_of(self.findings), place=place_of(self.findings[0], self.bundle))

    async def run(self, inputs: Mapping[str, Any], client: MfoClient, options: RunOptions | None = None) -> RunOutcome:
        """Run the flow to its end.

        Args:
            inputs: INPUT.
            client: the MFO server.
            options: observers, the trigger, who is asked.

        Raises:
            FlowRefusedError: the flow has errors; nothing has run.
            InvalidInputError: the inputs are not what ``input_schema`` asks for; nothing has run.
            asyncio.CancelledError: the caller was cancelled; by then the run has stopped.
        """
        self.refuse_errors()
        return await run_flow(self.view, self.bundle, inputs, client, options or RunOptions())

    def trigger(self, name: str) -> Trigger | None:
        """The trigger of that id that starts this taskflow."""
        return next(
            (trigger for trigger in self.view.triggers if trigger.id is not None and trigger.id.text == name), None
        )


def load_flow(path: str, taskflow: str | None = None, files: Files | None = None) -> Flow:
    """Read a workflow document with the documents beside it, and choose one of its taskflows.

    Args:
        path: the document.
        taskflow: the taskflow's id; may be left out where there is one only.
        files: where documents come from; the disk where it is not given.

    Raises:
        RefusedDocumentError: the file is so broken that it has no taskflow.
        InvalidInputError: the file cannot be read, is no workflow, or has no such taskflow, or several to choose from.
    """
    files = files or DiskFiles()
    absolute = absolute_path(path)
    readable_text(path, absolute, files)
    bundle = load_bundle(str(PurePosixPath(absolute).parent), files)
    return flow_of_bundle(bundle, absolute, taskflow)


def absolute_path(path: str) -> str:
    """A path as bundles name documents: absolute, links followed, with ``/``.

    Raises:
        InvalidInputError: no file can have this path.
    """
    try:
        return Path(path).resolve().as_posix()
    except (OSError, ValueError, RuntimeError):
        raise InvalidInputError(f"{path!r} is no path of a file.") from None


def readable_text(path: str, absolute: str, files: Files) -> str:
    """The text of a file that a person named as ``path``.

    Raises:
        InvalidInputError: it cannot be read; the message says why, and where in it.
    """
    try:
        return files.read(absolute)
    except UnreadableFileError as error:
        where = f":{error.line}:{error.column}" if error.line else ""
        raise InvalidInputError(f"{path}{where}: {error.reason}.", hint="") from None


def flow_of_bundle(bundle: Bundle, document: str, taskflow: str | None = None) -> Flow:
    """As ``load_flow``, for a bundle that is at hand, such as an editor's with unsaved texts.

    Raises:
        RefusedDocumentError: the document is so broken that it has no taskflow.
        InvalidInputError: the document is no workflow, or the taskflow cannot be chosen.
    """
    everything = frozenset(bundle.sources) | ({bundle.project.document} if bundle.project.document else set[str]())
    bundle = replace(bundle, home=everything)
    snapshot = Snapshot(bundle)
    findings = check_snapshot(snapshot, fixed=FIXED_CODES)
    flows = [flow for flow in snapshot.flows if flow.document == document]
    name = PurePosixPath(document).name
    if not flows:
        refusing = errors_of_document(findings, document)
        if refusing:
            raise RefusedDocumentError(refusing, bundle)
        raise InvalidInputError(
            f"{name} is not a workflow document, or has no taskflow.",
            hint="A workflow has taskflows, or a name and tasks that have an id and a type.",
        )
    view = _choose(flows, taskflow, name)
    return Flow(view, bundle, findings_that_refuse(findings, view, bundle))


def _choose(flows: list[FlowView], taskflow: str | None, file_name: str) -> FlowView:
    names = [flow.taskflow.name for flow in flows]
    if taskflow is not None:
        chosen = next((flow for flow in flows if flow.taskflow.name == taskflow), None)
        if chosen is None:
            raise InvalidInputError(
                f'{file_name} has no taskflow "{taskflow}"{did_you_mean(taskflow, names)}; there are: {", ".join(names)}.'
            )
        return chosen
    if len(flows) > 1:
        raise InvalidInputError(
            f"{file_name} has {len(flows)} taskflows: {', '.join(names)}.", hint="Choose one with --taskflow."
        )
    return flows[0]


def _first_of(findings: tuple[Finding, ...]) -> str:
    first, *others = findings
    many = f" and {len(others)} more" if others else ""
    return f"The flow has errors: {first.code} {first.message}{many}."


def place_of(finding: Finding, bundle: Bundle) -> str:
    """A finding's place as ``file:line:column``."""
    source = bundle.sources.get(finding.place.document)
    lines = source.tree.lines if source is not None else bundle.project.lines
    position = lines.position(finding.place.span.start)
    return f"{finding.place.document}:{position.line + 1}:{position.column + 1}"
