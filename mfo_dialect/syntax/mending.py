"""Reading a text that no engine accepts: as much of it as stands on its own, and what is wrong with the rest.

The lines are divided at the items and keys of the block they belong to, every one is composed alone, and only those
that fail are divided again. Damage so stays with the smallest key that holds it. It knows blocks and lines; what is
wrong inside one value is judged in ``mistakes``.
"""

from __future__ import annotations

from collections import Counter

from mfo_dialect.syntax.assembling import damage_at
from mfo_dialect.syntax.composing import Composition, compose
from mfo_dialect.syntax.document import Problem, ProblemKind
from mfo_dialect.syntax.events import Engine, Failure, StandIns
from mfo_dialect.syntax.mistakes import Mistake, find_mistake
from mfo_dialect.syntax.outline import Kind, Line, key_end, tight_colon, word_end
from mfo_dialect.syntax.tree import Alias, Mapping, Node, Origin, Pair, Scalar, Sequence, Style
from mfo_dialect.text import Span

_MAX_LEVELS = 60
_MAX_JOINED = 8
_MAX_PROBLEMS = 500
_EFFORT = 16
_BASE_EFFORT = 200_000
_MAX_VERDICT = 20_000
_ENTRY_KINDS = frozenset({Kind.KEY, Kind.TIGHT_KEY, Kind.WORD})
_TAB_MESSAGE = "a tab cannot indent YAML: use spaces"
_INDENT_MESSAGE = "the indentation fits nothing above"


