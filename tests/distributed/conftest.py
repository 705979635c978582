"""Databases that workers share: a file of SQLite, and PostgreSQL where its programs are."""

import random
import shutil
from contextlib import closing, contextmanager

import pytest

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.preparing import prepare

from .pool import Counting, Pool
from .postgres import cluster, programs


@pytest.fixture(scope="session")
def postgres():
    with cluster() as running:
        yield running


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory):
    """A database of SQLite with tables, to be copied."""
    path = tmp_path_factory.mktemp("prepared") / "pool.db"
    database = Database(f"sqlite:///{path}")
    prepare(database)
    database.close()
    return path


@contextmanager
def _empty(kind, request, tmp_path):
    if kind == "postgres":
        with request.getfixturevalue("postgres").emptied_database() as url:
            yield url
    else:
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('prepared_file'), tmp_path)}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_database_url(request, tmp_path):
    """An empty database of each kind."""
    with _empty(request.param, request, tmp_path) as url:
        yield url


@pytest.fixture
def database_url(request, tmp_path):
    """An empty database: of PostgreSQL, else of SQLite where that is not installed."""
    with _empty("postgres" if programs() is not None else "sqlite", request, tmp_path) as url:
        yield url


@pytest.fixture
def any_pool(any_database_url, tmp_path):
    """The pool of a fresh database of each kind."""
    with closing(Pool(any_database_url, tmp_path)) as pool:
        yield pool


@pytest.fixture
def pool(database_url, tmp_path):
    """The pool of a fresh database."""
    with closing(Pool(database_url, tmp_path)) as pool:
        yield pool


@pytest.fixture
def server():
    """A server that counts."""
    counting = Counting(random.Random(1))
    with counting.serving() as url:
        counting.url = url
        yield counting
