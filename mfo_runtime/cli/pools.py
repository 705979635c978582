"""Which database the workers of a project share, where it has workers at all."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mfo_dialect.model.project import Project
from mfo_runtime.cli.database_option import VARIABLE
from mfo_runtime.cli.journals import journal_at, retention_of
from mfo_runtime.cli.places import directory_of
from mfo_runtime.cli.servers import choose_server
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.journal import Fired, Firing, NewRun, Retention, RunJournal
from mfo_workspace.files import DiskFiles
from mfo_workspace.projects import find_project

if TYPE_CHECKING:
    from mfo_runtime.cli.connecting import Where
    from mfo_runtime.client import ClientSettings
    from mfo_runtime.distributed.executing import Connect
    from mfo_runtime.distributed.journal import SharedJournal
    from mfo_runtime.flow import Resumption


def database_url_of(given: str | None, project: Project) -> str | None:
    """The URL of the workers' database: of the command line, the environment, ``[engine]`` of the project file; None for none."""
    configured = project.section("engine").get("database_url")
    return given or os.environ.get(VARIABLE) or (configured if isinstance(configured, str) else None) or None


def project_of(place: str | None) -> Project:
    """The project that a file or folder belongs to."""
    return find_project(directory_of(place), DiskFiles())


def pool_at(place: str | None, given: str | None) -> SharedJournal:
    """The runs that workers share, for a file or folder.

    Raises:
        InvalidInputError: no database is named, or the extra is not installed.
        JournalError: the database cannot be used.
    """
    url = database_url_of(given, project_of(place))
    if url is None:
        raise InvalidInputError(
            "The database of the workers is not named.",
            hint=f"Set {VARIABLE}, or database_url in [engine] of mfo.toml, or give --database-url.",
        )
    return open_pool(url)


def open_pool(url: str) -> SharedJournal:
    """The runs in a database, whose tables are made where they are missing; raises as ``pool_at``."""
    try:
        from mfo_runtime.distributed.database import Database  # noqa: PLC0415 - an extra, and slow to import
        from mfo_runtime.distributed.journal import SharedJournal  # noqa: PLC0415 - the same
        from mfo_runtime.distributed.preparing import prepare  # noqa: PLC0415 - the same
    except ModuleNotFoundError as missing:
        raise InvalidInputError(
            f"Workers need {missing.name}, which is not installed.", hint="pip install 'mfo-lsp[distributed]'"
        ) from None
    journal = SharedJournal(Database(url))
    try:
        prepare(journal.database)
    except BaseException:
        journal.close()
        raise
    return journal


def submitting_to(journal: SharedJournal, queue: str) -> Callable[[NewRun, Firing], Fired | None]:
    """What puts a run on a queue of a pool, unless a key of the firing has done so before; raises ``JournalError``."""
    from mfo_runtime.distributed.submitting import Submission, submit_run  # noqa: PLC0415 - an extra

    return lambda run, firing: submit_run(journal, run, Submission(queue, firing=firing))


def runs_at(place: str | None, given: str | None) -> tuple[RunJournal, Retention]:
    """The runs of a project, and how long they are kept.

    They are those that its workers share, where it names their database, else those of this machine.
    """
    journal, project = journal_at(place)
    url = database_url_of(given, project)
    return (journal, retention_of(project)) if url is None else (open_pool(url), retention_in_pool(project))


def retention_in_pool(project: Project) -> Retention:
    """How long the workers of a project keep runs: as it says, and otherwise no number of them is too many."""
    return retention_of(project, Retention(runs=None))


def worker_words() -> str:
    """This process as the pool calls it."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def connecting(where: Where) -> Connect:
    """How a worker finds the MFO server of a run: by its own command line, else as the run was submitted with."""
    from mfo_runtime.cli.accounts import remote_settings  # noqa: PLC0415 - slow to import

    @contextmanager
    def connect(resumption: Resumption) -> Generator[ClientSettings]:
        named = where.or_else(resumption.settings)
        bundle, document = resumption.flow.bundle, resumption.flow.view.document
        chosen = choose_server(named.server, named.profile, bundle)
        if chosen.is_local:
            raise InvalidInputError(
                "The run names no MFO server, and workers share none that is built in.",
                hint="Start workers with --server URL, or set base_url in the client configuration.",
            )
        yield remote_settings(chosen, bundle, document)

    return connect
