"""Writes the generated JSON Schemas below ``schemas/``: those that ``mfo-lsp schema`` prints.

Usage: ``python -m scripts.generate_schemas`` writes them; with ``--check`` it only says which ones are out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mfo_lsp.cli.schema import KINDS, file_name, schema_text

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"


def outdated(folder: Path = SCHEMAS) -> list[str]:
    """The kinds whose files are missing or different."""
    return [kind for kind in KINDS if _text_of(folder / file_name(kind)) != schema_text(kind)]


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: list[str]) -> int:
    """Write the schemas, or with ``--check`` say which ones are out of date; gives the exit status."""
    wrong = outdated()
    for kind in wrong:
        if "--check" in arguments:
            click.echo(f"schemas/{file_name(kind)} is out of date: run python -m scripts.generate_schemas", err=True)
        else:
            (SCHEMAS / file_name(kind)).write_text(schema_text(kind), encoding="utf-8", newline="\n")
            click.echo(f"schemas/{file_name(kind)}")
    return 1 if wrong and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
