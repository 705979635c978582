"""Commands of ``mfo`` as processes of their own that need not load everything again: forked by a server that has loaded it."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing.connection import Connection

from tests.effort import PATIENCE
from tests.runs import processes
from tests.runs.processes import ROOT, Ended, environment

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.distributed.loaded"])


def _become(
    module: str, arguments: list[str], variables: dict[str, str], streams: tuple[Connection, Connection]
) -> None:
    """In the new process: be the command."""
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(ROOT)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nowhere, *(stream.fileno() for stream in streams))):
        os.dup2(file, number)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=False)


class Forked:
    """A process with what ``subprocess.Popen`` has for tests."""

    def __init__(self, module: str, arguments: list[str], variables: dict[str, str]) -> None:
        (out, out_there), (err, err_there) = (_FORKING.Pipe(duplex=False) for _ in range(2))
        self._process = _FORKING.Process(target=_become, args=(module, arguments, variables, (out_there, err_there)))
        self._process.start()
        self.stdout, self.stderr = (os.fdopen(os.dup(one.fileno()), encoding="utf-8") for one in (out, err))
        for one in (out, err, out_there, err_there):
            one.close()
        self.pid = self._process.pid
        self.said: list[str] = []

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, seconds: float | None = None) -> int:
        self._process.join(PATIENCE if seconds is None else seconds)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("mfo", seconds or PATIENCE)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it may end between the look and the signal
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        self.wait()
        for stream in (self.stdout, self.stderr):
            stream.close()
        self._process.close()


@contextmanager
def forked(*arguments: object, home, module: str = "mfo_runtime", **variables: str) -> Iterator[Forked]:
    """A command that goes on; killed when the block ends."""
    process = Forked(module, [*map(str, arguments)], environment(home, **variables))
    try:
        yield process
    finally:
        process.close()


def mfo(*arguments: object, home, module: str = "mfo_runtime", **variables: str) -> Ended:
    """Run a command to its end; no traceback may ever be seen."""
    with forked(*arguments, home=home, module=module, **variables) as process:
        said: list[str] = []
        reader = threading.Thread(target=lambda: said.append(process.stderr.read()))
        reader.start()
        printed = process.stdout.read()
        reader.join(PATIENCE)
        status = process.wait(PATIENCE)
    assert "Traceback" not in said[0], said[0]
    return Ended(status, printed, said[0])


def mfo_server(*arguments: object, home) -> AbstractContextManager[dict[str, str]]:
    """``mfo server`` on a free port; gives the variables that lead to it."""
    return processes.mfo_server(*arguments, home=home, start=forked)
