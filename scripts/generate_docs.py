"""Writes the generated pages below ``docs/``: rules, task types, keys of documents, command lines, the protocol.

Usage: ``python -m scripts.generate_docs`` writes them; with ``--check`` it only says which ones are out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mfo_dialect.rules import RULES
from scripts.pages.command_lines import command_lines
from scripts.pages.documents import documents
from scripts.pages.lsp_support import lsp_support
from scripts.pages.rules import rule_page, rules_index
from scripts.pages.task_types import task_types

DOCS = Path(__file__).resolve().parent.parent / "docs"


def generated() -> dict[str, str]:
    """Every generated page: its path below ``docs/`` and its text."""
    pages = {
        "rules/README.md": rules_index(),
        "task-types.md": task_types(),
        "documents.md": documents(),
        "cli.md": command_lines(),
        "lsp-support.md": lsp_support(),
    }
    return pages | {f"rules/{rule.code}.md": rule_page(rule) for rule in RULES}


def outdated(folder: Path = DOCS) -> list[str]:
    """The pages whose files are missing or different, and rule pages that no rule stands behind."""
    pages = generated()
    written = {path.relative_to(folder).as_posix() for path in (folder / "rules").glob("*.md")}
    wrong = [path for path, text in pages.items() if _text_of(folder / path) != text]
    return sorted([*wrong, *(written - pages.keys())])


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` say which ones are out of date; gives the exit status."""
    wrong = outdated()
    if "--check" in arguments:
        for path in wrong:
            click.echo(f"docs/{path} is out of date: run python -m scripts.generate_docs", err=True)
        return 1 if wrong else 0
    pages = generated()
    for path in wrong:
        target = DOCS / path
        if path in pages:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(pages[path], encoding="utf-8", newline="\n")
        else:
            target.unlink()
        click.echo(f"docs/{path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
