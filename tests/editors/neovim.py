"""A real Neovim without a screen, with the plugin of this repository and the server of this environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.editors.telling import ROOT, what_is_told

PLUGIN = ROOT / "editors" / "neovim"
PRELUDE = """
local told = {}
local function tell(name, value) told[name] = value end
local function wait(check, what)
  if not vim.wait(150000, check, 20) then error('waited in vain for ' .. what) end
end
local function lines(name)
  local buffer = vim.fn.bufnr('mfo://' .. name)
  return buffer == -1 and {} or vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end
local function holds(name, text)
  return function() return table.concat(lines(name), '\\n'):find(text, 1, true) ~= nil end
end
local function write()
  local file = assert(io.open(os.getenv('TOLD'), 'w'))
  file:write(vim.json.encode(told))
  file:close()
end
local messages = {}
vim.notify = function(message) messages[#messages + 1] = message end
local function main()
%s
end
local fine, problem = xpcall(main, debug.traceback)
if not fine then told.problem = problem end
told.messages = messages
write()
vim.cmd('qa!')
"""


def run_neovim(program: str, folder: Path, script: str) -> dict[str, Any]:
    """Run a Lua script in Neovim, started in a folder; gives what it told, and the messages that it saw.

    Raises:
        AssertionError: the script failed; with its words.
    """
    probe = folder / "probe.lua"
    probe.write_text(PRELUDE % script, encoding="utf-8")
    command = [program, "--headless", "-u", "NONE", "-i", "NONE", "--cmd", f"set rtp^={PLUGIN}"]
    return what_is_told(
        [*command, "--cmd", f"source {PLUGIN}/plugin/mfo.lua", "-c", f"luafile {probe}"], folder, folder
    )
