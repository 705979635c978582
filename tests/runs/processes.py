"""``mfo`` as people start it: real processes, real HTTP, real terminals."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.effort import PATIENCE

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
MFO = (sys.executable, "-m", "mfo_runtime")
CHECK = (sys.executable, "-m", "mfo_lsp", "check")
LIMIT = PATIENCE


@dataclass(frozen=True)
class Ended:
    status: int
    stdout: str
    stderr: str

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def lines(self):
        return self.stderr.splitlines()


def environment(home, **more):
    """The environment of a user who has set nothing, with a data folder of the test's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MFO_") and name != "CI"}
    own = {"MFO_HOME": str(home), "MFO_CREDENTIALS": str(Path(home) / "credentials.json")}
    return kept | own | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


def mfo(*arguments, home, cwd=ROOT, typed=None, **variables):
    """Run a command to its end; no traceback may ever be seen."""
    ended = subprocess.run(
        [*MFO, *map(str, arguments)],
        cwd=cwd,
        env=environment(home, **variables),
        capture_output=True,
        timeout=LIMIT,
        input=(typed or "").encode(),
        check=False,
    )
    result = Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
    assert "Traceback" not in result.stderr, result.stderr
    return result


def check_json(path):
    ended = subprocess.run(
        [*CHECK, "--format", "json", str(path)],
        cwd=ROOT,
        env=environment("/nowhere"),
        capture_output=True,
        timeout=LIMIT,
        check=False,
    )
    return json.loads(ended.stdout)


@contextmanager
def started(*arguments, home, cwd=ROOT, module="mfo_runtime", **variables):
    """A command that goes on; killed when the block ends, if it has not ended by then."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=cwd,
        env=environment(home, **variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def mfo_server(*arguments, home, start=started):
    """``mfo server`` on a free port, as a process that ``start`` starts; gives the variables that lead to it."""
    with start("server", "--port", "0", *arguments, home=home) as process:
        url = re.fullmatch(r"serving at (http://\S+)\n", process.stdout.readline())[1]
        token = re.fullmatch(r"MFO_TOKEN=(\S+)\n", process.stdout.readline())[1]
        yield {"MFO_BASE_URL": url, "MFO_TOKEN": token}
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 0
        assert process.stderr.read() == ""


@contextmanager
def answering(answer):
    """A server that answers each request as ``answer(handler)`` writes it; gives its address and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(f"{self.command} {self.path}")
            answer(self)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def reply(status, body, content_type="application/json", **headers):
    """An answer for ``answering``."""

    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def echo(handler):
    """Answers with all that it was told, as servers do that want to be helpful."""
    length = int(handler.headers.get("content-length", 0))
    told = {"headers": dict(handler.headers), "path": handler.path, "body": handler.rfile.read(length).decode()}
    body = json.dumps(told).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
