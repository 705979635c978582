"""Flows from texts in memory, run against a real local server; readers of a run that has never run; tasks that do as told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from textwrap import dedent, indent

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.flow import RunOptions, load_flow
from mfo_runtime.flow.scope import Reading, RunScope
from mfo_runtime.flow.secrets import Secrets
from mfo_runtime.server import Script, ServerSettings, start_server
from mfo_runtime.tasks import TaskContext
from mfo_workspace.files import UnreadableFileError

ROOM = "/room"
WORKFLOW = f"{ROOM}/workflow_definition.yml"


class MemoryFiles:
    def __init__(self, texts):
        self.texts = {f"{ROOM}/{name}": dedent(text) for name, text in texts.items()}

    def read(self, path):
        if path not in self.texts:
            raise UnreadableFileError(path, "there is no such file")
        return self.texts[path]

    def list_directory(self, path):
        return sorted(name for name in self.texts if str(PurePosixPath(name).parent) == path)

    def exists(self, path):
        return path in self.texts


def flow_of(workflow, taskflow=None, **others):
    """A flow; other files by name without suffix: ``prompts_definition="..."``, ``mfo`` is the project file."""
    names = {name: f"{name}.toml" if name == "mfo" else f"{name}.yml" for name in others}
    files = MemoryFiles({"workflow_definition.yml": workflow} | {names[name]: text for name, text in others.items()})
    return load_flow(WORKFLOW, taskflow, files)


def flow_with_tasks(tasks, **others):
    """A flow of these tasks only."""
    return flow_of("name: trial\ntasks:\n" + indent(dedent(tasks), "  "), **others)


def value_written(flow, task, *path):
    """The node under a path of keys in a task's config."""
    node = flow.view.by_id[task].node.config
    for name in path:
        node = node.get(name)
    return node


def reading(flow, task, **given):
    """A task as a reader of what is given: outputs, inputs, trigger, environment, iterations, decisions."""
    outputs, environment = given.get("outputs", {}), given.get("environment", {})
    scope = RunScope(
        flow.view,
        flow.bundle,
        {"": given.get("inputs", {})},
        given.get("trigger"),
        {"JOB_ID": "job-7"},
        {"process_id": "run-1", "id": flow.name, "name": flow.name, "started_at": "2025-01-31T12:00:00+00:00"},
        Secrets(flow.view.workflow, environment),
        environment,
        given.get("decisions", {}),
    )
    return Reading(scope, flow.view.by_id[task], outputs.get, given.get("iterations", {}))


def context_of(flow, task, **changes):
    """A context for executors that need neither server nor network."""
    settings = {
        "view": flow.view.by_id[task],
        "bundle": flow.bundle,
        "client": None,
        "http": None,
        "run_id": "run-1",
        "key": f"run-1/{task}",
        "evaluate": None,
        "ask": None,
        "without_slot": None,
    }
    return TaskContext(**settings | changes)


@dataclass
class Trial:
    """How a run went, and what was told of it: events, and their texts at the moment when they were told."""

    outcome: object
    events: list
    shown: list

    @property
    def error(self):
        return self.outcome.error

    @property
    def outputs(self):
        return self.outcome.outputs

    def attempts(self, task):
        """The numbers of a task's tries, in order."""
        return [event.attempt for event in self.events if event.path == task and event.state.value == "running"]


async def run(flow, tmp_path, inputs=None, *, script=None, served=None, client=None, **options):
    """Run a flow against a local server of its own; ``script`` is data, as ``scripted.yml`` has it.

    ``served`` are further settings of the server.
    """
    events, shown = [], []
    settings = ServerSettings(
        data_dir=tmp_path / "server",
        script=Script.from_data(script) if script is not None else None,
        **(served or {}),
    )
    with start_server(settings) as server:
        told = {"base_url": server.url, "token": server.token} | (client or {})
        async with MfoClient(ClientSettings(**told)) as connected:
            outcome = await flow.run(
                inputs or {},
                connected,
                RunOptions(observers=(events.append, lambda event: shown.append(repr(event))), **options),
            )
    return Trial(outcome, events, shown)


@asynccontextmanager
async def answering(status, body=b"{}", **headers):
    """A server on loopback that answers every request alike, with the request itself where ``body`` is None."""
    asked = []

    async def serve(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
        asked.append((head, await reader.readexactly(length)))
        extra = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        said = head.encode() if body is None else body
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(said)}\r\nConnection: close\r\n{extra}\r\n".encode())
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
