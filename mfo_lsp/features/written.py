"""Where a name is written in a text, and which parts stand there, without going through the text's parts.

A name is written letter by letter, but for escapes in quotes and for invisible characters, which are looked at by
themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.parts_at import parts_near
from mfo_dialect.analysis.slips import INVISIBLE
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.syntax import Scalar, path_at

_WORD = re.compile(r"\w+")


def parts_naming(snapshot: Snapshot, document: str, name: str) -> tuple[Part, ...]:
    """The parts of a text that may write a name, some more among them, in the order of the text.

    Args:
        snapshot: the bundle.
        document: the key of the text; one that findings are not wanted for gives nothing.
        name: the name: of a node, a template, an input.
    """
    source = snapshot.bundle.sources.get(document)
    places = written_places(source, name) if source is not None and document in snapshot.bundle.home else ()
    return tuple(dict.fromkeys(part for place in places for part in parts_near(snapshot, document, place)))


def written_places(source: Source, name: str) -> Iterator[int]:
    """The offsets in a text at which a name may be written, some more among them; one for each place."""
    word = max(_WORD.findall(name), key=len, default="")
    if not word:
        yield from range(len(source.text))
        return
    lines = source.tree.lines
    for at in source.places(word):
        before, behind = lines.slice(max(at - 1, 0), at), lines.slice(at + len(word), at + len(word) + 1)
        if not _is_word(before) and not _is_word(behind):
            yield at
    if source.holds("\\"):
        yield from _escaped_places(source, word)
    if not source.is_ascii:
        for character in INVISIBLE:
            yield from source.places(character)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _escaped_places(source: Source, word: str) -> Iterator[int]:
    """The backslashes in scalars that say a word, or may say it once what they hold is read as an expression."""
    end = 0
    for at in source.places("\\"):
        if at < end:
            continue
        steps = path_at(source.tree, at)
        scalar = steps[-1].node if steps else None
        if isinstance(scalar, Scalar) and scalar.span.contains(at):
            end = scalar.span.end
            if word in scalar.text or "\\" in scalar.text:
                yield at
