"""What may be typed in the project file: tables, keys, rules, and the values that there are to choose from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mfo_dialect.catalogue.values import BooleanType, Key, ListType, MapType, SchemaType, TextType, ValueType
from mfo_dialect.model.project import Project
from mfo_dialect.rules import RULES
from mfo_dialect.rules.choosing import selectors
from mfo_dialect.syntax.toml_places import Steps, TomlExpects, TomlPlaces, TomlSlot
from mfo_dialect.text import Span
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind, Words, no_words, snippet_text, sort_key
from mfo_lsp.features.documentation import of_key
from mfo_lsp.features.project_file.declared import declared_at, map_at, of_rule, of_selector, rule_called

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_NAME = "name"
_FIRST, _SECOND, _LAST = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A place in the project file where something may be typed.

    Attributes:
        project: the file.
        places: where things stand in it.
        slot: what may be typed.
        offset: the cursor.
        path: of the slot, below the project's table.
        client: what the editor can take.
        undeclared: types that tasks have and nobody declares.
    """

    project: Project
    places: TomlPlaces
    slot: TomlSlot
    offset: int
    path: Steps
    client: CompletionClient
    undeclared: tuple[str, ...]

    @property
    def behind(self) -> str:
        """The next character behind the word, on its line; empty at the end."""
        at = _SPACE.match(self.project.text, self.slot.word.end)
        return self.project.text[at.end() : at.end() + 1] if at is not None else ""

    @property
    def begins_line(self) -> bool:
        """Whether nothing stands on the line before the word."""
        start = self.slot.word.start
        return not self.project.text[self.project.text.rfind("\n", 0, start) + 1 : start].strip()

    def written_below(self, table: Steps) -> set[str]:
        """The keys of a table that are written, but for the word that is being typed."""
        full, word = (*self.project.table, *table), self.slot.word
        spans = ((path[len(full)], spans) for path, spans in self.places.keys.items() if _is_below(path, full))
        return {name for name, where in spans if where != [word]}


def complete_project(
    project: Project, offset: int, client: CompletionClient, undeclared: Iterable[str] = ()
) -> tuple[Item, ...]:
    """What may be typed at a cursor.

    Args:
        project: the project file.
        offset: the cursor.
        client: what the editor can take.
        undeclared: types that tasks have and nobody declares.
    """
    if project.toml is None:
        return ()
    places, table = project.toml.places, project.table
    slot = places.slot_at(offset)
    if slot.expects is TomlExpects.TABLE:
        cursor = _Cursor(project, places, slot, offset, (), client, tuple(undeclared))
        return tuple(_headers(cursor, _header_word(cursor), is_open=True))
    if slot.expects is TomlExpects.NOTHING or slot.path[: len(table)] != table:
        return ()
    cursor = _Cursor(project, places, slot, offset, slot.path[len(table) :], client, tuple(undeclared))
    return tuple(_keys(cursor) if slot.expects is TomlExpects.KEY else _values(cursor))


def _is_below(path: tuple[str, ...], table: Steps) -> bool:
    return len(path) > len(table) and path[: len(table)] == table


def _header_word(cursor: _Cursor) -> Span:
    """The name of a table, from the bracket on."""
    start = cursor.project.text.rfind("[", 0, cursor.slot.word.start) + 1
    return Span(start, cursor.slot.word.end)


def _headers(cursor: _Cursor, word: Span, *, is_open: bool) -> Iterator[Item]:
    """The tables that are not there yet.

    Args:
        cursor: the place.
        word: what is replaced.
        is_open: whether the bracket is typed already.
    """
    written = {path for end, path in cursor.places.headers if not word.start <= end <= word.end + 1}
    for number, (path, words) in enumerate(_tables(cursor)):
        full = (*cursor.project.table, *path)
        is_free = path[-1] == _NAME and path[:-1] in _named_tables()
        if full in written or (not is_free and _is_inline(cursor, full)):
            continue
        name = ".".join(_as_key(step) for step in full)
        text, is_snippet = name, is_free and cursor.client.snippets
        if is_snippet:
            text = f"{snippet_text(name.removesuffix(_NAME))}${{1:{_NAME}}}"
        text = f"{'' if is_open else '['}{text}{'' if cursor.behind == ']' else ']'}"
        rank = _FIRST if is_open else _LAST
        label = name if is_open else f"[{name}]"
        yield Item(label, ItemKind.KEY, word, text, "table", words, sort_key(rank, number), is_snippet)


def _is_inline(cursor: _Cursor, full: tuple[str, ...]) -> bool:
    """Whether a table is written as a value."""
    return full in cursor.places.values


def _named_tables() -> tuple[Steps, ...]:
    """The tables whose tables have names of the user's own."""
    root = map_at(())
    keys = root.keys if root is not None else ()
    return tuple((key.name,) for key in keys if isinstance(key.type, MapType) and isinstance(key.type.others, MapType))


