"""Which files are ours, and what they are taken for (dialect section 1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.analysis.bundle import read_source
from mfo_dialect.model.kinds import DocumentKind, classify, may_be_ours
from mfo_dialect.syntax import parse

WORKFLOW, PROMPTS, AGENTS, CONFIG = DocumentKind

OURS = {
    "a flow file": ("x.yml", "name: f\ntasks:\n  - id: a\n    type: mfo_api_tool_list\n", WORKFLOW),
    "a task with an id alone": ("x.yml", "name: f\ntasks:\n  - id: a\n", WORKFLOW),
    "a task with a type alone": ("x.yml", "tasks: [{type: custom}]\n", WORKFLOW),
    "a workflow file": ("x.yaml", "workflow_name: w\n", WORKFLOW),
    "taskflows": ("x.yml", "taskflows:\n", WORKFLOW),
    "triggers with a target": ("x.yml", "triggers:\n  - id: t\n    target_taskflow: f\n", WORKFLOW),
    "keys in quotes": ("x.yml", "\"name\": f\n'tasks' :\n  - {'id': a}\n", WORKFLOW),
    "JSON": ("x.yml", '{"name": "f", "tasks": [{"id": "a", "type": "t"}]}', WORKFLOW),
    "indented as a whole": ("x.yml", "  name: f\n  tasks:\n    - id: a\n", WORKFLOW),
    "a complex key": ("x.yml", "? taskflows\n: []\n", WORKFLOW),
    "tasks with foreign keys beside": ("x.yml", "tasks:\n  - id: a\nservices: {}\n", WORKFLOW),
    "prompts": ("x.yml", "templates:\n  hello:\n    user_prompt: hi\n", PROMPTS),
    "prompts just begun": ("x.yml", "templates:\n  hello:\n", PROMPTS),
    "no template yet": ("x.yml", "templates: {}\n", PROMPTS),
    "agents": ("x.yml", "agents:\n  writer:\n    objectives: [write]\n", AGENTS),
    "agents in a list": ("x.yml", "agents:\n  - id: writer\n    guide: Write.\n", AGENTS),
    "agents with interaction": ("x.yml", "agents: {writer: {interaction: {max_turns: 3}}}\n", AGENTS),
    "client config": ("x.yml", "client:\n  base_url: http://localhost\n", CONFIG),
    "taskflow settings": ("x.yml", "taskflow: {concurrency: 3}\nlogging: {level: info}\n", CONFIG),
    "taskflow timeout": ("x.yml", "taskflow: {timeout: 3s}\n", CONFIG),
    "an empty file by its name": ("workflow_definition.yml", "", WORKFLOW),
    "a flow file by its name": ("hello.mfo.yaml", "name: f\n", WORKFLOW),
    "prompts by their name": ("my_prompts.yml", "templates:\n", PROMPTS),
    "prompts by their name, just begun": ("prompts_definition.yml", "tem", PROMPTS),
    "agents by their name": ("agents.yml", "agents:\n  writer:\n    name: Writer\n", AGENTS),
    "config by its name": ("mfo_client.yml", "", CONFIG),
    "config by its name, without an address": ("mfo_client.yml", "client: {timeout: 3s}\nlogging: {}\n", CONFIG),
    "config by its name, with keys of nobody": ("mfo_client.yml", "clients: {base_url: x}\nservers: [a]\n", CONFIG),
    "prompts by their name, with a slip": ("prompts_definition.yml", "tools: {a: {}}\ntemplate: {b: {}}\n", PROMPTS),
    "tasks just begun": ("my_workflow.yml", "name: f\ntasks:\n  - na\n", WORKFLOW),
    "a name in capitals": ("Workflow.YML", "name: f\n", WORKFLOW),
    "half a key below tasks": ("workflow.yml", "name: f\nconfi\ntasks:\n", WORKFLOW),
}

FOREIGN = {
    "docker-compose": ("docker-compose.yml", "services:\n  web:\n    image: nginx\nvolumes: {}\n"),
    "GitHub workflow": ("ci.yml", "name: CI\non: push\njobs:\n  a:\n    runs-on: ubuntu\n    steps: [{run: ls}]\n"),
    "GitHub workflow with a telling name": ("workflow.yml", "name: CI\non: [push]\njobs: {}\n"),
    "GitHub workflow, half typed": ("release-workflow.yml", "name: CI\non: push\njobs:\n"),
    "GitHub workflow, broken": ("workflow.yml", "name: CI\non: push\njobs:\n  a: {steps: [\n  b: x\n"),
    "GitLab CI": (".gitlab-ci.yml", "stages: [a]\ninclude:\n  - local: x\nbuild:\n  script: [make]\n"),
    "GitLab CI with a workflow key": (".gitlab-ci.yml", "workflow:\n  rules: [{if: $CI}]\n"),
    "Helm values": ("values.yaml", "replicaCount: 1\nimage: {tag: x}\nagents:\n  enabled: true\n"),
    "Helm chart": ("Chart.yaml", "apiVersion: v2\nname: x\ndescription: y\nversion: 1.0.0\n"),
    "Helm template": ("deployment.yaml", "{{- if .Values.x }}\nkind: Deployment\n{{- end }}\n"),
    "Ansible play": ("play.yml", "- hosts: all\n  tasks:\n    - name: a\n      apt: {name: x}\n"),
    "Ansible play with a telling name": ("workflow.yml", "- hosts: all\n  tasks:\n    - name: a\n      apt: x\n"),
    "Ansible role": ("main.yml", "- name: a\n  apt: {name: x}\n"),
    "tasks of a role in a map": ("workflow.yml", "name: deploy\ntasks:\n  - name: a\n    apt: {name: x}\n"),
    "Taskfile": ("Taskfile.yml", "version: '3'\ntasks:\n  build:\n    cmds: [make]\n"),
    "k8s deployment": (
        "d.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template: {spec: {containers: []}}\n",
    ),
    "OpenAPI": ("api.yaml", "openapi: 3.1.0\ninfo: {title: x}\npaths: {}\ncomponents: {schemas: {}}\n"),
    "Argo": ("argo.yaml", "kind: Workflow\nspec:\n  templates:\n    - name: a\n"),
    "Argo's templates as a list": ("workflow.yml", "kind: Workflow\ntemplates:\n  - name: a\n    container: {}\n"),
    "Tekton": ("p.yaml", "kind: Pipeline\nspec:\n  tasks:\n    - name: a\n      taskRef: {name: b}\n"),
    "Azure pipelines": ("azure-pipelines.yml", "trigger: [main]\nsteps:\n  - template: x.yml\n"),
    "Azure resources": ("az.yml", "triggers:\n  - branches: [main]\nstages: []\n"),
    "triggers of another tool": ("t.yml", "triggers:\n  - type: cron\n"),
    "Prometheus alerts": ("alertmanager.yml", "templates: ['*.tmpl']\nroute: {receiver: x}\n"),
    "templates that are texts": ("x.yml", "templates:\n  a: text\n"),
    "logging": ("logging.yml", "version: 1\nlogging: {level: info}\nhandlers: {}\n"),
    "logging alone": ("log.yml", "logging:\n  level: debug\n"),
    "CrewAI agents": ("agents.yaml", "researcher:\n  role: x\n  goal: y\n  backstory: z\n"),
    "CrewAI agents under a key": ("agents.yml", "agents:\n  - role: Researcher\n    goal: find\n    backstory: b\n"),
    "CrewAI tasks": ("tasks.yaml", "research_task:\n  description: x\n  expected_output: y\n  agent: z\n"),
    "client of another tool": ("client.yml", "client:\n  id: 3\n"),
    "kubeconfig": ("config.yml", "apiVersion: v1\nclusters: []\nusers: []\n"),
    "a config without a witness": ("config.yml", "logging: {level: info}\n"),
    "an empty file": ("x.yml", ""),
    "a comment": ("x.yml", "# tasks: nothing\n"),
    "a text": ("x.yml", "hello"),
    "a list": ("prompts.yml", "- a\n- b\n"),
    "front matter of a page": ("post.yml", "---\ntitle: x\ntags: [a]\n---\n"),
}


def kind_of(name: str, text: str, previous: DocumentKind | None = None) -> DocumentKind | None:
    return read_source(f"dir/{name}", text, previous).kind


@pytest.mark.parametrize(("name", "text", "kind"), OURS.values(), ids=OURS)
def test_a_file_that_is_ours(name: str, text: str, kind: DocumentKind) -> None:
    source = read_source(f"dir/{name}", text)
    assert source.kind is kind, source.documents[0].classification.reason
    assert may_be_ours(text, name)
    assert kind.value in source.documents[0].classification.reason


@pytest.mark.parametrize(("name", "text"), FOREIGN.values(), ids=FOREIGN)
def test_a_file_that_is_not_ours(name: str, text: str) -> None:
    source = read_source(f"dir/{name}", text)
    assert source.kind is None, source.documents[0].classification.reason
    assert "not an MFO document" in source.documents[0].classification.reason


HALF_TYPED = [
    ("w.yml", "", WORKFLOW),
    ("w.yml", "na", WORKFLOW),
    ("w.yml", "name: f\ntasks:\n", WORKFLOW),
    ("w.yml", "name: f\ntasks:\n  - ", WORKFLOW),
    ("w.yml", "name: f\ntasks:\n  - i", WORKFLOW),
    ("w.yml", "name: f\ntasks:\n  - nam: x\n", WORKFLOW),
    ("w.yml", "name: f\ntas:\n", WORKFLOW),
    ("w.yml", "name: f\ntask", WORKFLOW),
    ("w.yml", "name: f\nx: {y: [\ntasks:\n", WORKFLOW),
    ("w.yml", "work", WORKFLOW),
    ("p.yml", "templ", PROMPTS),
    ("p.yml", "templates:\n  a: te", PROMPTS),
    ("p.yml", "templates:\n  - ", PROMPTS),
    ("a.yml", "agents:\n  writer:\n    ob", AGENTS),
    ("a.yml", "agents:\n  writer:\n    objectivs: [x]", AGENTS),
    ("c.yml", "clie", CONFIG),
]


@pytest.mark.parametrize(("name", "text", "kind"), HALF_TYPED)
def test_a_half_typed_file_keeps_its_kind(name: str, text: str, kind: DocumentKind) -> None:
    assert kind_of(name, text, kind) is kind
    assert kind_of(name, text) in {None, kind}


def test_what_is_typed_over_by_another_tools_file_is_ours_no_longer() -> None:
    assert kind_of("x.yml", FOREIGN["docker-compose"][1], WORKFLOW) is None


def test_content_weighs_more_than_name_and_past() -> None:
    assert kind_of("prompts.yml", "taskflows: []\n", AGENTS) is WORKFLOW


def test_each_document_of_a_stream_has_its_own_kind() -> None:
    text = "templates: {}\n---\nservices: {}\n---\nname: f\ntasks: [{id: a}]\n---\nagents: {w: {guide: x}}\n"
    assert [document.kind for document in read_source("x.yml", text).documents] == [PROMPTS, None, WORKFLOW, AGENTS]


@given(
    st.lists(
        st.sampled_from(
            [
                "tasks",
                "'tasks'",
                "workflow_name",
                "templates",
                "agents",
                "client",
                "services",
                "- ",
                "  ",
                "id: a",
                "---\n",
                ": ",
                ":",
                "\n",
                "\r",
                "\r\n",
                "#",
                "{",
                "[",
                "]",
                "}",
                ", ",
                "? ",
                "!t ",
                "&a ",
                "\n  ",
                "base_url: x",
                "guide: y",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_the_quick_look_never_turns_away_what_is_ours(text: str) -> None:
    if not may_be_ours(text, "x.yml"):
        assert [classify(document.root, "x.yml").kind for document in parse(text).documents if document.root] in (
            [],
            [None],
        )
