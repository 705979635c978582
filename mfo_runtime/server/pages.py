"""Lists by pages (``page``, ``page_size`` and how many there are in all); knows no table by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mfo_runtime.server.database import Database
from mfo_runtime.server.failures import invalid

MAX_PAGE_SIZE = 1000
"""The largest page, and the size of one where the request names none."""

_MAX_NUMBER = 10**9
PAGES: Mapping[str, Mapping[str, Any]] = {
    "page": {"type": "integer", "minimum": 1, "maximum": _MAX_NUMBER},
    "page_size": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE},
}
"""The parameters of a list's query."""


def page_of_rows(
    database: Database,
    selection: str,
    values: Iterable[Any],
    show: Callable[[sqlite3.Row], dict[str, Any]],
    *,
    name: str,
    query: Mapping[str, str],
) -> dict[str, Any]:
    """One page of a table, as an answer's body.

    Args:
        database: where the table is.
        selection: ``FROM ... [WHERE ...]``, with placeholders for ``values``; rows come in the order of their making.
        values: what stands for the placeholders.
        show: turns a row into what the client sees.
        name: the key under which the list stands in the answer.
        query: the request's query, from which page and size are read.
    """
    page, size = _asked(query, MAX_PAGE_SIZE)
    values = tuple(values)
    rows = database.rows(f"SELECT * {selection} ORDER BY rowid LIMIT ? OFFSET ?", (*values, size, (page - 1) * size))
    total = database.number(f"SELECT COUNT(*) {selection}", values)
    return paged([show(row) for row in rows], name, page, size, total)


def page_of_items(items: list[dict[str, Any]], *, name: str, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of a list that is at hand, as an answer's body; the whole list where no page is asked for."""
    page, size = _asked(query, max(len(items), 1))
    return paged(items[(page - 1) * size : page * size], name, page, size, len(items))


def paged(shown: list[dict[str, Any]], name: str, page: int, size: int, total: int) -> dict[str, Any]:
    """The body of an answer that is a page."""
    return {name: shown, "pagination": {"page": page, "page_size": size, "total": total}}


def _asked(query: Mapping[str, str], otherwise: int) -> tuple[int, int]:
    """The page and its size; ``otherwise`` is the size where none is asked for."""
    page, size = _number(query, "page", 1), _number(query, "page_size", otherwise)
    if "page_size" in query and size > MAX_PAGE_SIZE:
        raise invalid(f"page_size must be at most {MAX_PAGE_SIZE}", "page_size")
    return page, size


def _number(query: Mapping[str, str], name: str, otherwise: int) -> int:
    text = query.get(name)
    if text is None:
        return otherwise
    if (
        not (text.isascii() and text.isdecimal() and len(text) <= len(str(_MAX_NUMBER)))
        or not 1 <= int(text) <= _MAX_NUMBER
    ):
        raise invalid(f"{name} must be a number from 1", name)
    return int(text)
