"""The schemas are valid, complete, and the ones that the catalogue gives now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mfo_dialect.catalogue.agents_keys import AGENTS_FILE
from mfo_dialect.catalogue.config_keys import CONFIG_FILE, PROJECT_FILE
from mfo_dialect.catalogue.json_schema import workflow_schema
from mfo_dialect.catalogue.prompts_keys import PROMPTS_FILE
from mfo_dialect.catalogue.schema_values import BARE, DURATION, IDENTIFIER, MARKED
from mfo_dialect.catalogue.task_types import TASK_TYPES
from mfo_dialect.catalogue.task_types.declaration import TaskType
from mfo_dialect.catalogue.test_keys import TEST_FILE
from mfo_dialect.catalogue.values import EitherType, IntegerType, Key, ListType, MapType, ValueType
from mfo_dialect.catalogue.workflow_keys import TASK, flow_file, workflow_file
from mfo_dialect.durations import parse_duration
from mfo_dialect.references import Reference, bare_reference, scan
from mfo_dialect.rules import RULES
from mfo_dialect.rules.choosing import rule_names, selectors
from mfo_dialect.shapes import UNKNOWN
from mfo_lsp.cli.schema import KINDS, file_name
from scripts.generate_schemas import SCHEMAS as FOLDER
from scripts.generate_schemas import outdated, texts
from tests.schemas.schemas import SCHEMAS

ROOTS = {
    "workflow": (flow_file(TASK), workflow_file(TASK)),
    "prompts": (PROMPTS_FILE,),
    "agents": (AGENTS_FILE,),
    "config": (CONFIG_FILE,),
    "test": (TEST_FILE,),
    "project": (PROJECT_FILE,),
}


def test_no_schema_is_out_of_date() -> None:
    assert outdated() == [], "run: python -m scripts.generate_schemas"


def test_a_changed_schema_is_noticed(tmp_path: Path) -> None:
    for name, text in texts().items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
    assert outdated(tmp_path) == []
    (tmp_path / file_name("agents")).write_text("{}", encoding="utf-8")
    (tmp_path / file_name("config")).unlink()
    assert outdated(tmp_path) == [file_name("agents"), file_name("config")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_one_and_says_where_it_is(kind: str) -> None:
    schema = SCHEMAS[kind]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(f"/schemas/{kind}.schema.json")
    assert (FOLDER / schema["$id"].rsplit("/", 1)[-1]).is_file()
    assert schema["title"].startswith("MFO ")


@pytest.mark.parametrize("kind", KINDS)
def test_every_definition_is_there_and_used(kind: str) -> None:
    named = {schema["$ref"] for schema in schemas_in(SCHEMAS[kind]) if "$ref" in schema}
    assert named == {f"#/$defs/{name}" for name in SCHEMAS[kind].get("$defs", {})}


def schemas_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from schemas_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from schemas_in(inner)


def keys_below(value_type: ValueType, seen: set[int]) -> Iterator[Key]:
    match value_type:
        case MapType() if id(value_type) not in seen:
            seen.add(id(value_type))
            for key in (*value_type.keys, *(key for keys in value_type.variants.values() for key in keys)):
                yield key
                yield from keys_below(key.type, seen)
            if value_type.others is not None:
                yield from keys_below(value_type.others, seen)
        case ListType(item=item):
            yield from keys_below(item, seen)
        case EitherType(options=options):
            for option in options:
                yield from keys_below(option, seen)
        case _:
            return


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_the_catalogue_is_told(kind: str) -> None:
    told = {
        (name, schema["description"])
        for holder in schemas_in(SCHEMAS[kind])
        for name, schema in holder.get("properties", {}).items()
        if isinstance(schema, dict) and "description" in schema
    }
    seen: set[int] = set()
    for key in (key for root in ROOTS[kind] for key in keys_below(root, seen)):
        assert key.summary, key.name
        assert any(name == key.name and words.startswith(key.summary) for name, words in told), key.name


def test_defaults_are_values_and_other_words_are_told() -> None:
    settings = SCHEMAS["workflow"]["$defs"]["flow-file"]["properties"]["config"]["properties"]
    assert settings["max_iterations"]["default"] == 100
    assert settings["on_failure"]["default"] == "stop"
    assert settings["grace"]["default"] == "5s"
    assert "default" not in settings["max_concurrency"]
    assert settings["max_concurrency"]["description"].endswith("Default: four per CPU.")
    retry = SCHEMAS["workflow"]["$defs"]["error-handling"]["properties"]["retry"]["properties"]
    assert (retry["multiplier"]["default"], retry["jitter"]["default"]) == (2.0, True)


def test_a_deprecated_key_says_what_to_write() -> None:
    message = SCHEMAS["workflow"]["$defs"]["config-of-mfo_api_chat_send"]["properties"]["message"]
    assert message["deprecated"] is True
    assert message["description"].endswith("Deprecated: write prompt.")


def test_the_project_file_offers_every_rule() -> None:
    rules = SCHEMAS["project"]["properties"]["rules"]["properties"]
    assert rules.keys() == rule_names(RULES).keys()
    assert SCHEMAS["project"]["$defs"]["selector"]["enum"] == list(selectors(RULES))


def test_further_task_types_may_be_known() -> None:
    keys = (Key("count", IntegerType(1), "How many.", required=True),)
    custom = TaskType("fetch_data", "Fetch data.", MapType("config of fetch_data", keys), UNKNOWN)
    validator = Draft202012Validator(workflow_schema("x:w", (*TASK_TYPES, custom)))
    for config, is_good in (({"count": 2}, True), ({"count": 0}, False), ({}, False)):
        flow = {"name": "x", "tasks": [{"id": "a", "type": "fetch_data", "config": config}]}
        assert validator.is_valid(flow) is is_good


# Patterns


def matches(pattern: str, text: str) -> bool:
    return Draft202012Validator({"pattern": pattern}).is_valid(text)


DURATION_LIKE = st.text("0123456789.smhuµn+- \t", max_size=8) | st.sampled_from(["1m30s", "500ms", "24h", "+.5h", "0"])


@given(DURATION_LIKE)
def test_a_text_is_a_duration_for_the_schema_as_for_the_checker(text: str) -> None:
    seconds = parse_duration(text.strip())
    is_duration = seconds is not None and seconds >= 0 and not (seconds == 0 and text.strip().startswith("-"))
    if not text.strip().startswith("-"):
        assert matches(DURATION, text) is is_duration


@given(st.text("aé_1.[]\"'${}<> \n", max_size=10))
def test_what_may_be_a_reference_is_never_refused(text: str) -> None:
    if any(isinstance(piece, Reference) for piece in scan(text)):
        assert matches(MARKED, text)
    if bare_reference(text) is not None:
        assert matches(BARE, text)


@pytest.mark.parametrize(
    ("text", "is_good"), [("a", True), ("_a-1", True), ("1a", False), ("a b", False), ("é", False), ("", False)]
)
def test_identifiers(text: str, is_good: bool) -> None:
    assert matches(IDENTIFIER, text) is is_good
