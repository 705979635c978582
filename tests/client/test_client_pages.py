"""Lists by pages: all of them read, each when it is needed, and what happens where a server counts wrongly."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_server import Received, reply

from mfo_runtime.client import ApiToken, ClientSettings, Listing, MfoClient, Operation, Page
from mfo_runtime.client.chain import Reply
from mfo_runtime.errors import InvalidInputError, InvalidResponseError
from mfo_runtime.server import ServerSettings, start_server
from tests.effort import examples


def shelf(count, largest=1000):
    """A server's list of so many resources, at most ``largest`` a page."""

    def answer(request):
        number, size = int(request.query.get("page", 1)), min(int(request.query.get("page_size", largest)), largest)
        items = [{"id": f"r{index}", "type": "t"} for index in range(count)][(number - 1) * size : number * size]
        return reply(200, {"resources": items, "pagination": {"page": number, "page_size": size, "total": count}})

    return answer


@settings(max_examples=examples(60))
@given(count=st.integers(0, 25), largest=st.integers(1, 7), size=st.none() | st.integers(1, 10))
async def test_every_item_comes_once_and_in_order(count, largest, size):
    asked = []

    async def calls(operation, *, query):
        asked.append(query)
        request = Received("GET", f"/?{urlencode(query)}", {}, b"")
        return Reply(operation, 200, json.loads(shelf(count, largest)(request).partition(b"\r\n\r\n")[2]), "r1")

    listing = Listing(calls, Operation.RESOURCE_LIST, "resources", lambda answer: answer.text("id"), page_size=size)
    assert await listing.all() == tuple(f"r{index}" for index in range(count))
    assert len(asked) == max(-(-count // min(size or largest, largest)), 1)


async def test_a_list_reads_all_pages(server, connect):
    server.answer = shelf(2500)
    resources = await (await connect()).resources.list("t")
    assert [resource.id for resource in resources] == [f"r{index}" for index in range(2500)]
    assert [request.query for request in server.requests] == [
        {"type": "t"},
        {"type": "t", "page": "2", "page_size": "1000"},
        {"type": "t", "page": "3", "page_size": "1000"},
    ]


async def test_a_page_is_asked_for_when_it_is_needed(server, connect):
    server.answer = shelf(10)
    async for resource in (await connect()).resources.each(page_size=3):
        if resource.id == "r3":
            break
    assert len(server.requests) == 2


async def test_pages_are_typed(server, connect):
    server.answer = shelf(5)
    listing = (await connect()).resources.each(page_size=2)
    pages = [page async for page in listing.pages()]
    assert [(page.number, page.size, page.total, page.is_last, len(page.items)) for page in pages] == [
        (1, 2, 5, False, 2),
        (2, 2, 5, False, 2),
        (3, 2, 5, True, 1),
    ]
    assert await listing.page(2) == pages[1]
    assert (await listing.page(9)).items == ()


@pytest.mark.parametrize(
    "data", [[{"id": 1}], {"tools": [{"id": 1}]}, {"data": [{"id": 1}]}, {"tools": [{"id": 1}], "pagination": None}]
)
async def test_a_list_without_pages_is_one_page(server, connect, data):
    server.script(reply(200, data))
    listing = (await connect()).tools.each()
    assert [tool.id async for tool in listing] == ["1"]
    assert (await listing.page(2)).items == ()


async def test_a_server_that_does_not_count_is_read_to_its_first_empty_page(server, connect):
    def answer(request):
        number = int(request.query.get("page", 1))
        return reply(200, {"tools": [{"id": number}] * (number < 4), "pagination": {"page": number, "page_size": 1}})

    server.answer = answer
    assert [tool.id async for tool in (await connect()).tools.each()] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("pagination", "words"),
    [
        ([], "pagination in the answer to tools.list is not an object"),
        ({"page": 2, "page_size": 1, "total": 9}, "page in the answer|pagination.page"),
        ({"page": 1, "page_size": 0, "total": 9}, "page_size"),
        ({"page": 1, "page_size": True}, "page_size"),
        ({"page": 1, "page_size": 1, "total": -1}, "total"),
        ({"page": "1"}, "page"),
    ],
)
async def test_a_server_that_counts_wrongly_is_told_of(server, connect, pagination, words):
    server.script(reply(200, {"tools": [{"id": 1}], "pagination": pagination}))
    with pytest.raises(InvalidResponseError, match=words):
        await (await connect()).tools.list()


async def test_a_server_that_gives_the_first_page_for_ever_is_told_of(server, connect):
    server.script(reply(200, {"tools": [{"id": 1}], "pagination": {"page": 1, "page_size": 1, "total": 9}}))
    with pytest.raises(InvalidResponseError, match="2, the page that was asked for"):
        await (await connect()).tools.list()


async def test_a_list_without_an_end_is_given_up(server, connect, monkeypatch):
    monkeypatch.setattr("mfo_runtime.client.pages.MAX_PAGES", 5)
    server.answer = lambda request: reply(
        200,
        {"tools": [{"id": 1}], "pagination": {"page": int(request.query.get("page", 1)), "page_size": 1}},
    )
    with pytest.raises(InvalidResponseError, match="more than 5 pages"):
        await (await connect()).tools.list()


async def test_pages_that_cannot_be_are_refused(server, connect):
    client = await connect()
    with pytest.raises(InvalidInputError):
        client.tools.each(page_size=0)
    with pytest.raises(InvalidInputError):
        await client.tools.each().page(0)
    assert server.requests == []


async def test_the_local_server_s_pages(tmp_path):
    with start_server(ServerSettings(data_dir=tmp_path)) as running:
        async with MfoClient(ClientSettings(running.url, running.token)) as client:
            for number in range(5):
                await client.resources.create("t", content=number)
                await client.tokens.create(str(number))
            assert [resource.content async for resource in client.resources.each("t", page_size=2)] == [0, 1, 2, 3, 4]
            page: Page[ApiToken] = await client.tokens.each(page_size=3).page(2)
            assert ([token.name for token in page.items], page.total, page.is_last) == (["3", "4"], 5, True)
            assert len(await client.tools.each(page_size=2).all()) == len(await client.tools.list()) >= 5
