"""Databases that workers share: a file of SQLite, and PostgreSQL where its programs are."""

import random

import pytest

from .pool import Counting, Pool
from .postgres import cluster


@pytest.fixture(scope="session")
def postgres():
    with cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request, tmp_path):
    """A fresh database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'pool.db'}"
    return request.getfixturevalue("postgres").new_database()


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
