"""The commands of ``mfo-lsp``: one file each; only serving imports the language server."""
