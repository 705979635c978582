"""What an executor is given besides the task's config."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import NodeView
from mfo_runtime.client import CallOptions, MfoClient, Operations
from mfo_runtime.http import HttpClient
from mfo_runtime.tasks.safeguards import Safeguards, Spending

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Question:
    """What ``ask_user`` wants to know.

    Attributes:
        task: the task's id.
        text: the question.
        choices: the answers to choose from; empty for any answer.
        default: the answer where nobody can be asked; None for none.
        has_default: whether there is a default at all.
    """

    task: str
    text: str
    choices: tuple[Any, ...] = ()
    default: Any = None
    has_default: bool = False


def mapping_of(config: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The map under a key of a config; empty where there is none, or something else."""
    value = config.get(key)
    return (
        {str(name): item for name, item in cast("Mapping[object, Any]", value).items()}
        if isinstance(value, Mapping)
        else {}
    )


Ask = Callable[[Question], Awaitable[Any]]
Note = Callable[[str, Any], Awaitable[None]]
Execute = Callable[[Mapping[str, Any], "TaskContext"], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What error handling changes in another try: the model, the provider, and text for the system prompt."""

    model_id: str | None = None
    provider_id: str | None = None
    system_suffix: str = ""


async def keep_nothing(_name: str, _value: Any) -> None:
    """Stands where nobody keeps notes."""


def _count_nothing(_usage: Mapping[str, Any]) -> None:
    pass


@dataclass(frozen=True)
class TaskContext:
    """One execution of one task.

    Attributes:
        view: the task in its document.
        bundle: the documents.
        client: the MFO server.
        http: for calls to other servers.
        run_id: the run.
        key: names this execution; the same when it is repeated, so that the server applies its writes once.
        evaluate: the value of an expression in the task's scope, by the name of the output that it computes.
        ask: asks the person who runs the flow; None where nobody can be asked.
        without_slot: a block in which the task waits and holds no slot.
        count_usage: told what a model used, with each of its answers.
        tell_text: told each piece of what a model says, while it says it; None where nobody reads along.
        began_at: when the task began, in seconds since the epoch; the same when it is executed again. None for now.
        noted: what was noted by name when the task was executed before, and by tries before this one.
        note: keeps a fact under a name, so that it is the same when the task is executed again.
        max_attempts: how often the client tries each call; None as its settings say.
        overrides: what error handling changed.
        try_number: the first try that asks in this way; what it writes is written under a key of its own.
        trigger_id: the trigger that started the run; None for a person.
        spending: what the run may spend.
        safeguards: what protects models over all agents.
    """

    view: NodeView
    bundle: Bundle
    client: MfoClient
    http: HttpClient
    run_id: str
    key: str
    evaluate: Callable[[str], Any]
    ask: Ask | None
    without_slot: Callable[[], AbstractAsyncContextManager[None]]
    count_usage: Callable[[Mapping[str, Any]], None] = _count_nothing
    tell_text: Callable[[str], None] | None = None
    began_at: float | None = None
    noted: dict[str, Any] = field(default_factory=dict[str, Any])
    note: Note = keep_nothing
    max_attempts: int | None = None
    overrides: Overrides = field(default_factory=Overrides)
    try_number: int = 1
    trigger_id: str | None = None
    spending: Spending = field(default_factory=Spending)
    safeguards: Safeguards = field(default_factory=Safeguards)

    @property
    def clock(self) -> Callable[[], datetime] | None:
        """What tells prompts the time: that at which the task began."""
        if self.began_at is None:
            return None
        moment = datetime.fromtimestamp(self.began_at, UTC).astimezone()
        return lambda: moment

    @property
    def write_key(self) -> str:
        """What names what this execution writes: the same in all tries that repeat one request."""
        return f"{self.key}-{self.try_number}" if self.try_number > 1 else self.key

    @property
    def operations(self) -> Operations:
        """The server's operations, with idempotency keys that are this execution's own; one object a try."""
        return self.client.with_options(CallOptions(idempotency_key=self.write_key, max_attempts=self.max_attempts))

    def with_overrides(self, overrides: Overrides, try_number: int) -> TaskContext:
        """The same execution, tried in another way: what it writes then is another write."""
        return replace(self, overrides=overrides, try_number=try_number)

    async def wait_without_slot(self, awaitable: Awaitable[_T]) -> _T:
        """Await something while the task holds no slot; what it raises is raised when the task has its slot again."""
        async with self.without_slot():
            (result,) = await asyncio.gather(awaitable, return_exceptions=True)
        if isinstance(result, BaseException):
            raise result
        return result
