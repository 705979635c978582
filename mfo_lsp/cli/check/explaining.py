"""``check --explain-files``: what each file is taken for, and why."""

from __future__ import annotations

import json

from mfo_lsp.cli.check.collecting import STDIN, Collected, collect
from mfo_lsp.cli.check.options import CheckOptions
from mfo_lsp.cli.check.standard_input import with_stdin
from mfo_lsp.cli.check.status import CLEAN, TROUBLE
from mfo_lsp.cli.check.writing import tell_problems
from mfo_lsp.cli.output import shown_path, write_stdout
from mfo_workspace.explaining import ExplainedFile, explain_paths
from mfo_workspace.files import DiskFiles, Files
from mfo_workspace.text_report import printable

VERSION = 1


def explain_files(options: CheckOptions) -> int:
    """List all files in question; the exit status is 2 where one of them cannot be read, else 0."""
    skipped: dict[str, str] = {}
    files: Files = DiskFiles()
    if STDIN in options.paths:
        collected, files, names = with_stdin(options, skipped.__setitem__)
    else:
        collected, names = collect(options.paths or (".",), skipped=skipped.__setitem__), {}
    explained = _all(collected, skipped, files)
    if not options.quiet:
        write_stdout(_as_json(explained, names) if options.format_name == "json" else _as_text(explained, names))
    tell_problems(collected.problems)
    return TROUBLE if collected.problems or any(one.is_unreadable for one in explained) else CLEAN


def _all(collected: Collected, skipped: dict[str, str], files: Files) -> list[ExplainedFile]:
    left_out = [ExplainedFile(path, "", reason) for path, reason in skipped.items() if path not in collected.wanted]
    return sorted([*explain_paths(collected.wanted, files), *left_out], key=lambda one: one.path)


def _state(one: ExplainedFile) -> str:
    return one.kind or ("unreadable" if one.is_unreadable else "skipped")


def _as_text(explained: list[ExplainedFile], names: dict[str, str]) -> str:
    width = max((len(_state(one)) for one in explained), default=0)
    lines = (
        f"{_state(one).ljust(width)}  {names.get(one.path) or shown_path(one.path)}: {one.reason}" for one in explained
    )
    return "".join(f"{printable(line)}\n" for line in lines)


def _as_json(explained: list[ExplainedFile], names: dict[str, str]) -> str:
    files = [
        {
            "file": names.get(one.path) or shown_path(one.path),
            "state": "checked" if one.kind else _state(one),
            "kind": one.kind or None,
            "reason": one.reason,
        }
        for one in explained
    ]
    return json.dumps({"version": VERSION, "files": files}, indent=2, ensure_ascii=False) + "\n"
