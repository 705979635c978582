"""What can be seen on this machine without asking anybody: versions, project file, secrets, logins, journal, disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from mfo_dialect.analysis.bundle import Bundle
from mfo_runtime.cli.accounts import kept_logins
from mfo_runtime.cli.data_folders import data_path
from mfo_runtime.cli.doctor.verdict import Verdict, broken, broken_by, unusual, well
from mfo_runtime.cli.output import moment, shown_path
from mfo_runtime.credentials import KeyringUnusableError, name_of_keyring
from mfo_runtime.errors import InvalidInputError, MfoError
from mfo_runtime.flow.secrets import Secrets
from mfo_runtime.journal import JOURNAL_FILE, PROTOCOL, Journal

PACKAGE = "mfo-lsp"
_MEGABYTE = 1024 * 1024
_LEAST_ROOM = 50 * _MEGABYTE
_LITTLE_ROOM = 500 * _MEGABYTE


def installed(_bundle: Bundle, _directory: str, _now: float) -> Iterator[Verdict]:
    """This program, and the libraries that it needs."""
    try:
        own, needed = version(PACKAGE), requires(PACKAGE) or []
    except PackageNotFoundError:
        yield unusual("version", f"{PACKAGE} runs without being installed", f"Install it: pip install {PACKAGE}.")
        return
    missing = [name for name in map(_name_of_requirement, needed) if name and not _is_installed(name)]
    python = ".".join(map(str, sys.version_info[:3]))
    if missing:
        words = ", ".join(missing)
        yield broken("version", f"{PACKAGE} {own} lacks {words}", f"Install it again: pip install {PACKAGE}.")
    else:
        yield well("version", f"{PACKAGE} {own}, Python {python}, SQLite {sqlite3.sqlite_version}")


def project_file(bundle: Bundle, _directory: str, _now: float) -> Iterator[Verdict]:
    """The project file, where there is one."""
    project = bundle.project
    if not project.document:
        yield well("project file", "there is none; defaults count")
    elif project.problem is not None:
        line = project.lines.position(project.problem.span.start).line + 1
        yield broken(
            "project file",
            f"{shown_path(project.document)}:{line}: {project.problem.message}",
            "Until it can be read, none of its settings counts.",
        )
    else:
        profiles = ", ".join(project.section("servers")) or "none"
        yield well("project file", f"{shown_path(project.document)}; profiles of servers: {profiles}")


def secrets(bundle: Bundle, _directory: str, _now: float) -> Iterator[Verdict]:
    """The secrets that workflows here declare; the keyring is not opened for them."""
    for workflow in bundle.workflows:
        found = Secrets(workflow, os.environ)
        for name in found.names:
            subject = f"secret {name}"
            if found.is_in_keyring(name):
                yield _keyring_for(subject)
                continue
            try:
                found.get(name)
            except InvalidInputError as error:
                yield unusual(subject, error.message, f"{error.hint} What reads it fails until then.")
            else:
                yield well(subject, "found")


def logins(_bundle: Bundle, _directory: str, now: float) -> Iterator[Verdict]:
    """Where logins are kept, and which have ended."""
    store = kept_logins()
    try:
        kept = store.all()
    except InvalidInputError as error:
        yield broken_by("logins", error)
        return
    try:
        place = f"in the keyring ({name_of_keyring()})" if store.may_use_keyring else f"in {store.path}"
    except KeyringUnusableError as error:
        place = f"in {store.path}: {error.message[:1].lower()}{error.message[1:].rstrip('.')}"
    yield well("keyring", f"mfo login keeps tokens {place}")
    for login in kept:
        if login.expires_at is not None and login.expires_at < now:
            ended = f"the login at {login.server} has ended at {moment(login.expires_at)}"
            yield unusual("logins", ended, f"Log in again: mfo login --server {login.server}.")


def journal(bundle: Bundle, directory: str, _now: float) -> Iterator[Verdict]:
    """The folder of the journal, and the journal in it."""
    if bundle.project.section("journal").get("enabled") is False:
        yield unusual("journal", "the project file turns it off: no run can go on after a crash", "Set enabled = true.")
        return
    folder = data_path(bundle.project, directory)
    problem = _why_not_writable(folder)
    if problem:
        hint = "Make it writable, or set MFO_HOME to a folder of your own."
        yield broken("journal", f"{folder} cannot be written: {problem}", hint)
        return
    if not (folder / JOURNAL_FILE).exists():
        yield well("journal", f"{folder / JOURNAL_FILE} will be made by the first run")
        return
    kept = Journal(folder)
    try:
        kept.try_out()
        runs = list(kept.runs())
        left = [run for run in runs if run.state == "running" and not kept.is_executed(run)]
    except MfoError as error:
        yield broken_by("journal", error)
        return
    yield well("journal", f"{folder / JOURNAL_FILE}: {len(runs)} runs, replay protocol {PROTOCOL}")
    older = sorted({run.protocol for run in left} - {PROTOCOL})
    if left:
        words = f"{len(left)} runs were broken off" + (", some under another protocol" if older else "")
        yield unusual(
            "journal", words, f"Go on with them: mfo runs --state interrupted, mfo run --resume {left[0].id}."
        )


def disk(bundle: Bundle, directory: str, _now: float) -> Iterator[Verdict]:
    """The room where runs are kept."""
    folder = _nearest(data_path(bundle.project, directory))
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield unusual("disk", f"{folder}: the room is not known ({error.strerror})", "Look whether there is room.")
        return
    words = f"{free // _MEGABYTE} MB free at {folder}"
    hint = "Make room, or forget old runs: mfo runs prune."
    if free < _LEAST_ROOM:
        yield broken("disk", words, hint)
    elif free < _LITTLE_ROOM:
        yield unusual("disk", words, hint)
    else:
        yield well("disk", words)


def _keyring_for(subject: str) -> Verdict:
    try:
        return well(subject, f"in the keyring ({name_of_keyring()}), which is not opened for this")
    except KeyringUnusableError as error:
        return broken_by(subject, error)


def _why_not_writable(folder: Path) -> str:
    """Why nothing can be written into a folder, or where it would be made; empty where it can."""
    place = _nearest(folder)
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"\0" * 4096)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _nearest(folder: Path) -> Path:
    """The folder itself, or the first above it that is there."""
    return next((place for place in (folder, *folder.absolute().parents) if place.exists()), Path("/"))


def _name_of_requirement(line: str) -> str:
    """The name in a line of requirements; empty for one that only some installations need."""
    if ";" in line:
        return ""
    return "".join(letter if letter.isalnum() or letter in "-_." else " " for letter in line).split(" ", 1)[0]


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


LOOKS = (installed, project_file, secrets, logins, journal, disk)
"""All of them, in the order in which they are told."""
