"""The catalogue, key by key, as the dialect's own tables have it (sections 2, 3, 5 and 8 to 11).

A key is written with its marks: ``!`` it is required, ``^`` one of those so marked must be there, ``~`` it is an older
name. ``=`` gives the words that may stand there, or its default.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mfo_dialect.catalogue.agents_keys import AGENT, AGENTS_FILE, MODEL
from mfo_dialect.catalogue.config_keys import CONFIG_FILE, PROJECT_FILE
from mfo_dialect.catalogue.error_handling import ERROR_HANDLING, ON_ERROR, RETRY
from mfo_dialect.catalogue.prompts_keys import INLINE_TOOL, PROMPTS_FILE, TEMPLATE
from mfo_dialect.catalogue.task_types import BUILT_IN, OLDER_NAMES, TASK_TYPES, current_name
from mfo_dialect.catalogue.values import (
    AnyType,
    EitherType,
    IntegerType,
    Key,
    ListType,
    MapType,
    NumberType,
    References,
    TextType,
    ValueType,
    describe,
)
from mfo_dialect.catalogue.workflow_keys import (
    CONDITION,
    TASK,
    TASKFLOW_CONFIG,
    TRIGGER,
    flow_file,
    subflow_map,
    taskflow_map,
    workflow_file,
)


def marked(map_type: MapType, keys: tuple[Key, ...] | None = None) -> set[str]:
    one_of = {name for group in (*map_type.one_of, *map_type.any_of) for name in group}
    return {
        key.name
        + ("!" if key.required else "")
        + ("^" if key.name in one_of else "")
        + ("~" if key.replacement else "")
        for key in (map_type.keys if keys is None else keys)
    }


def inner(map_type: MapType, *path: str) -> MapType:
    for name in path:
        key = next(key for key in map_type.keys if key.name == name)
        found = key.type.item if isinstance(key.type, ListType) else key.type
        assert isinstance(found, MapType), name
        map_type = found
    return map_type


def variant(map_type: MapType, value: str) -> MapType:
    (key,) = map_type.variants[value]
    assert isinstance(key.type, MapType)
    return key.type


CHAT = (
    "prompt_template_id^ prompt^ message^~ prompt_context include_tools include_server_tools system_prompt provider_id"
    " model_id thread_id options metadata error_handling agent_id"
)
CONFIGS_AND_OUTPUTS = {
    "mfo_api_chat_send": (CHAT, "message thread_id parsed_content tool_call_results tool_calls usage response"),
    "mfo_api_chat_get_history": ("thread_id! provider_id", "messages"),
    "mfo_api_tool_execute": ("tool_id! arguments! provider_id", "result"),
    "mfo_api_tool_list": ("provider_id", "tools"),
    "mfo_api_memory_store": ("key! value! metadata provider_id", "success"),
    "mfo_api_memory_get": ("key! provider_id", "value"),
    "mfo_api_memory_delete": ("key! provider_id", "success"),
    "mfo_api_resource_list": ("resource_type provider_id", "resources"),
    "mfo_api_resource_create": ("resource_type! properties! metadata provider_id", "resource"),
    "mfo_api_resource_get": ("resource_id! provider_id", "resource"),
    "mfo_api_resource_update": ("resource_id! properties! metadata provider_id", "resource"),
    "mfo_api_resource_delete": ("resource_id! provider_id", "success"),
    "mfo_api_job_create": ("job_type! parameters! metadata provider_id", "job"),
    "mfo_api_job_get": ("job_id! wait provider_id", "job"),
    "mfo_api_job_cancel": ("job_id! provider_id", "job"),
    "mfo_api_notification_create": ("title! message! level user_id metadata provider_id", "notification"),
    "mfo_api_notification_get": ("notification_id! provider_id", "notification"),
    "mfo_api_notification_mark_read": ("notification_id! provider_id", "success"),
    "mfo_api_notification_delete": ("notification_id! provider_id", "success"),
    "mfo_api_event_trigger_create": (
        "event_type! action_type! action_config! filter condition metadata provider_id",
        "event_trigger",
    ),
    "mfo_api_event_trigger_get": ("trigger_id! provider_id", "event_trigger"),
    "mfo_api_event_trigger_delete": ("trigger_id! provider_id", "success"),
    "mfo_api_webhook_create": ("url! events! webhook_type secret metadata provider_id", "webhook"),
    "mfo_api_webhook_get": ("webhook_id! provider_id", "webhook"),
    "mfo_api_webhook_delete": ("webhook_id! provider_id", "success"),
    "mfo_agent_run": (
        "agent_id^ capability^ task! context thread_id limits tenant metadata",
        "message parsed_content agent thread_id steps tool_call_results usage",
    ),
    "ask_user": ("question! choices default input_schema timeout", "answer"),
    "http_request": ("url! method headers query json body expect_status timeout", "status headers body json"),
    "transform": ("values!", ""),
}


def test_there_are_these_task_types_and_no_others() -> None:
    assert set(BUILT_IN) == set(CONFIGS_AND_OUTPUTS)


@pytest.mark.parametrize(("name", "config", "outputs"), [(n, c, o) for n, (c, o) in CONFIGS_AND_OUTPUTS.items()])
def test_a_task_type_has_these_keys_and_outputs(name: str, config: str, outputs: str) -> None:
    task_type = BUILT_IN[name]
    assert marked(task_type.config) == set(config.split())
    assert set(task_type.outputs.fields) == set(outputs.split())
    assert (task_type.outputs.rest is None) == bool(outputs)


def test_every_server_type_has_its_older_name() -> None:
    expected = {name.replace("mfo_api_", "slop_api_"): name for name in BUILT_IN if name.startswith("mfo_api_")}
    expected["slop_tool_call"] = "mfo_api_tool_execute"
    assert {older: task_type.name for older, task_type in OLDER_NAMES.items()} == expected
    assert all(current_name(older) == name for older, name in expected.items())
    assert current_name("custom") == "custom"


def test_a_request_body_may_be_given_under_the_older_name_alone() -> None:
    older = OLDER_NAMES["slop_api_chat_send"]
    assert marked(older.config) == {*CHAT.split(), "request_body^"}
    assert marked(variant(TASK, "slop_api_chat_send")) == marked(older.config)
    assert marked(variant(TASK, "mfo_api_chat_send")) == set(CHAT.split())


FLOW, WORKFLOW, TASKFLOW, SUBFLOW = flow_file(TASK), workflow_file(TASK), taskflow_map(TASK), subflow_map(TASK)
MAPS = {
    "flow file": (
        FLOW,
        "name! description version config input_schema outputs global_configs tasks! subflows conditions",
    ),
    "workflow file": (WORKFLOW, "workflow_name description version global_configs triggers taskflows! schemas"),
    "taskflow": (
        TASKFLOW,
        "taskflow_id^ id^ name description config input_schema tasks! subflows conditions outputs",
    ),
    "config of a taskflow": (TASKFLOW_CONFIG, "max_concurrency timeout max_iterations on_failure grace"),
    "task": (TASK, "id! type! name description dependencies successors priority timeout outputs error_handling"),
    "condition": (CONDITION, "id! type! config! name description dependencies successors!"),
    "config of a condition": (inner(CONDITION, "config"), "expression! vars"),
    "subflow": (
        SUBFLOW,
        "id! tasks! conditions subflows input_schema input_mapping name description dependencies successors",
    ),
    "error handling": (ERROR_HANDLING, "retry on_error"),
    "retry": (RETRY, "max_attempts backoff initial_delay max_delay multiplier jitter retry_on"),
    "global configs": (inner(WORKFLOW, "global_configs"), "secrets env"),
    "trigger": (TRIGGER, "id! type! enabled target_taskflow input_mapping name description"),
    "webhook": (
        variant(TRIGGER, "webhook"),
        "http_path^ http_method provider^ webhook_id secret_ref expected_payload_schema",
    ),
    "schedule": (variant(TRIGGER, "schedule"), "cron_expression! timezone missed_runs"),
    "event": (variant(TRIGGER, "event"), "event_type! filter"),
    "prompts file": (PROMPTS_FILE, "templates! tools extraction_schemas name description version"),
    "template": (
        TEMPLATE,
        (
            "name description template^ system_prompt user_prompt^ variables default_variables provider_id model_id options"
            " tools tool_choice output_schema error_handling_templates metadata engine max_turns"
        ),
    ),
    "tool of a template": (INLINE_TOOL, "name! description parameters"),
    "agents file": (AGENTS_FILE, "agents! name description version"),
    "agent": (
        AGENT,
        (
            "id name description objectives capabilities prompt_template_id context guide task tools model fallbacks"
            " interaction limits memory output_schema cache allowed_triggers"
        ),
    ),
    "model": (MODEL, "provider_id model_id"),
    "interaction": (inner(AGENT, "interaction"), "max_turns can_delegate_to require_approval_for session"),
    "session": (inner(AGENT, "interaction", "session"), "ttl"),
    "limits": (inner(AGENT, "limits"), "max_tokens max_cost max_tool_calls timeout requests_per_minute"),
    "memory": (inner(AGENT, "memory"), "keys history_limit max_context_tokens"),
    "client config": (CONFIG_FILE, "client taskflow logging"),
    "client": (inner(CONFIG_FILE, "client"), "base_url timeout retry circuit_breaker rate_limit cache auth"),
    "client retry": (
        inner(CONFIG_FILE, "client", "retry"),
        "max_attempts initial_backoff max_backoff backoff_multiplier",
    ),
    "circuit breaker": (inner(CONFIG_FILE, "client", "circuit_breaker"), "failure_threshold reset_timeout"),
    "rate limit": (inner(CONFIG_FILE, "client", "rate_limit"), "requests_per_second burst"),
    "cache": (inner(CONFIG_FILE, "client", "cache"), "ttl"),
    "auth": (inner(CONFIG_FILE, "client", "auth"), "token email password"),
    "taskflow settings": (inner(CONFIG_FILE, "taskflow"), "concurrency timeout error_handling"),
    "logging": (inner(CONFIG_FILE, "logging"), "level format output fields"),
    "project file": (
        PROJECT_FILE,
        "bundle check baseline rules task_types servers tools budgets prices tenants engine journal",
    ),
}


@pytest.mark.parametrize(("map_type", "keys"), MAPS.values(), ids=MAPS)
def test_a_map_has_these_keys(map_type: MapType, keys: str) -> None:
    assert marked(map_type) == set(keys.split())


def test_error_handlers_have_these_keys() -> None:
    assert {name: marked(ON_ERROR, keys) for name, keys in ON_ERROR.variants.items()} == {
        "retry_with_prompt": {"append_to_system_prompt!", "max_retries!"},
        "fail_fast": set(),
        "fallback": {"model_id", "provider_id"},
        "continue": {"output"},
    }


WORDS = [
    (TASK, "priority", "low normal high"),
    (CONDITION, "type", "expr"),
    (RETRY, "backoff", "exponential linear constant"),
    (TASKFLOW_CONFIG, "on_failure", "stop continue"),
    (TRIGGER, "type", "webhook schedule user_input manual event"),
    (TEMPLATE, "engine", "go jinja2"),
    (ON_ERROR, "type", "retry_with_prompt fail_fast fallback continue"),
    (BUILT_IN["mfo_api_notification_create"].config, "level", "info success warning error"),
    (BUILT_IN["mfo_api_webhook_create"].config, "webhook_type", "event trigger callback"),
    (inner(CONFIG_FILE, "logging"), "format", "text json"),
]


@pytest.mark.parametrize(("map_type", "name", "words"), WORDS, ids=[f"{row[0].title}: {row[1]}" for row in WORDS])
def test_a_key_takes_these_words(map_type: MapType, name: str, words: str) -> None:
    (key,) = (key for key in map_type.keys if key.name == name)
    assert isinstance(key.type, TextType)
    assert key.type.choices == tuple(words.split())


DEFAULTS = [
    (TASK, "priority", "normal"),
    (RETRY, "max_attempts", "3"),
    (RETRY, "backoff", "exponential"),
    (RETRY, "initial_delay", "1s"),
    (RETRY, "max_delay", "1m"),
    (RETRY, "multiplier", "2.0"),
    (RETRY, "jitter", "true"),
    (TASKFLOW_CONFIG, "max_iterations", "100"),
    (TASKFLOW_CONFIG, "grace", "5s"),
    (TRIGGER, "enabled", "true"),
    (TEMPLATE, "engine", "go"),
    (inner(AGENT, "interaction"), "max_turns", "8"),
    (inner(AGENT, "interaction", "session"), "ttl", "30m"),
    (inner(AGENT, "memory"), "history_limit", "10"),
    (inner(CONFIG_FILE, "client"), "timeout", "30s"),
    (inner(CONFIG_FILE, "client", "retry"), "max_attempts", "3"),
    (inner(CONFIG_FILE, "client", "retry"), "backoff_multiplier", "2.0"),
    (inner(CONFIG_FILE, "client", "circuit_breaker"), "failure_threshold", "5"),
    (inner(CONFIG_FILE, "client", "circuit_breaker"), "reset_timeout", "1m"),
]


@pytest.mark.parametrize(("map_type", "name", "default"), DEFAULTS, ids=[f"{r[0].title}: {r[1]}" for r in DEFAULTS])
def test_a_key_has_this_default(map_type: MapType, name: str, default: str) -> None:
    (key,) = (key for key in map_type.keys if key.name == name)
    assert key.default == default


NAMES_NOT_VALUES = {
    "mfo_api_chat_send": {"prompt_template_id", "model_id", "agent_id", "provider_id"},
    "mfo_api_event_trigger_create": {"event_type", "action_type", "filter", "provider_id"},
    "mfo_api_notification_create": {"level", "provider_id"},
    "http_request": {"method"},
    "mfo_api_tool_execute": {"provider_id"},
    "mfo_api_resource_get": {"provider_id"},
}


@pytest.mark.parametrize(("name", "keys"), NAMES_NOT_VALUES.items())
def test_keys_that_hold_names_are_never_read_as_bare_references(name: str, keys: set[str]) -> None:
    explicit = {
        key.name
        for key in BUILT_IN[name].config.keys
        if isinstance(key.type, TextType) and key.type.references is References.EXPLICIT
    }
    assert explicit == keys


def every_map() -> Iterator[MapType]:
    waiting: list[ValueType] = [FLOW, WORKFLOW, PROMPTS_FILE, AGENTS_FILE, CONFIG_FILE, PROJECT_FILE]
    waiting += [task_type.as_older().config for task_type in TASK_TYPES]
    seen: set[int] = set()
    while waiting:
        value_type = waiting.pop()
        if id(value_type) in seen:
            continue
        seen.add(id(value_type))
        match value_type:
            case MapType():
                yield value_type
                keys = (*value_type.keys, *value_type.otherwise, *(k for v in value_type.variants.values() for k in v))
                waiting += [key.type for key in keys]
                waiting += [value_type.others] if value_type.others is not None else []
            case ListType(item=item):
                waiting.append(item)
            case EitherType(options=options):
                waiting += options
            case _:
                pass


MAP_TYPES = list(every_map())


def all_keys(map_type: MapType) -> tuple[Key, ...]:
    return (*map_type.keys, *map_type.otherwise, *(key for keys in map_type.variants.values() for key in keys))


def test_every_key_says_what_it_is_for_in_one_sentence() -> None:
    silent = [
        f"{map_type.title}.{key.name}"
        for map_type in MAP_TYPES
        for key in all_keys(map_type)
        if not key.summary.endswith(".")
    ]
    assert not silent


def test_groups_and_discriminators_name_keys_that_there_are() -> None:
    for map_type in MAP_TYPES:
        names = {key.name for key in all_keys(map_type)}
        for group in (*map_type.one_of, *map_type.at_most_one_of, *map_type.any_of):
            assert set(group) <= names, map_type.title
        assert not map_type.discriminator or map_type.discriminator in names
        replacements = {key.replacement for key in map_type.keys if key.replacement}
        assert replacements <= names


def test_no_map_has_a_key_twice() -> None:
    for map_type in MAP_TYPES:
        for variant_name in (None, *map_type.variants):
            names = [key.name for key in map_type.keys_for(variant_name)]
            assert len(names) == len(set(names)), (map_type.title, variant_name)


def test_every_task_type_and_output_says_what_it_is() -> None:
    for task_type in TASK_TYPES:
        assert task_type.summary.endswith(".")
        assert task_type.has_required_config == (task_type.name not in {"mfo_api_tool_list", "mfo_api_resource_list"})


@pytest.mark.parametrize(
    ("value_type", "words"),
    [
        (TextType(choices=("a", "b")), 'one of "a", "b"'),
        (IntegerType(), "a whole number"),
        (NumberType(), "a number"),
        (AnyType(), "any value"),
        (EitherType((TextType(), ListType(TextType()))), "text or a list"),
    ],
)
def test_a_type_in_a_few_words(value_type: ValueType, words: str) -> None:
    assert describe(value_type) == words
