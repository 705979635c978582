"""``workspace/executeCommand``: the commands, each in a file of its own, in one table."""
