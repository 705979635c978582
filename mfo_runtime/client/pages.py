"""Lists that come page by page, with ``pagination: {page, page_size, total}`` beside them (S0 2.5.8).

A page is counted from 1. What is added or removed while a list is read may be missed or come twice, as pages are cut by
number.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from mfo_runtime.client.answers import Answer, listed
from mfo_runtime.client.calls import Calls
from mfo_runtime.client.chain import Reply
from mfo_runtime.client.routes import Operation
from mfo_runtime.errors import InvalidInputError, InvalidResponseError

MAX_PAGES = 10_000
"""How many pages of one list are read."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list.

    Attributes:
        items: what is on it.
        number: which page it is, from 1.
        size: how many items a page has; None where the server gives the whole list at once.
        total: how many items there are on all pages; None where the server does not say.
    """

    items: tuple[Item, ...]
    number: int = 1
    size: int | None = None
    total: int | None = None

    @property
    def is_last(self) -> bool:
        """Whether nothing comes after it."""
        if self.size is None or not self.items:
            return True
        return self.total is not None and self.number * self.size >= self.total


@dataclass(frozen=True, slots=True)
class _Source(Generic[Item]):
    """Where a list is, and how its items are read."""

    calls: Calls
    operation: Operation
    name: str
    read: Callable[[Answer], Item]
    query: Mapping[str, str]


class Listing(Generic[Item]):
    """A list of the server: iterate over it for the items, over ``pages()`` for the pages; ``page(n)`` gives one of them.

    Each iteration asks anew, one page at a time and no page before it is needed.
    """

    def __init__(
        self,
        calls: Calls,
        operation: Operation,
        name: str,
        read: Callable[[Answer], Item],
        *,
        query: Mapping[str, str] | None = None,
        page_size: int | None = None,
    ) -> None:
        """A list, of which nothing has been asked yet.

        Args:
            calls: who asks.
            operation: the list.
            name: the key under which its items stand in an answer.
            read: makes an item of an answer.
            query: which items are wanted.
            page_size: how many are asked for at a time; None: as many as the server likes.
        """
        if page_size is not None and page_size < 1:
            raise InvalidInputError(f"page_size is {page_size}; it is at least 1.")
        self._source = _Source(calls, operation, name, read, query or {})
        self._page_size = page_size

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for page in self.pages():
            for item in page.items:
                yield item

    async def page(self, number: int) -> Page[Item]:
        """One page, counted from 1; one past the last is empty."""
        if number < 1:
            raise InvalidInputError(f"The page is {number}; pages are counted from 1.")
        return await _page(self._source, number, self._page_size)

    async def pages(self) -> AsyncGenerator[Page[Item]]:
        """All pages, from the first.

        Raises:
            InvalidResponseError: there are more than ``MAX_PAGES``, or a page is not what was asked for.
        """
        size, first = self._page_size, None if self._page_size is None else 1
        page = await _page(self._source, first, size)
        yield page
        while not page.is_last:
            if page.number >= MAX_PAGES:
                raise InvalidResponseError(f"{self._source.operation} has more than {MAX_PAGES} pages.")
            page = await _page(self._source, page.number + 1, page.size)
            yield page

    async def all(self) -> tuple[Item, ...]:
        """All items of all pages."""
        return tuple([item async for item in self])


async def _page(source: _Source[Item], number: int | None, size: int | None) -> Page[Item]:
    wanted = {"page": number, "page_size": size}
    asked = {name: str(value) for name, value in wanted.items() if value is not None}
    reply = await source.calls(source.operation, query={**source.query, **asked})
    items = tuple(source.read(answer) for answer in listed(reply, source.name))
    given = _pagination(reply)
    if given is None:
        return Page(items if (number or 1) == 1 else (), number or 1)
    page = Page(items, given.count("page", number or 1, 1), given.count("page_size", len(items) or 1, 1), given.total())
    if page.number != (number or 1):
        raise given.wrong("page", f"{number or 1}, the page that was asked for")
    return page


class _Pagination:
    """The numbers beside a list."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.wrong = answer.wrong

    def count(self, key: str, otherwise: int, least: int) -> int:
        """A whole number; ``otherwise`` where it is missing or null."""
        value: Any = self._answer.data.get(key)
        if value is None:
            return otherwise
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(key, f"a whole number of at least {least}")
        return value

    def total(self) -> int | None:
        """How many items there are in all; None where it is not said."""
        return None if self._answer.data.get("total") is None else self.count("total", 0, 0)


def _pagination(reply: Reply) -> _Pagination | None:
    if isinstance(reply.data, list) or Answer.of(reply).data.get("pagination") is None:
        return None
    return _Pagination(Answer.of(reply).inner("pagination"))
