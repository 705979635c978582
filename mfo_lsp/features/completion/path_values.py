"""References: inside ``${`` and ``$<``, and as whole values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from mfo_dialect.analysis.resolve import Outcome, Scope, resolve
from mfo_dialect.catalogue.values import AnyType, ListType, MapType, ValueType, takes_kind
from mfo_dialect.references import parse_path
from mfo_dialect.shapes import Kind, Shape
from mfo_lsp.features.completion.condition_vars import takes_in_expression
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind, snippet_text, sort_key
from mfo_lsp.features.completion.paths import PathChoice, choices, may_start, scope_of
from mfo_lsp.features.completion.place import Place, options_of
from mfo_lsp.features.completion.slot import Slot
from mfo_lsp.features.recorded import WantedPath, wanted_path

_OPEN = re.compile(r"(?<!\$)\$(?P<mark>[{<])[ \t]*(?P<path>[^\s{}<>]*)\Z")
_BARE = re.compile(r"\s*(?P<path>(?:[A-Za-z_][\w-]*(?:\[\d+\])?(?:\.[\w-]+(?:\[\d+\])?)*\.?)?)\Z")
_PARTIAL = re.compile(r"[\w-]*\Z")
_REST = re.compile(r"[\w-]*(?P<following>(?:\.[\w-]+|\[\d+\])*)\.?[ \t]*")
_CLOSERS = {"{": "}", "<": ">"}
_RANK = 10
_MAX_DEPTH = 4


class _Fit(IntEnum):
    """How well what a name leads to fits its place; better ones are lower."""

    SURELY = 0
    PERHAPS = 1
    BELOW = 2
    """The value itself does not fit, something below it does."""


@dataclass(frozen=True, slots=True)
class _Path:
    """A path while it is typed.

    Attributes:
        place: where.
        scope: what it sees.
        parents: the names before the half-typed one.
        partial: what is typed of that one.
        following: the names that stand behind it already.
        types: what may stand where the path is the whole value; empty where it is a part of a text.
        takes: whether a value of some shape may stand there, whatever its type.
    """

    place: Place
    scope: Scope
    parents: tuple[str, ...]
    partial: str
    following: tuple[str, ...]
    types: tuple[ValueType, ...]
    takes: Callable[[Shape], bool] = lambda _: True

    def choices(self) -> Iterator[tuple[PathChoice, _Fit]]:
        """What it may go on with, each with how well it fits; what would be an error is left out."""
        for choice in choices(self.parents, self.partial, self.place, self.scope):
            fit = self._fit(choice)
            if fit is not None:
                yield choice, fit

    def _fit(self, choice: PathChoice) -> _Fit | None:
        shape = choice.shape
        if self.following:
            found = resolve((*self.parents, choice.name, *self.following), self.scope)
            if found.outcome not in {Outcome.KNOWN, Outcome.UNKNOWN}:
                return None
            shape = found.shape
        if _takes(self.types, shape) and self.takes(shape):
            is_sure = shape.kind is not Kind.ANY or any(isinstance(one, AnyType) for one in self.types)
            return _Fit.SURELY if is_sure or not self.types else _Fit.PERHAPS
        return _Fit.BELOW if not self.following and _leads_to(self.types, shape) else None


def _takes(types: tuple[ValueType, ...], shape: Shape) -> bool:
    return not types or any(takes_kind(one, shape.kind) for one in types)


def _leads_to(types: tuple[ValueType, ...], shape: Shape, depth: int = 0) -> bool:
    """Whether something below a value may stand where one of some types is declared."""
    below = [*shape.fields.values(), *(one for one in (shape.rest, shape.item) if one is not None)]
    return any(_takes(types, one) or (depth < _MAX_DEPTH and _leads_to(types, one, depth + 1)) for one in below)


def is_in_reference(place: Place) -> bool:
    """Whether the cursor is behind a ``${`` or ``$<`` that is not closed before it."""
    return _OPEN.search(place.before()) is not None


def reference_items(place: Place, client: CompletionClient) -> Iterator[Item]:
    """What the marked reference under the cursor may go on with."""
    before = place.before()
    opened = _OPEN.search(before)
    scope = scope_of(place)
    if opened is None or scope is None:
        return
    parents, partial = _split(opened["path"])
    if parents is None:
        return
    rest = _REST.match(place.rest_of_line)
    following = _following(rest["following"] if rest is not None else "")
    behind = place.rest_of_line[rest.end() if rest is not None else 0 :]
    closer = _CLOSERS[opened["mark"]]
    is_closed = behind.startswith(closer)
    is_alone = not before[: opened.start()].strip() and not _goes_on_behind(place, behind.removeprefix(closer))
    if not is_alone and isinstance(place.type, MapType | ListType):
        return
    path = _Path(place, scope, parents, partial, following, options_of(place.type) if is_alone else ())
    path = replace(path, takes=takes_in_expression(place)) if is_alone else path
    is_bare_root = opened["mark"] == "<" and not parents and not following
    for number, (choice, fit) in enumerate(path.choices()):
        if not is_bare_root or _may_go_on(choice, path.types):
            meant = _Fit.BELOW if is_bare_root else fit
            yield _marked_item(path, choice, meant, number, "" if is_closed else closer, client)


def _may_go_on(choice: PathChoice, types: tuple[ValueType, ...]) -> bool:
    """Whether something below a root can be meant: behind ``$<`` a root alone is plain text."""
    return choice.shape.kind is Kind.ANY or (choice.goes_on and _leads_to(types, choice.shape))


def _goes_on_behind(place: Place, behind: str) -> bool:
    """Whether text follows on the line, besides what closes quotes and brackets."""
    mark = place.context.quote or ""
    ends = rf"{mark}.*" if mark else r"[\]},].*|#.*" if place.context.flow else r"#.*"
    return re.fullmatch(rf"\s*(?:{ends})?", behind) is None


def _following(text: str) -> tuple[str, ...]:
    return tuple(segment.name for segment in parse_path(f"x{text}", 0, len(text) + 1).segments[1:])


def _marked_item(
    path: _Path, choice: PathChoice, fit: _Fit, number: int, closer: str, client: CompletionClient
) -> Item:
    is_snippet = bool(closer) and client.snippets
    text = choice.name + ("." if fit is _Fit.BELOW else "")
    if is_snippet:
        name, end = snippet_text(text), snippet_text(closer)
        text = f"{name}$0{end}" if choice.goes_on and not path.following else f"{name}{end}$0"
    elif not choice.goes_on or path.following:
        text += closer
    return _item(path, choice, fit, number, text, is_snippet=is_snippet)


def _item(path: _Path, choice: PathChoice, fit: _Fit, number: int, text: str, *, is_snippet: bool = False) -> Item:
    return Item(
        label=choice.name,
        kind=choice.kind,
        span=path.place.word_span(path.partial),
        new_text=text,
        detail=choice.detail,
        words=choice.words,
        sort_key=sort_key(choice.rank + (fit if choice.kind is ItemKind.FIELD else 0), number),
        is_snippet=is_snippet,
        goes_on=fit is _Fit.BELOW,
        is_narrowed=choice.is_narrowed,
        takes_dot=fit is not _Fit.BELOW and choice.goes_on,
        line_indent=path.place.line_indent,
    )


def bare_items(place: Place, slot: Slot) -> Iterator[Item]:
    """What a whole value may be as a bare path: a root and a dot, then field by field."""
    typed = _BARE.match(place.before())
    scope = scope_of(place)
    if typed is None or scope is None:
        return
    parents, partial = _split(typed["path"])
    if parents is None or (parents and not may_start(parents[0], place, scope)):
        return
    rest = _REST.match(place.rest_of_line)
    if _goes_on_behind(place, place.rest_of_line[rest.end() if rest is not None else 0 :]):
        return
    following = _following(rest["following"] if rest is not None else "")
    path = _Path(place, scope, parents, partial, following, options_of(place.type), takes_in_expression(place))
    for number, (choice, fit) in enumerate(path.choices()):
        is_root = not parents and not following
        if not is_root or choice.shape.kind is Kind.ANY or _leads_to(path.types, choice.shape):
            dot = "." if is_root or fit is _Fit.BELOW else ""
            lead, close = (slot.lead, slot.close) if not parents else ("", "")
            item = _item(path, choice, fit, number, f"{lead}{choice.name}{dot}{close}")
            span = slot.span if is_root else item.span
            rank = sort_key(_RANK + choice.rank + (0 if is_root else fit), number)
            yield replace(item, span=span, sort_key=rank, goes_on=bool(dot), takes_dot=choice.goes_on and not dot)


def wanted_by_path(place: Place) -> WantedPath | None:
    """What runs have recorded of the path that is half typed; None where none is, or nothing is written before its last dot."""
    opened = _OPEN.search(place.before())
    typed = opened or _BARE.match(place.before())
    scope = scope_of(place)
    if typed is None or scope is None:
        return None
    parents, _ = _split(typed["path"])
    return wanted_path(parents, resolve(parents, scope), scope, place.snapshot) if parents else None


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
