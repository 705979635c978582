-- The commands; they need require('mfo').setup() to have been called.
if vim.g.loaded_mfo then
  return
end
vim.g.loaded_mfo = true

local function here()
  return vim.api.nvim_get_current_buf()
end

--- The taskflow, which is a word without "=", and the inputs among a command's words.
local function read(words)
  local argument = {}
  if words[1] and not words[1]:find('=') then
    argument.taskflow = table.remove(words, 1)
  end
  if #words > 0 then
    argument.inputs = require('mfo.runs').read_inputs(words)
  end
  return argument
end

local function command(name, work, options)
  vim.api.nvim_create_user_command(name, function(call)
    local fine, problem = pcall(work, call)
    if not fine then
      vim.notify('mfo: ' .. tostring(problem), vim.log.levels.ERROR)
    end
  end, options)
end

command('MfoRun', function(call)
  require('mfo.runs').flow(here(), read(call.fargs))
end, { nargs = '*', desc = 'Run a flow: [taskflow] [name=value ...]' })

command('MfoDryRun', function(call)
  require('mfo.runs').plan(here(), read(call.fargs))
end, { nargs = '*', desc = 'Show what a run would do: [taskflow] [name=value ...]' })

command('MfoRunTask', function(call)
  require('mfo.runs').task(here(), { task = call.fargs[1] })
end, { nargs = 1, desc = 'Execute one task with what the last run gave it' })

command('MfoTest', function()
  require('mfo.tests').run(here())
end, { desc = 'Run the tests of this file, or of the workspace; failures go to the quickfix list' })

command('MfoGraph', function(call)
  local formats = { mermaid = true, dot = true, json = true }
  local format = formats[call.fargs[#call.fargs]] and table.remove(call.fargs) or nil
  require('mfo.views').graph(here(), call.fargs[1], format)
end, { nargs = '*', desc = 'Show the graph in the browser, or as text: [taskflow] [mermaid|dot|json]' })

command('MfoPrompt', function()
  require('mfo.views').prompt(here())
end, { desc = 'Show the prompt at the cursor as a model would get it' })

command('MfoExplain', function(call)
  require('mfo.views').explain(here(), call.args)
end, { nargs = '?', desc = 'Explain a rule, or the finding on this line' })

command('MfoWhy', function()
  require('mfo.views').why(here())
end, { desc = 'Say why this file is, or is not, treated as MFO' })
