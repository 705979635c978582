"""Questions of flows and tests of flows, in real editors: what the person answers is what the run goes on with."""

from __future__ import annotations

import pytest

from tests.editors.emacs import run_emacs
from tests.editors.neovim import run_neovim

pytestmark = pytest.mark.editors

FLOW = """\
name: colours
tasks:
  - {id: which, type: ask_user, config: {question: Which colour, choices: [red, green]}}
  - {id: why, type: ask_user, config: {question: Why}, dependencies: [which]}
outputs: {colour: "${which.answer}", why: "${why.answer}"}
"""
TESTS = """\
flow: workflow_definition.yml
tests:
  - name: nobody answers
    expect: {error: task_failed}
  - name: wrong
    expect: {state: succeeded}
"""


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "colours"
    place.mkdir()
    (place / "workflow_definition.yml").write_text(FLOW, encoding="utf-8")
    (place / "flow.test.yml").write_text(TESTS, encoding="utf-8")
    return place


@pytest.mark.parametrize("version", ["nvim", "nvim-new"])
def test_neovim_asks_and_runs_tests(version, editors_folder, folder):
    told = run_neovim(
        str(editors_folder / "bin" / version),
        folder,
        """
require('mfo').setup()
vim.cmd('edit workflow_definition.yml')
vim.cmd('setfiletype yaml')
wait(function() return vim.bo.filetype == 'yaml.mfo' end, 'the filetype')
vim.ui.select = function(choices, options, answer) told.asked = options.prompt; answer(choices[2]) end
vim.ui.input = function(_, answer) answer('because') end
vim.cmd('MfoRun')
wait(holds('run/colours', 'succeeded\\n{'), 'the end of the run')
tell('run', table.concat(lines('run/colours'), '\\n'))
vim.cmd('MfoTest')
wait(function() return #vim.fn.getqflist() > 0 end, 'the failures')
tell('failures', vim.tbl_map(function(one) return { one.lnum, one.text } end, vim.fn.getqflist()))
""",
    )
    assert told["asked"] == "which: Which colour "
    assert '"colour": "green"' in told["run"]
    assert '"why": "because"' in told["run"]
    ((line, words),) = told["failures"]
    assert (line, words.startswith("wrong: the run failed, expected: succeeded")) == (6, True)
    assert "mfo: 1 passed, 1 failed" in told["messages"]


def test_emacs_asks_and_runs_tests(editors_folder, folder):
    told = run_emacs(
        editors_folder,
        folder,
        """
      (cl-letf (((symbol-function 'completing-read) (lambda (&rest _) "green"))
                ((symbol-function 'read-string) (lambda (&rest _) "because")))
        (mfo-run)
        (wait (holds "*mfo run colours*" "\\nsucceeded\\n") "the end of the run"))
      (tell 'run (with-current-buffer "*mfo run colours*" (buffer-string)))
      (mfo-test)
      (wait (holds "*mfo tests*" "passed") "the tests")
      (tell 'tests (with-current-buffer "*mfo tests*" (buffer-string)))
""",
    )
    run = told["run"].replace('":"', '": "')
    assert '"colour": "green"' in run
    assert '"why": "because"' in run
    assert "flow.test.yml:6:" in told["tests"]
    assert "1 passed, 1 failed" in told["tests"]
