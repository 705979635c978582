"""A real Neovim without a screen, with the plugin of this repository and the server of this environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "editors" / "neovim"
PATIENCE = 90
PRELUDE = """
local told = {}
local function tell(name, value) told[name] = value end
local function wait(check, what)
  if not vim.wait(tonumber(os.getenv("PATIENCE")) or 30000, check, 20) then error('waited in vain for ' .. what) end
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
    probe, told = folder / "probe.lua", folder / "told.json"
    probe.write_text(PRELUDE % script, encoding="utf-8")
    command = [program, "--headless", "-u", "NONE", "-i", "NONE", "--cmd", f"set rtp^={PLUGIN}"]
    command += ["--cmd", f"source {PLUGIN}/plugin/mfo.lua", "-c", f"luafile {probe}"]
    environment = {**os.environ, "TOLD": str(told), "HOME": str(folder), "MFO_HOME": str(folder / ".mfo")}
    environment |= {"XDG_STATE_HOME": str(folder / ".state"), "XDG_DATA_HOME": str(folder / ".data")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert told.exists(), done.stderr + done.stdout
    result: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    assert "problem" not in result, (result["problem"], result["messages"], done.stderr)
    return result