def _tables(cursor: _Cursor) -> Iterator[tuple[tuple[str, ...], Words]]:
    """All tables that the project file may have, with words about each."""
    root = map_at(())
    for key in root.keys if root is not None else ():
        if not isinstance(key.type, MapType):
            continue
        words = _words_of(key)
        if isinstance(key.type.others, MapType):
            known = cursor.undeclared if key.name == "task_types" else ()
            yield from (((key.name, name), words) for name in known)
            yield (key.name, _NAME), words
            for name in sorted(cursor.written_below((key.name,))):
                yield from (((key.name, name, *path), more) for path, more in _inner(key.type.others))
        else:
            yield (key.name,), words
            yield from (((key.name, *path), more) for path, more in _inner(key.type))


def _inner(around: MapType) -> Iterator[tuple[tuple[str, ...], Words]]:
    yield from (((key.name,), _words_of(key)) for key in around.keys if isinstance(key.type, MapType | SchemaType))


def _keys(cursor: _Cursor) -> Iterator[Item]:
    """The keys of the table around, and on a line of its own the tables that could begin there."""
    around = map_at(cursor.path)
    if around is not None:
        written = cursor.written_below(cursor.path)
        is_inline = not cursor.begins_line
        keys = [key for key in around.keys if is_inline or not isinstance(key.type, MapType)]
        for number, key in enumerate(key for key in keys if key.name not in written):
            yield _key(cursor, key, _words_of(key), number, "required" if key.required else "")
        yield from _rules(cursor, written) if cursor.path == ("rules",) else ()
        if cursor.path == ("task_types",) and is_inline:
            names = (name for name in cursor.undeclared if name not in written)
            yield from (_key(cursor, Key(name, around), no_words, number) for number, name in enumerate(names))
    is_statement = cursor.slot.path == cursor.places.table_at(cursor.slot.word.start)
    if cursor.begins_line and is_statement and cursor.behind not in {"=", "."}:
        yield from _headers(cursor, cursor.slot.word, is_open=False)


def _rules(cursor: _Cursor, written: set[str]) -> Iterator[Item]:
    """The rules by their names, then by their codes."""
    for number, rule in enumerate(RULES):
        for rank, names in ((_FIRST, (rule.name, *rule.more_names)), (_SECOND, (rule.code,))):
            for name in names:
                if name not in written:
                    detail = rule.code if name != rule.code else rule.name
                    key = Key(name, TextType())
                    yield _key(cursor, key, lambda rule=rule: of_rule(rule), number, detail, rank)


def _key(
    cursor: _Cursor, key: Key, words: Words, place: int, detail: str = "", rank: int = _FIRST
) -> Item:  # fmt: skip
    text, is_snippet = _as_key(key.name), False
    if cursor.behind not in {"=", "."}:
        room = _room(key.type) if cursor.client.snippets else ""
        text, is_snippet = f"{snippet_text(text) if room else text} = {room}", bool(room)
    return Item(
        key.name, ItemKind.KEY, cursor.slot.word, text, detail, words, sort_key(rank, place), is_snippet=is_snippet
    )


def _room(value_type: ValueType) -> str:
    """Room for a value."""
    match value_type:
        case TextType():
            return '"$0"'
        case ListType():
            return "[$0]"
        case MapType() | SchemaType():
            return "{ $0 \\}"
        case _:
            return "$0"


def _values(cursor: _Cursor) -> Iterator[Item]:
    word = cursor.slot.word
    written = cursor.project.text[word.start : word.end]
    if written[:1] in {'"', "'"} and (len(written) == 1 or written[-1] != written[0]):
        word = Span(word.start, max(word.start, cursor.offset))  # who never closed it did not mean the rest of the line
    key = declared_at(cursor.path[:-1]) if cursor.path else None
    default = (
        next((one.default for one in key.keys if one.name == cursor.path[-1]), "") if isinstance(key, MapType) else ""
    )
    for number, (value, words) in enumerate(_choices(cursor)):
        text = value if isinstance(value, str) else json.dumps(value)
        mark = "default" if text == _usual(cursor.path, default) else ""
        new_text = json.dumps(value, ensure_ascii=False)
        yield Item(text, ItemKind.CHOICE, word, new_text, mark, words, sort_key(_FIRST, number))


def _usual(path: Steps, default: str) -> str:
    """The value that counts where none is written: of a rule, the severity that it has."""
    rule = rule_called(str(path[-1])) if path[:1] == ("rules",) else None
    return rule.severity.word if rule is not None else default


def _choices(cursor: _Cursor) -> Iterator[tuple[str | bool, Words]]:
    if cursor.path[:1] == ("check",) and isinstance(cursor.path[-1], int):
        listed = {
            cursor.project.text[span.start : span.end].strip("\"'")
            for path, span in cursor.places.values.items()
            if path[:-1] == cursor.slot.path[:-1] and path != cursor.slot.path
        }
        for selector in selectors(RULES):
            if selector not in listed:
                yield selector, lambda selector=selector: of_selector(selector)
        return
    match declared_at(cursor.path):
        case TextType(choices=choices):
            yield from ((choice, no_words) for choice in choices)
        case BooleanType():
            yield from ((value, no_words) for value in (True, False))
        case _:
            return


def _as_key(name: str) -> str:
    """A key as TOML writes it."""
    return name if _BARE_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _words_of(key: Key) -> Words:
    return lambda: of_key(key)
