"""A character that nobody can see changes what a text means.

## What it finds

Characters without a width, marks that turn the direction of writing, and line breaks that editors do not show, where
they were hardly meant: in keys, ids and names, in references, expressions and the actions of templates; those that
turn writing around, and invisible line breaks, in prompts and comments too. A space that does not break lines is
reported where it stands in a name or in code, not in prose, where typographers want it. Joiners between letters of scripts that need
them, direction marks in texts that are written from right to left, and characters written as escapes are left alone.

## Why it matters

Two names that look the same are different, and what a reviewer reads is not what the model is told.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter\u200b}
    #                   ^ MFO107 zero width space
  - id: answer
    type: mfo_api_chat_send
    config:
      prompt: Answer politely\u202e.
      #                      ^ MFO107 right-to-left override
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    config:
      prompt: Répondre poliment\u00a0!
```

## Fix

Take the character out; an ordinary space replaces a space of another kind.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.values import Format, TextType
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.text.walking import nodes_below
from mfo_dialect.syntax import Mapping, Scalar, follow
from mfo_dialect.text import Span

_SPACES = "\u00a0\u2007\u202f"
_JOINERS = "\u200c\u200d"
_MARKS = "\u200e\u200f\u061c"
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_BREAKS = "\u2028\u2029"
_NOTHINGS = "\u200b\u2060\ufeff\u180e\u00ad"
_INVISIBLE = re.compile(f"[{_SPACES}{_JOINERS}{_MARKS}{_TURNS}{_BREAKS}{_NOTHINGS}]+")
_IN_CODE = re.compile(r"\{\{(?:(?!\}\}).)*\}\}|\$\{[^}\n]*\}|\$<[^>\n]*>", re.DOTALL)
_CODE_FORMATS = {
    Format.IDENTIFIER,
    Format.DURATION,
    Format.CRON,
    Format.TIMEZONE,
    Format.EXPRESSION,
    Format.OUTPUT_PATH,
}
_RIGHT_TO_LEFT = {"R", "AL"}
_WORDS = {
    "\u061c": "Arabic letter mark",
    "\ufeff": "byte order mark",
    "\u00a0": "no-break space",
}


def check(source: Source, snapshot: Snapshot) -> Iterator[Report]:
    """Report the invisible characters of one text."""
    if source.is_ascii:
        return
    found = [match for match in _INVISIBLE.finditer(source.text) if not (match.start() == 0 and match[0] == "\ufeff")]
    if not found:
        return
    places = _Places(source, snapshot)
    strange = [
        tree.span for tree, ours in zip(source.tree.documents, source.documents, strict=False) if ours.kind is None
    ]
    for match in found:
        span = Span(*match.span())
        if not any(area.start <= span.start < area.end for area in strange) and places.is_out_of_place(span):
            yield _report(source.key, span, match[0])


def _report(document: str, span: Span, characters: str) -> Report:
    name = _WORDS.get(characters[0]) or unicodedata.name(characters[0], "control character").lower()
    message = f"an invisible character stands here: U+{ord(characters[0]):04X}, {name}"
    replacement = " " if all(character in _SPACES for character in characters) else ""
    title = "Replace it by an ordinary space" if replacement else "Remove it"
    return Report(document, span, message, fixes=(replace_text(document, span, replacement, title),))


class _Places:
    """The scalars of a text by their place, and which of them are names or code."""

    def __init__(self, source: Source, snapshot: Snapshot) -> None:
        self._text = source.text
        declared = {id(visit.node): visit.type for visit in snapshot.visits if visit.document == source.key}
        self._scalars: list[tuple[Span, bool]] = []
        for tree in source.tree.documents:
            for node in nodes_below(tree.root) if tree.root is not None else ():
                if isinstance(node, Scalar):
                    kind = declared.get(id(node))
                    is_code = isinstance(kind, TextType) and (kind.names is not None or kind.format in _CODE_FORMATS)
                    self._scalars.append((node.span, is_code))
                if isinstance(node, Mapping):
                    keys = (follow(pair.key) for pair in node.pairs)
                    self._scalars += [(key.span, True) for key in keys if isinstance(key, Scalar)]
        self._scalars.sort()
        self._starts = [span.start for span, _ in self._scalars]

    def is_out_of_place(self, span: Span) -> bool:
        """Whether the characters have no business where they stand."""
        characters = self._text[span.start : span.end]
        if any(character in _TURNS or character in _BREAKS for character in characters):
            return True
        scalar = self._scalar_at(span.start)
        if scalar is None:
            return False
        place, is_code = scalar
        if is_code or self._is_in_code(span, place):
            return True
        if all(character in _SPACES or character == "\u00ad" for character in characters):
            return False
        if all(character in _JOINERS for character in characters):
            around = self._text[max(span.start - 1, 0) : span.start] + self._text[span.end : span.end + 1]
            return any(character.isascii() for character in around)
        if all(character in _MARKS for character in characters):
            written = self._text[place.start : place.end]
            return not any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in written)
        return True

    def _scalar_at(self, offset: int) -> tuple[Span, bool] | None:
        index = bisect_right(self._starts, offset) - 1
        candidates = [self._scalars[at] for at in range(max(index - 1, 0), index + 1)]
        inside = [found for found in candidates if found[0].start <= offset <= found[0].end]
        return max(inside, key=lambda found: found[1]) if inside else None

    def _is_in_code(self, span: Span, scalar: Span) -> bool:
        return any(
            match.start() <= span.start < match.end()
            for match in _IN_CODE.finditer(self._text, scalar.start, scalar.end)
        )


RULE = Rule(
    "MFO107", "invisible-character", Severity.WARNING, select.sources, check, topics=("security",), fix="unsafe"
)
