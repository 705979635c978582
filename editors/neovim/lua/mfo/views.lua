--- What is shown: text in a window of its own, places in the quickfix list, pages in the browser.
local server = require('mfo.server')
local M = {}

--- Show lines in a scratch buffer; the one of the same name is written over.
---@param name string
---@param lines string[]
---@param filetype string
---@return integer buffer
function M.show(name, lines, filetype)
  local full = 'mfo://' .. name
  local buffer = vim.fn.bufnr('^' .. vim.fn.escape(full, '[]*?{}^$\\') .. '$')
  if buffer == -1 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, full)
    vim.bo[buffer].bufhidden = 'hide'
  end
  M.write(buffer, lines)
  vim.bo[buffer].filetype = filetype
  if vim.fn.bufwinid(buffer) == -1 then
    vim.cmd('botright split')
    vim.api.nvim_win_set_buf(0, buffer)
    vim.cmd('wincmd p')
  end
  return buffer
end

--- Write over all lines of a scratch buffer.
function M.write(buffer, lines)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
end

--- A value as indented JSON, keys in order.
---@return string[]
function M.json(value)
  local text = vim.json.encode(value)
  local pretty, indent, quoted, index = {}, 0, false, 1
  local function new_line()
    pretty[#pretty + 1] = '\n' .. string.rep('  ', indent)
  end
  while index <= #text do
    local character = text:sub(index, index)
    if quoted then
      if character == '\\' then
        character = text:sub(index, index + 1)
        index = index + 1
      elseif character == '"' then
        quoted = false
      end
      pretty[#pretty + 1] = character
    elseif (character == '{' or character == '[') and text:sub(index + 1, index + 1):find('[%]}]') then
      pretty[#pretty + 1] = text:sub(index, index + 1)
      index = index + 1
    elseif character == '{' or character == '[' then
      indent = indent + 1
      pretty[#pretty + 1] = character
      new_line()
    elseif character == '}' or character == ']' then
      indent = indent - 1
      new_line()
      pretty[#pretty + 1] = character
    elseif character == ',' then
      pretty[#pretty + 1] = character
      new_line()
    elseif character == ':' then
      pretty[#pretty + 1] = ': '
    else
      quoted = character == '"'
      pretty[#pretty + 1] = character
    end
    index = index + 1
  end
  return vim.split(table.concat(pretty), '\n')
end

--- Show a flow's graph in the browser, or as text in a buffer.
---@param buffer integer
---@param taskflow string?
---@param format string? "mermaid", "dot" or "json" for text
function M.graph(buffer, taskflow, format)
  local uri = server.uri(buffer)
  if format then
    local params = { textDocument = { uri = uri }, taskflow = taskflow, format = format }
    server.request(buffer, 'mfo/graph', params, function(result)
      if result and result ~= vim.NIL then
        M.show('graph/' .. result.taskflow .. '.' .. format, vim.split(result.text, '\n'), format)
      end
    end)
    return
  end
  server.execute(buffer, 'mfo.showGraph', { uri = uri, taskflow = taskflow }, function(result)
    if not result.shown then
      vim.notify('mfo: the graph is in ' .. result.uri)
    end
  end)
end

--- Show the prompt at the cursor as a model would get it.
function M.prompt(buffer)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local line = vim.api.nvim_buf_get_lines(buffer, row - 1, row, true)[1]
  local client = server.client(buffer)
  local units = client and client.offset_encoding or 'utf-16'
  if units ~= 'utf-8' then
    local utf32, utf16 = vim.str_utfindex(line, math.min(column, #line))
    column = units == 'utf-32' and utf32 or utf16
  end
  local params = { textDocument = { uri = server.uri(buffer) }, position = { line = row - 1, character = column } }
  server.request(buffer, 'mfo/renderedPrompt', params, function(result)
    if not result or result == vim.NIL then
      vim.notify('mfo: there is no prompt at the cursor')
      return
    end
    local lines = {}
    for _, role in ipairs({ 'system', 'user' }) do
      if result[role] and result[role] ~= vim.NIL then
        vim.list_extend(lines, { '# ' .. role, '' })
        vim.list_extend(lines, vim.split(result[role], '\n'))
        lines[#lines + 1] = ''
      end
    end
    lines[#lines + 1] = ('About %d tokens.'):format(result.tokens)
    for _, problem in ipairs(result.problems) do
      lines[#lines + 1] = problem.message
    end
    M.show('prompt/' .. result.template, lines, 'markdown')
  end)
end

--- Show a rule's page: that of a code or a name, else that of the finding at the cursor.
function M.explain(buffer, code)
  if not code or code == '' then
    local found = vim.diagnostic.get(buffer, { lnum = vim.api.nvim_win_get_cursor(0)[1] - 1 })
    code = found[1] and found[1].code
  end
  if not code then
    vim.notify('mfo: there is no finding on this line; name a rule, such as MFO401')
    return
  end
  server.execute(buffer, 'mfo.explainRule', { code = code }, function(result)
    M.show('rule/' .. result.code, vim.split(result.page, '\n'), 'markdown')
  end)
end

--- Say what the file was taken for, and why.
function M.why(buffer)
  server.request(buffer, 'mfo/why', { textDocument = { uri = server.uri(buffer) } }, function(result)
    vim.notify('mfo: ' .. result.reason)
  end)
end

--- Show places that the server names.
function M.locations(locations)
  local client = vim.lsp.get_clients({ name = 'mfo-lsp' })[1]
  local items = vim.lsp.util.locations_to_items(locations, client and client.offset_encoding or 'utf-16')
  vim.fn.setqflist({}, ' ', { title = 'MFO references', items = items })
  vim.cmd('botright copen')
end

return M
