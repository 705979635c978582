--- Tests of flows: run by the server, failures in the quickfix list.
local server = require('mfo.server')
local M = {}

local function item(failure)
  local start = failure.range.start
  local message = failure.name and ('%s: %s'):format(failure.name, failure.message) or failure.message
  return { filename = vim.uri_to_fname(failure.uri), lnum = start.line + 1, col = start.character + 1, text = message, type = 'E' }
end

--- Run tests: those that the argument names, else all of the buffer's file, or of the workspace for a file without tests.
---@param buffer integer
---@param argument table? uri, tests
function M.run(buffer, argument)
  local uri = server.uri(buffer)
  argument = argument or (uri:match('%.test%.ya?ml$') and { uri = uri } or vim.empty_dict())
  server.execute(buffer, 'mfo.runTests', argument, function(result)
    local items = {}
    for _, failures in ipairs({ result.failures, result.problems }) do
      vim.list_extend(items, vim.tbl_map(item, failures))
    end
    vim.fn.setqflist({}, ' ', { title = 'MFO tests', items = items })
    vim.notify(('mfo: %d passed, %d failed'):format(result.passed, result.failed))
    if #items > 0 then
      vim.cmd('botright copen')
    end
  end)
end

return M
