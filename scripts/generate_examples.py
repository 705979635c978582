"""Writes the examples that ``mfo-lsp new`` makes too: one source, two places.

``python -m scripts.generate_examples`` writes them; with ``--check`` it says which are out of date and ends with 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mfo_lsp.scaffolds import SCAFFOLDS, render_example

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SHOWN = ("email", "orders", "report")


def generated() -> dict[str, str]:
    """The examples by their paths below ``examples/``."""
    return {
        f"{scaffold.name}/{file}": text
        for scaffold in SCAFFOLDS
        if scaffold.name in SHOWN
        for file, text in render_example(scaffold, f"examples/{scaffold.name}").items()
    }


def outdated(folder: Path = EXAMPLES) -> list[str]:
    """The paths of the examples that are not those that the templates give now."""
    return sorted(
        path
        for path, text in generated().items()
        if not (folder / path).is_file() or (folder / path).read_text(encoding="utf-8") != text
    )


def main() -> int:
    """Write the examples, or check them."""
    if "--check" in sys.argv[1:]:
        paths = outdated()
        for path in paths:
            sys.stdout.write(f"out of date: examples/{path}\n")
        return 1 if paths else 0
    for path, text in generated().items():
        (EXAMPLES / path).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
