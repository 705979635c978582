"""Writes what is generated below ``schemas/``: what ``mfo-lsp schema`` prints, and the local server's OpenAPI document.

Usage: ``python -m scripts.generate_schemas`` writes them; with ``--check`` it only says which ones are out of date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from mfo_lsp.cli.schema import KINDS, file_name, schema_text
from mfo_runtime.server.app import ENDPOINTS
from mfo_runtime.server.openapi import openapi_document

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"


def outdated(folder: Path = SCHEMAS) -> list[str]:
    """The files that are missing or different."""
    return [name for name, text in texts().items() if _text_of(folder / name) != text]


def texts() -> dict[str, str]:
    """Each file's name, and what it should say."""
    document = json.dumps(openapi_document(ENDPOINTS), indent=2, ensure_ascii=False) + "\n"
    return {file_name(kind): schema_text(kind) for kind in KINDS} | {"openapi.json": document}


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: list[str]) -> int:
    """Write the schemas, or with ``--check`` say which ones are out of date; gives the exit status."""
    wrong = outdated()
    for name in wrong:
        if "--check" in arguments:
            click.echo(f"schemas/{name} is out of date: run python -m scripts.generate_schemas", err=True)
        else:
            (SCHEMAS / name).write_text(texts()[name], encoding="utf-8", newline="\n")
            click.echo(f"schemas/{name}")
    return 1 if wrong and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
