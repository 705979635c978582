"""From trees to workflows, prompts and agents: what is there is read, whatever else is missing or wrong."""

from __future__ import annotations

import pytest

from mfo_dialect.model.lower_workflow import lower_workflow
from mfo_dialect.model.prompts import PromptsDocument, lower_agents, lower_prompts
from mfo_dialect.model.workflow import Condition, Subflow, Task, Taskflow, Workflow, WorkflowShape
from mfo_dialect.syntax import Mapping, Scalar, parse


def root_of(text: str) -> Mapping:
    root = parse(text).documents[0].root
    assert isinstance(root, Mapping)
    return root


def workflow(text: str) -> Workflow:
    return lower_workflow(root_of(text), "w.yml")


def flow(text: str) -> Taskflow:
    (taskflow,) = workflow(text).taskflows
    return taskflow


def prompts(text: str) -> PromptsDocument:
    return lower_prompts(root_of(text), "p.yml")


def texts(scalars: tuple[Scalar, ...]) -> list[str]:
    return [scalar.text for scalar in scalars]


def ids(taskflow: Taskflow) -> list[str | None]:
    return [node.id.text if node.id is not None else None for node in taskflow.level.nodes]


def test_a_flow_file_is_one_taskflow_that_is_called_as_the_file() -> None:
    read = workflow("name: letters\ninput_schema: {type: object}\noutputs: {x: a.b}\ntasks: [{id: a}]\n")
    assert read.shape is WorkflowShape.FLOW
    assert [one.name for one in read.taskflows] == ["letters"]
    assert read.taskflows[0].input_schema is not None
    assert read.taskflows[0].outputs is not None


def test_a_workflow_file_has_many_taskflows() -> None:
    read = workflow(
        "workflow_name: w\ntaskflows:\n  - {taskflow_id: one, tasks: []}\n  - {id: two}\n  - {name: nameless}\n  - text\n"
    )
    assert read.shape is WorkflowShape.WORKFLOW
    assert [one.name for one in read.taskflows] == ["one", "two", ""]


def test_a_mixed_file_gives_all_that_it_holds() -> None:
    read = workflow("workflow_name: w\ntaskflows: [{id: one}]\ntasks: [{id: a}]\n")
    assert read.shape is WorkflowShape.WORKFLOW
    assert [(one.name, ids(one)) for one in read.taskflows] == [("one", []), ("w", ["a"])]


def test_nodes_come_in_the_order_of_the_text() -> None:
    read = flow("name: f\nconditions: [{id: c}]\ntasks:\n  - id: a\n  - id: b\nsubflows: [{id: s, tasks: [{id: i}]}]\n")
    assert ids(read) == ["c", "a", "b", "s"]
    assert [type(node) for node in read.level.nodes] == [Condition, Task, Task, Subflow]


def test_two_task_lists_are_read_as_one() -> None:
    assert ids(flow("name: f\ntasks: [{id: a}]\nother: 1\ntasks:\n  - id: b\ntasks:\n")) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: f\ntasks:\n", []),
        ("name: f\ntasks: text\n", []),
        ("name: f\ntasks: {a: {id: a}}\n", []),
        ("name: f\ntasks: [~, text, 3, [x], {id: a}, {}]\n", ["a", None]),
        ("name: f\ntasks: [{id: }, {id: [x]}, {id: 3}]\n", [None, None, "3"]),
        ("name: f\ntasks:\n  - id: a\n    type: t\n  - id: b\n    config: {x: [\n  - id: c\n", ["a", "b", "c"]),
    ],
)
def test_what_can_be_read_of_tasks_is_read(text: str, expected: list) -> None:
    assert ids(flow(text)) == expected


def test_a_task_with_all_its_parts() -> None:
    (task,) = flow(
        "name: f\ntasks:\n  - {id: a, type: t, config: {x: 1}, dependencies: [b, c], successors: d,"
        " error_handling: {retry: {}}}\n"
    ).level.nodes
    assert isinstance(task, Task)
    assert (task.type_name, texts(task.dependencies), texts(task.successors)) == ("t", ["b", "c"], ["d"])
    assert task.config is not None
    assert task.error_handling is not None


def test_the_tasks_own_error_handling_counts_before_that_of_its_config() -> None:
    own, inner = flow(
        "name: f\ntasks:\n  - {id: a, error_handling: {x: 1}, config: {error_handling: {y: 1}}}\n"
        "  - {id: b, config: {error_handling: {y: 1}}}\n"
    ).level.nodes
    assert isinstance(own, Task)
    assert isinstance(inner, Task)
    assert own.error_handling is not None
    assert "x" in own.error_handling
    assert inner.error_handling is not None
    assert "y" in inner.error_handling


