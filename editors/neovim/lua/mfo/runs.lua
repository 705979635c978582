--- Runs: asking for inputs, showing how a run goes and what came out.
local server = require('mfo.server')
local views = require('mfo.views')
local M = {}

local MARKS = { running = '…', succeeded = '✓', failed = '✗', skipped = '-', cancelled = '!', waiting = '·' }

--- The inputs of the last run of each flow, by document and taskflow.
local last_inputs = {}

--- The runs that are shown: their buffers and what each node has come to, by document and taskflow.
local shown = {}

local function key_of(uri, taskflow)
  return uri .. '#' .. (taskflow or '')
end

--- Read "name=value" words; a value that is JSON counts as such.
---@param words string[]
function M.read_inputs(words)
  local inputs = vim.empty_dict()
  for _, word in ipairs(words) do
    local name, text = word:match('^([^=]+)=(.*)$')
    if not name then
      error(('"%s" is no input: write name=value'):format(word), 0)
    end
    local is_json, value = pcall(vim.json.decode, text)
    inputs[name] = is_json and value or text
  end
  return inputs
end

local function redraw(run)
  local lines = { run.title, '' }
  for _, path in ipairs(run.order) do
    local event = run.nodes[path]
    local duration = type(event.duration) == 'number' and ('  %.0f ms'):format(event.duration * 1000) or ''
    lines[#lines + 1] = ('%s %s  %s%s'):format(MARKS[event.state] or ' ', path, event.state, duration)
    if type(event.error) == 'table' then
      vim.list_extend(lines, vim.split('    ' .. event.error.message, '\n'))
    end
    if event.state == 'running' and run.texts[path] then
      for _, line in ipairs(vim.split(run.texts[path], '\n')) do
        lines[#lines + 1] = '    ' .. line
      end
    end
  end
  vim.list_extend(lines, run.closing)
  views.write(run.buffer, lines)
end

--- Take an event of a run; the server sends one for every change of a node's state.
function M.on_event(told)
  local run = shown[key_of(told.uri, told.taskflow)]
  if not run or told.event.path == '' then
    return
  end
  local path = told.event.path
  if not run.nodes[path] then
    run.order[#run.order + 1] = path
  end
  if told.event.state == 'running' then
    run.texts[path] = nil
  end
  run.nodes[path] = told.event
  redraw(run)
end

--- Take what a model wrote next for a node; it is shown as long as the node goes on.
function M.on_text(told)
  local run = shown[key_of(told.uri, told.taskflow)]
  if run then
    local path = told.node:gsub('%[%d+%]$', '')
    run.texts[path] = (run.texts[path] or '') .. told.text
    redraw(run)
  end
end

local function begin(uri, taskflow, title)
  local buffer = views.show('run/' .. (taskflow or 'flow'), { title }, 'mforun')
  local run = { buffer = buffer, title = title, order = {}, nodes = {}, texts = {}, closing = {} }
  shown[key_of(uri, taskflow)] = run
  redraw(run)
  return run
end

local function finish(run, result)
  run.closing = { '', result.state }
  if type(result.failure) == 'table' then
    vim.list_extend(run.closing, vim.split(result.failure.message or '', '\n'))
  end
  vim.list_extend(run.closing, views.json(result.outputs))
  redraw(run)
end

--- The inputs that a flow needs and that nobody gave, asked for one after the other.
local function ask_for_missing(wanted, given, go_on)
  local schema = type(wanted.schema) == 'table' and wanted.schema or {}
  for _, name in ipairs(schema.required or {}) do
    if given[name] == nil then
      vim.ui.input({ prompt = name .. ': ' }, function(text)
        if text then
          local is_json, value = pcall(vim.json.decode, text)
          given[name] = is_json and value or text
          ask_for_missing(wanted, given, go_on)
        end
      end)
      return
    end
  end
  go_on(given)
end

--- Find the taskflow and its inputs: given ones, else those of the last run here, else those of inputs.yml.
local function with_inputs(buffer, argument, go_on)
  local params = { textDocument = { uri = server.uri(buffer) }, taskflow = argument.taskflow }
  server.request(buffer, 'mfo/inputs', params, function(wanted)
    if not wanted or wanted == vim.NIL then
      vim.notify('mfo: this file has no taskflow', vim.log.levels.WARN)
      return
    end
    local key = key_of(params.textDocument.uri, wanted.taskflow)
    local from_file = type(wanted.file) == 'table' and wanted.file or vim.empty_dict()
    local given = argument.inputs or last_inputs[key] or vim.deepcopy(from_file)
    ask_for_missing(wanted, given, function(inputs)
      last_inputs[key] = inputs
      local full = vim.tbl_extend('force', argument, { uri = params.textDocument.uri, inputs = inputs })
      full.taskflow = wanted.taskflow
      go_on(full)
    end)
  end)
end

--- Run a flow.
---@param buffer integer
---@param argument table taskflow, inputs
function M.flow(buffer, argument)
  with_inputs(buffer, argument, function(full)
    local run = begin(full.uri, full.taskflow, 'Run ' .. full.taskflow)
    server.execute(buffer, 'mfo.runFlow', full, function(result)
      finish(run, result)
    end)
  end)
end

--- Execute one task with what the last recorded run gave it.
function M.task(buffer, argument)
  argument.uri = server.uri(buffer)
  local run = begin(argument.uri, argument.taskflow, 'Run ' .. argument.task)
  server.execute(buffer, 'mfo.runTask', argument, function(result)
    finish(run, result)
  end)
end

--- Show what a run would do.
function M.plan(buffer, argument)
  with_inputs(buffer, argument, function(full)
    server.execute(buffer, 'mfo.dryRun', full, function(result)
      views.show('plan/' .. full.taskflow, views.json(result), 'json')
    end)
  end)
end

return M
