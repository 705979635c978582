"""What stands between workers and the MFO server: it counts writes by their idempotency keys, and loses answers."""

from __future__ import annotations

import http.client
import random
from collections import Counter
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

from tests.http_servers import QuietHandler, serving

_FORWARDED = ("authorization", "content-type", "idempotency-key", "accept", "x-request-id")


_MOST_LOST = 2
"""Answers of one request in a row: clients try three times, and a run whose answers are all lost fails rightly."""


class Between:
    """Forwards requests; of so many answers (0 to 1) it sends none, as if the connection had broken."""

    def __init__(self, target: str, chance: random.Random, lost: float = 0.0) -> None:
        self.keys: list[str] = []
        self._in_a_row: Counter[tuple[str, str]] = Counter()
        outer, address = self, urlsplit(target)

        class Handler(QuietHandler):
            def do_GET(self) -> None:
                body = self.body()
                key = self.headers.get("Idempotency-Key")
                if key is not None:
                    outer.keys.append(key)
                connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
                headers = {name: self.headers[name] for name in _FORWARDED if name in self.headers}
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                connection.close()
                if outer.loses((key or self.command, self.path), chance.random() < lost):
                    self.close_connection = True
                    return
                self.answer(answer.status, content, answer.headers.get("Content-Type", "application/json"))

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - as the library has it

        self._handler = Handler

    def loses(self, request: tuple[str, str], is_meant: bool) -> bool:
        """Whether the answer of a request is lost that is meant to be."""
        is_lost = is_meant and self._in_a_row[request] < _MOST_LOST
        self._in_a_row[request] = self._in_a_row[request] + 1 if is_lost else 0
        return is_lost

    def serving(self) -> AbstractContextManager[str]:
        return serving(self._handler)
