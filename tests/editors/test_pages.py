"""The settings that the pages show, word for word, in the editors that they are for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks_of
from tests.editors.helix import Helix
from tests.editors.telling import ROOT, what_is_told

pytestmark = pytest.mark.editors
PAGES = ("README.md", "docs/editor-setup.md")
SETTINGS = [(page, block) for page in PAGES for block in blocks_of(page) if block.verb == "editor"]
WAIT_IN_LUA = """
vim.cmd('edit workflow_definition.yml | setfiletype yaml')
vim.wait(150000, function() return #vim.diagnostic.get(0) > 0 end, 20)
local file = assert(io.open(os.getenv('TOLD'), 'w'))
file:write(vim.json.encode(vim.tbl_map(function(one) return one.message end, vim.diagnostic.get(0))))
file:close()
vim.cmd('qa!')
"""
WAIT_IN_LISP = """
(require 'eglot)
(setq eglot-sync-connect 150)
(progn
  (find-file "workflow_definition.yml")
  (unless (derived-mode-p 'yaml-mode) (yaml-mode))
  (unless (eglot-current-server) (apply #'eglot--connect (eglot--guess-contact)))
  (flymake-mode 1)
  (let ((end (+ (float-time) 150)))
    (while (and (not (flymake-diagnostics)) (< (float-time) end)) (accept-process-output nil 0.05)))
  (let ((found (vconcat (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))))
    (with-temp-file (getenv "TOLD") (insert (json-encode found)))))
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of an example with one misspelt input; a home in which the repository is a folder."""
    place = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", place)
    path = place / "workflow_definition.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("${INPUT.order_id}", "${INPUT.order_idd}", 1), encoding="utf-8")
    (tmp_path / "mfo-lsp").symlink_to(ROOT)
    return place


def test_there_are_settings_to_try():
    assert {block.words for _, block in SETTINGS} == {"nvim", "nvim-new", "emacs", "hx"}


@pytest.mark.parametrize(("page", "block"), SETTINGS, ids=[f"{page}:{block.words}" for page, block in SETTINGS])
def test_an_editor_with_the_settings_of_a_page_shows_findings(page, block: Block, editors_folder, folder):
    program = editors_folder / "bin" / block.words
    if block.words == "hx":
        helix = Helix(program, folder, block.text)
        helix.press("/order_idd\r")
        helix.wait('did you mean "order_id"')
        helix.close()
        return
    settings = folder / ("settings.lua" if block.language == "lua" else "settings.el")
    waiting = WAIT_IN_LUA if block.language == "lua" else WAIT_IN_LISP
    preparing = "" if block.language == "lua" else "(package-initialize)\n(require 'yaml-mode)\n"
    settings.write_text(preparing + block.text + waiting, encoding="utf-8")
    options = ["--headless", "-i", "NONE", "-u"] if block.language == "lua" else ["--batch", "-l"]
    messages = what_is_told([program, *options, settings], folder, folder.parent)
    assert any('did you mean "order_id"' in message for message in messages), messages
