"""Real servers on loopback, the clients that talk to them, and a sender that keeps what it is given."""

from __future__ import annotations

import queue
from contextlib import ExitStack

import httpx
import pytest

from mfo_runtime.server import ServerSettings, start_server
from tests.effort import PATIENCE

WAIT = PATIENCE


class Outbox:
    """A sender that hands every request to the test, and answers with the statuses it is told, 200 when they run out."""

    def __init__(self):
        self.requests = queue.Queue()
        self.statuses = []

    async def __call__(self, request):
        self.requests.put(request)
        answer = self.statuses.pop(0) if self.statuses else 200
        if isinstance(answer, Exception):
            raise answer
        return answer

    def next(self):
        return self.requests.get(timeout=WAIT)


class Api:
    """A client of one server that shows its token."""

    def __init__(self, server):
        self.server = server
        self.http = httpx.Client(
            base_url=server.url, headers={"Authorization": f"Bearer {server.token}"}, timeout=WAIT, trust_env=False
        )

    def __call__(self, method, path, body=None, *, status=None, headers=None, content=None):
        answer = self.http.request(method, path, json=body, headers=headers, content=content)
        if status is not None:
            assert answer.status_code == status, answer.text
        return answer

    def ok(self, method, path, body=None, **options):
        answer = self(method, path, body, **options)
        assert answer.is_success, answer.text
        return answer.json()

    def error(self, method, path, body=None, *, status, **options):
        """The error's body, after looking at its form."""
        answer = self(method, path, body, status=status, **options).json()
        assert set(answer) == {"code", "message", "details"}
        assert answer["message"]
        return answer


@pytest.fixture(autouse=True)
def workers_wait_for_their_bells(monkeypatch):
    """Workers look for work by themselves every few seconds; without that, a bell that is not rung fails a test."""
    monkeypatch.setattr("mfo_runtime.server.service._LONGEST_PAUSE", 3600.0)


@pytest.fixture
def start(tmp_path):
    """Starts servers on one data folder; all are stopped when the test ends."""
    with ExitStack() as stack:

        def begin(**settings):
            server = stack.enter_context(start_server(ServerSettings(**{"data_dir": tmp_path / "data"} | settings)))
            api = Api(server)
            stack.callback(api.http.close)
            return api

        begin.data_dir = tmp_path / "data"
        yield begin


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """A plain server, shared by the tests of one module."""
    settings = ServerSettings(data_dir=tmp_path_factory.mktemp("server"))
    with start_server(settings) as server:
        client = Api(server)
        with client.http:
            yield client


@pytest.fixture
def outbox():
    return Outbox()


def ended(api, job_id, outbox):
    """The job once the server has told the outbox of its end."""
    while True:
        request = outbox.next()
        if job_id.encode() in request.body:
            return api.ok("GET", f"/api/jobs/{job_id}")
