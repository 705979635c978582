"""Refactorings and renames as people do them in real editors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editors.emacs import run_emacs
from tests.editors.helix import ENTER, Helix
from tests.editors.neovim import run_neovim
from tests.editors.telling import ROOT

pytestmark = pytest.mark.editors

FLOW = """\
name: letters
tasks:
  # takes the letter
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: ask
    type: mfo_api_chat_send
    dependencies: [fetch]
    config: {prompt: "Answer ${fetch.value}"}
  - id: told
    type: mfo_api_notification_create
    dependencies: [ask]
    config: {title: Done, message: "${ask.message}"}
"""
EXTRACTED = """\
name: letters
tasks:
  # takes the letter
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: told
    type: mfo_api_notification_create
    dependencies: [subflow]
    config: {title: Done, message: "${ask.message}"}
subflows:
  - id: subflow
    dependencies: [fetch]
    tasks:
      - id: ask
        type: mfo_api_chat_send
        config: {prompt: "Answer ${fetch.value}"}
"""
TEST = "flow: workflow_definition.yml\ntests:\n  - {name: all, expect: {states: {ask: succeeded}}}\n"
NEOVIM = """
require('mfo').setup()
vim.cmd('edit workflow_definition.yml')
vim.cmd('setfiletype yaml')
wait(function() return vim.bo.filetype == 'yaml.mfo' and #vim.lsp.get_clients({bufnr = 0}) > 0 end, 'the server')
local buffer = vim.api.nvim_get_current_buf()
local function text() return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\\n') .. '\\n' end
local function to(part)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search(part, 'cW') > 0, part)
end
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "workflow_definition.yml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "letters.test.yml").write_text(TEST, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("program", ["nvim", "nvim-new"])
def test_neovim_extracts_a_task_and_renames_it_in_the_test_beside_it(editors_folder, folder, program):
    told = run_neovim(
        str(editors_folder / "bin" / program),
        folder,
        NEOVIM
        + """
to('id: ask')
vim.lsp.buf.code_action({context = {only = {'refactor.extract'}, diagnostics = {}}, apply = true})
wait(function() return text():find('subflows:', 1, true) ~= nil end, 'the subflow')
tell('extracted', text())
to('ask$')
vim.lsp.buf.rename('query')
wait(function() return text():find('id: query', 1, true) ~= nil end, 'the rename')
tell('renamed', text())
tell('test', table.concat(vim.api.nvim_buf_get_lines(vim.fn.bufnr('letters.test.yml'), 0, -1, false), '\\n') .. '\\n')
""",
    )
    assert told["extracted"] == EXTRACTED
    assert told["renamed"] == EXTRACTED.replace("id: ask", "id: query").replace("${ask.", "${query.")
    assert told["test"] == TEST.replace("ask:", "query:")


def test_emacs_extracts_a_prompt_into_a_new_file(editors_folder, folder):
    (folder / "prompts_definition.yml").write_text("templates:\n  other: {user_prompt: Hello}\n", encoding="utf-8")
    told = run_emacs(
        editors_folder,
        folder,
        """
(to "Answer")
(let ((action (seq-find (lambda (one) (string-prefix-p "Extract the prompt" (plist-get one :title)))
                        (append (jsonrpc-request (eglot--current-server-or-lose) :textDocument/codeAction
                          (list :textDocument (eglot--TextDocumentIdentifier)
                                :range (list :start (eglot--pos-to-lsp-position) :end (eglot--pos-to-lsp-position))
                                :context '(:diagnostics [] :only ["refactor.extract"])))
                                nil))))
  (cl-letf (((symbol-function 'y-or-n-p) (lambda (&rest _) t)))
   (eglot--apply-workspace-edit (or (plist-get action :edit)
    (plist-get (jsonrpc-request (eglot--current-server-or-lose) :codeAction/resolve action) :edit)))))
(tell 'workflow (buffer-string))
(tell 'prompts (with-current-buffer (find-file-noselect "prompts_definition.yml") (buffer-string)))
""",
    )
    assert "prompt_template_id: ask_prompt" in told["workflow"]
    assert 'user_prompt: "Answer {{ .value }}"' in told["prompts"]


def test_emacs_extracts_a_task_by_its_menu_and_renames_it(editors_folder, folder):
    told = run_emacs(
        editors_folder,
        folder,
        """
(to "id: ask")
(cl-letf (((symbol-function 'completing-read)
           (lambda (_ actions &rest _) (seq-find (lambda (one) (string-match-p "subflow" one)) (all-completions "" actions))))
          ((symbol-function 'y-or-n-p) (lambda (&rest _) t)))
  (eglot-code-actions (point) nil "refactor.extract" t))
(wait (lambda () (string-match-p "subflows:" (buffer-string))) "the subflow")
(tell 'extracted (buffer-string))
(eglot--signal-textDocument/didChange) ; as half a second without a key does
(to "ask\n        type")
(cl-letf (((symbol-function 'y-or-n-p) (lambda (&rest _) t))) (eglot-rename "query"))
(wait (lambda () (string-match-p "id: query" (buffer-string))) "the rename")
(tell 'renamed (buffer-string))
(tell 'test (with-current-buffer (find-file-noselect "letters.test.yml") (buffer-string)))
""",
    )
    assert told["extracted"] == EXTRACTED
    assert told["renamed"] == EXTRACTED.replace("id: ask", "id: query").replace("${ask.", "${query.")
    assert told["test"] == TEST.replace("ask:", "query:")


def test_helix_extracts_a_task_by_its_menu_and_renames_it(editors_folder, folder):
    languages = (ROOT / "editors" / "helix" / "languages.toml").read_text(encoding="utf-8")
    helix = Helix(editors_folder / "bin" / "hx", folder, languages)
    helix.press(f"/id: ask{ENTER}")
    helix.press_until(" a", "Extract")
    helix.press(ENTER)
    helix.wait("subflows:")
    helix.press(f"/id: ask{ENTER};")
    helix.press(" r")
    helix.wait("rename-to")
    helix.press(f"\x15query{ENTER}")
    helix.wait("id: query")
    helix.press(f":wa{ENTER}")
    helix.wait(lambda shown: "[+]" not in shown)
    helix.close()
    written = (folder / "workflow_definition.yml").read_text(encoding="utf-8")
    assert written == EXTRACTED.replace("id: ask", "id: query").replace("${ask.", "${query.")
    assert (folder / "letters.test.yml").read_text(encoding="utf-8") == TEST.replace("ask:", "query:")
