"""``mfo`` that is killed at its n-th boundary: before or after it asks a server, or writes into the database.

The environment says whose boundaries (``DOOM_ROLE``), which one (``DOOM``; 0 for none) and where the boundaries that were passed are written (``DOOM_FILE``).
"""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import threading
from itertools import count
from pathlib import Path
from typing import Any

from dbos._sys_db import SystemDatabase

from mfo_runtime.cli.commands import main
from mfo_runtime.client.exchange import Exchange
from mfo_runtime.distributed import submitting, takeover
from mfo_runtime.distributed.journal import SharedJournal
from mfo_runtime.distributed.run_log import SharedRunLog
from mfo_runtime.distributed.workflows import Workflows

_NUMBERS, _TURN = count(1), threading.Lock()


def passing(what: str) -> None:
    with _TURN:
        number = next(_NUMBERS)
        with Path(os.environ["DOOM_FILE"]).open("a") as file:
            file.write(f"{number} {what}\n")
        if number == int(os.environ["DOOM"]):
            os.kill(os.getpid(), signal.SIGKILL)


def around(owner: Any, name: str) -> None:
    inner = getattr(owner, name)
    if asyncio.iscoroutinefunction(inner):

        @functools.wraps(inner)
        async def later(*arguments: Any, **named: Any) -> Any:
            passing(f"before {name}")
            result = await inner(*arguments, **named)
            passing(f"after {name}")
            return result

        setattr(owner, name, later)
        return

    @functools.wraps(inner)
    def at_once(*arguments: Any, **named: Any) -> Any:
        passing(f"before {name}")
        result = inner(*arguments, **named)
        passing(f"after {name}")
        return result

    setattr(owner, name, at_once)


if __name__ == "__main__":
    role = os.environ["DOOM_ROLE"]
    if role == "taker":
        around(takeover, "_forget")
        around(takeover, "_give")
    elif role == "submitter":
        around(submitting, "submit_run")
        around(Workflows, "enqueue")
    else:
        around(Exchange, "__call__")
        around(SharedJournal, "resume")
        around(SharedRunLog, "_write")
        around(SharedRunLog, "end")
        around(SystemDatabase, "record_operation_result")
        around(SystemDatabase, "update_workflow_outcome")
    main()
