"""Whatever a server sends, reading it ends with a value or with one of our errors."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mfo_runtime.client.answers import Answer, done, listed
from mfo_runtime.client.chain import Call, Reply
from mfo_runtime.client.clock import Clock
from mfo_runtime.client.exchange import Exchange
from mfo_runtime.client.refusals import error_class, is_transient_status, refusal, retry_after
from mfo_runtime.client.routes import Operation, Route
from mfo_runtime.errors import InvalidResponseError, MfoError
from mfo_runtime.http import HttpClient, HttpRequest, HttpResponse

NOW = datetime(2025, 1, 31, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["message", "error", "details"]), inner)
    ),
)
HEADERS = st.dictionaries(st.sampled_from(["content-type", "x-request-id", "retry-after"]), st.text())


class Answers(HttpClient):
    """Gives one answer without asking anybody."""

    def __init__(self, response):
        self.response = response

    async def send(self, request: HttpRequest) -> HttpResponse:
        return self.response


@given(st.integers(100, 599), HEADERS, st.binary() | JSON.map(str).map(lambda text: text.encode("utf-8", "replace")))
async def test_any_answer_is_a_reply_or_a_failure_with_its_status(status, headers, body):
    exchange = Exchange(Answers(HttpResponse(status, headers, body, "http://a/")), Clock(), tuple, 600)
    call = Call(Operation.TOOL_LIST, "GET", "http://a/", "r1")
    (outcome,) = await asyncio.gather(exchange(call), return_exceptions=True)
    assert outcome.status == status
    assert outcome.request_id
    if isinstance(outcome, MfoError):
        assert outcome.message.startswith(("tools.list was answered", "The answer to tools.list"))
    assert type(outcome) in ((Reply, InvalidResponseError) if 200 <= status < 300 else (error_class(status),))


@given(st.integers(100, 999), st.text())
def test_any_refusal_is_as_transient_as_its_status(status, header):
    error = refusal(Operation.CHAT_SEND, HttpResponse(status, {"retry-after": header}, b"", "http://a/"), "r1", NOW)
    assert error.transient == is_transient_status(status)
    assert error.retry_after is None or error.retry_after >= 0


@given(st.text() | st.from_regex(r"\d{1,30}") | st.datetimes().map(str))
def test_any_retry_after_is_a_bounded_wait_or_none(header):
    seconds = retry_after(header, NOW)
    assert seconds is None or 0 <= seconds < 1e12


@given(JSON)
def test_any_json_value_is_read_or_refused_with_its_key(value):
    reply = Reply(Operation.JOB_GET, 200, value, "r1")
    for read in (done, lambda reply: listed(reply, "jobs"), read_all):
        try:
            read(reply)
        except InvalidResponseError as error:
            assert "jobs.get" in error.message  # noqa: PT017 - either outcome is right


def read_all(reply):
    answer = Answer.of(reply)
    for key in answer.data:
        for reader in (answer.mapping, answer.objects, answer.texts, answer.moment, answer.identifier):
            reader(key)


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_any_segment_is_one_segment(text):
    path = Route("GET", "/a/{id}/b").expand({"id": text})
    assert path.count("/") == 3
    assert path.isascii()
    assert not {"?", "#", "/a/./b", "/a/../b"} & {path, *path}
