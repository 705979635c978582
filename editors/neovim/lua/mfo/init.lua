--- MFO workflows in Neovim 0.10 and newer: the language server, a filetype for its files, and commands to run and to see flows.
local M = {}

---@class mfo.Options
---@field cmd? string[] what starts the server
---@field filetype? boolean whether files that are MFO documents get the filetype "yaml.mfo"
---@field settings? table the server's settings, as docs/editors.md lists them
---@field root_markers? string[] what the folder of a project holds
---@field on_attach? fun(client: vim.lsp.Client, buffer: integer)

---@type mfo.Options
M.options = {
  cmd = { 'mfo-lsp' },
  filetype = true,
  settings = vim.empty_dict(),
  root_markers = { 'mfo.toml', '.git' },
}

--- Whether a buffer is Markdown below a project file, which may list it as a prompt template; the server leaves others alone.
local function may_be_template(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  return vim.bo[buffer].filetype == 'markdown' and name ~= '' and vim.fs.root(buffer, { 'mfo.toml' }) ~= nil
end

--- Whether the server has something to say of a buffer: YAML files, prompt templates in Markdown, and the project file.
local function is_served(buffer)
  local filetype = vim.bo[buffer].filetype
  return filetype == 'yaml'
    or filetype == 'yaml.mfo'
    or may_be_template(buffer)
    or (filetype == 'toml' and vim.fs.basename(vim.api.nvim_buf_get_name(buffer)) == 'mfo.toml')
end

--- Start the server for every file that it serves from now on, and for those that are open.
---@param options? mfo.Options
function M.setup(options)
  M.options = vim.tbl_extend('force', M.options, options or {})
  local group = vim.api.nvim_create_augroup('mfo', { clear = true })
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = { 'yaml', 'yaml.mfo', 'toml', 'markdown' },
    callback = function(event)
      if is_served(event.buf) then
        require('mfo.server').start(event.buf)
      end
    end,
  })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and is_served(buffer) then
      require('mfo.server').start(buffer)
    end
  end
end

return M
