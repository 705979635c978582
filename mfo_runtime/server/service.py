"""What a running server has at hand: its settings, data, accounts, tools, providers and workers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass

from mfo_runtime.providers.conversation import Provider
from mfo_runtime.providers.openai import OpenAIProvider
from mfo_runtime.server.accounts import Accounts, signing_key
from mfo_runtime.server.database import Database
from mfo_runtime.server.failures import SettingsError
from mfo_runtime.server.identifiers import Dates, Identifiers
from mfo_runtime.server.job_calls import JobRunner
from mfo_runtime.server.job_types import BUILT_IN_JOB_TYPES, run_job, runners_of
from mfo_runtime.server.outside import HttpSender
from mfo_runtime.server.providers.echo import EchoProvider
from mfo_runtime.server.providers.scripted import ScriptedProvider
from mfo_runtime.server.replays import Replays
from mfo_runtime.server.rows import deliveries, jobs
from mfo_runtime.server.sending import deliver
from mfo_runtime.server.settings import Sender, ServerSettings
from mfo_runtime.server.starting_data import put_starting_data
from mfo_runtime.server.stopping import Stopping
from mfo_runtime.server.store import Store
from mfo_runtime.server.tools.built_in import built_in_tools
from mfo_runtime.server.tools.from_python import tools_of_module
from mfo_runtime.server.tools.tool import Tool
from mfo_runtime.server.turns import Turns
from mfo_runtime.server.workers import Trade, Workers

DATABASE_FILE = "server.db"
KEY_FILE = "server.key"

_HTTP_ADDRESS = re.compile(r"https?://[^/?#\s]+")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_DELIVERIES_AT_A_TIME = 8
_LONGEST_PAUSE = 5.0
_SHORTEST_PAUSE = 0.01


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that the routes use; ``default_provider`` answers where a request names one that is not here."""

    settings: ServerSettings
    store: Store
    accounts: Accounts
    replays: Replays
    tools: Mapping[str, Tool]
    providers: Mapping[str, Provider]
    default_provider: str
    job_types: Mapping[str, JobRunner]
    workers: Workers
    stopping: Stopping
    ways_out: tuple[HttpSender | OpenAIProvider, ...]

    async def aclose(self) -> None:
        """Close the ways out, then the database."""
        for way_out in self.ways_out:
            await way_out.aclose()
        self.close()

    def close(self) -> None:
        """Close the database; enough for a service that has not sent anything."""
        self.store.database.close()


def open_service(settings: ServerSettings) -> Service:
    """Open the data folder and put together what a server needs.

    Raises:
        SettingsError: the folder or the tools module cannot be used, or strangers could reach the server and no
            token is set.
    """
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{settings.data_dir}: cannot be made the server's folder ({error.strerror})") from error
    database = Database(settings.data_dir / DATABASE_FILE)
    try:
        return _assemble(settings, database)
    except BaseException:
        database.close()
        raise


def _assemble(settings: ServerSettings, database: Database) -> Service:
    dates = Dates(settings.clock)
    store = Store(database, Identifiers(database, settings.seed), dates, settings.max_events)
    with database.transaction():
        key = signing_key(settings.data_dir / KEY_FILE)
    accounts = Accounts(database, store.identifiers, dates, key)
    if settings.token:
        accounts.admit(settings.token)
    if not settings.is_loopback and not settings.token and not accounts.people.are_there():
        raise SettingsError(
            f"{settings.host} can be reached from other machines: set a token or add a user first, or bind 127.0.0.1"
        )
    replays = Replays(store, settings.idempotency_lifetime)
    replays.forget_old()
    deliveries.forget_old(store)
    providers, default_provider = _providers(settings, store)
    job_types = {**runners_of({**BUILT_IN_JOB_TYPES, **settings.job_types}), **settings.job_runners}
    own_sender = HttpSender()
    return Service(
        settings,
        store,
        accounts,
        replays,
        _tools(settings, store),
        providers,
        default_provider,
        job_types,
        _workers(settings, store, job_types, settings.sender or own_sender),
        Stopping(),
        (own_sender, *(provider for provider in providers.values() if isinstance(provider, OpenAIProvider))),
    )


def _providers(settings: ServerSettings, store: Store) -> tuple[dict[str, Provider], str]:
    """The providers, and which of them answers where a request names none."""
    providers: dict[str, Provider] = {"echo": EchoProvider()}
    if settings.openai is not None:
        if not _HTTP_ADDRESS.match(settings.openai.base_url):
            raise SettingsError("the address of the OpenAI-compatible endpoint is no http address")
        if not _TOKEN.fullmatch(settings.openai.api_key or "none"):
            raise SettingsError("the key of the OpenAI-compatible endpoint has characters that HTTP does not allow")
        providers["openai"] = OpenAIProvider(settings.openai)
    if settings.script is not None:
        providers["scripted"] = ScriptedProvider(settings.script, Turns(store))
        put_starting_data(store, settings.script.starting_data)
    return providers, list(providers)[-1]


def _tools(settings: ServerSettings, store: Store) -> dict[str, Tool]:
    tools = {tool.name: tool for tool in built_in_tools(store)}
    if settings.tools_module is not None:
        tools.update({tool.name: tool for tool in tools_of_module(settings.tools_module)})
    return tools


def _workers(settings: ServerSettings, store: Store, job_types: Mapping[str, JobRunner], sender: Sender) -> Workers:
    def run(job_id: str, worker: str) -> Awaitable[None]:
        return run_job(store, job_types, job_id, worker)

    def send(delivery_id: str, _: str) -> Awaitable[None]:
        return deliver(store, sender, delivery_id, attempts=settings.delivery_attempts, delay=settings.delivery_delay)

    def until_due() -> float:
        due = deliveries.next_due(store)
        wait = _LONGEST_PAUSE if due is None else due - store.dates.seconds()
        return min(max(wait, _SHORTEST_PAUSE), _LONGEST_PAUSE)

    return Workers(
        store,
        (
            Trade(
                store.jobs_bell,
                settings.job_workers,
                lambda worker: jobs.claim(store, worker),
                run,
                lambda: _LONGEST_PAUSE,
            ),
            Trade(
                store.deliveries_bell,
                _DELIVERIES_AT_A_TIME,
                lambda worker: deliveries.claim(store, worker),
                send,
                until_due,
            ),
        ),
    )
