--- The line to the server: starting it, asking it, and what it is told about this editor.
local M = {}

local NAME = 'mfo-lsp'

---@return vim.lsp.Client?
function M.client(buffer)
  return vim.lsp.get_clients({ name = NAME, bufnr = buffer })[1]
end

--- Ask the server of a buffer; says so where there is none, or where it refuses.
---@param buffer integer
---@param method string
---@param params table
---@param on_result fun(result: any)
function M.request(buffer, method, params, on_result)
  local client = M.client(buffer)
  if not client then
    vim.notify('mfo: the language server does not serve this file; see :checkhealth mfo', vim.log.levels.WARN)
    return
  end
  local function handle(problem, result)
    if problem then
      vim.notify('mfo: ' .. problem.message, vim.log.levels.ERROR)
    else
      on_result(result)
    end
  end
  if vim.fn.has('nvim-0.11') == 1 then
    client:request(method, params, handle, buffer)
  else
    client.request(method, params, handle, buffer)
  end
end

--- Have the server carry out a command.
---@param buffer integer
---@param command string
---@param argument table
---@param on_result fun(result: any)
function M.execute(buffer, command, argument, on_result)
  M.request(buffer, 'workspace/executeCommand', { command = command, arguments = { argument } }, on_result)
end

---@param buffer integer
function M.uri(buffer)
  return vim.uri_from_bufnr(buffer)
end

--- Give a buffer its filetype where the server takes it for an MFO document.
local function detect(buffer)
  if vim.bo[buffer].filetype ~= 'yaml' or not require('mfo').options.filetype then
    return
  end
  M.request(buffer, 'mfo/why', { textDocument = { uri = M.uri(buffer) } }, function(result)
    if result and result.kind and result.kind ~= vim.NIL and vim.api.nvim_buf_is_valid(buffer) then
      vim.bo[buffer].filetype = 'yaml.mfo'
    end
  end)
end

local function capabilities()
  local known = vim.lsp.protocol.make_client_capabilities()
  known.experimental = { commands = { 'mfo.showReferences' }, methods = { 'mfo/askUser', 'mfo/runText' } }
  return known
end

local function commands()
  local views = require('mfo.views')
  local runs = require('mfo.runs')
  return {
    ['mfo.runFlow'] = function(command, context)
      runs.flow(context.bufnr, command.arguments[1])
    end,
    ['mfo.runTask'] = function(command, context)
      runs.task(context.bufnr, command.arguments[1])
    end,
    ['mfo.dryRun'] = function(command, context)
      runs.plan(context.bufnr, command.arguments[1])
    end,
    ['mfo.showGraph'] = function(command, context)
      views.graph(context.bufnr, command.arguments[1].taskflow)
    end,
    ['mfo.runTests'] = function(command, context)
      require('mfo.tests').run(context.bufnr, command.arguments[1])
    end,
    ['mfo.showReferences'] = function(command)
      views.locations(command.arguments[3])
    end,
  }
end

--- Start the server for a buffer, or attach the one that runs for its project.
---@param buffer integer
function M.start(buffer)
  local options = require('mfo').options
  if vim.api.nvim_buf_get_name(buffer) == '' then
    return
  end
  vim.lsp.start({
    name = NAME,
    cmd = options.cmd,
    root_dir = vim.fs.root(buffer, options.root_markers) or vim.fs.dirname(vim.api.nvim_buf_get_name(buffer)),
    init_options = options.settings,
    settings = { mfo = options.settings },
    capabilities = capabilities(),
    commands = commands(),
    handlers = {
      ['mfo/runEvent'] = function(_, told)
        require('mfo.runs').on_event(told)
      end,
      ['mfo/runText'] = function(_, told)
        require('mfo.runs').on_text(told)
      end,
      ['mfo/askUser'] = function(_, question)
        return require('mfo.asking').ask(question)
      end,
    },
    on_attach = function(client, attached)
      detect(attached)
      if options.on_attach then
        options.on_attach(client, attached)
      end
    end,
  }, { bufnr = buffer })
end

return M