class Mender:
    """The state of mending one document: what was found so far, and the effort that is left.

    Attributes:
        problems: what is wrong, in the order in which it was found.
        anchored: the nodes with an anchor that were read.
        aliases: the aliases that were read.
    """

    def __init__(self, text: str, engine: Engine, stand_ins: StandIns | None) -> None:
        """Mend parts of ``text``; lines given later are parts of it, perhaps with letters that stand in for others."""
        self.text = text
        self.engine = engine
        self.stand_ins = stand_ins
        self.problems: list[Problem] = []
        self.anchored: list[Node] = []
        self.aliases: list[Alias] = []
        self._origin = Origin(text)
        self._effort = _BASE_EFFORT + _EFFORT * len(text)
        self._level = 0
        self._spent = False

    def block(self, lines: list[Line]) -> Node | None:
        """The node that ``lines`` hold, whole or in part; None if nothing of them can be read."""
        if not any(line.is_content for line in lines):
            return None
        composition = self._compose(lines)
        if composition.failure is None:
            return self._adopt(composition).root
        if self._level >= _MAX_LEVELS:
            return self._value(lines, _first_content(lines).content_start, composition)
        self._level += 1
        try:
            return self._divided(lines, composition)
        finally:
            self._level -= 1

    def _divided(self, lines: list[Line], composition: Composition) -> Node | None:
        first = _first_structure(lines)
        if first is None:
            tight = next((line for line in lines if line.kind is Kind.TIGHT_KEY), None)
            if tight is None or tight is not _first_content(lines):
                return self._value(lines, _first_content(lines).content_start, composition)
            first = tight
        return self._list(lines, first.indent) if first.kind is Kind.DASH else self._map(lines, first.indent)

    # Lists

    def _list(self, lines: list[Line], indent: int) -> Node:
        preamble, items = _split(lines, indent, frozenset({Kind.DASH}))
        self._refuse(preamble)
        items = [part for item in items for part in _parts_of_item(item)]
        self._report_uneven([item[0] for item in items], indent)
        nodes = [self._item(item) for item in items]
        start, end = nodes[0][0], max(end for _, end, _ in nodes)
        node = Sequence(self._origin, start, end, tuple(item for _, _, item in nodes), flow=False)
        node.damaged = True
        return node

    def _item(self, lines: list[Line]) -> tuple[int, int, Node]:
        """One list item: where its dash stands, where it ends, and its node."""
        dash = lines[0].content_start
        if lines[0].kind is not Kind.DASH:
            return self._item_without_dash(lines)
        composition = self._compose(lines)
        root = composition.root
        if composition.failure is None and isinstance(root, Sequence) and not root.flow and len(root.items) == 1:
            self._adopt(composition)
            return dash, max(root.span.end, dash + 1), root.items[0]
        if lines[0].has_tab:
            lines = self._without_tabs(lines)
        inner = lines[0].without_dash()
        node = self.block([inner, *lines[1:]])
        if node is None:
            node = self._nothing(dash + 1)
            if composition.failure is not None:
                self._report_verdict(lines, dash + 1, composition.failure)
        return dash, max(node.span.end, dash + 1), node

    def _item_without_dash(self, lines: list[Line]) -> tuple[int, int, Node]:
        """An item whose dash is missing, or sticks to its first word."""
        head = lines[0]
        start = head.content_start
        if head.content.startswith("-"):
            self._report(ProblemKind.SYNTAX, "expected a space behind the dash", Span(start, start + 1))
            node = self.block([head.without_dash(), *lines[1:]])
        else:
            self._report(ProblemKind.SYNTAX, "expected a dash before this item", _content_span(head))
            node = self.block(lines)
        node = node or self._nothing(start)
        node.damaged = True
        return start, max(node.span.end, start + 1), node

    # Maps

    def _map(self, lines: list[Line], indent: int) -> Node:
        preamble, entries = _split(lines, indent, _ENTRY_KINDS)
        self._refuse(preamble)
        entries = self._reattached(entries)
        usual = self._report_uneven([entry[0] for entry in entries], indent)
        pairs: list[Pair] = []
        place = 0
        while place < len(entries):
            joined, used = self._joined(entries, place)
            if entries[place][0].indent != usual:
                _spoil(joined)
            pairs += joined
            place += used
        start = pairs[0].span.start if pairs else _first_content(lines).content_start
        end = max((pair.span.end for pair in pairs), default=start)
        node = Mapping(self._origin, start, end, tuple(pairs), flow=False)
        node.damaged = True
        return node

    def _reattached(self, entries: list[list[Line]]) -> list[list[Line]]:
        """Give list items back to the entry before a key that was dedented into their middle.

        ``type: x`` in column 0 between the items of ``tasks`` has a value of its own, so that the ``- `` lines below it
        cannot be its list.
        """
        result: list[list[Line]] = []
        for entry in entries:
            stray = entry[0].kind is not Kind.KEY or _has_own_value(entry[0])
            if result and stray and _continues(result[-1], entry):
                self._refuse(entry[:1])
                result[-1] = [*result[-1], entry[0].blanked(), *entry[1:]]
            else:
                result.append(entry)
        return result

    def _joined(self, entries: list[list[Line]], place: int) -> tuple[list[Pair], int]:
        """The pairs of the entry at ``place``, and how many entries they took.

        A quoted text or a flow collection may legally run over lines that look like further keys.
        """
        lines = entries[place]
        composition = self._compose(lines)
        pairs = self._sound_pairs(composition)
        if pairs is not None:
            return pairs, 1
        if lines[0].kind is Kind.KEY and _opens_more(lines) and self._effort > _BASE_EFFORT // 2:
            for count in range(2, min(_MAX_JOINED, len(entries) - place) + 1):
                lines = [*lines, *entries[place + count - 1]]
                pairs = self._sound_pairs(self._compose(lines))
                if pairs is not None:
                    return pairs, count
        return self._entry(entries[place], composition), 1

    def _sound_pairs(self, composition: Composition) -> list[Pair] | None:
        root = composition.root
        if composition.failure is not None or not isinstance(root, Mapping) or root.flow:
            return None
        self._adopt(composition)
        return list(root.pairs)

    def _entry(self, lines: list[Line], composition: Composition) -> list[Pair]:
        """What can be read of an entry that cannot be read as it stands."""
        if any(line.has_tab for line in lines):
            lines = self._without_tabs(lines)
            composition = self._compose(lines)
            pairs = self._sound_pairs(composition)
            if pairs is not None:
                return _spoil(pairs)
        if lines[0].kind is not Kind.KEY:
            return self._entry_without_key(lines)
        sound, junk = _without_junk(lines)
        if junk:
            composition = self._compose(sound)
            pairs = self._sound_pairs(composition)
            for run in junk:
                self._refuse(run)
            if pairs is not None:
                self._damage(pairs, junk[0][0])
                return pairs
        return self._broken_entry(sound, composition)

    def _broken_entry(self, lines: list[Line], composition: Composition) -> list[Pair]:
        colon = key_end(lines[0])
        if colon is None or lines[0].content.startswith("?"):
            return self._partial_pairs(lines, composition)
        head = lines[0]
        keep = colon - head.start
        written = head.text.rstrip("\r\n")
        bare = Line(
            head.start,
            written[:keep] + " " * (len(written) - keep) + head.text[len(written) :],
            head.indent,
            head.margin,
            head.kind,
            head.number,
        )
        key_pairs = self._sound_pairs(self._compose([bare]))
        if not key_pairs:
            return self._partial_pairs(lines, composition)
        key = key_pairs[0].key
        if not _has_own_value(head):
            return [self._block_pair(key, lines, colon)]
        children = _first_structure(lines[1:])
        if children is not None and not _opens_more([head]):
            return self._entry_with_stray_lines(lines, children)
        value = self._value(lines, _value_start(head, colon), composition)
        value = value or self._nothing(colon)
        value.damaged = True
        return [Pair(key, value)]

    def _block_pair(self, key: Node, lines: list[Line], colon: int) -> Pair:
        """A key whose value stands on the lines below it."""
        head = self._sound_pairs(self._compose(lines[:1]))
        declared = head[0].value if head else None
        value = self.block(lines[1:])
        if value is None:
            value = self._nothing(colon)
        if declared is not None and value.anchor is None and declared.anchor is not None:
            value.anchor = declared.anchor
            self.anchored = [value if node is declared else node for node in self.anchored]
        if declared is not None and value.tag is None:
            value.tag = declared.tag
        value.damaged = True
        return Pair(key, value)

    def _entry_with_stray_lines(self, lines: list[Line], child: Line) -> list[Pair]:
        """A key that has its value, and below it deeper lines that look like a block.

        Several keys or a list are taken for the value, which somebody has typed before; a single key for a neighbour
        that is indented too far.
        """
        place = next(index for index, line in enumerate(lines) if line is child)
        rest = lines[place:]
        count = sum(line.is_structure and line.indent <= child.indent for line in rest)
        head = self._sound_pairs(self._compose(lines[:place]))
        if head is None:
            head = self._broken_entry(lines[:place], self._compose(lines[:place]))
        node = self.block(rest)
        if child.kind is Kind.DASH or count > 1:
            self._report(
                ProblemKind.SYNTAX, "a value stands here and on the lines below: keep one of them", head[0].value.span
            )
            return _spoil([Pair(head[0].key, node or head[0].value)])
        if not child.has_tab:
            self._report(ProblemKind.SYNTAX, _INDENT_MESSAGE, _content_span(child))
        return [*_spoil(head), *(node.pairs if isinstance(node, Mapping) else ())]

    def _entry_without_key(self, lines: list[Line]) -> list[Pair]:
        """A line that should be a key: ``key:value`` or a word without a colon."""
        head = lines[0]
        colon = tight_colon(head)
        if colon is not None:
            self._report(ProblemKind.SYNTAX, "expected a space behind the colon", Span(colon, colon + 1))
            return [self._tight_pair(head, colon, lines)]
        end = word_end(head) or head.content_start
        span = Span(head.content_start, end)
        self._report(ProblemKind.SYNTAX, f"expected a colon behind {self.text[span.start : span.end]!r}", span)
        if _first_structure(lines[1:]) is None:
            return []
        key = Scalar(self._origin, span.start, span.end, self.text[span.start : span.end], Style.PLAIN)
        value = self.block(lines[1:]) or self._nothing(end)
        value.damaged = True
        return [Pair(key, value)]

    def _tight_pair(self, head: Line, colon: int, lines: list[Line]) -> Pair:
        key = Scalar(self._origin, head.content_start, colon, self.text[head.content_start : colon], Style.PLAIN)
        width = colon + 1 - head.start
        rest = Line(head.start, " " * width + head.text[width:], head.indent, width, Kind.OTHER, head.number)
        value = self.block([rest, *lines[1:]]) or self._nothing(colon + 1)
        value.damaged = True
        return Pair(key, value)

    def _partial_pairs(self, lines: list[Line], composition: Composition) -> list[Pair]:
        value = self._value(lines, lines[0].content_start, composition)
        return list(value.pairs) if isinstance(value, Mapping) and not value.flow else []

    # Values

    def _value(self, lines: list[Line], start: int, composition: Composition) -> Node | None:
        """The best guess at a value that cannot be read; says what is wrong with it.

        Args:
            lines: the lines that hold it, and perhaps its key.
            start: the offset in the text at which it starts.
            composition: what reading the lines gave.
        """
        base = lines[0].start
        readable = "".join(line.text for line in lines)
        failure = composition.failure or Failure("", len(readable))
        mistake = find_mistake(readable, start - base, lambda: self._verdict(readable, failure))
        self._report(mistake.kind, mistake.message, Span(base + mistake.start, base + mistake.end))
        if mistake.raw is not None:
            return self._raw(mistake.raw, base)
        return self._completed(readable, base, start, mistake) or self._found(composition, start)

    def _completed(self, readable: str, base: int, start: int, mistake: Mistake) -> Node | None:
        """The value with its quotes and brackets closed."""
        if not mistake.closing:
            return None
        blank = " " * (start - base)
        origin = Origin(self.text[base : base + mistake.cut], base)
        self._effort -= mistake.cut
        completed = blank + readable[start - base : mistake.cut] + mistake.closing
        composition = compose(origin, self.engine, self.stand_ins, completed)
        if composition.failure is not None:
            return None
        node = self._adopt(composition).root
        if node is not None:
            node.damaged = True
        return node

    def _found(self, composition: Composition, start: int) -> Node | None:
        """The part of a value that was read before the mistake."""
        node = composition.root
        for _ in range(3):
            if node is None or node.span.start >= start:
                break
            if isinstance(node, Mapping) and node.pairs:
                node = node.pairs[-1].value
            elif isinstance(node, Sequence) and node.items:
                node = node.items[-1]
        if node is None or node.span.start < start:
            return None
        self._adopt(composition)
        node.damaged = True
        return node

    def _raw(self, raw: tuple[int, int], base: int) -> Scalar:
        """A value taken as it is written."""
        start, end = raw[0] + base, raw[1] + base
        source = self.text[start:end]
        quote = source[:1]
        if quote not in {'"', "'"}:
            return Scalar(self._origin, start, end, source, Style.PLAIN)
        text = source[1:-1] if len(source) > 1 and source.endswith(quote) else source[1:]
        return Scalar(self._origin, start, end, text, Style(quote))

    def _nothing(self, offset: int) -> Scalar:
        node = Scalar(self._origin, offset, offset, "", Style.PLAIN)
        node.damaged = True
        return node

    def _verdict(self, readable: str, failure: Failure) -> Failure:
        """The failure in the words of the engine in Python, so that places and words never depend on the engine."""
        if self.engine is Engine.PURE or len(self.problems) >= _MAX_PROBLEMS or len(readable) > _MAX_VERDICT:
            return failure
        return compose(Origin(readable), Engine.PURE).failure or failure

    def _report_verdict(self, lines: list[Line], start: int, failure: Failure) -> None:
        base = lines[0].start
        readable = "".join(line.text for line in lines)
        mistake = find_mistake(readable, start - base, lambda: self._verdict(readable, failure))
        self._report(mistake.kind, mistake.message, Span(base + mistake.start, base + mistake.end))

    # What does not belong

    def _refuse(self, lines: list[Line]) -> None:
        """Say what is wrong with lines that are neither items nor keys; one problem for all of them."""
        head = next((line for line in lines if line.is_content), None)
        if head is None:
            return
        colon = tight_colon(head)
        word = word_end(head)
        content = head.content
        if head.has_tab:
            self._without_tabs([head])
        elif colon is not None:
            self._report(ProblemKind.SYNTAX, "expected a space behind the colon", Span(colon, colon + 1))
        elif word is not None:
            span = Span(head.content_start, word)
            self._report(ProblemKind.SYNTAX, f"expected a colon behind {self.text[span.start : span.end]!r}", span)
        elif content[0] in "]}":
            self._report(
                ProblemKind.SYNTAX, f"nothing is open that this {content[0]} could end", _first_character(head)
            )
        elif content[0] in "[{\"'":
            composition = self._compose(lines)
            if composition.failure is not None:
                self._report_verdict(lines, head.content_start, composition.failure)
            else:
                self._report(ProblemKind.SYNTAX, "expected a key here", _content_span(head))
        elif head.is_structure:
            self._report(ProblemKind.SYNTAX, _INDENT_MESSAGE, _content_span(head))
        else:
            self._report(ProblemKind.SYNTAX, "expected a key with a colon here", _content_span(head))

    def _report_uneven(self, heads: list[Line], indent: int) -> int:
        """Report the lines that start less or more deeply than most of their neighbours; returns the usual column."""
        usual = Counter(head.indent for head in heads).most_common(1)[0][0] if heads else indent
        previous = usual
        for head in heads:
            if head.indent not in {usual, previous} and not head.has_tab:
                self._report(ProblemKind.SYNTAX, _INDENT_MESSAGE, _content_span(head))
            previous = head.indent
        return usual

    def _without_tabs(self, lines: list[Line]) -> list[Line]:
        """The lines with spaces for tabs in the margin; each run of such lines is one problem."""
        previous = -2
        for line in lines:
            if not line.has_tab or not line.is_content:
                continue
            if line.number != previous + 1:
                place = line.start + line.text.index("\t")
                self._report(ProblemKind.TAB, _TAB_MESSAGE, Span(place, line.content_start))
            previous = line.number
        return [line.without_tabs() if line.has_tab else line for line in lines]

    def _damage(self, pairs: list[Pair], line: Line) -> None:
        for pair in pairs:
            damage_at(pair.value, Span(line.content_start, line.content_start))

    # Composing

    def _compose(self, lines: list[Line]) -> Composition:
        start, end = lines[0].start, lines[-1].end
        self._effort -= end - start
        if self._effort < 0:
            if not self._spent:
                self._spent = True
                span = Span(start, start)
                self.problems.append(Problem(ProblemKind.SYNTAX, "too many mistakes: the rest is not read", span))
            spent = Composition()
            spent.failure = Failure("too many mistakes", 0)
            return spent
        readable = "".join(line.text for line in lines)
        return compose(Origin(self.text[start:end], start), self.engine, self.stand_ins, readable)

    def _adopt(self, composition: Composition) -> Composition:
        self.anchored += composition.anchored
        self.aliases += composition.aliases
        self.problems += composition.problems
        return composition

    def _report(self, kind: ProblemKind, message: str, span: Span) -> None:
        if len(self.problems) < _MAX_PROBLEMS and not any(problem.span == span for problem in self.problems[-3:]):
            self.problems.append(Problem(kind, message, span))


