"""The schemas and the checker say the same of documents that the catalogue itself makes up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.catalogue.agents_keys import AGENTS_FILE
from mfo_dialect.catalogue.prompts_keys import PROMPTS_FILE
from mfo_dialect.catalogue.task_types import TASK_TYPES, TaskType
from mfo_dialect.catalogue.values import (
    AnyType,
    BooleanType,
    EitherType,
    Format,
    IntegerType,
    Key,
    ListType,
    MapType,
    Names,
    NumberType,
    References,
    SchemaType,
    TextType,
    ValueType,
)
from mfo_dialect.catalogue.workflow_keys import TASK, flow_file, workflow_file
from mfo_dialect.checker import check
from mfo_dialect.findings import Severity
from mfo_dialect.rules import RULES
from tests.effort import examples
from tests.rules.checking import bundle_of
from tests.schemas.schemas import problems

SHAPE_RULES = tuple(rule for rule in RULES if rule.code in {"MFO201", "MFO202", "MFO203", "MFO204", "MFO205", "MFO310"})
REFERENCES = {
    References.NONE: (),
    References.EXPLICIT: ("${INPUT.x}", "a ${INPUT.x} b", "$<INPUT.x>"),
    References.ALL: ("${INPUT.x}", "INPUT.x.y", "$<INPUT.x>"),
}
_MAX_DEPTH = 7


def refused(document: Any, name: str) -> list[str]:
    """The errors of shape that the checker finds in a document, written as JSON, which is YAML."""
    findings = check(bundle_of({name: json.dumps(document, indent=1)}), SHAPE_RULES)
    return [f"{finding.code} {finding.message}" for finding in findings if finding.severity is Severity.ERROR]


def texts(text_type: TextType) -> tuple[str, ...]:
    if text_type.names is Names.TASK_TYPE:
        return tuple(task_type.name for task_type in TASK_TYPES)
    match text_type.format:
        case Format.DURATION:
            return ("30s", "1m30s", "0", "500ms")
        case Format.IDENTIFIER:
            return ("a", "b-2", "_c")
        case Format.CRON:
            return ("0 7 * * MON-FRI",)
        case Format.OUTPUT_PATH:
            return ()
        case _:
            return text_type.choices or ("word", "two words", "é: #")


def values(value_type: ValueType, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that the catalogue allows; None where it allows none that can be made up."""
    match value_type:
        case TextType(references=references):
            return st.sampled_from((*texts(value_type), *REFERENCES[references]))
        case IntegerType(minimum=low, maximum=high, references=references):
            return st.integers(low, high) | st.sampled_from(REFERENCES[references] or (low or 1,))
        case NumberType(minimum=low, maximum=high, references=references):
            return st.sampled_from((low or 1, low or 1.5, high or 7.25, *REFERENCES[references]))
        case BooleanType(references=references):
            return st.sampled_from((True, False, *REFERENCES[references]))
        case AnyType():
            return st.sampled_from((1, "text", True, [1], {"a": None}))
        case SchemaType():
            return st.sampled_from(({"type": "object"}, {}, True))
        case ListType(item=item, non_empty=non_empty):
            if isinstance(item, TextType) and not (texts(item) or REFERENCES[item.references]):
                return st.just([])
            return st.lists(
                values(item, depth + 1), min_size=int(non_empty), max_size=max(int(non_empty), 2 - depth // 3)
            )
        case EitherType(options=options):
            return st.one_of(*(values(option, depth + 1) for option in options))
        case MapType():
            return maps(value_type, depth)


@st.composite
def maps(draw: st.DrawFn, map_type: MapType, depth: int) -> dict[str, Any]:
    """Maps that the catalogue allows: what is needed, some of the rest, at times a key without a value or an ``x-`` one."""
    keys = {key.name: key for key in map_type.keys}
    made: dict[str, Any] = {}
    if map_type.discriminator:
        key = keys.pop(map_type.discriminator)
        said = made[key.name] = draw(values(key.type, depth + 1))
        keys |= {more.name: more for more in map_type.keys_for(said) if more.name != key.name}
    chosen: set[str] = set()
    excluded: set[str] = set()
    for group in (*map_type.one_of, *map_type.any_of, *map_type.at_most_one_of):
        if not chosen & set(group):
            chosen.add(draw(st.sampled_from([name for name in group if name not in excluded])))
        excluded |= set(group) - chosen
    for key in keys.values():
        if key.name not in excluded and (key.required or key.name in chosen or _wanted(draw, map_type, key, depth)):
            is_empty = not key.required and key.name not in chosen and draw(st.integers(0, 7)) == 0
            made[key.name] = None if is_empty else draw(values(key.type, depth + 1))
    if map_type.title == "config of a webhook" and "provider" in made:
        made["webhook_id"] = "w"
    if map_type.others is None:
        made |= draw(st.sampled_from(({}, {}, {"x-mine": [1]})))
    elif not keys:
        made |= {name: draw(values(map_type.others, depth + 1)) for name in draw(st.sampled_from(((), ("one",))))}
    return made


def _wanted(draw: st.DrawFn, map_type: MapType, key: Key, depth: int) -> bool:
    if key.name == "id" and map_type.title == "agent":
        return True
    return depth < _MAX_DEPTH and draw(st.integers(0, 1 + depth)) == 0


ROOTS = {
    "flow file": ("workflow", flow_file(TASK)),
    "workflow file": ("workflow", workflow_file(TASK)),
    "prompts": ("prompts", PROMPTS_FILE),
    "agents": ("agents", AGENTS_FILE),
}


@pytest.mark.parametrize("root", ROOTS)
@settings(max_examples=examples(40))
@given(data=st.data())
def test_neither_finds_anything_in_good_documents(root: str, data: st.DataObject) -> None:
    kind, declared = ROOTS[root]
    document = data.draw(maps(declared, 0))
    assert refused(document, f"{kind}.yml") == []
    assert problems(kind, document) == {}


def flow_with(task: dict[str, Any]) -> dict[str, Any]:
    return {"name": "flow", "tasks": [{"id": "here", **task}]}


@pytest.mark.parametrize("task_type", TASK_TYPES, ids=lambda task_type: task_type.name)
@settings(max_examples=examples(12))
@given(data=st.data())
def test_both_miss_what_a_task_type_needs(task_type: TaskType, data: st.DataObject) -> None:
    config = data.draw(maps(task_type.config, 1))
    needed = [key.name for key in task_type.config.keys if key.required]
    needed += [name for group in task_type.config.one_of for name in group if name in config]
    if not needed:
        return
    lacking = data.draw(st.sampled_from(needed))
    document = flow_with({"type": task_type.name, "config": {k: v for k, v in config.items() if k != lacking}})
    assert refused(document, "workflow.yml")
    assert problems("workflow", document)


WRONG: tuple[Any, ...] = (-7, 3.5, True, "", " ", "plain words", [], {}, ["a"], {"a": 1}, [None], None)


@pytest.mark.parametrize("task_type", TASK_TYPES, ids=lambda task_type: task_type.name)
@settings(max_examples=examples(12))
@given(data=st.data())
def test_both_judge_any_value_of_a_config_key_alike(task_type: TaskType, data: st.DataObject) -> None:
    if not task_type.config.keys:
        return
    config = data.draw(maps(task_type.config, 1))
    grouped = {name for group in task_type.config.one_of for name in group}
    name = data.draw(st.sampled_from([key.name for key in task_type.config.keys if key.name not in grouped] or [""]))
    config[name] = data.draw(st.sampled_from(WRONG))
    document = flow_with({"type": task_type.name, "config": config})
    found, problem = refused(document, "workflow.yml"), problems("workflow", document)
    assert bool(found) == bool(problem), (found, problem)
