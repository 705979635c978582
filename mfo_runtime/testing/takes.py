"""One take of a flow: a run whose exchanges are recorded, or come from a cassette."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from mfo_dialect.model.workflow import Workflow
from mfo_runtime.cassettes import ASKING_TASK, Cassette, RecordingHttp, Replay, ReplayingHttp, Tape, stand_in
from mfo_runtime.client import ClientSettings, Clock, MfoClient, http_settings
from mfo_runtime.errors import NotRecordedError
from mfo_runtime.flow import RunOptions, Surroundings, TriggerCall
from mfo_runtime.flow.secrets import Secrets, forms_of
from mfo_runtime.http import Tracing
from mfo_runtime.tasks import Ask, Question

NOWHERE = "http://cassette.invalid"
"""The address of the server in a replay; no host can have this name (RFC 6761)."""


@dataclass(frozen=True, slots=True)
class Take:
    """What a run is given so that it is recorded or replayed.

    Attributes:
        client: the MFO server, or what stands for it.
        options: how the run is to be run.
    """

    client: MfoClient
    options: RunOptions


@asynccontextmanager
async def recording_take(
    workflow: Workflow, settings: ClientSettings, options: RunOptions, tape: Tape, tracing: Tracing | None = None
) -> AsyncGenerator[Take]:
    """Run as usual, and keep on ``tape`` what is said; the run's secrets are those of ``options.surroundings``.

    Answers come whole, as a replay has them.
    """
    environment = os.environ if options.environment is None else options.environment
    secrets = options.surroundings.secrets or Secrets(workflow, environment)
    async with (
        RecordingHttp(tape, tracing=tracing) as others,
        RecordingHttp(tape, http_settings(settings), settings.base_url, tracing=tracing) as server,
        MfoClient(settings, http=server) as client,
    ):
        surroundings = replace(options.surroundings, http=others, began_at=tape.began_at, secrets=secrets)
        ask = _kept_answers(options.ask, tape)
        yield Take(client, replace(options, surroundings=surroundings, ask=ask, on_text=None))


def replay_of(
    cassette: Cassette, workflow: Workflow, inputs: Mapping[str, Any], trigger: TriggerCall | None = None
) -> Replay:
    """A replay that knows what of its inputs is secret: on the cassette their names stand in their place."""
    secrets = Secrets(workflow, {})
    secrets.know_inputs(inputs, trigger)
    return Replay(cassette, {form: stand_in(name) for form, (name, _) in secrets.forms.items()})


def known_secrets(settings: ClientSettings, secrets: Secrets | None) -> dict[str, str]:
    """Every form of every secret value that a run knows, with what stands for it in a cassette."""
    own = {"client token": settings.token, "client password": settings.password}
    known = {form: stand_in(name) for name, value in own.items() if value for form in forms_of(value)}
    if secrets is not None:
        known |= {form: stand_in(name) for form, (name, _) in secrets.forms.items()}
    return known


@asynccontextmanager
async def replaying_take(
    workflow: Workflow, configured: Mapping[str, Any], options: RunOptions, replay: Replay
) -> AsyncGenerator[Take]:
    """Run against a cassette: no connection is opened, no secret is read, nothing is waited for.

    The run has the recorded run's id and times. People are not asked: their recorded answers count.

    Args:
        workflow: declares the secrets.
        configured: the flow's client configuration, of which only the retries count.
        options: how the run is to be run.
        replay: the cassette.
    """
    cassette = replay.cassette
    settings = ClientSettings.from_data(
        {
            **({"retry": configured["retry"]} if "retry" in configured else {}),
            "base_url": NOWHERE,
            "auth": {"token": "none"},
        },
        {},
    )
    secrets = Secrets(workflow, {}, stand_in)
    async with (
        ReplayingHttp(replay) as others,
        ReplayingHttp(replay, http_settings(settings), NOWHERE) as server,
        MfoClient(settings, http=server, clock=Clock(sleep=_no_time)) as client,
    ):
        surroundings = Surroundings(others, _no_time, replay.began_at, secrets, is_live=False)
        yield Take(
            client,
            replace(
                options,
                run_id=cassette.run_id,
                started_at=cassette.started_at,
                surroundings=surroundings,
                on_text=None,
                ask=_recorded_answers(replay) if cassette.answers else None,
            ),
        )


async def _no_time(_seconds: float) -> None:
    pass


def _kept_answers(ask: Ask | None, tape: Tape) -> Ask | None:
    if ask is None:
        return None

    name = _question_namer()

    async def asked(question: Question) -> Any:
        key = name()
        answer = await ask(question)
        tape.answers[key] = answer
        return answer

    return asked


def _question_namer() -> Callable[[], str]:
    """Names each question of a run: by its task, and from the second one of a task on by a number, too."""
    counts: Counter[str] = Counter()

    def name() -> str:
        task = ASKING_TASK.get()
        counts[task] += 1
        return task if counts[task] == 1 else f"{task} {counts[task]}"

    return name


def _recorded_answers(replay: Replay) -> Ask:
    name = _question_namer()

    async def asked(question: Question) -> Any:
        node = name()
        if node in replay.cassette.answers:
            return replay.cassette.answers[node]
        if question.has_default:
            return question.default
        error = NotRecordedError("The answer to this question is not on the cassette.", task=question.task)
        replay.missed.append(error)
        raise error

    return asked
