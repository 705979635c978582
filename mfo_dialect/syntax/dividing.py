"""Dividing a block into its items and entries by looking at its lines; nothing is composed or reported here."""

from __future__ import annotations

from itertools import takewhile

from mfo_dialect.syntax.outline import Kind, Line, key_end
from mfo_dialect.text import Span

_SECOND = 2


def first_content(lines: list[Line]) -> Line:
    """The first line that is neither blank nor a comment; the first line if there is none."""
    return next((line for line in lines if line.is_content), lines[0])


def first_structure(lines: list[Line]) -> Line | None:
    """The first line that is an item or a key; of a list with a key typed before its first item, the item."""
    if not lines:
        return None
    opening = first_content(lines)
    first = next((line for line in lines if line.is_structure), None)
    if first is not None and opening.kind is Kind.WORD and opening.indent < first.indent:
        return opening
    if first is None or first.kind is Kind.DASH or not has_own_value(first):
        return first
    outermost = min((line for line in lines if line.is_structure), key=lambda line: line.indent)
    if outermost.kind is Kind.DASH and outermost.indent < first.indent:
        return outermost
    filled = False
    for line in lines:
        if line.is_structure and line.indent < first.indent:
            break
        if line.indent != first.indent or not line.is_structure:
            continue
        if line.kind is Kind.DASH and filled:
            return line
        filled = line.kind is Kind.KEY and has_own_value(line)
    return first


def split(lines: list[Line], indent: int, kinds: frozenset[Kind]) -> tuple[list[Line], list[list[Line]]]:
    """The lines before the first entry, and the entries: each starts at a line of ``kinds`` not deeper than ``indent``.

    A first key that stands alone at its column, deeper than the second one, is itself misplaced.
    """
    preamble: list[Line] = []
    entries: list[list[Line]] = []
    alone = Kind.KEY in kinds and sum(line.kind is Kind.KEY and line.indent == indent for line in lines) == 1
    for line in lines:
        in_text = bool(entries) and _is_in_block_text(line, entries[-1][0])
        if not in_text and line.kind in kinds and _starts_entry(line, indent):
            entries.append([line])
            if len(entries) == _SECOND and alone:
                indent = min(indent, line.indent)
        elif entries:
            entries[-1].append(line)
        else:
            preamble.append(line)
    return preamble, entries


def _starts_entry(line: Line, indent: int) -> bool:
    return line.indent <= indent and (line.kind is not Kind.WORD or line.indent == indent)


def value_start(head: Line, colon: int) -> int:
    """The offset of what follows a colon on its line; ``colon`` is the offset behind it."""
    rest = head.text[colon - head.start :]
    return colon + len(rest) - len(rest.lstrip(" \t"))


def own_value(head: Line) -> str:
    """The value that stands on a key's own line, without anchor, tag and comment."""
    colon = key_end(head)
    if colon is None:
        return ""
    words = head.text[colon - head.start :].split()
    while words and words[0][0] in "&!":
        words.pop(0)
    return "" if not words or words[0][0] == "#" else " ".join(words)


def has_own_value(head: Line) -> bool:
    """Whether a value stands on a key's own line, so that nothing can be nested in it."""
    return bool(own_value(head))


def opens_more(lines: list[Line]) -> bool:
    """Whether the value on the first line is of a sort that may go on below."""
    return own_value(lines[0])[:1] in {'"', "'", "[", "{", "|", ">"}


def continues(before: list[Line], entry: list[Line]) -> bool:
    """Whether the lines below the first one of ``entry`` go on with something inside the entry before it.

    They do if they hold items of its list, or start more than one level deeper, or are mere text, at a column that is
    in use there.
    """
    below = next((line for line in entry[1:] if line.is_content), None)
    if below is None:
        return False
    if below.kind is Kind.DASH and not has_own_value(before[0]) and not any(line.is_content for line in before[1:]):
        return True
    dashes = {line.indent for line in before if line.kind is Kind.DASH}
    if any(line.kind is Kind.DASH and line.indent in dashes for line in entry[1:]):
        return True
    inside = [line.indent for line in before[1:] if line.is_content]
    return below.indent in inside and (not below.is_structure or below.indent > inside[0])


def is_crossed(entry: list[Line]) -> bool:
    """Whether items stand further left than what the block of an entry starts with, so that they belong elsewhere."""
    inside = [line for line in entry[1:] if line.is_content]
    if not inside or not inside[0].is_structure:
        return False
    first = inside[0]
    own = takewhile(lambda line: line.indent > entry[0].indent, (line for line in inside if line.is_structure))
    lower = [line for line in own if line.indent < first.indent]
    if not any(line.kind is Kind.DASH for line in lower):
        return False
    return first.kind is Kind.KEY or lower[0].kind is Kind.KEY


def parts_of_item(lines: list[Line]) -> list[list[Line]]:
    """The items that one item's lines hold: further ones may be indented too far, or lack their dash."""
    head = lines[0]
    inner = head.without_dash()
    first_key = key_text(inner)
    parts = [[head]]
    last = neighbour = inner
    inside: int | None = None
    for line in lines[1:]:
        starts_item = line.kind is Kind.DASH and (
            line.indent in {inside, head.indent}
            or line.indent < inner.indent
            or (_is_complete(last) and line.indent >= last.indent)
            or (_is_complete(neighbour) and line.indent == inner.indent)
        )
        misses_dash = line.kind is Kind.KEY and line.indent <= head.indent
        if _is_in_block_text(line, last):
            parts[-1].append(line)
            continue
        if starts_item or (misses_dash and (line.content[0] == "-" or (first_key and key_text(line) == first_key))):
            inside = line.indent if starts_item else inside
            parts.append([line])
        else:
            parts[-1].append(line)
        if line.is_structure:
            last = line.without_dash() if line.kind is Kind.DASH else line
            neighbour = line if line.indent == inner.indent else neighbour
    return parts


def _is_in_block_text(line: Line, key: Line) -> bool:
    return line.indent > key.indent and own_value(key)[:1] in {"|", ">"}


def _is_complete(head: Line) -> bool:
    """Whether a key has a value on its line that surely ends there."""
    value = own_value(head)
    closer = {"[": "]", "{": "}", '"': '"', "'": "'"}.get(value[:1])
    if value[:1] in {"|", ">"}:
        return False
    return bool(value) if closer is None else len(value) > 1 and value.endswith(closer)


def key_text(line: Line) -> str:
    """The key on a line, its colon included; empty without one."""
    colon = key_end(line)
    return "" if colon is None else line.text[line.margin : colon - line.start]


def without_junk(lines: list[Line]) -> tuple[list[Line], list[list[Line]]]:
    """An entry without the lines that are not deeper than its key and are no items of its list, and those in runs."""
    head = lines[0]
    has_list = not has_own_value(head)
    sound: list[Line] = [head]
    runs: list[list[Line]] = []
    previous = -2
    for line in lines[1:]:
        deeper = line.indent > head.indent or not line.is_content
        if deeper or (has_list and line.kind is Kind.DASH and line.indent == head.indent):
            sound.append(line)
            continue
        if line.number == previous + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
        previous = line.number
        sound.append(line.blanked())
    return sound, runs


def content_span(line: Line) -> Span:
    """The place of what is written on a line."""
    return Span(line.content_start, line.content_start + max(len(line.content.rstrip()), 1))


def first_character(line: Line) -> Span:
    """The place of the first thing written on a line."""
    return Span(line.content_start, line.content_start + 1)
