--- :checkhealth mfo
local M = {}

function M.check()
  vim.health.start('mfo')
  if vim.fn.has('nvim-0.10') == 0 then
    vim.health.error('Neovim 0.10 or newer is needed')
    return
  end
  local command = require('mfo').options.cmd
  if vim.fn.executable(command[1]) == 0 then
    vim.health.error(('"%s" is not on the PATH'):format(command[1]), {
      'install mfo-lsp, or name it: require("mfo").setup({ cmd = { "/path/to/mfo-lsp" } })',
    })
    return
  end
  local told = vim.system({ command[1], '--version' }, { text = true }):wait(10000)
  if told.code == 0 then
    vim.health.ok(vim.trim(told.stdout))
  else
    vim.health.error(('"%s --version" ended with %d'):format(command[1], told.code))
  end
  local clients = vim.lsp.get_clients({ name = 'mfo-lsp' })
  if #clients == 0 then
    vim.health.info('no server is running; it starts with the first YAML file')
  end
  for _, client in ipairs(clients) do
    vim.health.ok('a server runs for ' .. (client.config.root_dir or 'a single file'))
  end
end

return M
