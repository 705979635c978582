"""What an author does to a document, over and over: each gives the seconds until the editor shows the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.latency.document import OpenDocument

PAUSE = 0.03
TYPED = "then hand it on."
_PASTED = (
    "  - id: pasted_task\n    type: mfo_api_memory_get\n    config:\n      key: pasted\n"
    "    dependencies: [{after}]\n    timeout: 30s\n"
)
Answer = tuple[float, dict[str, Any]]
Scenario = Callable[[OpenDocument, int], Iterator[Answer]]


def _answer(document: OpenDocument, begun: float) -> Answer:
    arrived = document.client.diagnostics(document.uri, document.version)
    document.client.settle(PAUSE)
    return arrived.at - begun, arrived.message["params"]


def typing(document: OpenDocument, repeats: int) -> Iterator[Answer]:
    """One character behind another at the end of a line of a description."""
    line = document.find(TYPED)
    for _ in range(repeats):
        end = len(document.lines[line])
        yield _answer(document, document.replace(line, end, end, "x"))


def breaking(document: OpenDocument, repeats: int) -> Iterator[Answer]:
    """A quote that is opened and not closed, and closed again."""
    line = document.find('    name: "')
    end = len(document.lines[line])
    for _ in range(repeats):
        yield _answer(document, document.replace(line, end - 1, end, ""))
        yield _answer(document, document.replace(line, end - 1, end - 1, '"'))


def renaming(document: OpenDocument, repeats: int) -> Iterator[Answer]:
    """The id that many other tasks wait for and read, with a letter more and without it again."""
    line = document.find("- id: popular")
    end = len(document.lines[line])
    for _ in range(repeats):
        yield _answer(document, document.replace(line, end, end, "x"))
        yield _answer(document, document.replace(line, end, end + 1, ""))


def breaking_lines(document: OpenDocument, repeats: int) -> Iterator[Answer]:
    """A new line in a description, and the two joined again."""
    line = document.find(TYPED)
    end = len(document.lines[line])
    for _ in range(repeats):
        yield _answer(document, document.replace(line, end, end, "\n      more of it"))
        yield _answer(document, document.replace(line, end, len("      more of it"), "", end_line=line + 1))


def pasting(document: OpenDocument, repeats: int) -> Iterator[Answer]:
    """A task that is pasted between two others, and deleted again."""
    line = document.find("  - id: task_")
    after = document.lines[document.find("  - id: task_", 0)].split(": ")[1]
    text = _PASTED.format(after=after)
    for _ in range(repeats):
        yield _answer(document, document.replace(line, 0, 0, text))
        yield _answer(document, document.replace(line, 0, 0, "", end_line=line + text.count("\n")))


def prompting(prompts: OpenDocument, workflow: OpenDocument, repeats: int) -> Iterator[Answer]:
    """A variable of a prompt that every chat task uses, with a letter more and without it again.

    The last news counts: of the prompts, or of the workflow where its diagnostics change.
    """
    line = prompts.find("{{ .subject }}", 0)
    end = prompts.lines[line].index(" }}")
    for _ in range(repeats):
        for start, stop, text in ((end, end, "s"), (end, end + 1, "")):
            begun = prompts.replace(line, start, stop, text)
            arrived = prompts.client.diagnostics(prompts.uri, prompts.version)
            others = [one for one in prompts.client.settle(PAUSE) if _speaks_of(workflow, one.message)]
            yield (others[-1] if others else arrived).at - begun, arrived.message["params"]


def _speaks_of(document: OpenDocument, message: dict[str, Any]) -> bool:
    is_news = message.get("method") == "textDocument/publishDiagnostics"
    return is_news and message["params"]["uri"] == document.uri


def asking(document: OpenDocument, repeats: int, method: str) -> Iterator[float]:
    """A request right behind an edit, before its diagnostics are there; gives the seconds of the request alone."""
    line = document.find("type: mfo_api_")
    typed = document.find(TYPED)
    for _ in range(repeats):
        end = len(document.lines[typed])
        document.replace(typed, end, end, "x")
        seconds, _ = document.client.ask(method, document.place(line, len("    type: mfo_")))
        document.client.settle(PAUSE)
        yield seconds


EDITS: dict[str, Scenario] = {
    "keystroke in a value": typing,
    "quote opened, and closed": breaking,
    "id that 50 tasks name": renaming,
    "new line": breaking_lines,
    "task pasted": pasting,
}
REQUESTS = {
    "completion": ("textDocument/completion", "completionProvider"),
    "hover": ("textDocument/hover", "hoverProvider"),
    "folds of the text": ("textDocument/foldingRange", "foldingRangeProvider"),
    "outline": ("textDocument/documentSymbol", "documentSymbolProvider"),
    "colours of the text": ("textDocument/semanticTokens/full", "semanticTokensProvider"),
}
"""What is asked right behind an edit, with the capability of a server that can answer."""
