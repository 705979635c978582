"""How the catalogue says what may stand at a place: a small language of value types.

From these declarations come validation, completion, hover, the JSON Schemas and the engine's reading of a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from mfo_dialect.records import record
from mfo_dialect.shapes import Kind


class References(Enum):
    """Which spellings of a reference a scalar is read for (dialect section 6)."""

    ALL = "all"
    EXPLICIT = "explicit"
    """Only ``${...}`` and ``$<...>``: the value is a name, so a bare text is never a reference."""
    NONE = "none"


class Names(Enum):
    """What a text names; gives completion, definition, references and rename without further code."""

    NODE = "node"
    NODE_HERE = "own id"
    BRANCH = "branch"
    TASK_TYPE = "task type"
    PROMPT_TEMPLATE = "prompt template"
    ERROR_TEMPLATE = "error template"
    TASKFLOW = "taskflow"
    TASKFLOW_HERE = "own taskflow id"
    AGENT = "agent"
    TRIGGER = "trigger"
    CAPABILITY = "capability"
    TOOL = "tool"
    MODEL = "model"
    PROVIDER = "provider"
    SECRET = "secret"  # noqa: S105 - a kind of name
    SCHEMA = "schema"
    VARIABLE = "variable"


class Format(Enum):
    """What the characters of a text must be like."""

    IDENTIFIER = "identifier"
    DURATION = "duration"
    CRON = "cron"
    TIMEZONE = "timezone"
    EXPRESSION = "expression"
    TEMPLATE = "template"
    OUTPUT_PATH = "output path"
    REFERENCE = "reference"


@record
class TextType:
    """A string."""

    references: References = References.NONE
    choices: tuple[str, ...] = ()
    format: Format | None = None
    names: Names | None = None
    non_empty: bool = False


@record
class IntegerType:
    """An integer within bounds, both included."""

    minimum: int | None = None
    maximum: int | None = None
    references: References = References.NONE


@record
class NumberType:
    """An integer or a float within bounds, both included."""

    minimum: float | None = None
    maximum: float | None = None
    references: References = References.NONE


@record
class BooleanType:
    """``true`` or ``false``."""

    references: References = References.NONE


@record
class AnyType:
    """Any value, and any values below it."""

    references: References = References.NONE


@record
class SchemaType:
    """A JSON Schema (2020-12), or with ``names`` also the name of one."""

    names: Names | None = None


@record
class ListType:
    """A list of items of one type."""

    item: ValueType
    non_empty: bool = False


@record
class Key:
    """One key of a map.

    Attributes:
        name: as written.
        type: what its value may be.
        summary: one sentence for hover, completion and schema.
        required: whether the map is wrong without it.
        default: what counts where it is not written, as a person would write it.
        replacement: the key to write instead, where this one is deprecated.
        source: where the key comes from, where the dialect itself chose it: ``ours`` (dialect marks).
    """

    name: str
    type: ValueType
    summary: str = ""
    required: bool = False
    default: str = ""
    replacement: str = ""
    source: str = ""


_NO_VARIANTS: Mapping[str, tuple[Key, ...]] = MappingProxyType({})


@record
class MapType:
    """A map.

    Attributes:
        title: what the map is, as messages and hovers call it: ``task``.
        keys: the keys that it may have; required ones are marked.
        others: the type of the values of all other keys; None where there can be no others.
        one_of: groups of keys of which exactly one must be there.
        at_most_one_of: groups of keys of which at most one may be there.
        any_of: groups of keys of which at least one must be there.
        needs: pairs of keys of which the first one needs the second one beside it.
        discriminator: the key whose value chooses further keys.
        variants: those further keys, by the discriminator's value.
        otherwise: the further keys where the discriminator is missing or has no variant.
        key_names: what the free keys name.
    """

    title: str
    keys: tuple[Key, ...] = ()
    others: ValueType | None = None
    one_of: tuple[tuple[str, ...], ...] = ()
    at_most_one_of: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    discriminator: str = ""
    variants: Mapping[str, tuple[Key, ...]] = field(default_factory=lambda: _NO_VARIANTS)
    otherwise: tuple[Key, ...] = ()
    key_names: Names | None = None
    _by_name: dict[str | None, dict[str, Key]] = field(
        default_factory=dict[str | None, dict[str, Key]], init=False, repr=False, compare=False
    )

    def known_keys(self, discriminator: str | None) -> Mapping[str, Key]:
        """``keys_for`` by name; kept for each variant."""
        known = self._by_name.get(discriminator)
        if known is None:
            variant = discriminator if discriminator in self.variants else None
            known = self._by_name.get(variant)
            if known is None:
                known = self._by_name[variant] = {key.name: key for key in self.keys_for(variant)}
        return known

    def keys_for(self, discriminator: str | None) -> tuple[Key, ...]:
        """The keys of a map whose discriminator has this value (None: it is missing or no text)."""
        if not self.discriminator:
            return self.keys
        return self.keys + (
            self.otherwise if discriminator is None else self.variants.get(discriminator, self.otherwise)
        )


@record
class EitherType:
    """One of several types that differ in their YAML kind; the first option that fits the kind counts."""

    options: tuple[ValueType, ...]


ValueType: TypeAlias = (
    TextType | IntegerType | NumberType | BooleanType | AnyType | SchemaType | ListType | MapType | EitherType
)

VALUE = AnyType(References.ALL)
TEXT = TextType()
VALUE_TEXT = TextType(References.ALL)
VALUE_MAP = MapType("map", others=VALUE)
FREE_MAP = MapType("map", others=AnyType())
DURATION = TextType(format=Format.DURATION)
VALUE_DURATION = TextType(References.ALL, format=Format.DURATION)


def name_of(names: Names, *, references: References = References.EXPLICIT) -> TextType:
    """A text that names something."""
    return TextType(references, names=names, non_empty=True)


def choice(*values: str) -> TextType:
    """One of a few words."""
    return TextType(References.EXPLICIT, choices=values)


def describe(value_type: ValueType) -> str:
    """The type in a few words, for messages: ``a duration``, ``one of "low", "normal", "high"``."""
    match value_type:
        case TextType(choices=choices) if choices:
            return "one of " + ", ".join(f'"{value}"' for value in choices)
        case TextType(format=Format.DURATION):
            return "a duration such as 30s or 1m30s"
        case TextType():
            return "text"
        case IntegerType():
            return "a whole number"
        case NumberType():
            return "a number"
        case BooleanType():
            return "true or false"
        case AnyType():
            return "any value"
        case SchemaType(names=names):
            return "a JSON Schema" if names is None else "a JSON Schema or the name of one"
        case ListType():
            return "a list"
        case MapType():
            return "a map"
        case EitherType(options=options):
            return " or ".join(describe(option) for option in options)


_COLLECTIONS = frozenset({Kind.MAP, Kind.LIST})


def takes_kind(value_type: ValueType, kind: Kind) -> bool:
    """Whether a value of some kind may stand where a type is declared; what is not known may."""
    if kind in {Kind.ANY, Kind.NULL}:
        return True
    match value_type:
        case TextType():
            return kind not in _COLLECTIONS
        case IntegerType() | NumberType():
            return kind in {Kind.INTEGER, Kind.NUMBER}
        case BooleanType():
            return kind is Kind.BOOLEAN
        case MapType():
            return kind is Kind.MAP
        case ListType():
            return kind is Kind.LIST
        case _:
            return True
