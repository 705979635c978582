"""``mfo test``: tests of flows run offline, and what is not met is told with its line."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from textwrap import dedent

import pytest
from processes import CHECK, EXAMPLES, environment, mfo

from mfo_runtime.errors import InvalidInputError
from mfo_runtime.testing.running_tests import run_test
from mfo_runtime.testing.test_files import find_test_files, read_test_file
from tests.effort import PATIENCE

FLOW = """\
    name: trial
    tasks:
      - id: ask
        type: mfo_api_chat_send
        config: {prompt: "Say ${INPUT.word}"}
      - id: keep
        type: mfo_api_memory_store
        config: {key: said, value: "${ask.message}"}
        dependencies: [ask]
    outputs: {said: "${ask.message}", count: 3}
    """


@pytest.fixture
def room(tmp_path):
    """Writes a flow and a test beside it; gives the tests that the file holds."""
    (tmp_path / "a.mfo.yml").write_text(dedent(FLOW))

    def write(text):
        file = tmp_path / "a.test.yml"
        file.write_text(dedent(text))
        return read_test_file(str(file))

    return write


HEAD = "name: it says so\nflow: a.mfo.yml\ninputs: {word: yes!}\nanswers: [{answer: Well}]\nexpect:\n"


def messages(tests):
    return [f"{one.place.line}: {one.message}" for test in tests for one in run_test(test).mismatches]


def test_a_test_passes_without_servers_or_models(room):
    tests = room(
        HEAD
        + """\
  state: succeeded
  outputs: {said: Well, count: 3.0}
  states: {ask: succeeded}
  that: [outputs.count == 3, len(calls) == 2, error == nil, 'calls[1].body.value == "Well"']
  calls:
    - {task: ask, method: POST, path: /api/chat, body: {messages: [{role: user, content: "Say yes!"}]}, times: 1}
    - {body: {key: said}}
"""
    )
    assert messages(tests) == []


def test_each_expectation_that_is_not_met_is_told_with_its_line_and_what_came(room):
    tests = room(
        HEAD
        + """\
  state: failed
  error: timeout
  outputs:
    said: Ill
    more: 1
    count: true
  states:
    keep: skipped
    keeep: skipped
  that:
    - outputs.count > 3
    - outputs.said +
  calls:
    - {path: /api/chat, times: 2}
    - {path: /api/tools}
"""
    )
    found = messages(tests)
    assert found[:8] == [
        "6: the run succeeded, expected: failed",
        '7: the error is null, expected: "timeout"',
        '9: outputs.said is "Well", expected: "Ill"',
        "10: outputs.more is not there, expected: 1",
        "11: outputs.count is 3, expected: true",
        "13: keep succeeded, expected: skipped",
        '14: there is no node "keeep"; there are ask, keep',
        '16: outputs.count > 3 is false; outputs is {"said": "Well", "count": 3}',
    ]
    assert found[8].startswith("17: outputs.said +: ")
    asked = "what was called: POST /api/chat, POST /api/memory"
    assert found[9:] == [
        f"19: called 1 times, expected: 2 times; {asked}",
        f"20: called 0 times, expected: at least once; {asked}",
    ]


def test_tests_of_one_file_share_what_they_leave_out(room):
    tests = room("""\
        flow: a.mfo.yml
        inputs: {word: a}
        answers: [{answer: A}]
        tests:
          - {name: one, expect: {outputs: {said: A}}}
          - {name: two, answers: [{answer: B}], expect: {outputs: {said: B}}}
        """)
    assert ([test.name for test in tests], messages(tests)) == (["one", "two"], [])


def test_a_flow_that_is_refused_fails_its_test(room, tmp_path):
    tests = room(HEAD + "  state: succeeded\n")
    (tmp_path / "a.mfo.yml").write_text("name: trial\ntasks:\n  - {id: a, type: nothing_known}\n")
    (found,) = messages(tests)
    assert found.startswith("1: The flow has errors: MFO")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "name: a\nflow: b\nexpct: {}\n",
            'a.test.yml:3:8: a test has no key "expct" here; did you mean "expect"',
        ),
        ("name: a\nexpect:\n  state: done\n", "a.test.yml:3:10: 'done' is not one of"),
        ("name: a\nscript: b\nreplay: c\n", "a.test.yml:1:1: "),
        ("- a\n", "a.test.yml:1:1: A test file is a map"),
        ("a: [\n", "a.test.yml:"),
    ],
)
def test_a_test_file_that_is_wrong_is_told_with_its_line(room, text, said):
    with pytest.raises(InvalidInputError) as error:
        room(text)
    assert said in str(error.value)


def test_the_examples_tests_pass_as_people_run_them(tmp_path):
    report = tmp_path / "junit.xml"
    ended = mfo("test", EXAMPLES, "--junit", report, home=tmp_path / "home")
    assert ended.status == 0, ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("11 passed in ")
    suites = ET.parse(report).getroot()
    assert (suites.get("tests"), suites.get("failures"), len(suites)) == ("11", "0", 4)
    assert not (tmp_path / "home").exists()


def test_a_failure_shows_the_line_of_the_expectation_and_goes_into_the_report(room, tmp_path):
    room(HEAD + "  outputs: {said: Ill}\n")
    ended = mfo("test", "--junit", "j.xml", home=tmp_path / "home", cwd=tmp_path)
    assert ended.status == 1
    assert 'a.test.yml:6:19: outputs.said is "Well", expected: "Ill"' in ended.stdout
    assert "6 |   outputs: {said: Ill}" in ended.stdout
    assert ET.parse(tmp_path / "j.xml").getroot().find(".//failure").get("message").startswith("outputs.said")


def test_cassettes_are_recorded_anew_and_then_answer(room, tmp_path):
    room("name: it says so\nflow: a.mfo.yml\ninputs: {word: a}\nreplay: a.jsonl\nexpect: {outputs: {said: 'Say a'}}\n")
    missing = mfo("test", home=tmp_path / "home", cwd=tmp_path)
    assert (missing.status, "there is no such file" in missing.stdout) == (1, True)
    updated = mfo("test", "--update", home=tmp_path / "home", cwd=tmp_path)
    assert (updated.status, "recorded anew" in updated.stdout) == (0, True), updated.stdout
    (test,) = read_test_file(str(tmp_path / "a.test.yml"))
    assert run_test(test).mismatches == ()


def test_files_are_found_and_chosen(tmp_path):
    for name in ("one.test.yml", "sub/two.test.yaml", "three.yml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("name: a\nflow: b.yml\n")
    found = [*find_test_files((str(tmp_path), str(tmp_path / "one.test.yml")))]
    assert [name.removeprefix(f"{tmp_path}/") for name in found] == ["one.test.yml", "sub/two.test.yaml"]
    ended = mfo("test", tmp_path, "-k", "nothing", home=tmp_path)
    assert (ended.status, ended.lines[0]) == (2, "mfo: There is no test here.")


def test_a_test_file_is_no_workflow_for_the_checker(room, tmp_path):
    import subprocess

    room("name: a\nflow: a.mfo.yml\n")
    (tmp_path / "workflow.test.yml").write_text("tasks:\n  - {id: b, type: nothing_known}\n")
    ended = subprocess.run(
        [*CHECK, str(tmp_path)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