def _spoil(pairs: list[Pair]) -> list[Pair]:
    for pair in pairs:
        pair.value.damaged = True
    return pairs


def _first_content(lines: list[Line]) -> Line:
    return next((line for line in lines if line.is_content), lines[0])


def _first_structure(lines: list[Line]) -> Line | None:
    """The first line that is an item or a key; of a list with a key typed before its first item, the item."""
    if not lines:
        return None
    opening = _first_content(lines)
    first = next((line for line in lines if line.is_structure), None)
    if first is not None and opening.kind is Kind.WORD and opening.indent < first.indent:
        return opening
    if first is None or first.kind is Kind.DASH or not _has_own_value(first):
        return first
    filled = False
    for line in lines:
        if line.indent != first.indent or not line.is_structure:
            continue
        if line.kind is Kind.DASH and filled:
            return line
        filled = line.kind is Kind.KEY and _has_own_value(line)
    return first


def _split(lines: list[Line], indent: int, kinds: frozenset[Kind]) -> tuple[list[Line], list[list[Line]]]:
    """The lines before the first entry, and the entries: each starts at a line of ``kinds`` not deeper than ``indent``."""
    preamble: list[Line] = []
    entries: list[list[Line]] = []
    for line in lines:
        if line.kind in kinds and line.indent <= indent and (line.kind is not Kind.WORD or line.indent == indent):
            entries.append([line])
        elif entries:
            entries[-1].append(line)
        else:
            preamble.append(line)
    return preamble, entries


