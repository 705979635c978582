"""The last step of a write: what it changes and what is kept for its replay, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from mfo_runtime.server.endpoint import Answer, Call
from mfo_runtime.server.replays import Name
from mfo_runtime.server.responses import encoded


def settled(call: Call, finish: Callable[[], Answer], status: int, name: Name | None) -> tuple[Answer, bytes]:
    """Write, and keep the answer under ``name`` where there is one; gives the answer and its JSON."""
    with call.service.store.database.transaction():
        answer = finish()
        content = encoded(answer.body)
        if name is not None:
            call.service.replays.keep(name, status, content)
    return answer, content
