"""What names files keeps naming them when they are called otherwise."""

from __future__ import annotations

import pytest

from mfo_dialect.model.project import read_project
from mfo_dialect.text import TextEdit, apply_edits
from mfo_lsp.features.file_renames import FileRename, bundle_edits, project_edits
from tests.rules.checking import bundle_of

PROJECT = """\
baseline = "known/baseline.json"
[bundle]
prompts = ["shared/prompts.yml", 'shared/more/*.yml']
agents = ["./agents.yml"]  # shared/prompts.yml
[task_types.stamp]
module = "tools.post:stamp"
"""
RENAMES = [
    ("/p/shared/prompts.yml", "/p/shared/texts.yml", {'"shared/prompts.yml",': '"shared/texts.yml",'}),
    ("/p/shared/prompts.yml", "/q/prompts.yml", {'"shared/prompts.yml",': '"../q/prompts.yml",'}),
    ("/p/shared", "/p/common", {'"shared/prompts.yml",': '"common/prompts.yml",', "'shared/more/*": "'common/more/*"}),
    ("/p/shared/more", "/p", {"'shared/more/*.yml'": "'*.yml'"}),
    ("/p/shared/more/a.yml", "/p/shared/a.yml", {"more/*.yml'": 'more/*.yml\', "shared/a.yml"'}),
    ("/p/shared/more/a.yml", "/p/shared/more/b.yml", {}),
    ("/p/agents.yml", "/p/a/agents.yml", {'"./agents.yml"': '"./a/agents.yml"'}),
    ("/p/known/baseline.json", "/p/known.json", {"known/baseline.json": "known.json"}),
    ("/p/tools/post.py", "/p/tools/mail/letters.py", {"tools.post:": "tools.mail.letters:"}),
    ("/p/tools", "/p/lib", {"tools.post:": "lib.post:"}),
    ("/p/tools/post.py", "/p/tools/not-a-module.py", {}),
    ("/p/other.yml", "/p/another.yml", {}),
    ("/p/shared/prompts.yml.old", "/p/x.yml", {}),
    ("/p/shared/prompts.yml", '/p/shared/"texts".yml', {}),
]


@pytest.mark.parametrize(("old", "new", "changes"), RENAMES, ids=[f"{row[0]} {row[1]}" for row in RENAMES])
def test_the_project_file_follows(old, new, changes):
    project = read_project(PROJECT, "/p/mfo.toml")
    edits = [TextEdit(edit.place.span, edit.new_text) for edit in project_edits(project, [FileRename(old, new)])]
    expected = PROJECT
    for before, after in changes.items():
        assert expected.count(before) == 1
        expected = expected.replace(before, after)
    assert apply_edits(PROJECT, edits) == expected
    assert read_project(expected, "/p/mfo.toml").problem is None


FLOW = """\
workflow_name: x
global_configs:
  secrets:
    key: {file: keys/key.txt}
    other: {file: "../key.txt"}
taskflows:
  - taskflow_id: a
    tasks: [{id: a, type: mfo_api_tool_list}]
"""
SECRETS = [
    ("/p/keys/key.txt", "/p/keys/new key.txt", "keys/key.txt", "keys/new key.txt"),
    ("/p/keys/key.txt", "/p/keys/a, b.txt", "keys/key.txt", "'keys/a, b.txt'"),
    ("/key.txt", "/p/key.txt", "../key.txt", "key.txt"),
    ("/p/keys", "/p/a/keys", "keys/key.txt", "a/keys/key.txt"),
    ("/p/others.txt", "/p/a.txt", "", ""),
]


@pytest.mark.parametrize(("old", "new", "before", "after"), SECRETS)
def test_files_of_secrets_follow(old, new, before, after):
    bundle = bundle_of({"/p/workflow.yml": FLOW})
    edits = [TextEdit(edit.place.span, edit.new_text) for edit in bundle_edits(bundle, [FileRename(old, new)])]
    assert apply_edits(FLOW, edits) == FLOW.replace(before, after, 1)


def test_a_workflow_that_moves_finds_its_files():
    bundle = bundle_of({"/p/workflow.yml": FLOW})
    edits = bundle_edits(bundle, [FileRename("/p/workflow.yml", "/p/flows/workflow.yml")])
    assert [edit.new_text for edit in edits] == ["../keys/key.txt", "../../key.txt"]
    assert not bundle_edits(bundle, [FileRename("/p/workflow.yml", "/p/flow.yml")])
    moved_together = [FileRename("/p", "/q")]
    assert [edit.new_text for edit in bundle_edits(bundle, moved_together)] == []