@pytest.mark.parametrize(
    ("task", "dependencies"),
    [
        ("{<<: *base, id: a}", ["x"]),
        ("{<<: *base, id: a, dependencies: [y]}", ["y"]),
        ("{id: a, dependencies: [y], <<: [*base, *other]}", ["y"]),
        ("{id: a, <<: [*other, *base]}", ["z"]),
        ("{id: a, dependencies: *list}", ["l"]),
        ("{id: a, dependencies: [*item, y]}", ["i", "y"]),
        ("{id: a, dependencies: , <<: *base}", []),
    ],
)
def test_merge_keys_and_aliases_are_followed_and_never_win(task: str, dependencies: list) -> None:
    head = "base: &base {dependencies: [x]}\nother: &other {dependencies: [z]}\nlist: &list [l]\nitem: &item i\n"
    (node,) = flow(f"{head}name: f\ntasks:\n  - {task}\n").level.nodes
    assert texts(node.dependencies) == dependencies


def test_a_key_that_is_written_counts_before_the_merged_one() -> None:
    read = prompts(
        "base: &base {x: {type: integer}, y: {}}\ntemplates:\n  t:\n    variables:\n      <<: *base\n      x: {type: string}\n"
    )
    variables = read.templates[0].variables
    assert variables is not None
    assert list(variables) == ["x", "y"]
    schema = variables["x"][1]
    assert isinstance(schema, Mapping)
    assert isinstance(kind := schema.get("type"), Scalar)
    assert kind.text == "string"


def test_subflows_nest_to_a_bound() -> None:
    text = "name: f\ntasks: []\nsubflows:\n"
    for depth in range(30):
        text += f"{'  ' * depth}- id: s{depth}\n{'  ' * depth}  tasks: [{{id: t{depth}}}]\n{'  ' * depth}  subflows:\n"
    level, depth = flow(text).level, 0
    while any(isinstance(node, Subflow) for node in level.nodes):
        level = next(node for node in level.nodes if isinstance(node, Subflow)).level
        depth += 1
    assert depth == 16


def test_triggers_configs_and_schemas() -> None:
    read = workflow(
        "workflow_name: w\nglobal_configs:\n  secrets: {key: {env: KEY}}\n  env: [HOME, PATH]\n"
        "triggers:\n  - {id: t, type: manual, target_taskflow: f, enabled: false, input_mapping: {a: 1}}\n  - {id: u}\n"
        "taskflows: []\nschemas: [{id: a, type: object}, {name: b}, {type: string}]\n"
    )
    first, second = read.triggers
    assert (first.enabled, second.enabled) == (False, True)
    assert first.target is not None
    assert (list(read.secrets), list(read.env), list(read.schemas)) == (["key"], ["HOME", "PATH"], ["a", "b"])


def test_schemas_may_be_a_map() -> None:
    assert list(workflow("taskflows: []\nschemas: {a: {type: object}, b: {}}\n").schemas) == ["a", "b"]


def test_a_template_with_all_its_parts() -> None:
    (template,) = prompts(
        "templates:\n  t:\n    system_prompt: s\n    user_prompt: u\n    variables: [a, b]\n    default_variables: {c: 1}\n"
        "    tools: [named, {name: inline, parameters: {}}, {description: nameless}]\n    tool_choice: named\n"
        "    error_handling_templates: {again: e}\n    engine: jinja2\n"
    ).templates
    assert texts(template.texts) == ["s", "u"]
    assert (list(template.variables or ()), list(template.defaults)) == (["a", "b"], ["c"])
    assert texts(template.tool_names) == ["named"]
    assert [tool.name.text for tool in template.inline_tools] == ["inline"]
    assert (list(template.error_templates), template.engine) == (["again"], "jinja2")


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ("[a, b]", ["a", "b"]),
        ("{a: {}, b: }", ["a", "b"]),
        ("[]", []),
        ("", None),
        ("text", None),
        ("[a, {}, ~]", None),
    ],
)
def test_a_list_of_variables_or_none(variables: str, names: list | None) -> None:
    (template,) = prompts(f"templates:\n  t:\n    template: u\n    variables: {variables}\n").templates
    if variables == "[a, {}, ~]":
        assert "a" in (template.variables or ())
        return
    assert (None if template.variables is None else list(template.variables)) == names


def test_prompts_know_their_tools_and_schemas() -> None:
    read = prompts("templates: {t: text, u: {}}\ntools: {a: {parameters: {}}, b: }\nextraction_schemas: {s: {}}\n")
    assert [template.id.text for template in read.templates] == ["u"]
    assert [tool.name.text for tool in read.tools] == ["a", "b"]
    assert list(read.schemas) == ["s"]


def test_agents_may_be_a_map_or_a_list() -> None:
    mapped = lower_agents(root_of("agents: {a: {tools: [x]}, b: text}\n"), "a.yml")
    listed = lower_agents(root_of("agents: [{id: a, capabilities: [c]}, {name: nameless}, text]\n"), "a.yml")
    assert [agent.id.text for agent in mapped.agents] == ["a"]
    assert [(agent.id.text, texts(agent.capabilities)) for agent in listed.agents] == [("a", ["c"])]
