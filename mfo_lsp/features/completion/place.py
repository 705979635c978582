"""Where something is typed: what the catalogue declares there, whose it is, and what is typed of it so far."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mfo_dialect.analysis.bundle import Document, Source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.prompts_keys import FRONT_MATTER
from mfo_dialect.catalogue.values import AnyType, EitherType, Key, ListType, MapType, SchemaType, ValueType
from mfo_dialect.catalogue.workflow_keys import (
    ONLY_FLOW_KEYS,
    ONLY_WORKFLOW_KEYS,
    flow_file,
    task_map,
    workflow_file,
)
from mfo_dialect.file_names import is_markdown
from mfo_dialect.model.access import text_at
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.model.markdown_cursor import context_in_markdown
from mfo_dialect.model.prompts import PromptsDocument
from mfo_dialect.syntax import CursorContext, Expects, Mapping, Node, Scalar, Style, Within, context_at, follow
from mfo_dialect.syntax import Sequence as SequenceNode
from mfo_dialect.text import LineIndex, Span
from mfo_lsp.features.completion.schema_keys import SCHEMA_KEYS
from mfo_lsp.features.recorded import NOTHING_RECORDED, Recorded
from mfo_lsp.features.targets import Owner, document_at, owner_of, scalar_at

_FOLLOWING = re.compile(r"\s*[\r\n](?P<indent> *)[^\s#]")
_KEY_AND_VALUE = re.compile(r"(?P<key>[\w-]+)[ \t]+(?P<value>\S*)")
_STARTS_VALUE = frozenset("\"'[{|>&*!")
_TEMPLATES, _FRONT_MATTER_DEPTH = "templates", 2
_WORD_END = re.compile(r"[\w-]*")


@dataclass(frozen=True, slots=True)
class Stop:
    """One value on the way from the root to the cursor.

    Attributes:
        type: what the catalogue declares; None where it declares nothing.
        node: the value as read; None where it could not be.
        key: the declaration of the key under which it stands.
        name: that key, or the index of the item.
    """

    type: ValueType | None
    node: Node | None
    key: Key | None = None
    name: str | int = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor and all that is known of its place.

    Attributes:
        snapshot: the bundle.
        document: the YAML document.
        lines: the lines of the text, of which nothing is put together but what is asked for.
        offset: the cursor.
        line_start: where its line starts.
        line: its line, without the break.
        context: what is being typed, as the text alone tells.
        stops: from the root to what ``context.path`` names.
        owner: whose keys and values stand here.
        scalar: the scalar under the cursor, as read.
        recorded: what runs gave of what is wanted here.
        lacks_colon: the colon between the key and the value that is typed is still to be written.
    """

    snapshot: Snapshot
    document: Document
    lines: LineIndex
    offset: int
    line_start: int
    line: str
    context: CursorContext
    stops: tuple[Stop, ...]
    owner: Owner
    scalar: Scalar | None
    recorded: Recorded = field(default_factory=lambda: NOTHING_RECORDED)
    lacks_colon: bool = False

    @property
    def type(self) -> ValueType | None:
        """What may be typed here."""
        return self.stops[-1].type

    @property
    def is_list(self) -> bool:
        """Whether a list is expected here."""
        declared = option_for(self.type, is_list=True)
        return isinstance(declared, ListType) and not isinstance(self.stops[-1].node, Mapping)

    @property
    def key_name(self) -> str:
        """The nearest key around what is typed."""
        return next((stop.name for stop in reversed(self.stops) if isinstance(stop.name, str)), "")

    @property
    def key(self) -> Key | None:
        """The declaration of that key."""
        return next((stop.key for stop in reversed(self.stops) if isinstance(stop.name, str)), None)

    def slice(self, start: int, end: int) -> str:
        """What is written from one offset to another one; nothing before the text's start."""
        first = start - self.line_start
        if first >= 0 and end - self.line_start <= len(self.line):
            return self.line[first : max(end - self.line_start, first)]
        return self.lines.slice(start, end) if 0 <= start < end else ""

    def line_from(self, offset: int) -> str:
        """What stands behind an offset on its line."""
        first = offset - self.line_start
        if 0 <= first <= len(self.line):
            return self.line[first:]
        line = self.lines.line_of(offset)
        return self.lines.line_text(line)[offset - self.lines.line_start(line) :]

    def line_start_below(self, offset: int, count: int) -> int:
        """Where the line starts that is so many lines below that of an offset; the text's end past the last one."""
        return self.lines.line_start(self.lines.line_of(offset) + count)

    @property
    def line_indent(self) -> int:
        """How far the cursor's line is indented."""
        line = self.slice(self.line_start, self.offset)
        return len(line) - len(line.lstrip(" "))

    @property
    def rest_of_line(self) -> str:
        """What stands behind the cursor on its line."""
        return self.line_from(self.offset)

    @property
    def in_block(self) -> bool:
        """Whether the cursor is inside a block scalar."""
        return self.context.within is Within.BLOCK_SCALAR

    @property
    def has_room(self) -> bool:
        """Whether something can be put here without running into what is written already.

        There is none inside the indentation of a line, between a colon and its value, and where the following lines
        are indented deeper than what is typed, so that they would become a part of it.
        """
        rest = self.rest_of_line.lstrip(" \t")
        is_followed = bool(rest) and not rest.startswith("#") and self.rest_of_line != rest
        before = self.slice(self.line_start, self.offset)
        if self.context.within is not Within.PLAIN:
            return True
        if self.rest_of_line[:1] in _STARTS_VALUE and self.context.word.start >= self.offset:
            return False
        if self.context.flow:
            return not (is_followed and rest[0] not in ",]}" and self.context.word.start >= self.offset)
        if not before.strip() and rest.startswith("- "):
            return False
        if before.strip() or rest:
            return not (is_followed and self.context.word.start >= self.offset)
        following = _FOLLOWING.match(self._down_to_content())
        return following is None or len(following["indent"]) <= self.context.indent

    def _down_to_content(self) -> str:
        """What stands behind the cursor, up to the end of the next line on which anything is written."""
        line = self.lines.line_of(self.offset) + 1
        while line < self.lines.line_count and not self.lines.line_text(line).strip():
            line += 1
        return self.slice(self.offset, self.lines.line_start(line + 1))

    def before(self) -> str:
        """What is written of the scalar before the cursor, decoded where the scalar could be read."""
        scalar = self.scalar
        if scalar is not None and _is_whole(scalar) and scalar.content_span.contains(self.offset):
            return self._without_line_end(scalar.text[: scalar.index_at(self.offset)])
        if self.in_block:
            return self._block_before()
        return self.slice(self.context.word.start, self.offset)

    def behind(self) -> str:
        """What is written of the scalar behind the cursor, decoded; nothing where the scalar could not be read."""
        scalar = self.scalar
        if scalar is None or not _is_whole(scalar) or not scalar.content_span.contains(self.offset):
            return ""
        return scalar.text[scalar.index_at(self.offset) :]

    def below(self) -> str:
        """The value that stands on the lines below its key, where the cursor is behind the key: text before it takes it in."""
        node = self.stops[-1].node
        if node is None or node.span.start <= self.offset or self.context.within is not Within.PLAIN:
            return ""
        return self.slice(node.span.start, node.span.end) if not self.rest_of_line.strip() else ""

    def _without_line_end(self, decoded: str) -> str:
        """A block's last line break is read at the end of its last line already; the cursor is before it."""
        is_behind_word = not self.slice(self.offset - 1, self.offset).isspace()
        return decoded.rstrip("\n") if self.in_block and is_behind_word else decoded

    def _block_before(self) -> str:
        """In a block scalar that goes on behind what was read: what was read, and the lines since."""
        scalar = _block_scalar_before(self.stops, self.offset)
        if scalar is None:
            return self.slice(self.line_start, self.offset).lstrip()
        return scalar.text.rstrip("\n") + self.slice(scalar.span.start + len(scalar.source.rstrip()), self.offset)

    def word_span(self, partial: str) -> Span:
        """The span of a half-typed word: what is typed of it, and the rest of it behind the cursor."""
        rest = _WORD_END.match(self.rest_of_line)
        return Span(self.offset - len(partial), self.offset + (rest.end() if rest is not None else 0))


