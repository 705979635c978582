"""The expression language of conditions and ``transform``: expr-lang, complete (dialect section 7).

It reads, checks, explains and evaluates expressions over plain JSON values. It knows nothing of YAML, of references
outside expressions, or of what the names mean. Its parts are loaded when they are asked for: most workflows hold no
expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfo_dialect.on_demand import load_on_demand

if TYPE_CHECKING:
    from mfo_dialect.expressions import nodes
    from mfo_dialect.expressions.checking import Checked
    from mfo_dialect.expressions.evaluation import Program
    from mfo_dialect.expressions.function_names import FUNCTION_NAMES
    from mfo_dialect.expressions.functions import FUNCTIONS, METHODS, Function, Parameter, Signature
    from mfo_dialect.expressions.nodes import Node, path_to, walk
    from mfo_dialect.expressions.operators import BINARY, KEYWORDS, UNARY
    from mfo_dialect.expressions.parser import Parsed, parse
    from mfo_dialect.expressions.problems import ExpressionError, Problem, ProblemKind
    from mfo_dialect.expressions.programs import check, compile, evaluate  # noqa: A004 - the name that the field knows
    from mfo_dialect.expressions.reading import Read, Segment, reads
    from mfo_dialect.expressions.tokens import Token, TokenKind, tokenize
    from mfo_dialect.expressions.values import Duration, Moment, Month, Weekday, Zone
else:
    __getattr__ = load_on_demand(
        __name__,
        {
            "checking": ["Checked"],
            "evaluation": ["Program"],
            "function_names": ["FUNCTION_NAMES"],
            "functions": ["FUNCTIONS", "METHODS", "Function", "Parameter", "Signature"],
            "nodes": ["Node", "path_to", "walk"],
            "operators": ["BINARY", "KEYWORDS", "UNARY"],
            "parser": ["Parsed", "parse"],
            "problems": ["ExpressionError", "Problem", "ProblemKind"],
            "programs": ["check", "compile", "evaluate"],
            "reading": ["Read", "Segment", "reads"],
            "tokens": ["Token", "TokenKind", "tokenize"],
            "values": ["Duration", "Moment", "Month", "Weekday", "Zone"],
        },
    )

__all__ = [
    "BINARY",
    "FUNCTIONS",
    "FUNCTION_NAMES",
    "KEYWORDS",
    "METHODS",
    "UNARY",
    "Checked",
    "Duration",
    "ExpressionError",
    "Function",
    "Moment",
    "Month",
    "Node",
    "Parameter",
    "Parsed",
    "Problem",
    "ProblemKind",
    "Program",
    "Read",
    "Segment",
    "Signature",
    "Token",
    "TokenKind",
    "Weekday",
    "Zone",
    "check",
    "compile",
    "evaluate",
    "nodes",
    "parse",
    "path_to",
    "reads",
    "tokenize",
    "walk",
]
