"""YAML text to a tree with spans, comments and problems; it knows YAML and nothing of the dialect.

Any text gives a tree. This package alone imports the YAML library. What an editor needs besides is loaded when it is
asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfo_dialect.on_demand import load_on_demand
from mfo_dialect.syntax.comments import Comment
from mfo_dialect.syntax.core_schema import CoreValue
from mfo_dialect.syntax.document import Problem, ProblemKind, SyntaxTree, YamlDocument
from mfo_dialect.syntax.events import Engine
from mfo_dialect.syntax.navigation import Part, Step, children_of, path_at, scalars, walk
from mfo_dialect.syntax.parser import parse
from mfo_dialect.syntax.plain import TooManyNodesError, to_value
from mfo_dialect.syntax.tree import (
    Alias,
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

if TYPE_CHECKING:
    from mfo_dialect.syntax.cursor import CursorContext, Expects, Within, context_at
    from mfo_dialect.syntax.live import Change, ChangedBlock, LiveTree
else:
    __getattr__ = load_on_demand(
        __name__,
        {
            "cursor": ["CursorContext", "Expects", "Within", "context_at"],
            "live": ["Change", "ChangedBlock", "LiveTree"],
        },
    )

__all__ = [
    "Alias",
    "Change",
    "ChangedBlock",
    "Comment",
    "CoreValue",
    "CursorContext",
    "Engine",
    "Expects",
    "LiveTree",
    "Mapping",
    "Node",
    "Origin",
    "Pair",
    "Part",
    "Problem",
    "ProblemKind",
    "Scalar",
    "Sequence",
    "Step",
    "Style",
    "SyntaxTree",
    "TooManyNodesError",
    "Within",
    "YamlDocument",
    "children_of",
    "context_at",
    "follow",
    "is_merge_key",
    "parse",
    "path_at",
    "scalars",
    "to_value",
    "walk",
]
