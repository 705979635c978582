"""Databases that workers share: a file of SQLite, and PostgreSQL where its programs are."""

import random

import pytest

from .pool import Counting, Pool
from .postgres import cluster, programs


@pytest.fixture(scope="session")
def postgres():
    with cluster() as running:
        yield running


def _fresh(kind, request, tmp_path):
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'pool.db'}"
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_database_url(request, tmp_path):
    """A fresh database of each kind."""
    return _fresh(request.param, request, tmp_path)


@pytest.fixture
def database_url(request, tmp_path):
    """A fresh database: of PostgreSQL, else of SQLite where that is not installed."""
    return _fresh("postgres" if programs() is not None else "sqlite", request, tmp_path)


@pytest.fixture
def pool(database_url, tmp_path):
    """The pool of a fresh database."""
    asked = Pool(database_url, tmp_path)
    yield asked
    asked.close()


@pytest.fixture
def server():
    """A server that counts."""
    counting = Counting(random.Random(1))
    with counting.serving() as url:
        counting.url = url
        yield counting
