"""How long an editor waits: our server, an empty one and yaml-language-server, over the same edits in one run."""
