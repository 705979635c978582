"""YAML text to a tree with spans, comments and problems; it knows YAML and nothing of the dialect.

Any text gives a tree. This package alone imports the YAML library.
"""

from mfo_dialect.syntax.core_schema import CoreValue
from mfo_dialect.syntax.document import Comment, Problem, ProblemKind, SyntaxTree, YamlDocument
from mfo_dialect.syntax.parser import parse
from mfo_dialect.syntax.plain import TooManyNodesError, to_value
from mfo_dialect.syntax.tree import (
    Alias,
    AnyNode,
    Mapping,
    Node,
    Origin,
    Pair,
    Scalar,
    Sequence,
    Style,
    follow,
    is_merge_key,
)

__all__ = [
    "Alias",
    "AnyNode",
    "Comment",
    "CoreValue",
    "Mapping",
    "Node",
    "Origin",
    "Pair",
    "Problem",
    "ProblemKind",
    "Scalar",
    "Sequence",
    "Style",
    "SyntaxTree",
    "TooManyNodesError",
    "YamlDocument",
    "follow",
    "is_merge_key",
    "parse",
    "to_value",
]
