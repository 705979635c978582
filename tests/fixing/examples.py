"""The bad examples of the rules' pages, as written and in other layouts that mean the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mfo_dialect.analysis.bundle import read_source
from mfo_dialect.rules import RULES, Rule
from mfo_dialect.syntax import Scalar, Style
from mfo_dialect.syntax.navigation import walk
from mfo_dialect.text import LineIndex
from tests.marks import fenced_files, read_marks, section

Files = dict[str, str]
EXAMPLES: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.code != "MFO999")
"""The rules whose pages have a bad example."""


def bad_example(rule: Rule) -> Files:
    """The files of a rule's bad example."""
    fenced = fenced_files(section(rule.page, "Bad"))
    return {name: read_marks(text)[0] for name, text in fenced.items()}


def layouts(files: Files) -> Iterator[tuple[str, Files]]:
    """The files as they are, and in other layouts."""
    yield "as written", files
    for name, change in LAYOUTS.items():
        yield name, {key: change(text) if not key.endswith(".toml") else text for key, text in files.items()}


def _with_comments(text: str) -> str:
    """A comment behind every line that can have one, and one above it."""
    taken = _lines_of_texts(text)
    lines = text.split("\n")
    result: list[str] = []
    for number, line in enumerate(lines):
        if number in taken or not line.strip() or "#" in line or line.strip() in {"---", "..."} or "\t" in line:
            result.append(line)
            continue
        indent = line[: len(line) - len(line.lstrip(" "))]
        result += [f"{indent}# above {number}", f"{line}  # at {number}"]
    return "\n".join(result)


def _lines_of_texts(text: str) -> set[int]:
    """The lines inside scalars and collections of several lines, where a comment would be text or in the way."""
    lines = LineIndex(text)
    taken: set[int] = set()
    for document in read_source("workflow.yml", text).tree.documents:
        for node in walk(document.root) if document.root is not None else ():
            first, last = lines.line_of(node.span.start), lines.line_of(max(node.span.start, node.span.end - 1))
            if isinstance(node, Scalar) and last > first:
                is_block = node.style in {Style.LITERAL, Style.FOLDED}
                taken.update(range(first + 1 if is_block else first, last + 1))
    return taken


LAYOUTS: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "commented": _with_comments,
    "commented, CRLF": lambda text: _with_comments(text).replace("\n", "\r\n"),
    "no end": lambda text: text.rstrip("\n"),
    "blank lines": lambda text: text + "\n\n\n",
}
