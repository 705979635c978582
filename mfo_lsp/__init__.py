"""The author's side: the language server, ``mfo-lsp check`` and the other commands for people who write flows."""
