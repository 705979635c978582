"""A baseline as a file: JSON with one entry a line, sorted, so that two branches that change it can be merged."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from mfo_dialect.baseline import HASH_DIGITS, Baseline, Entry
from mfo_workspace.files import Files, UnreadableFileError

VERSION = 1
SCHEMA = "https://raw.githubusercontent.com/mfo-lsp/mfo-lsp/main/schemas/baseline.schema.json"
_RULE = re.compile(r"MFO[1-9][0-9]{2}")
_HASH = re.compile(rf"[0-9a-f]{{{HASH_DIGITS}}}")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)


def read_baseline(path: str, files: Files) -> Baseline:
    """The baseline in a file.

    Raises:
        UnreadableFileError: the file is missing, not readable, no baseline, or one of a later version.
    """
    if not files.exists(path):
        raise UnreadableFileError(path, "there is no such baseline")
    return baseline_of_text(path, files.read(path))


def baseline_of_text(path: str, text: str) -> Baseline:
    """The baseline that a file's text holds; an entry that is there twice, as after a merge, counts as the larger one.

    Raises:
        UnreadableFileError: the text is no baseline, or one of a later version.
    """
    conflict = _CONFLICT.search(text)
    if conflict is not None:
        line = text.count("\n", 0, conflict.start()) + 1
        raise UnreadableFileError(path, "a conflict of a merge is left here: keep the entries of both sides", line, 1)
    try:
        data: object = json.loads(text)
    except json.JSONDecodeError as error:
        reason = f"this is no baseline, as it is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise UnreadableFileError(path, reason, error.lineno, error.colno) from None
    except (ValueError, RecursionError):
        raise UnreadableFileError(path, "this is no baseline: its JSON holds too much") from None
    counts: dict[Entry, int] = {}
    for number, item in enumerate(_items(path, data), 1):
        entry, count = _entry(path, number, item)
        counts[entry] = max(count, counts.get(entry, 0))
    return Baseline(counts)


def baseline_text(counts: Mapping[Entry, int]) -> str:
    """The text of a baseline's file; equal for equal baselines."""
    lines = ",\n".join(f"    {_line(entry, counts[entry])}" for entry in sorted(counts))
    findings = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "$schema": {json.dumps(SCHEMA)},\n  "version": {VERSION},\n  "findings": {findings}\n}}\n'


def _line(entry: Entry, count: int) -> str:
    data = {"file": entry.file, "node": entry.node, "rule": entry.rule, "hash": entry.hash, "count": count}
    return json.dumps(data)


def _items(path: str, data: object) -> list[object]:
    said = _map(data)
    version = said.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise UnreadableFileError(path, f'this is no baseline: it does not say "version": {VERSION}')
    if version > VERSION:
        reason = f"the baseline has version {version}, and this mfo-lsp reads version {VERSION}: use a newer mfo-lsp"
        raise UnreadableFileError(path, reason)
    findings = said.get("findings")
    if not isinstance(findings, list):
        raise UnreadableFileError(path, 'this is no baseline: it has no list "findings"')
    return cast("list[object]", findings)


def _entry(path: str, number: int, item: object) -> tuple[Entry, int]:
    said = _map(item)
    texts = [said.get(name) for name in ("file", "node", "rule", "hash")]
    count = said.get("count")
    if (
        not all(isinstance(text, str) for text in texts)
        or not _RULE.fullmatch(said["rule"])
        or not _HASH.fullmatch(said["hash"])
        or not isinstance(count, int)
        or isinstance(count, bool)
        or count < 1
    ):
        raise UnreadableFileError(path, f"this is no baseline: entry {number} of its findings is damaged")
    return Entry(said["file"], said["node"], said["rule"], said["hash"]), count


def _map(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