def _is_whole(scalar: Scalar) -> bool:
    """Whether the scalar is written, and its quotes are closed."""
    quote = scalar.style.value if scalar.style in {Style.SINGLE_QUOTED, Style.DOUBLE_QUOTED} else ""
    return not scalar.is_missing and (not quote or (len(scalar.source) > 1 and scalar.source.endswith(quote)))


def _block_scalar_before(stops: Sequence[Stop], offset: int) -> Scalar | None:
    node = stops[-1].node
    is_block = isinstance(node, Scalar) and node.style in {Style.LITERAL, Style.FOLDED}
    return node if is_block and isinstance(node, Scalar) and node.span.end <= offset else None


def place_at(snapshot: Snapshot, key: str, offset: int, recorded: Recorded = NOTHING_RECORDED) -> Place | None:
    """The place of a cursor; None where the document is not ours."""
    source = snapshot.bundle.sources.get(key)
    document = document_at(snapshot, key, offset)
    if source is None or document is None or document.kind is None:
        return None
    lines = source.tree.lines
    offset = min(max(offset, 0), lines.length)
    line = lines.line_of(offset)
    context = _context_at(source, document, offset)
    root_type = _root_type(snapshot, document)
    stops = tuple(_descend(root_type, document.root, context.path, offset))
    if is_markdown(key) and len(context.path) == _FRONT_MATTER_DEPTH:
        stops = (*stops[:-1], replace(stops[-1], type=FRONT_MATTER))
    around = [stop.node for stop in stops if stop.node is not None]
    owner = owner_of(snapshot, around)
    return Place(
        snapshot,
        document,
        lines,
        offset,
        lines.line_start(line),
        lines.line_text(line),
        context,
        stops,
        owner,
        _scalar_at(document.root, offset, context, stops[-1].node),
        recorded,
    )


