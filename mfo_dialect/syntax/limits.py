"""How large texts and their blocks may be."""

BLOCK_LINES = 48
"""How many lines a block may have before it is divided."""

MAX_LENGTH = 16 * 1024 * 1024
"""How many characters a text may have to be read at all."""
