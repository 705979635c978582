"""From a run in the journal to a run that goes on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mfo_runtime.client import MfoClient
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow.definition import bundle_of, changed_documents
from mfo_runtime.flow.keeping import Keeping, KnownSecrets
from mfo_runtime.flow.loading import Flow, flow_of_bundle, load_flow
from mfo_runtime.flow.outcome import RunOutcome
from mfo_runtime.flow.running import RunOptions, TriggerCall, run_flow
from mfo_runtime.flow.secrets import Secrets
from mfo_runtime.journal import RunJournal, StoredRun, hidden_paths
from mfo_workspace.files import DiskFiles, Files


@dataclass(frozen=True, slots=True)
class Resumption:
    """A run that can go on.

    Attributes:
        journal: where it is kept.
        stored: the run.
        flow: the taskflow, by the definition with which the run goes on.
        changed: the documents that have changed since the run began.
        is_redefined: whether it goes on by the documents as they are now.
        inputs: INPUT when it began; what was not kept is ``Hidden``.
        trigger: what started it.
        job_id: the server job that started it.
        started_at: when it began, as RFC 3339 has it.
        settings: what its caller wanted to find again.
        environment: what secrets are read from.
        given_again: the dotted paths of inputs that were not kept and have been given since.
    """

    journal: RunJournal
    stored: StoredRun
    flow: Flow
    changed: tuple[str, ...]
    is_redefined: bool
    inputs: Mapping[str, Any]
    trigger: TriggerCall | None
    job_id: str | None
    started_at: str
    settings: Mapping[str, Any]
    environment: Mapping[str, str] = field(repr=False)
    given_again: frozenset[str] = frozenset()

    @property
    def has_succeeded(self) -> bool:
        """Whether there is nothing left to do."""
        return self.stored.state == "succeeded"

    @property
    def hidden_inputs(self) -> tuple[str, ...]:
        """The inputs that the journal does not keep, or not whole, since they have the names of secrets."""
        return tuple(sorted({path.partition(".")[0] for path in hidden_paths(self.inputs)}))

    def with_inputs(self, given: Mapping[str, Any]) -> Resumption:
        """The same, with inputs that the journal does not keep given again.

        Raises:
            InvalidInputError: another input is given, or one of those is not.
        """
        secrets = Secrets(self.flow.view.workflow, self.environment)
        hidden = frozenset(hidden_paths(self.inputs))
        secrets.know_inputs(given, given_again=hidden)
        known: dict[str, Any] = _begun_with(self.stored, secrets)["inputs"]
        others = sorted(given.keys() - set(self.hidden_inputs))
        if others:
            raise InvalidInputError(
                f"A run goes on with the inputs that it began with; {others[0]} cannot be changed.",
                hint="Start a new run for other inputs.",
            )
        missing = sorted({path.partition(".")[0] for path in hidden_paths(known)} - given.keys())
        if missing:
            raise InvalidInputError(
                f"The journal does not keep the input {missing[0]}, which has the name of a secret.",
                hint=f"Give it again: --input {missing[0]}=...",
            )
        return replace(self, inputs={**known, **given}, given_again=self.given_again | hidden)

    async def go_on(self, client: MfoClient, options: RunOptions, again: Sequence[str] = ()) -> RunOutcome:
        """Go on with the run to its end; a run that has succeeded gives its outputs, and nothing is executed.

        Args:
            client: the MFO server.
            options: observers, who is asked, and what stops the run; all else is as when the run began.
            again: the ids of tasks that are executed again although they have ended.

        Raises:
            FlowRefusedError: the documents as they are now have errors.
            InvalidInputError: there is no task of such an id.
            NotResumableError, RunHeldError, JournalError: the run cannot go on.
            asyncio.CancelledError: the caller was cancelled; by then the run has stopped.
        """
        if self.is_redefined:
            self.flow.refuse_errors()
        self.check_again(again)
        return await self.run(client, options, Keeping(self.journal, self.stored, tuple(again), self.is_redefined))

    def check_again(self, again: Sequence[str]) -> None:
        """Do nothing where the taskflow has all these tasks; raises ``InvalidInputError`` where it has not."""
        unknown = [name for name in again if name not in self.flow.view.by_id]
        if unknown:
            raise InvalidInputError(f'The taskflow has no task "{unknown[0]}" that could be executed again.')

    async def run(self, client: MfoClient, options: RunOptions, keeping: Keeping) -> RunOutcome:
        """As ``go_on``, for those who say themselves how the run is kept."""
        options = replace(
            options,
            run_id=self.stored.id,
            started_at=self.started_at,
            trigger=self.trigger,
            given_again=self.given_again,
            job_id=self.job_id,
            keeping=keeping,
        )
        return await run_flow(self.flow.view, self.flow.bundle, self.inputs, client, options)


def load_run(
    journal: RunJournal,
    name: str,
    *,
    is_redefined: bool = False,
    files: Files | None = None,
    environment: Mapping[str, str] | None = None,
) -> Resumption:
    """A run of the journal, ready to go on.

    Args:
        journal: the journal.
        name: the run's id, its beginning, or ``last``.
        is_redefined: go on by the documents as they are now, not by those that the run began with.
        files: where documents are now.
        environment: what secrets are read from; the process's own where it is None.

    Raises:
        InvalidInputError: there is no such run, or several, or its document cannot be read any more.
        RefusedDocumentError: the document as it is now has no taskflow.
        JournalError: the journal cannot be read.
    """
    files = files or DiskFiles()
    stored = journal.find(name)
    definition = journal.definition(stored)
    if is_redefined:
        flow = load_flow(stored.document, stored.taskflow, files)
    else:
        flow = flow_of_bundle(bundle_of(definition), stored.document, stored.taskflow)
    environment = os.environ if environment is None else environment
    data = _begun_with(stored, Secrets(flow.view.workflow, environment))
    trigger = data["trigger"]
    return Resumption(
        journal,
        stored,
        flow,
        changed_documents(definition, files),
        is_redefined,
        data["inputs"],
        TriggerCall(trigger["id"], trigger["type"], trigger["payload"], trigger["headers"]) if trigger else None,
        data["job_id"],
        data["started_at"],
        data["settings"],
        environment,
    )


def _begun_with(stored: StoredRun, secrets: Secrets) -> dict[str, Any]:
    """What a run began with, as ``running.begun_with`` wrote it; with the secrets that are known."""
    return KnownSecrets(secrets, None).codec().decode(stored.begun_with_json)