def _context_at(source: Source, document: Document, offset: int) -> CursorContext:
    model = document.model
    if not is_markdown(source.key):
        return context_at(source.tree, offset)
    name = model.templates[0].id.text if isinstance(model, PromptsDocument) and model.templates else ""
    return context_in_markdown(source.tree, (_TEMPLATES, name), offset)


def _scalar_at(root: Node | None, offset: int, context: CursorContext, value: Node | None) -> Scalar | None:
    """The scalar under the cursor; None where it is a text that has swallowed the key whose block the cursor is in."""
    scalar = scalar_at(root, offset)
    is_swallowed = context.within is Within.BLOCK_SCALAR and context.expects is Expects.VALUE and value is None
    return None if is_swallowed else scalar


def behind_missing_colon(place: Place) -> Place | None:
    """The place of a value that is typed right behind its key, ``type mfo``; None where it is no such place."""
    context = place.context
    typed = _KEY_AND_VALUE.fullmatch(context.word_text)
    declared = option_for(place.type, is_list=False)
    if typed is None or context.expects is not Expects.KEY or context.flow or not isinstance(declared, MapType):
        return None
    key = next((key for key in keys_of(declared, place.stops[-1].node) if key.name == typed["key"]), None)
    if key is None:
        return None
    word = Span(context.word.start + typed.end("key"), max(context.word.end, place.offset))
    value = replace(context, expects=Expects.VALUE, key=key.name, word=word, word_text=typed["value"])
    stops = (*place.stops, Stop(key.type, None, key, key.name))
    return replace(place, context=value, stops=stops, scalar=None, lacks_colon=True)


def _root_type(snapshot: Snapshot, document: Document) -> MapType | None:
    """The declaration of the top level; of a workflow that may still become either shape, the keys of both."""
    declared = snapshot.root_type(document)
    if declared is None or document.kind is not DocumentKind.WORKFLOW:
        return declared
    root = document.root
    decisive = (*ONLY_FLOW_KEYS, *ONLY_WORKFLOW_KEYS, "name")
    if isinstance(root, Mapping) and any(name in root for name in decisive):
        return declared
    task = task_map(snapshot.bundle.project.all_task_types)
    flow = flow_file(task)
    known = {key.name for key in flow.keys}
    return replace(flow, keys=(*flow.keys, *(key for key in workflow_file(task).keys if key.name not in known)))


def _descend(root_type: ValueType | None, root: Node | None, path: Sequence[str | int], offset: int) -> Iterator[Stop]:
    stop = Stop(root_type, root)
    yield stop
    for name in path:
        stop = _step(stop, name, offset)
        yield stop


def _step(stop: Stop, name: str | int, offset: int) -> Stop:
    node = _child(stop.node, name, offset)
    declared = option_for(stop.type, is_list=isinstance(name, int))
    match declared:
        case MapType() as map_type if isinstance(name, str):
            key = next((key for key in keys_of(map_type, stop.node) if key.name == name), None)
            return Stop(key.type if key is not None else map_type.others, node, key, name)
        case ListType(item=item) if isinstance(name, int):
            return Stop(item, node, None, name)
        case SchemaType() if isinstance(name, str):
            key = SCHEMA_KEYS.known_keys(None).get(name)
            return Stop(key.type if key is not None else AnyType(), node, key, name)
        case AnyType() | SchemaType():
            return Stop(AnyType() if isinstance(declared, SchemaType) else declared, node, None, name)
        case _:
            return Stop(None, node, None, name)


def option_for(value_type: ValueType | None, *, is_list: bool) -> ValueType | None:
    """Of several types, the one that has items or keys below it."""
    if not isinstance(value_type, EitherType):
        return value_type
    wanted = ListType if is_list else MapType
    return next((option for option in value_type.options if isinstance(option, wanted)), value_type.options[-1])


def options_of(value_type: ValueType | None) -> tuple[ValueType, ...]:
    """The types of which one is expected, of a list those of its items."""
    match value_type:
        case None:
            return ()
        case EitherType(options=options):
            return options
        case ListType(item=item):
            return (item,)
        case _:
            return (value_type,)


def keys_of(map_type: MapType, node: Node | None) -> tuple[Key, ...]:
    """The keys that a map may have, its discriminator read where there is one."""
    said = text_at(node, map_type.discriminator) if map_type.discriminator and isinstance(node, Mapping) else None
    return map_type.keys_for(said.text if said is not None else None)


def _child(node: Node | None, name: str | int, offset: int) -> Node | None:
    """The child on the way to the cursor: of doubles, the last one that starts before it."""
    if isinstance(node, SequenceNode) and isinstance(name, int):
        return node_at(node, name)
    if isinstance(node, Mapping) and isinstance(name, str):
        doubles = () if node.is_plain else node.pairs
        pairs = [pair for pair in doubles if pair.name == name and pair.key.span.start <= offset]
        return follow(pairs[-1].value) if pairs else node.get(name)
    return None


def node_at(sequence: SequenceNode, index: int) -> Node | None:
    """An item of a list; None where it has no such item."""
    return follow(sequence.items[index]) if index < len(sequence.items) else None