def _value_start(head: Line, colon: int) -> int:
    rest = head.text[colon - head.start :]
    return colon + len(rest) - len(rest.lstrip(" \t"))


def _own_value(head: Line) -> str:
    """The value that stands on a key's own line, without anchor, tag and comment."""
    colon = key_end(head)
    if colon is None:
        return ""
    words = head.text[colon - head.start :].split()
    while words and words[0][0] in "&!":
        words.pop(0)
    return "" if not words or words[0][0] == "#" else " ".join(words)


def _has_own_value(head: Line) -> bool:
    return bool(_own_value(head))


def _opens_more(lines: list[Line]) -> bool:
    """Whether the value on the first line is of a sort that may go on below."""
    return _own_value(lines[0])[:1] in {'"', "'", "[", "{", "|", ">"}


def _continues(before: list[Line], entry: list[Line]) -> bool:
    """Whether the lines below the first one of ``entry`` go on with something inside the entry before it.

    They do if they hold items of its list, or start more than one level deeper, or are mere text, at a column that is
    in use there.
    """
    below = next((line for line in entry[1:] if line.is_content), None)
    if below is None:
        return False
    dashes = {line.indent for line in before if line.kind is Kind.DASH}
    if any(line.kind is Kind.DASH and line.indent in dashes for line in entry[1:]):
        return True
    inside = [line.indent for line in before[1:] if line.is_content]
    return below.indent in inside and (not below.is_structure or below.indent > inside[0])


