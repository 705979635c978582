"""The Neovim plugin in real Neovims: what their users do, from the first diagnostics to a run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.editors.neovim import run_neovim
from tests.editors.telling import ROOT

pytestmark = pytest.mark.editors

START = """
require('mfo').setup()
vim.cmd('edit workflow_definition.yml')
vim.cmd('setfiletype yaml')
wait(function() return vim.bo.filetype == 'yaml.mfo' end, 'the filetype')
local buffer = vim.api.nvim_get_current_buf()
local function to(text)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search(text, 'cW') > 0, text)
end
"""


@pytest.fixture(params=["nvim", "nvim-new"])
def neovim(request, editors_folder):
    return str(editors_folder / "bin" / request.param)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of an example with a mistake in it."""
    place = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", place)
    return place


def spoil(folder: Path, right: str, wrong: str) -> None:
    path = folder / "workflow_definition.yml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def test_the_project_file_is_served_and_other_toml_is_not(neovim, folder):
    (folder / "mfo.toml").write_text("[rules]\nMFO402 = 'offf'\n", encoding="utf-8")
    (folder / "other.toml").write_text("[rules]\nMFO402 = 'offf'\n", encoding="utf-8")
    told = run_neovim(
        neovim,
        folder,
        """
require('mfo').setup()
vim.cmd('edit other.toml | setfiletype toml')
tell('others', #vim.lsp.get_clients({ bufnr = 0 }))
vim.cmd('edit mfo.toml | setfiletype toml')
wait(function() return #vim.diagnostic.get(0) > 0 end, 'findings')
tell('found', vim.diagnostic.get(0)[1].message)
tell('filetype', vim.bo.filetype)
""",
    )
    assert (told["others"], told["filetype"]) == (0, "toml")
    assert "offf" in told["found"]


def test_a_prompt_template_in_markdown_is_served(neovim, folder):
    (folder / "mfo.toml").write_text("[bundle]\nprompts = ['greeting.md']\n", encoding="utf-8")
    for name in ("greeting.md", "other.md"):
        (folder / name).write_text("---\nvariables: [who]\n---\nTo {{ .who | uper }}\n", encoding="utf-8")
    told = run_neovim(
        neovim,
        folder,
        """
require('mfo').setup()
vim.cmd('edit other.md | setfiletype markdown')
local other = vim.api.nvim_get_current_buf()
vim.cmd('edit greeting.md | setfiletype markdown')
wait(function() return #vim.diagnostic.get(0) > 0 end, 'findings')
tell('found', vim.diagnostic.get(0)[1].message)
tell('others', #vim.diagnostic.get(other))
""",
    )
    assert "uper" in told["found"]
    assert told["others"] == 0


def test_a_file_of_ours_gets_its_filetype_and_others_keep_theirs(neovim, folder):
    (folder / "compose.yml").write_text("services:\n  web: {image: nginx}\n", encoding="utf-8")
    told = run_neovim(
        neovim,
        folder,
        START
        + """
tell('ours', vim.bo.filetype)
vim.cmd('edit compose.yml')
vim.cmd('setfiletype yaml')
vim.cmd('MfoWhy')
wait(function() return #messages > 0 end, 'the reason')
tell('other', vim.bo.filetype)
""",
    )
    assert (told["ours"], told["other"]) == ("yaml.mfo", "yaml")
    assert "not an MFO document" in told["messages"][0]


