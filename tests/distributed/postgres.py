"""PostgreSQL for tests: a cluster of its own on loopback, started from Debian's programs; root hands it to another user."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.ports import kept_port

_USER = "mfo"
_UNPRIVILEGED = "postgres"
_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=64MB",
)

_END_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = """
DO $$
DECLARE one record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
        AND tablename NOT IN ('mfo_layout', 'dbos_migrations')
    LOOP
        EXECUTE format('DELETE FROM %I.%I', one.schemaname, one.tablename);
    END LOOP;
END $$
"""


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; None where it is not installed."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


class Cluster:
    """A running cluster; what a durable one has told is on disk, which no test needs."""

    def __init__(self, folder: Path, bin_folder: Path, port: int, *, is_durable: bool = False) -> None:
        self._settings = _SETTINGS if is_durable else (*_SETTINGS, "fsync=off")
        self._data = folder / "data"
        self._bin = bin_folder
        self.port = port
        self._made = 0
        self._unused: list[str] = []
        folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(folder, _UNPRIVILEGED, _UNPRIVILEGED)
        self._call("initdb", "--pgdata", self._data, "--auth", "trust", "--username", _USER, "--no-sync")
        self.start()

    def start(self) -> None:
        options = " ".join(
            f"-c {setting}" if not setting.endswith("=") else f"-c {setting}''" for setting in self._settings
        )
        log = self._data / "server.log"
        self._call("pg_ctl", "--pgdata", self._data, "--log", log, "--wait", "-o", f"-p {self.port} {options}", "start")

    def stop(self, mode: str = "immediate") -> None:
        self._call("pg_ctl", "--pgdata", self._data, "--mode", mode, "--wait", "stop")

    def new_database(self) -> str:
        """The URL of a fresh database."""
        self._made += 1
        name = f"test{self._made}"
        server = f"postgresql://{_USER}@127.0.0.1:{self.port}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"{server}/{name}"

    @contextmanager
    def emptied_database(self) -> Iterator[str]:
        """The URL of a database in which nothing is but perhaps tables: one after the other has the same, which is quick."""
        url = self._unused.pop() if self._unused else self.new_database()
        yield url
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_END_OTHERS)
            connection.execute(_EMPTY)
        self._unused.append(url)

    def _call(self, program: str, *arguments: object) -> None:
        as_other = ["setpriv", f"--reuid={_UNPRIVILEGED}", f"--regid={_UNPRIVILEGED}", "--clear-groups"]
        command = [*(as_other if os.geteuid() == 0 else []), str(self._bin / program), *map(str, arguments)]
        with tempfile.TemporaryFile() as output:  # a pipe would stay open as long as the server lives
            ended = subprocess.run(
                command,
                cwd="/",
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=60,
            )
            output.seek(0)
            assert ended.returncode == 0, output.read().decode()


@contextmanager
def cluster(*, is_durable: bool = False) -> Iterator[Cluster]:
    """A cluster for as long as the block lasts; not in pytest's folders, which other users may not enter."""
    bin_folder = programs()
    assert bin_folder is not None
    with tempfile.TemporaryDirectory(prefix="mfo-postgres-") as folder, kept_port() as port:
        running = Cluster(Path(folder), bin_folder, port, is_durable=is_durable)
        try:
            yield running
        finally:
            running.stop()