def _parts_of_item(lines: list[Line]) -> list[list[Line]]:
    """The items that one item's lines hold: further ones may be indented too far, or lack their dash."""
    head = lines[0]
    inner = head.without_dash()
    first_key = _key_text(inner)
    parts = [[head]]
    filled = _has_own_value(inner)
    inside: int | None = None
    for line in lines[1:]:
        if line.kind is Kind.DASH and (line.indent == inside or (filled and line.indent == inner.indent)):
            inside = line.indent
            parts.append([line])
            continue
        misses_dash = line.kind is Kind.KEY and line.indent <= head.indent
        if misses_dash and (line.content.startswith("-") or (first_key and _key_text(line) == first_key)):
            parts.append([line])
            continue
        if line.kind is Kind.KEY and line.indent == inner.indent:
            filled = _has_own_value(line)
        parts[-1].append(line)
    return parts


def _key_text(line: Line) -> str:
    colon = key_end(line)
    return "" if colon is None else line.text[line.margin : colon - line.start]


def _without_junk(lines: list[Line]) -> tuple[list[Line], list[list[Line]]]:
    """An entry without the lines that are not deeper than its key and are no items of its list, and those in runs."""
    head = lines[0]
    has_list = not _has_own_value(head)
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


def _content_span(line: Line) -> Span:
    return Span(line.content_start, line.content_start + max(len(line.content.rstrip()), 1))


def _first_character(line: Line) -> Span:
    return Span(line.content_start, line.content_start + 1)
