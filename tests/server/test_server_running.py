"""Starting and stopping: as a thread, as a program, twice on one folder, on damaged data, and after a kill."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from conftest import WAIT, Api

from mfo_runtime.server import RunningServer, Script, ServerSettings, SettingsError, create_app, start_server
from mfo_runtime.server.listening import listen
from mfo_runtime.server.providers.echo import EchoProvider
from mfo_runtime.server.providers.scripted import ScriptedProvider
from tests.effort import examples

PROGRAM = """
import sys
from pathlib import Path
from mfo_runtime.server import ServerSettings, serve

serve(ServerSettings(data_dir=Path(sys.argv[1])), lambda address: print(address.url, address.token, flush=True))
"""

DIES = """
import os, signal
from mfo_runtime.server import serving
from mfo_runtime.server.replays import Replays

keep, settled = Replays.keep, serving.settled

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def settled_and_dies(*given):
    settled(*given)
    die()
"""
DYING = {
    "before the answer is kept": DIES + "Replays.keep = die\n",
    "before the answer is sent": DIES + "serving.settled = settled_and_dies\n",
}


class Program:
    """A server that is a process of its own."""

    def __init__(self, folder, before=""):
        self.process = subprocess.Popen(
            [sys.executable, "-c", before + PROGRAM, str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.url, self.token = self.process.stdout.readline().split()

    def end(self, number):
        self.process.send_signal(number)
        return self.process.communicate(timeout=WAIT)[1]


@pytest.fixture
def program(start):
    programs = []

    def begin(before=""):
        programs.append(Program(start.data_dir, before))
        return programs[-1]

    yield begin
    for begun in programs:
        begun.process.kill()
        begun.process.communicate(timeout=WAIT)


def test_a_stopped_server_leaves_no_thread_and_answers_no_more(start):
    before = set(threading.enumerate())
    api = start()
    api.server.stop()
    api.server.stop()
    assert {thread.name for thread in set(threading.enumerate()) - before} == set()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{api.server.url}/healthz", trust_env=False, timeout=WAIT)


SLOW = Script.from_data({"script": [{"answer": {"text": "late", "delay": "1h"}}]})


@pytest.mark.parametrize("body", [{"message": "x"}, {"message": "x", "stream": True}])
def test_work_under_way_is_given_up_when_the_server_stops(start, body):
    """The server would wait for it for seconds; that it does not is seen by the answer, which is no broken connection."""
    api = start(script=SLOW)
    begun = threading.Event()
    provider = ScriptedProvider._answer

    async def answer(self, question):
        begun.set()
        return await provider(self, question)

    with ThreadPoolExecutor(1) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptedProvider, "_answer", answer)
        asking = pool.submit(api, "POST", "/api/chat", {"thread_id": "t"} | body)
        assert begun.wait(WAIT)
        api.server.stop()
        told = asking.result(WAIT)
    assert (told.status_code, told.json()["message"]) == (503, "the server is stopping")
    start().error("GET", "/api/chat/t", status=404)


def test_a_stream_under_way_says_that_the_server_stops(start, monkeypatch):
    async def endless(self, question):
        while True:
            yield "and on "
            await asyncio.sleep(0.01)

    monkeypatch.setattr(EchoProvider, "stream", endless)
    api = start()
    with api.http.stream("POST", "/api/chat", json={"message": "x", "stream": True}) as answer:
        lines = answer.iter_lines()
        assert "and on" in next(lines)
        api.server.stop()
        *_, last = (line for line in lines if line)
    assert json.loads(last.removeprefix("data: "))["message"] == "the server is stopping"


def test_small_packets_are_sent_at_once():
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_two_servers_share_a_folder(start):
    first, second = start(), start()
    first.ok("POST", "/api/memory", {"key": "k", "value": 1})
    assert second.ok("GET", "/api/memory/k")["value"] == 1
    second.ok("PUT", "/api/memory/k", {"value": 2})
    assert first.ok("GET", "/api/memory/k")["value"] == 2


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
class TestAsAProgram:
    def test_it_ends_in_good_order_when_interrupted(self, program):
        server = program()
        api = Api(server)
        with api.http:
            api.ok("POST", "/api/memory", {"key": "k", "value": 1})
        assert "Traceback" not in server.end(signal.SIGTERM)
        assert server.process.returncode in (0, -signal.SIGTERM)

    def test_what_was_answered_outlives_a_kill(self, program, start):
        server = program()
        api = Api(server)
        with api.http:
            for number in range(50):
                api.ok("POST", "/api/memory", {"key": str(number), "value": number})
            first = api.ok("POST", "/api/resources", {"type": "t"}, headers={"Idempotency-Key": "k"})
        server.end(signal.SIGKILL)
        again = start()
        assert again.ok("GET", "/api/memory")["pagination"]["total"] == 50
        assert again.ok("POST", "/api/resources", {"type": "t"}, headers={"Idempotency-Key": "k"}) == first


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize("moment", DYING)
def test_a_write_is_applied_once_when_the_server_dies(program, start, moment):
    key, body = {"Idempotency-Key": "k"}, {"type": "t"}
    api = Api(program(DYING[moment]))
    with api.http, pytest.raises(httpx.TransportError):
        api.http.post("/api/resources", json=body, headers=key)
    again = start()
    was_applied = moment == "before the answer is sent"
    assert again.ok("GET", "/api/resources")["pagination"]["total"] == was_applied
    answer = again("POST", "/api/resources", body, headers=key, status=201)
    assert ("Idempotency-Replayed" in answer.headers) == was_applied
    assert [resource["id"] for resource in again.ok("GET", "/api/resources")["resources"]] == [answer.json()["id"]]
    assert again.ok("GET", "/api/events")["pagination"]["total"] == 1


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_a_write_that_a_kill_interrupted_is_applied_once(program, start):
    """Writers go on while the server is killed under them, and repeat all of it at the next one."""
    for wave in range(examples(1)):
        server = program()
        begun = threading.Semaphore(0)

        def write(number, api, wave=wave, begun=begun):
            headers = {"Idempotency-Key": f"{wave}-{number}"}
            begun.release()
            with suppress(httpx.TransportError):
                body = {"type": str(wave), "content": number}
                api.http.post("/api/resources", json=body, headers=headers)

        api = Api(server)
        with api.http, ThreadPoolExecutor(4) as pool:
            writes = [pool.submit(write, number, api) for number in range(40)]
            for _ in range(5 + 7 * wave % 30):
                begun.acquire()
            server.end(signal.SIGKILL)
        assert all(write.exception() is None for write in writes)
        again = start()
        for number in range(40):
            body, key = {"type": str(wave), "content": number}, {"Idempotency-Key": f"{wave}-{number}"}
            again("POST", "/api/resources", body, headers=key, status=201)
        kept = again.ok("GET", f"/api/resources?type={wave}")["resources"]
        assert sorted(resource["content"] for resource in kept) == list(range(40))
        events = again.ok("GET", "/api/events?type=resource.created")["events"]
        assert len([event for event in events if event["data"]["resource"]["type"] == str(wave)]) == 40
        again.server.stop()


class TestDamage:
    def test_a_file_that_is_no_database_is_refused(self, tmp_path):
        (tmp_path / "server.db").write_bytes(b"not a database at all" * 100)
        with pytest.raises(SettingsError, match="cannot be used as the server's database"):
            start_server(ServerSettings(data_dir=tmp_path))

    def test_a_database_of_a_later_version_is_left_alone(self, start):
        start().server.stop()
        with sqlite3.connect(start.data_dir / "server.db") as database:
            database.execute("PRAGMA user_version = 999")
        database.close()
        with pytest.raises(SettingsError, match="written by a later version"):
            start()

    def test_a_folder_that_cannot_be_made_is_said(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(SettingsError, match="cannot be made the server's folder"):
            start_server(ServerSettings(data_dir=tmp_path / "file" / "data"))


async def test_the_application_serves_under_any_asgi_server(tmp_path):
    app = create_app(ServerSettings(data_dir=tmp_path, token="given"))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mfo.test") as client:
            assert (await client.get("/healthz")).json() == {"status": "ok"}
            answer = await client.get("/api/tools", headers={"Authorization": "Bearer given"})
            assert answer.status_code == 200


def test_the_runtime_does_not_load_the_server():
    program = (
        "import sys, mfo_runtime; print([name for name in sys.modules if 'server' in name or name == 'starlette'])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=WAIT, check=True)
    assert loaded.stdout.strip() == "[]"


def test_servers_that_start_at_one_moment_share_a_new_folder(tmp_path: Path) -> None:
    for number in range(8):
        settings = ServerSettings(data_dir=tmp_path / str(number))
        together = threading.Barrier(2)

        def start(settings: ServerSettings = settings, together: threading.Barrier = together) -> RunningServer:
            together.wait(WAIT)
            return start_server(settings)

        with ThreadPoolExecutor(2) as pool:
            starting = [pool.submit(start) for _ in range(2)]
        servers = [server.result() for server in starting]
        for server in servers:
            server.stop()
