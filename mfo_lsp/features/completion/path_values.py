"""References: inside ``${`` and ``$<``, and as whole values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.references import parse_path
from mfo_lsp.features.completion.items import CompletionClient, Item, snippet_text, sort_key
from mfo_lsp.features.completion.paths import PathChoice, choices, scope_of
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.slot import Slot

_OPEN = re.compile(r"(?<!\$)\$(?P<mark>[{<])[ \t]*(?P<path>[^\s{}<>]*)\Z")
_BARE = re.compile(r"\s*(?P<path>(?:[A-Za-z_][\w-]*(?:\[\d+\])?(?:\.[\w-]+(?:\[\d+\])?)*\.?)?)\Z")
_PARTIAL = re.compile(r"[\w-]*\Z")
_REST = re.compile(r"[\w.\[\]-]*[ \t]*")
_CLOSERS = {"{": "}", "<": ">"}
_RANK = 10


def is_in_reference(place: Place) -> bool:
    """Whether the cursor is behind a ``${`` or ``$<`` that is not closed before it."""
    return _OPEN.search(place.before()) is not None


def reference_items(place: Place, client: CompletionClient) -> Iterator[Item]:
    """What the marked reference under the cursor may go on with."""
    opened = _OPEN.search(place.before())
    scope = scope_of(place)
    if opened is None or scope is None:
        return
    parents, partial = _split(opened["path"])
    if parents is None:
        return
    closer = _CLOSERS[opened["mark"]]
    rest = _REST.match(place.rest_of_line)
    is_closed = place.rest_of_line[rest.end() if rest is not None else 0 :].startswith(closer)
    for number, choice in enumerate(choices(parents, place, scope)):
        yield _marked_item(place, choice, number, partial, "" if is_closed else closer, client)


def _marked_item(
    place: Place, choice: PathChoice, number: int, partial: str, closer: str, client: CompletionClient
) -> Item:
    is_snippet = bool(closer) and client.snippets
    text = choice.name
    if is_snippet:
        name, end = snippet_text(text), snippet_text(closer)
        text = f"{name}$0{end}" if choice.goes_on else f"{name}{end}$0"
    elif not choice.goes_on:
        text += closer
    return Item(
        label=choice.name,
        kind=choice.kind,
        span=place.word_span(partial),
        new_text=text,
        detail=choice.detail,
        documentation=choice.documentation,
        sort_key=sort_key(choice.rank, number),
        is_snippet=is_snippet,
        line_indent=place.line_indent,
    )


def bare_items(place: Place, slot: Slot) -> Iterator[Item]:
    """What a whole value may be as a bare path: a root and a dot, then field by field."""
    typed = _BARE.match(place.before())
    scope = scope_of(place)
    if typed is None or scope is None:
        return
    parents, partial = _split(typed["path"])
    if parents is None or (parents and parents[0] not in {choice.name for choice in choices((), place, scope)}):
        return
    for number, choice in enumerate(choices(parents, place, scope)):
        yield Item(
            label=choice.name,
            kind=choice.kind,
            span=place.word_span(partial) if parents else slot.span,
            new_text=choice.name if parents else f"{slot.lead}{choice.name}.{slot.close}",
            detail=choice.detail,
            documentation=choice.documentation,
            sort_key=sort_key(_RANK + choice.rank, number),
            goes_on=not parents,
            line_indent=place.line_indent,
        )


def _split(path: str) -> tuple[tuple[str, ...] | None, str]:
    """The names before the half-typed one, and that one; None where what is typed is no path."""
    partial = _PARTIAL.search(path)
    typed = partial.group() if partial is not None else ""
    above = path[: len(path) - len(typed)]
    if not above:
        return (), typed
    if not above.endswith("."):
        return None, typed
    parsed = parse_path(above, 0, len(above) - 1)
    return (None if parsed.problem else tuple(segment.name for segment in parsed.segments)), typed
