--- Questions of runs, put to the person at the editor as vim.ui does.
local M = {}

--- Ask a question of the server's, and answer its request when the person has.
---@param question table
---@return table|userdata
function M.ask(question)
  local waiting = assert(coroutine.running(), 'requests are answered in coroutines')
  local function answer(value)
    vim.schedule(function()
      coroutine.resume(waiting, value ~= nil and { answer = value } or vim.NIL)
    end)
  end
  local prompt = ('%s: %s'):format(question.task, question.question)
  if #question.choices > 0 then
    local options = { prompt = prompt .. ' ', format_item = tostring }
    vim.ui.select(question.choices, options, answer)
  else
    local default = question.default
    if default ~= nil and type(default) ~= 'string' then
      default = vim.json.encode(default)
    end
    vim.ui.input({ prompt = prompt .. ' ', default = default }, answer)
  end
  return coroutine.yield()
end

return M
