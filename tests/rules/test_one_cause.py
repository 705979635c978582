"""One mistake gives one finding: what follows from it, or says it again, stays quiet."""

import pytest

from tests.rules.cases import Case, assert_said

MERGED = """\
name: report
tasks:
  - id: sales
    type: mfo_api_chat_send
    config: &section
      prompt: Write of sales.
      prompt_contxt: {}
  - id: support
    type: mfo_api_chat_send
    config: {<<: *section, prompt_context: {}}
  - id: hiring
    type: mfo_api_chat_send
    config: *section
"""
TAB = """\
name: report
tasks:
  - id: one
    type: mfo_api_tool_list
  - id: sales
    type: mfo_api_chat_send
    config: &section
      prompt: Write of sales.
\tdependencies: [one]
  - id: support
    type: mfo_api_chat_send
    config: {<<: *section, prompt: Write of support.}
"""
WITHOUT_ID = """\
name: jobs
tasks:
  - {id: start, type: mfo_api_job_create, config: {job_type: index, parameters: {}}}
  - {id: look, type: mfo_api_job_get, config: {job_id: "${start.job.id}"}, dependencies: [start]}
  - {id: tell, type: mfo_api_memory_store, config: {key: job, value: "${look.job.status}"}}
conditions:
  - type: expr
    config: {expression: look.job.status == "completed" || TASKFLOW.iterations.done > 3}
    dependencies: [look]
    successors: [tell, look]
"""
CALLS = """\
name: calls
tasks:
  - {id: one, type: mfo_api_chat_send, config: {prompt_template_id: explain}}
  - {id: two, type: mfo_api_chat_send, config: {prompt_template_id: sumarise}}
"""
LINE_LOST = """\
templates:
  summarise:
    description: Say it in short.
    user_prompt: Summarise the text.
    description: Say it in long.
    user_prompt: Explain the text.
"""
CASES = [
    Case("a key of a map that others merge", MERGED, [("MFO201", "prompt_contxt", 'did you mean "prompt_context"')]),
    Case("a tab in a map that others merge", TAB, [("MFO103", "\t", "a tab")]),
    Case("an id that is missing, and read", WITHOUT_ID, [("MFO202", "type", '"id" is missing in a condition')]),
    Case(
        "the line lost with which a template starts",
        CALLS,
        [("MFO102", "description", "is the line missing")],
        {"prompts.yml": LINE_LOST},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_mistake_is_one_finding(case: Case) -> None:
    assert_said(case)
