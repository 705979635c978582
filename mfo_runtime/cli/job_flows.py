"""Taskflows as job types of a server in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import PurePosixPath
from types import TracebackType
from typing import Self

from mfo_dialect.analysis.bundle import Bundle
from mfo_runtime.cli.journals import journal_of
from mfo_runtime.cli.servers import configured_client
from mfo_runtime.client import ClientSettings
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow import Flow, RefusedDocumentError
from mfo_runtime.flow.loading import absolute_path, flow_of_bundle, readable_text
from mfo_runtime.journal import Journal
from mfo_runtime.server.job_calls import JobRunner
from mfo_runtime.server.job_types import BUILT_IN_JOB_TYPES
from mfo_runtime.triggers.flow_jobs import FlowJob
from mfo_workspace.bundles import load_bundle
from mfo_workspace.files import DiskFiles


class JobFlows:
    """The taskflows that jobs of one server run; a context manager that closes their journals."""

    def __init__(self) -> None:
        """Know no taskflow yet, nor where the server is."""
        self._journals: dict[str, Journal | None] = {}
        self._url = self._token = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for journal in self._journals.values():
            if journal is not None:
                journal.close()

    def serve_at(self, url: str, token: str) -> None:
        """The server, which the tasks of jobs ask, is here."""
        self._url, self._token = url, token

    def of_bundle(self, bundle: Bundle, document: str) -> dict[str, JobRunner]:
        """The taskflows of a document as job types; one that has errors fails its jobs."""
        names = [flow.name for one in bundle.workflows if one.document == document for flow in one.taskflows]
        return {
            name: self._job(bundle, document, partial(flow_of_bundle, bundle, document, name))
            for name in names
            if name and name not in BUILT_IN_JOB_TYPES
        }

    def of_files(self, paths: Iterable[str]) -> dict[str, JobRunner]:
        """All taskflows of documents as job types.

        Raises:
            RefusedDocumentError: one of them has errors.
            InvalidInputError: a file has none, or a name is taken.
        """
        found: dict[str, JobRunner] = {}
        for path in paths:
            document = absolute_path(path)
            readable_text(path, document, DiskFiles())
            bundle = load_bundle(str(PurePosixPath(document).parent), DiskFiles())
            for name, flow in _flows(bundle, document).items():
                if name in found or name in BUILT_IN_JOB_TYPES:
                    raise InvalidInputError(
                        f'{path}: there is another job type "{name}".', hint="Give the taskflow another id."
                    )
                found[name] = self._job(bundle, document, lambda flow=flow: flow)
        return found

    def _job(self, bundle: Bundle, document: str, load: Callable[[], Flow]) -> JobRunner:
        def settings() -> ClientSettings:
            own = {"base_url": self._url, "auth": {"token": self._token}}
            return ClientSettings.from_data({**configured_client(bundle), **own})

        return FlowJob(load, partial(self._journal, bundle, document), settings)

    def _journal(self, bundle: Bundle, document: str) -> Journal | None:
        folder = str(PurePosixPath(document).parent)
        if folder not in self._journals:
            self._journals[folder] = journal_of(bundle.project, document)
        return self._journals[folder]


def _flows(bundle: Bundle, document: str) -> Mapping[str, Flow]:
    names = [flow.name for one in bundle.workflows if one.document == document for flow in one.taskflows]
    if not names:
        flow_of_bundle(bundle, document)  # says why there is none
    flows = {name: flow_of_bundle(bundle, document, name) for name in names}
    for flow in flows.values():
        if flow.findings:
            raise RefusedDocumentError(flow.findings, flow.bundle)
        flow.refuse_errors()
    return flows
