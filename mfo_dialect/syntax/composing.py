"""One stretch of text to nodes: the part of parsing that believes the text to be sound.

``compose`` is a function of the stretch, its place and the engine, so that a stretch can be read alone. When the text
turns out not to be sound, it gives what it has read so far; mending is somebody else's business.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from mfo_dialect.syntax.document import Problem, ProblemKind
from mfo_dialect.syntax.events import (
    Engine,
    Failure,
    RefusedError,
    StandIns,
    event_source,
    failure_of,
    without_inner_indicators,
)
from mfo_dialect.syntax.scalars import flow_content
from mfo_dialect.syntax.tree import Alias, Mapping, Node, Origin, Pair, Scalar, Sequence, Style

MAX_DEPTH = 200
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_GIVE_UP_DEPTH = 300
_MAX_TABS = 50
_PROPERTY = re.compile(r"&(?P<anchor>[^\s,\[\]{}]+)|(?P<tag>!<[^\s>]*>|![^\s,\[\]{}]*)")
_MAX_PROPERTY = 500
_PROPERTIES_BEFORE = re.compile(r"![^\s,\[\]{}]*[ \t]+\Z")
_DASH = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*)*-")
_COLON = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*)*:")
_GAP = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z))+[ \t]*|[ \t]+")
_STYLES = {style.value: style for style in Style} | {None: Style.PLAIN}
_STYLES_IN_LINES = {written: style for written, style in _STYLES.items() if style not in {Style.LITERAL, Style.FOLDED}}
_TEMPLATE_MESSAGE = "a value that starts with {{ must be quoted: YAML reads {{ ... }} as a map"


class Composition:
    """What one stretch gave.

    Attributes:
        documents: the root of each document, None for an empty one, with the offset in the stretch where it starts.
        anchored: the nodes with an anchor, as they end.
        aliases: the aliases, in order; none has a target yet.
        problems: what is wrong although YAML can read it.
        is_plain: whether the pairs of each map are all that there is: see ``Mapping.is_plain``.
        failure: why reading stopped early, if it did.
    """

    __slots__ = ("aliases", "anchored", "documents", "failure", "is_plain", "problems")

    def __init__(self) -> None:
        """Start empty."""
        self.documents: list[tuple[Node | None, int]] = []
        self.anchored: list[Node] = []
        self.aliases: list[Alias] = []
        self.problems: list[Problem] = []
        self.is_plain = True
        self.failure: Failure | None = None

    @property
    def root(self) -> Node | None:
        """The root of the first document."""
        return self.documents[0][0] if self.documents else None


class _Properties(NamedTuple):
    tag: str | None
    anchor: str | None
    end: int
    content_start: int


_Open: TypeAlias = tuple[Any, list[Node], bool]
"""A collection whose end has not come yet: the event it began with, the nodes in it, and whether it is a map."""


def compose(
    origin: Origin,
    engine: Engine,
    stand_ins: StandIns | None = None,
    readable: str | None = None,
    *,
    depth: int = 0,
) -> Composition:
    """Read the stretch that ``origin`` holds.

    Args:
        origin: the stretch, and where it stands; the nodes refer to it.
        engine: who reads.
        stand_ins: what replaces characters that the engines cannot read.
        readable: the stretch with those replacements; the stretch itself if None.
        depth: how many collections are around it.

    Returns:
        The documents. After a failure, the collections open at that place end there.
    """
    text = origin.text if readable is None else readable
    composition = _composed(origin, text, engine, stand_ins, depth)
    if engine is Engine.C and composition.failure is not None:
        replaced = without_inner_indicators(text, stand_ins)
        return composition if replaced is None else _composed(origin, replaced[0], engine, replaced[1], depth)
    for _ in range(_MAX_TABS):
        failure = composition.failure
        if engine is Engine.C or failure is None or not _is_separating_tab(text, failure):
            break
        text = text[: failure.offset] + " " + text[failure.offset + 1 :]
        composition = _composed(origin, text, engine, stand_ins, depth, tabs_blanked=True)
    return composition


def _composed(
    origin: Origin,
    text: str,
    engine: Engine,
    stand_ins: StandIns | None,
    depth: int,
    *,
    tabs_blanked: bool = False,
) -> Composition:
    composer = _Composer(origin, text, stand_ins)
    composer.max_depth = MAX_DEPTH - depth
    composer.tabs_blanked = tabs_blanked
    composer.is_exact = stand_ins is None and not tabs_blanked
    try:
        composer.run(event_source(text, engine))
    except Exception as error:  # noqa: BLE001 - engines raise what they like on odd text
        composer.result.failure = failure_of(error, text)
        composer.close_all(composer.result.failure.offset)
    return composer.result


def _is_separating_tab(text: str, failure: Failure) -> bool:
    """Whether the engine in Python stumbles over a tab between words, which YAML allows and the other one reads."""
    place = failure.offset
    if text[place : place + 1] != "\t" or "cannot start any token" not in failure.problem:
        return False
    line_start = max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1
    return bool(text[line_start:place].strip())


class _Composer:
    __slots__ = (
        "is_exact",
        "limit",
        "max_depth",
        "origin",
        "result",
        "root",
        "stack",
        "stand_ins",
        "tabs_blanked",
        "text",
    )

    def __init__(self, origin: Origin, text: str, stand_ins: StandIns | None) -> None:
        self.origin = origin
        self.text = text
        self.limit = len(origin.text)
        self.max_depth = MAX_DEPTH
        self.tabs_blanked = False
        self.stand_ins = stand_ins
        self.is_exact = stand_ins is None
        self.result = Composition()
        self.stack: list[_Open] = []
        self.root: list[Node] = []

    def run(self, next_event: Any) -> None:
        stack, scalar, origin = self.stack, self.scalar, self.origin
        limit, style_of = self.limit if self.is_exact else -1, _STYLES_IN_LINES.get
        children: list[Node] = self.root
        while True:
            event = next_event()
            kind: object = event.__class__
            if kind is ScalarEvent:
                value, style, end = event.value, style_of(event.style), event.end_mark.index
                is_bare = event.anchor is None and event.ctag is None
                if value and is_bare and style is not None and end <= limit:  # as nearly all are: without a call
                    children.append(Scalar(origin, event.start_mark.index, end, value, style))
                else:
                    children.append(scalar(event))
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if len(stack) >= self.max_depth:
                    children.append(self.too_deep(event, next_event))
                    continue
                children = []
                stack.append((event, children, kind is MappingStartEvent))
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                node = self.collection(stack.pop(), event.end_mark.index)
                children = stack[-1][1] if stack else self.root
                children.append(node)
            elif kind is AliasEvent:
                children.append(self.alias(event))
            elif kind is DocumentStartEvent:
                self.finish_document()
                self.result.documents.append((None, event.start_mark.index))
            elif kind is StreamEndEvent:
                self.finish_document()
                return

    def finish_document(self) -> None:
        if self.root and self.result.documents:
            self.result.documents[-1] = (_unless_empty(self.root[0]), self.result.documents[-1][1])
            self.root.clear()

    def close_all(self, end: int) -> None:
        while self.stack:
            opened = self.stack.pop()
            with suppress(RefusedError):  # a collection whose own name is refused is not kept
                node = self.collection(opened, min(end, len(self.text)))
                (self.stack[-1][1] if self.stack else self.root).append(node)
        self.finish_document()

    def scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        value, style = event.value, _STYLES[event.style]
        tag = anchor = None
        if event.anchor is not None or event.ctag is not None:
            tag, anchor, properties_end, start = self.properties(event, end)
            if not value and style is Style.PLAIN:
                start = end = properties_end
        elif not value and style is Style.PLAIN:
            start = end = self.missing_place(start)
        if style is Style.LITERAL or style is Style.FOLDED:
            end = self.trimmed(start, end)
        if end > self.limit:
            start, end = min(start, self.limit), self.limit
        if self.stand_ins is not None:
            value = self.stand_ins.restored(value, self.origin.text[start:end])
        if self.tabs_blanked and style is Style.PLAIN:
            written = flow_content(self.origin.text[start:end])
            value = written if len(written) == len(value) else value
        node = Scalar(self.origin, start, end, value, style, tag, anchor)
        if anchor is not None:
            self.result.anchored.append(node)
        return node

    def alias(self, event: Any) -> Alias:
        start, end = event.start_mark.index, event.end_mark.index
        name = self.text[start + 1 : end]
        if not _NAME.fullmatch(name):
            raise RefusedError("found character in a name", start + 1)
        node = Alias(self.origin, min(start, self.limit), min(end, self.limit), name, None)
        self.result.aliases.append(node)
        return node

    def collection(self, opened: _Open, end: int) -> Node:
        event, children, is_map = opened
        start, flow = event.start_mark.index, bool(event.flow_style)
        tag = anchor = None
        if event.anchor is not None or event.ctag is not None:
            tag, anchor, _, start = self.properties(event, end)
        if not flow:
            end = max(start + 1, children[-1].end) if children else start
        if end > self.limit:
            start, end = min(start, self.limit), self.limit
        if not is_map:
            node: Node = Sequence(self.origin, start, end, tuple(children), flow=flow, tag=tag, anchor=anchor)
        else:
            if len(children) % 2:
                children.append(Scalar(self.origin, children[-1].end, children[-1].end, "", Style.PLAIN))
            each = iter(children)
            pairs = tuple(map(Pair, each, each))
            if flow and len(pairs) == 1 and type(pairs[0].key) is Mapping:
                template = self.unquoted_template(pairs[0], start, end)
                if template is not None:
                    return template
            node = Mapping(self.origin, start, end, pairs, flow=flow, tag=tag, anchor=anchor)
            if not node.index_plain():
                self.result.is_plain = False
        if anchor is not None:
            self.result.anchored.append(node)
        return node

    def unquoted_template(self, pair: Pair, start: int, end: int) -> Scalar | None:
        """What ``{{ x }}`` was meant to be, where the map is nothing else."""
        source = self.origin.text[start:end]
        if not (source.startswith("{{") and source.endswith("}}") and pair.value.start == pair.value.end):
            return None
        node = Scalar(self.origin, start, end, source, Style.PLAIN)
        node.damaged = True
        self.result.problems.append(Problem(ProblemKind.UNQUOTED_TEMPLATE, _TEMPLATE_MESSAGE, node.span))
        return node

    def too_deep(self, event: Any, next_event: Any) -> Node:
        """An empty collection in place of one that nests too deep, whose content is passed over."""
        depth = 1
        passed = event
        while depth:
            passed = next_event()
            kind: object = passed.__class__
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                depth += 1
                if depth > _GIVE_UP_DEPTH:
                    raise RefusedError("too deep", event.start_mark.index)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                depth -= 1
        start, end = event.start_mark.index, passed.end_mark.index
        end = min(self.trimmed(start, end), self.limit)
        node = Sequence(self.origin, min(start, end), end, (), flow=bool(event.flow_style))
        node.damaged = True
        message = f"nested more than {MAX_DEPTH} levels deep; what stands deeper is not read"
        self.result.problems.append(Problem(ProblemKind.TOO_DEEP, message, node.span))
        return node

    def missing_place(self, place: int) -> int:
        """Where nothing is written: behind the colon or the dash, wherever the engine says."""
        if not self.stack:
            return place
        event, children, is_map = self.stack[-1]
        if not is_map:
            if event.flow_style:
                return place
            after = children[-1].end if children else event.start_mark.index
            match = _DASH.match(self.text, after)
            return match.end() if match and match.end() <= place else place
        if len(children) % 2 == 0:
            return place
        match = _COLON.match(self.text, children[-1].end)
        return match.end() if match and match.end() <= place else children[-1].end

    def properties(self, event: Any, end: int) -> _Properties:
        """The tag and the anchor of an event's node, and where they end and the node itself starts."""
        start = event.start_mark.index
        found = self.properties_at(start, end)
        if event.ctag is not None and found.tag is None:
            before = _PROPERTIES_BEFORE.search(self.text, max(0, start - _MAX_PROPERTY), start)
            found = self.properties_at(before.start(), end) if before else found
        return found

    def properties_at(self, start: int, end: int) -> _Properties:
        tag: str | None = None
        anchor: str | None = None
        last = place = start
        while match := _PROPERTY.match(self.text, place):
            anchor = match["anchor"] or anchor
            tag = match["tag"] or tag
            if tag == "!!" or (match["anchor"] and not _NAME.fullmatch(match["anchor"])):
                raise RefusedError("found character in a name", place + 1)
            last = match.end()
            gap = _GAP.match(self.text, last)
            place = gap.end() if gap else last
            if gap is None or place > end:
                break
        return _Properties(tag, anchor, last, place if place <= end else last)

    def trimmed(self, start: int, end: int) -> int:
        """``end`` without blank lines before it."""
        text = self.text
        place = end
        while place > start and text[place - 1] in " \t\r\n":
            place -= 1
        while place < end and text[place] in " \t":
            place += 1
        return place


def _unless_empty(root: Node) -> Node | None:
    empty = isinstance(root, Scalar) and root.is_missing and root.tag is None and root.anchor is None
    return None if empty else root
