"""What the runs of each served document are executed or submitted with: servers, journals, and databases of workers."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mfo_dialect.analysis.bundle import Bundle
from mfo_runtime.cli.accounts import remote_settings
from mfo_runtime.cli.connecting import Where, data_folder
from mfo_runtime.cli.journals import journal_of, retention_of
from mfo_runtime.cli.output import shown_path
from mfo_runtime.cli.pools import database_url_of, open_pool, submitting_to
from mfo_runtime.cli.servers import choose_server
from mfo_runtime.cli.watching import watched_run, watching_many
from mfo_runtime.client import Circuit, MfoClient, http_settings
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow.circuits import circuits_of
from mfo_runtime.http import HttpClient
from mfo_runtime.journal import Journal
from mfo_runtime.triggers.loading import ServedTrigger
from mfo_runtime.triggers.submitting import SubmittingPlace
from mfo_runtime.triggers.workplaces import Workplace

if TYPE_CHECKING:
    from mfo_runtime.distributed.journal import SharedJournal

_log = logging.getLogger("mfo_runtime.triggers")


class Pools:
    """The databases that workers share, as far as projects name some."""

    def __init__(self, given: str | None, queue: str, stack: ExitStack) -> None:
        """Nothing is opened yet.

        Args:
            given: the database's URL from the command line.
            queue: the queue that runs are put on.
            stack: closes what is opened.
        """
        self._given = given
        self._queue = queue
        self._stack = stack
        self._open: dict[str, SharedJournal] = {}

    def place(self, bundle: Bundle, document: str, where: Where) -> SubmittingPlace | None:
        """Where the runs of a document are submitted to; None where its project has no workers.

        Raises:
            InvalidInputError: a server is named that workers do not share, or the extra is not installed.
            JournalError: the database cannot be used.
        """
        url = database_url_of(self._given, bundle.project)
        if url is None:
            return None
        if where.server == "local" or where.script is not None:
            raise InvalidInputError("Workers share no MFO server that is built in.", hint="Give --server URL.")
        if url not in self._open:
            self._open[url] = open_pool(url)
            self._stack.callback(self._open[url].close)
        journal = self._open[url]
        chosen = choose_server(where.server, where.profile, bundle)
        client = None if chosen.is_local else MfoClient(remote_settings(chosen, bundle, document))
        return SubmittingPlace(journal, submitting_to(journal, self._queue), client, where.to_data())


@asynccontextmanager
async def places_of(
    triggers: tuple[ServedTrigger, ...], where: Where, pools: Pools, stack: ExitStack
) -> AsyncGenerator[dict[str, Workplace | SubmittingPlace]]:
    """A client for each document, and a journal for each project; the local server runs as long as ``stack`` lives."""
    places: dict[str, Workplace | SubmittingPlace] = {}
    journals: dict[str, Journal] = {}
    async with AsyncExitStack() as clients:
        runs = stack.enter_context(watching_many("mfo-triggers"))
        watch = partial(watched_run, runs) if runs is not None else None
        other = await clients.enter_async_context(HttpClient(tracing=runs))
        for trigger in triggers:
            document, bundle = trigger.document, trigger.flow.bundle
            if document in places:
                continue
            submitting = pools.place(bundle, document, where)
            if submitting is not None:
                places[document] = submitting
                if submitting.client is not None:
                    await clients.enter_async_context(submitting.client)
                continue
            folder = str(data_folder(bundle.project, str(PurePosixPath(document).parent)))
            if folder not in journals:
                journal = journal_of(bundle.project, document)
                if journal is None:
                    raise InvalidInputError(
                        f"The project of {shown_path(document)} keeps no journal, which triggers need.",
                        hint="Leave out journal.enabled = false in the project file.",
                    )
                journals[folder] = stack.enter_context(journal)
            settings = stack.enter_context(where.settings(bundle, document))
            own = await clients.enter_async_context(HttpClient(http_settings(settings), tracing=runs))
            places[document] = Workplace(
                await clients.enter_async_context(MfoClient(settings, http=own)),
                journals[folder],
                retention_of(bundle.project),
                circuits_of(bundle, _tell_of_circuit),
                http=other,
                watch=watch,
            )
        yield places


def _tell_of_circuit(server: str, circuit: Circuit) -> None:
    if circuit is Circuit.OPEN:
        _log.warning("%s fails too often and is left alone for a while", server)
    elif circuit is Circuit.CLOSED:
        _log.warning("%s is asked again", server)
