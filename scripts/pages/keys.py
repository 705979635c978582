"""Tables of the keys that a document may have, read from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.catalogue.values import AnyType, EitherType, Key, ListType, MapType, SchemaType, ValueType, describe
from scripts.pages.tables import OURS, table

SECTIONS = {
    "taskflow": "documents.md#taskflow",
    "task": "documents.md#task",
    "condition": "documents.md#condition",
    "subflow": "documents.md#subflow",
    "trigger": "documents.md#trigger",
    "prompt template": "documents.md#prompt-template",
    "agent": "documents.md#agent",
    "error handling": "task-types.md#error-handling",
}
"""The maps that have a table of their own, by title; other tables send the reader there."""

_MAX_DEPTH = 12


def key_table(declared: MapType) -> list[str]:
    """The table of a map's keys, and of all that stands below them."""
    return table(("key", "value", "default", "meaning"), _key_rows(declared, "", 0))


def _key_rows(declared: MapType, prefix: str, depth: int) -> Iterator[list[str]]:
    """The rows of a map's keys and of what stands below them."""
    chosen = {name for group in declared.one_of for name in group}
    for condition, key in _keys(declared):
        yield _key_row(key, prefix, condition, is_choice=key.name in chosen)
        if depth < _MAX_DEPTH:
            yield from _inner_rows(key.type, prefix + key.name, depth + 1)


def _keys(declared: MapType) -> Iterator[tuple[str, Key]]:
    """The keys of a map, each with the value of the discriminator under which it counts, if it does only there."""
    yield from (("", key) for key in declared.keys)
    if declared.title == "task":
        yield "", Key("config", AnyType(), "What the task needs, by its type; see [task types](task-types.md).")
        return
    for value, keys in declared.variants.items():
        yield from ((value, key) for key in keys)


def _inner_rows(declared: ValueType, prefix: str, depth: int) -> Iterator[list[str]]:
    match declared:
        case MapType(title=title) if title in SECTIONS:
            return
        case MapType():
            yield from _key_rows(declared, f"{prefix}.", depth)
            if isinstance(declared.others, MapType | ListType | EitherType):
                yield from _inner_rows(declared.others, f"{prefix}.<name>", depth + 1)
        case ListType(item=item):
            yield from _inner_rows(item, f"{prefix}[]", depth + 1)
        case EitherType(options=options):
            for option in options:
                yield from _inner_rows(option, prefix, depth + 1)
        case _:
            return


def _key_row(key: Key, prefix: str, condition: str, *, is_choice: bool) -> list[str]:
    facts = [key.summary]
    if condition:
        facts.append(f"Only with type `{condition}`.")
    if key.replacement:
        facts.append(f"Deprecated: write `{key.replacement}`.")
    if key.source:
        facts.append(f"({OURS})")
    need = " **required**" if key.required else " (one of several)" if is_choice else ""
    default = f"`{key.default}`" if key.default else ""
    return [f"`{prefix}{key.name}`{need}", _value_words(key.type), default, " ".join(fact for fact in facts if fact)]


def _value_words(declared: ValueType) -> str:
    match declared:
        case ListType(item=item) if not isinstance(item, AnyType):
            return f"a list of {_item_words(item)}"
        case MapType(title=title) if title in SECTIONS:
            return f"a map, see [{title}]({SECTIONS[title]})"
        case MapType(others=MapType(title=title)) if title in SECTIONS:
            return f"a map of names to [{title}s]({SECTIONS[title]})"
        case EitherType(options=options):
            return " or ".join(_value_words(option) for option in options)
        case _:
            return describe(declared).replace('"', "`")


def _item_words(item: ValueType) -> str:
    match item:
        case MapType(title=title) if title in SECTIONS:
            return f"[{title}s]({SECTIONS[title]})"
        case MapType():
            return "maps"
        case SchemaType():
            return "JSON Schemas"
        case _:
            return describe(item).replace('"', "`")