def test_a_mistake_is_underlined_explained_and_mended(neovim, folder):
    spoil(folder, "${INPUT.order_id}", "${INPUT.order_idd}")
    told = run_neovim(
        neovim,
        folder,
        START
        + """
wait(function() return #vim.diagnostic.get(buffer) > 0 end, 'diagnostics')
local found = vim.diagnostic.get(buffer)
tell('codes', vim.tbl_map(function(one) return one.code end, found))
tell('message', found[1].message)
vim.fn.cursor(found[1].lnum + 1, found[1].col + 1)
vim.cmd('MfoExplain')
wait(holds('rule/' .. found[1].code, 'What it finds'), 'the page')
vim.lsp.buf.code_action({
  filter = function(action) return action.kind == 'quickfix' and action.title == 'Change to "order_id"' end,
  apply = true,
})
wait(function() return #vim.diagnostic.get(buffer) == 0 end, 'the mended text')
""",
    )
    assert told["codes"] == ["MFO402"]
    assert 'did you mean "order_id"' in told["message"]


def test_hover_completion_definition_and_rename(neovim, folder):
    told = run_neovim(
        neovim,
        folder,
        START
        + """
local client = vim.lsp.get_clients({ bufnr = buffer })[1]
local function ask(method, more)
  local position = { line = vim.fn.line('.') - 1, character = vim.fn.col('.') - 1 }
  local params = vim.tbl_extend('force', { textDocument = { uri = vim.uri_from_bufnr(0) }, position = position }, more or {})
  local answers = vim.lsp.buf_request_sync(0, method, params, 10000)
  return answers[client.id].result
end
to('INPUT.order_id')
tell('hover', ask('textDocument/hover').contents.value)
vim.fn.cursor(vim.fn.line('.'), vim.fn.col('.') + 6)
local items = ask('textDocument/completion')
tell('completion', vim.tbl_map(function(item) return item.label end, items.items or items))
to('id: ')
vim.fn.cursor(vim.fn.line('.'), vim.fn.col('.') + 4)
tell('word', vim.fn.expand('<cword>'))
vim.lsp.buf.rename('renamed_task')
wait(function() return vim.fn.search('id: renamed_task', 'n') > 0 end, 'the new name')
tell('left', vim.fn.search('\\\\<' .. told.word .. '\\\\>', 'nw'))
wait(function() return #vim.diagnostic.get(buffer, { severity = { min = vim.diagnostic.severity.WARN } }) == 0 end, 'a clean file')
""",
    )
    assert "order_id" in told["hover"]
    assert "order_id" in told["completion"]
    assert told["left"] == 0


def test_a_flow_runs_and_its_states_and_outputs_are_shown(neovim, folder):
    told = run_neovim(
        neovim,
        folder,
        START
        + """
vim.cmd('MfoRun')
local name
wait(function()
  for _, one in ipairs(vim.api.nvim_list_bufs()) do
    name = vim.api.nvim_buf_get_name(one):match('^mfo://(run/.*)$') or name
  end
  return name and holds(name, 'succeeded\\n{')()
end, 'the end of the run')
tell('lines', lines(name))
""",
    )
    text = "\n".join(told["lines"])
    assert "\u2713" in text
    assert '"order": "resource_' in text


def test_a_dry_run_and_the_graph_as_text(neovim, folder):
    told = run_neovim(
        neovim,
        folder,
        START
        + """
local function named(pattern)
  for _, one in ipairs(vim.api.nvim_list_bufs()) do
    local name = vim.api.nvim_buf_get_name(one):match('^mfo://(' .. pattern .. ')$')
    if name then return name end
  end
end
vim.cmd('MfoDryRun')
wait(function() return named('plan/.*') and holds(named('plan/.*'), 'planned')() end, 'the plan')
vim.cmd('MfoGraph mermaid')
wait(function() return named('graph/.*mermaid') ~= nil end, 'the graph')
tell('graph', lines(named('graph/.*mermaid')))
""",
    )
    assert any("flowchart" in line for line in told["graph"])


def test_checkhealth_finds_the_server(neovim, folder):
    told = run_neovim(
        neovim,
        folder,
        START
        + """
vim.cmd('checkhealth mfo')
tell('health', vim.api.nvim_buf_get_lines(0, 0, -1, false))
""",
    )
    text = "\n".join(told["health"])
    assert "mfo-lsp, version" in text
    assert "ERROR" not in text
