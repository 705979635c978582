"""JSON Schemas (2020-12) of MFO documents, written out from the catalogue for other editors and validators.

A schema says what the declarations say of one document alone. What it takes a bundle to know (whether a node, a
template or a custom task type exists) it leaves open, and it never refuses what the checker accepts on purpose: a value
that may be a reference may also be a text that holds one, and a key without a value counts as not written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mfo_dialect.catalogue.agents_keys import AGENTS_FILE
from mfo_dialect.catalogue.config_keys import CONFIG_FILE, PROJECT_FILE
from mfo_dialect.catalogue.prompts_keys import PROMPTS_FILE
from mfo_dialect.catalogue.schema_values import (
    Json,
    either,
    list_schema,
    number_schema,
    reference,
    references_below,
    text_schema,
    written,
)
from mfo_dialect.catalogue.task_types import TASK_TYPES, TaskType
from mfo_dialect.catalogue.test_keys import TEST_FILE
from mfo_dialect.catalogue.values import (
    AnyType,
    BooleanType,
    EitherType,
    IntegerType,
    Key,
    ListType,
    MapType,
    Names,
    NumberType,
    SchemaType,
    TextType,
    ValueType,
)
from mfo_dialect.catalogue.workflow_keys import ONLY_WORKFLOW_KEYS, flow_file, task_map, workflow_file

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SHARED = frozenset(
    {
        "flow file",
        "workflow file",
        "taskflow",
        "task",
        "condition",
        "subflow",
        "trigger",
        "error handling",
        "prompt template",
        "agent",
        "model",
    }
)
_NULL: Json = {"type": "null"}


def workflow_schema(address: str, task_types: Iterable[TaskType] = TASK_TYPES) -> Json:
    """The schema of workflow documents in both shapes.

    Args:
        address: the schema's ``$id``.
        task_types: the task types whose config it knows; tasks of other types may have any.
    """
    known = tuple(task_types)
    writer = _Writer(task_types=known)
    task = task_map(known)
    many = workflow_file(task)
    shapes: Json = {
        "type": "object",
        "properties": {key.name: {"description": key.summary} for key in many.keys if key.name in ONLY_WORKFLOW_KEYS},
        "if": {"anyOf": [{"required": [name]} for name in ONLY_WORKFLOW_KEYS]},
        "then": writer.value(many),
        "else": writer.value(flow_file(task)),
    }
    words = "A workflow document: one taskflow (a flow file), or many and what starts them (a workflow file)."
    return _document(address, "MFO workflow", words, shapes, writer)


def prompts_schema(address: str) -> Json:
    """The schema of prompts documents."""
    writer = _Writer()
    return _document(address, "MFO prompts", "Prompt templates and tools.", writer.map(PROMPTS_FILE), writer)


def agents_schema(address: str) -> Json:
    """The schema of agents documents."""
    writer = _Writer()
    return _document(address, "MFO agents", "Agents.", writer.map(AGENTS_FILE), writer)


def config_schema(address: str) -> Json:
    """The schema of client configurations."""
    writer = _Writer()
    words = "How the MFO server is reached, and how flows run."
    return _document(address, "MFO client configuration", words, writer.map(CONFIG_FILE), writer)


def test_schema(address: str) -> Json:
    """The schema of tests of flows."""
    writer = _Writer()
    words = "Tests of a flow, which mfo test runs."
    return _document(address, "MFO flow test", words, writer.map(TEST_FILE), writer)


def project_schema(address: str, rules: Mapping[str, str], selectors: Iterable[str]) -> Json:
    """The schema of ``mfo.toml``.

    Args:
        address: the schema's ``$id``.
        rules: what each rule finds, by its code and by its names.
        selectors: what can be selected and ignored.
    """
    writer = _Writer(is_yaml=False)
    schema = writer.map(PROJECT_FILE)
    severities: Json = schema["properties"]["rules"]
    writer.definitions["severity"] = severities["additionalProperties"]
    word = {"$ref": "#/$defs/severity"}
    severities["properties"] = {name: {"description": finds, **word} for name, finds in rules.items()}
    severities["additionalProperties"] = False
    writer.definitions["selector"] = {"type": "string", "enum": list(selectors)}
    for key in ("select", "ignore"):
        schema["properties"]["check"]["properties"][key]["items"] = {"$ref": "#/$defs/selector"}
    words = "The project file mfo.toml, or the table [tool.mfo] of pyproject.toml."
    return _document(address, "MFO project", words, schema, writer)


def _document(address: str, title: str, description: str, schema: Json, writer: _Writer) -> Json:
    head = {"$schema": DIALECT, "$id": address, "title": title, "description": description}
    definitions = {"$defs": dict(sorted(writer.definitions.items()))} if writer.definitions else {}
    return {**head, **{name: value for name, value in schema.items() if name not in head}, **definitions}


class _Writer:
    """Writes one document's schema; maps that are used more than once become its ``$defs``."""

    def __init__(self, *, is_yaml: bool = True, task_types: Iterable[TaskType] = ()) -> None:
        """Make a writer.

        Args:
            is_yaml: whether keys without a value count as not written, and keys that start with ``x-`` are free.
            task_types: those that ``type`` offers.
        """
        self.definitions: dict[str, Json] = {}
        self._is_yaml = is_yaml
        self._task_types = tuple(task_types)
        self._older = {id(one.older_config) for one in self._task_types if one.older_config is not None}

    def value(self, value_type: ValueType) -> Json:
        """The schema of a value that is there."""
        match value_type:
            case TextType(names=Names.TASK_TYPE):
                return self._task_type_names()
            case TextType():
                return text_schema(value_type)
            case IntegerType() | NumberType():
                return number_schema(value_type)
            case BooleanType(references=references):
                return either({"type": "boolean"}, *reference(references))
            case AnyType():
                return {}
            case SchemaType(names=names):
                return {"type": ["object", "boolean", *(["string"] if names else [])]}
            case ListType(item=item):
                return list_schema(value_type, self.value(item))
            case MapType(title=title) if title in _SHARED or title.startswith("config of mfo_"):
                return either({"$ref": f"#/$defs/{self._definition(value_type)}"}, *_whole(value_type))
            case MapType():
                return either(self.map(value_type), *_whole(value_type))
            case EitherType(options=options):
                return either(*(self.value(option) for option in options))

    def map(self, map_type: MapType) -> Json:
        """The schema of a map, written in place."""
        schema: Json = {"title": map_type.title, "type": "object"}
        needed = [key.name for key in map_type.keys if key.required]
        properties = {key.name: self._property(key) for key in map_type.keys}
        for key in (key for keys in (*map_type.variants.values(), map_type.otherwise) for key in keys):
            properties.setdefault(key.name, {})
        properties |= {key.name: {"description": key.summary} for key in map_type.otherwise}
        if properties:
            schema["properties"] = properties
        if needed:
            schema["required"] = needed
        schema |= self._others(map_type)
        if map_type.discriminator:
            schema["allOf"] = self._variants(map_type)
        return {**schema, **_groups(map_type)}

    def _definition(self, map_type: MapType) -> str:
        """The name of a map's definition; subflows within subflows are all one."""
        name = map_type.title.replace(" ", "-")
        if id(map_type) in self._older:
            name = f"older-{name}"
        if name not in self.definitions:
            self.definitions[name] = {}  # it may lead back to itself
            self.definitions[name] = self.map(map_type)
        return name

    def _property(self, key: Key) -> Json:
        schema = self.value(key.type)
        if self._is_yaml and not key.required:
            schema = either(schema, _NULL)
        default = default_of(key)
        words = [key.summary]
        if key.replacement:
            words.append(f"Deprecated: write {key.replacement}.")
        if key.default and default is None:
            words.append(f"Default: {key.default}.")
        facts: Json = {"description": " ".join(words)}
        if default is not None:
            facts["default"] = default
        if key.replacement:
            facts["deprecated"] = True
        return {**facts, **schema}

    def _others(self, map_type: MapType) -> Json:
        if map_type.others is None:
            free: Json = {"patternProperties": {"^x-": {}}} if self._is_yaml else {}
            return {**free, "additionalProperties": False}
        schema = self.value(map_type.others)
        if self._is_yaml and isinstance(map_type.others, SchemaType):
            schema = either(schema, _NULL)
        return {"additionalProperties": schema} if schema else {}

    def _variants(self, map_type: MapType) -> list[Json]:
        """One condition for each group of values with the same keys, and one for all values without keys of their own."""
        name = map_type.discriminator
        groups: list[tuple[list[str], tuple[Key, ...]]] = []
        for value, keys in map_type.variants.items():
            known = next((values for values, others in groups if others == keys), None)
            if known is None:
                groups.append(([value], keys))
            else:
                known.append(value)
        written = {key.name for _, keys in groups for key in keys}
        conditions = [{"if": _is_one_of(name, values), "then": self._variant(keys, written)} for values, keys in groups]
        rest = self._variant(map_type.otherwise, set())
        return [*conditions, {"if": _is_one_of(name, list(map_type.variants)), "else": rest}]

    def _variant(self, keys: tuple[Key, ...], written: set[str]) -> Json:
        properties: Json = {key.name: self._property(key) for key in keys}
        properties |= dict.fromkeys(sorted(written - properties.keys()), False)
        needed = [key.name for key in keys if key.required]
        return {"properties": properties, **({"required": needed} if needed else {})}

    def _task_type_names(self) -> Json:
        """The known task types with what they do; any other name may be an older one, or of the project file."""
        names: list[Json] = [{"const": one.name, "description": one.summary} for one in self._task_types]
        return {"anyOf": [*names, text_schema(TextType(non_empty=True))]}


