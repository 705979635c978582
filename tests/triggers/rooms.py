"""``mfo triggers`` as its users meet it: a real process, real HTTP, and the journal that it leaves."""

from __future__ import annotations

import json
import re
import signal
import time
from contextlib import contextmanager

import httpx

from mfo_runtime.journal import Journal
from mfo_runtime.server.signatures import signature
from tests.runs.processes import LIMIT, started

TOKEN = "tell-nobody-this-token"
SECRET = "tell-nobody-this-secret"
NO_SERVER = {"MFO_BASE_URL": "http://127.0.0.1:9", "MFO_TOKEN": "none"}
"""The address of an MFO server for flows that never ask it."""


class Service:
    """A running service, and a client that talks to it."""

    def __init__(self, process, url):
        self.process = process
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=LIMIT, trust_env=False)

    def post(self, path, payload=None, *, content=None, **headers):
        body = json.dumps(payload).encode() if content is None else content
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(path, content=body, headers=named)

    def by_hand(self, trigger, payload=None, **headers):
        return self.post(f"/api/trigger/{trigger}", payload, authorization=f"Bearer {TOKEN}", **headers)

    def signed(self, path, payload, *, at=None, secret=SECRET, **headers):
        body = json.dumps(payload).encode()
        if at is not None:
            headers["x_webhook_timestamp"] = str(at)
            return self.post(
                path, content=body, x_webhook_signature=signature(secret, f"{at}.".encode() + body), **headers
            )
        return self.post(path, content=body, x_signature=signature(secret, body), **headers)

    def stop(self):
        """Stop it gently; gives its exit status and what it said."""
        self.http.close()
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=LIMIT)[1]
        return self.process.returncode, said

    def kill(self):
        self.http.close()
        self.process.kill()
        self.process.wait(LIMIT)


@contextmanager
def service(*arguments, home, cwd, server=NO_SERVER):
    """A service for the workflows of a folder, on a free port."""
    with starting(*arguments, home=home, cwd=cwd, server=server) as process:
        running = Service(process, address_of(process))
        with running.http:
            yield running


def starting(*arguments, home, cwd, server=NO_SERVER):
    """The process of a service that is being started."""
    arguments = ("triggers", "--port", "0", *arguments)
    return started(*arguments, home=home, cwd=cwd, MFO_TRIGGERS_TOKEN=TOKEN, HOOK=SECRET, **server)


def address_of(process):
    """Where a service is, once it answers."""
    line = process.stdout.readline()
    assert line.startswith("serving at"), process.stderr.read()
    return re.fullmatch(r"serving at (http://\S+)\n", line)[1]


def runs_of(home):
    """The runs of a journal, the oldest first."""
    return sorted(Journal(home).runs(), key=lambda run: run.number)


def wait_until(is_so, what):
    """Wait for something that has to come; a bound against hanging, not a measurement."""
    deadline = time.monotonic() + LIMIT
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


def wait_for_ends(home, count):
    """Wait until so many runs have ended; gives all runs."""
    wait_until(lambda: sum(run.state != "running" for run in runs_of(home)) >= count, f"{count} runs have ended")
    return runs_of(home)
