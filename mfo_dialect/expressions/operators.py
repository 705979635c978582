"""The operators of the language and how tightly they bind: the one table that parser, editor and docs read."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator.

    Attributes:
        power: how tightly it binds; higher binds tighter.
        description: what it does, for hovers.
        from_right: whether equal neighbours group from the right.
    """

    power: int
    description: str
    from_right: bool = False


BINARY = MappingProxyType(
    {
        "|": Operator(0, "passes the left side as the first argument of the function on the right"),
        "or": Operator(10, "true when one of both sides is true"),
        "||": Operator(10, "true when one of both sides is true"),
        "and": Operator(15, "true when both sides are true"),
        "&&": Operator(15, "true when both sides are true"),
        "==": Operator(20, "true when both sides are equal"),
        "!=": Operator(20, "true when both sides differ"),
        "<": Operator(20, "true when the left side is less"),
        ">": Operator(20, "true when the left side is greater"),
        "<=": Operator(20, "true when the left side is less or equal"),
        ">=": Operator(20, "true when the left side is greater or equal"),
        "in": Operator(20, "true when the left side is an item of the list or a key of the map"),
        "matches": Operator(20, "true when the text on the left has a match of the RE2 pattern on the right"),
        "contains": Operator(20, "true when the text on the left contains the text on the right"),
        "startsWith": Operator(20, "true when the text on the left starts with the text on the right"),
        "endsWith": Operator(20, "true when the text on the left ends with the text on the right"),
        "..": Operator(25, "the integers from the left side to the right side, both included"),
        "+": Operator(30, "adds numbers or durations, joins texts"),
        "-": Operator(30, "subtracts"),
        "*": Operator(60, "multiplies"),
        "/": Operator(60, "divides; the result is a float"),
        "%": Operator(60, "the remainder of dividing integers"),
        "**": Operator(100, "raises to a power; the result is a float", from_right=True),
        "^": Operator(100, "raises to a power; the result is a float", from_right=True),
        "??": Operator(500, "the left side, or the right side where the left one is nil"),
    }
)
UNARY = MappingProxyType(
    {
        "not": Operator(50, "turns true into false and false into true"),
        "!": Operator(50, "turns true into false and false into true"),
        "-": Operator(90, "negates a number"),
        "+": Operator(90, "leaves a number as it is"),
    }
)
COMPARISONS = frozenset({"<", ">", "<=", ">="})
NEGATABLE = frozenset({"in", "matches", "contains", "startsWith", "endsWith"})
KEYWORDS = MappingProxyType(
    {
        "let": "names a value for the rest of the expression: `let x = 1; x + 1`",
        "if": 'chooses between two values: `if x > 1 { "many" } else { "few" }`',
        "else": "the other value of an `if`",
        "true": "the boolean true",
        "false": "the boolean false",
        "nil": "no value",
        "$env": 'all names as one map: `$env["my-id"]` reads a name that holds a dash',
    }
)
