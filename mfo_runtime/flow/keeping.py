"""Keeping one run in the journal, from its beginning or from where it was broken off."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_runtime.client import MfoClient
from mfo_runtime.flow.outcome import RunOutcome
from mfo_runtime.flow.past import Past, read_past
from mfo_runtime.flow.recording import RunRecorder, TakeUsage
from mfo_runtime.flow.secrets import Secrets, forms_of
from mfo_runtime.journal import Codec, Definition, RunEnd, RunJournal, RunWriting, StoredRun

SUCCEEDED = "succeeded"
_SHORTEST_SECRET = 4
"""Code points; shorter ones stand everywhere, and striking them out would garble what is kept."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a run is kept.

    Attributes:
        journal: where.
        stored: the run that goes on; None for a new one.
        again: the ids of tasks that are executed again although they have ended.
        is_redefined: whether the run goes on by another definition than before.
        settings: whatever the caller wants to find again when the run goes on, as JSON values.
        keeper: the service that goes on with a new run by itself when this process dies.
        begun: a new run that the journal knows already.
        is_taken_over: whether the run goes on where a process left it that is gone: nothing that ended is done again.
    """

    journal: RunJournal
    stored: StoredRun | None = None
    again: tuple[str, ...] = ()
    is_redefined: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    keeper: str | None = None
    begun: RunWriting | None = None
    is_taken_over: bool = False


class KnownSecrets:
    """What must not be written into the journal: the flow's secrets, and what the client shows to the server."""

    def __init__(self, secrets: Secrets, client: MfoClient | None) -> None:
        self._secrets = secrets
        settings = client.settings if client is not None else None
        own = {"client token": settings.token, "client password": settings.password} if settings is not None else {}
        self._own = {name: value for name, value in own.items() if value and len(value) >= _SHORTEST_SECRET}
        self._seen: Mapping[str, tuple[str, int]] | None = None
        self._forms: dict[str, tuple[str, int]] = {}

    def codec(self) -> Codec:
        """Writes and reads values."""
        return Codec(self._known, self._reveal)

    def _known(self) -> Mapping[str, tuple[str, int]]:
        if self._secrets.forms is not self._seen:
            self._seen = self._secrets.forms
            own = {
                form: (name, number) for name, value in self._own.items() for number, form in enumerate(forms_of(value))
            }
            self._forms = {**own, **self._seen}
        return self._forms

    def _reveal(self, form: tuple[str, int]) -> str | None:
        name, number = form
        if name in self._own:
            return forms_of(self._own[name])[number]
        return None if self._secrets.lacks_input(name) else self._secrets.in_form(name, number)


class KeptRun:
    """A run that is being kept; its lease is held until it is closed.

    Attributes:
        recorder: what the engine tells.
        past: what the run did before.
        log: what is written; None where nothing is.
        codec: writes and reads values of the run.
    """

    def __init__(self, recorder: RunRecorder, log: RunWriting | None, codec: Codec, past: Past) -> None:
        self.recorder = recorder
        self.past = past
        self.log = log
        self.codec = codec
        self._is_parked = False

    def park(self) -> None:
        """Keep nothing more, as if the process had died."""
        self._is_parked = True
        self.recorder.park()

    def end(self, outcome: RunOutcome) -> None:
        """Write how the run ended, unless it was parked.

        Raises:
            JournalError: it cannot be written.
        """
        if self.log is not None and not self._is_parked:
            error = self.codec.redacted(outcome.error.to_data()) if outcome.error is not None else None
            self.log.end(RunEnd(outcome.state.value, time.time(), outcome.duration, error, outcome.usage))

    def close(self) -> None:
        """Let others execute the run."""
        if self.log is not None:
            self.log.close()


def keep_new(log: RunWriting, codec: Codec, take_usage: TakeUsage) -> KeptRun:
    """Keep a run that the journal was told of."""
    return KeptRun(RunRecorder(log, codec, take_usage), log, codec, Past())


def keep_on(
    keeping: Keeping, stored: StoredRun, definition: Definition, codec: Codec, take_usage: TakeUsage, *, goes_on: bool
) -> KeptRun:
    """Go on keeping a run. One that was stopping or has ended has everything done again that did not succeed.

    Raises:
        NotResumableError: it was begun under another protocol.
        RunHeldError: it is being executed.
        JournalError: it cannot be read or written.
    """
    if stored.state == SUCCEEDED and not keeping.again:
        past = read_past(keeping.journal.events(stored), goes_on=goes_on)
        return KeptRun(RunRecorder(None, codec, take_usage, past), None, codec, past)
    log = keeping.journal.resume(stored)
    try:
        past = read_past(keeping.journal.events(stored), goes_on=goes_on)
        recorder = RunRecorder(log, codec, take_usage, past)
        has_stopped = past.has_stopped and not keeping.is_taken_over
        if not keeping.is_taken_over:
            past.do_again(failed=has_stopped, tasks=keeping.again)
        recorder.resumed(failed=has_stopped, tasks=keeping.again)
        if keeping.is_redefined:
            log.redefine(definition)
    except BaseException:
        log.close()
        raise
    return KeptRun(recorder, log, codec, past)
