"""Writes what the VS Code extension knows of the dialect: how it tells YAML files apart before it asks the server.

Usage: ``python -m scripts.generate_extension`` writes it; with ``--check`` it only says whether it is out of date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from mfo_dialect.model.kinds import quick_look

FILE = Path(__file__).resolve().parent.parent / "vscode-extension" / "src" / "generated.json"


def text() -> str:
    """What the file should say."""
    own_key, names = quick_look()
    return json.dumps({"ownKey": own_key, "names": names}, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with ``--check`` say whether it is out of date; gives the exit status."""
    if FILE.is_file() and FILE.read_text(encoding="utf-8") == text():
        return 0
    if "--check" in arguments:
        click.echo(f"{FILE.name} is out of date: run python -m scripts.generate_extension", err=True)
        return 1
    FILE.write_text(text(), encoding="utf-8", newline="\n")
    click.echo(f"vscode-extension/src/{FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
