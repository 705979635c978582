"""What stands between workers and the MFO server: it counts writes by their idempotency keys, and loses answers."""

from __future__ import annotations

import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_FORWARDED = ("authorization", "content-type", "idempotency-key", "accept", "x-request-id")


class Between:
    """Forwards requests; of so many answers (0 to 1) it sends none, as if the connection had broken."""

    def __init__(self, target: str, chance: random.Random, lost: float = 0.0) -> None:
        self.keys: list[str] = []
        outer, address = self, urlsplit(target)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                key = self.headers.get("Idempotency-Key")
                if key is not None:
                    outer.keys.append(key)
                connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
                headers = {name: self.headers[name] for name in _FORWARDED if name in self.headers}
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                connection.close()
                if chance.random() < lost:
                    self.close_connection = True
                    return
                try:
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - as the library has it

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)

    @contextmanager
    def serving(self) -> Iterator[str]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{self._server.server_port}"
        finally:
            self._server.shutdown()
            self._server.server_close()