def _whole(map_type: MapType) -> tuple[Json, ...]:
    """The reference that may stand for a whole map of values."""
    return reference(references_below(map_type))


def _is_one_of(name: str, values: list[str]) -> Json:
    said: Json = {"const": values[0]} if len(values) == 1 else {"enum": values}
    return {"properties": {name: said}, "required": [name]}


def _groups(map_type: MapType) -> Json:
    """Which keys exclude each other, and of which one must be there."""
    rules: list[Json] = [{"oneOf": [_has_values(name) for name in group]} for group in map_type.one_of]
    rules += [{"anyOf": [_has_values(name) for name in group]} for group in map_type.any_of]
    rules += [
        {"not": _has_values(first, second)}
        for group in map_type.at_most_one_of
        for number, first in enumerate(group)
        for second in group[number + 1 :]
    ]
    rules += [{"if": _has_values(first), "then": {"required": [second]}} for first, second in map_type.needs]
    if not rules:
        return {}
    return rules[0] if len(rules) == 1 and not map_type.discriminator else {"allOf": rules}


def _has_values(*names: str) -> Json:
    """That all of these keys are written, with a value."""
    return {"required": list(names), "properties": {name: {"not": _NULL} for name in names}}


def default_of(key: Key) -> Any:
    """What counts where a key is not written, as a value of its type; None where it is told in words only."""
    return written(key.type, key.default) if key.default else None
