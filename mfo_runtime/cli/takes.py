"""How ``mfo run`` comes to its server: by a client, with a recording in between, or not at all but from a cassette."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from mfo_runtime.cassettes import Replay, Tape
from mfo_runtime.cli.servers import configured_client
from mfo_runtime.cli.watching import Watch
from mfo_runtime.client import ClientSettings, MfoClient, http_settings
from mfo_runtime.flow import Flow, RunOptions, RunOutcome, Surroundings, TriggerCall
from mfo_runtime.flow.secrets import Secrets
from mfo_runtime.http import HttpClient
from mfo_runtime.testing import recording_take, replaying_take, write_cassette_file
from mfo_runtime.testing.cassette_files import check_replaceable
from mfo_runtime.testing.takes import known_secrets

Go: TypeAlias = Callable[[MfoClient, RunOptions], Awaitable[RunOutcome]]
GoSomewhere: TypeAlias = Callable[[ClientSettings, RunOptions, Watch], Awaitable[RunOutcome]]


def with_client(go: Go) -> GoSomewhere:
    """Run with a client of the server."""

    async def connect(settings: ClientSettings, options: RunOptions, watch: Watch) -> RunOutcome:
        async with (
            HttpClient(http_settings(settings), tracing=watch.tracing) as own,
            HttpClient(tracing=watch.tracing) as other,
            MfoClient(settings, on_attempt=watch.on_attempt, http=own) as client,
        ):
            return await go(client, replace(options, surroundings=replace(options.surroundings, http=other)))

    return connect


def recorded_as(flow: Flow, go: Go, file: str, run_id: str) -> GoSomewhere:
    """Run with a client of the server, and write what was said into a cassette, however the run ends.

    Raises:
        InvalidInputError: a cassette cannot be written there.
    """
    check_replaceable(file)

    async def record(settings: ClientSettings, options: RunOptions, watch: Watch) -> RunOutcome:
        secrets, tape = Secrets(flow.view.workflow, os.environ), Tape()
        secrets.read_all()
        started_at = datetime.now(UTC).isoformat()
        options = replace(options, started_at=started_at, surroundings=Surroundings(secrets=secrets))
        try:
            async with recording_take(flow.view.workflow, settings, options, tape, watch.tracing) as take:
                return await go(take.client, take.options)
        finally:
            write_cassette_file(file, tape.cassette(flow.name, run_id, started_at, known_secrets(settings, secrets)))

    return record


def replayed(flow: Flow, replay: Replay, inputs: Mapping[str, Any], trigger: TriggerCall | None) -> GoSomewhere:
    """Run from a cassette; no server is asked."""

    async def go(_settings: ClientSettings, options: RunOptions, _watch: Watch) -> RunOutcome:
        options = replace(options, trigger=trigger)
        async with replaying_take(flow.view.workflow, configured_client(flow.bundle), options, replay) as take:
            return await flow.run(inputs, take.client, take.options)

    return go
