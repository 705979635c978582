"""The grammar, from tokens to nodes: a cursor over tokens, expressions, operands. It knows no types and no names."""

from mfo_dialect.expressions.parsing.operands import Parser

__all__ = ["Parser"]
