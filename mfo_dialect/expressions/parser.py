"""From tokens to a tree: precedence climbing over the table of binding powers. It knows no types and no names.

One pass gives both answers: a tree, which stands even for broken text (``Missing`` and ``Broken`` mark the holes), and
all problems in the order in which they are met; the first one is what a strict parser stops at. Each token is blamed at
most once.
"""

from __future__ import annotations

from dataclasses import dataclass

from mfo_dialect.expressions import nodes
from mfo_dialect.expressions.nodes import Node
from mfo_dialect.expressions.parsing import Parser
from mfo_dialect.expressions.problems import Problem, ProblemKind
from mfo_dialect.expressions.tokens import Token, TokenKind, tokenize
from mfo_dialect.text import Span

MAX_HEIGHT = 150


@dataclass(frozen=True, slots=True)
class Parsed:
    """An expression, read.

    Attributes:
        source: the text.
        tree: its tree, whole or with holes.
        problems: what is wrong with its form; the first is what decides.
        tokens: all tokens, comments included, an ``END`` token last.
    """

    source: str
    tree: Node
    problems: tuple[Problem, ...]
    tokens: tuple[Token, ...]


def parse(source: str) -> Parsed:
    """Read an expression; any text gives a tree and the problems of its form."""
    tokens = tokenize(source)
    parser = Parser(source, [token for token in tokens if token.kind is not TokenKind.COMMENT])
    tree = parser.whole()
    if parser.count > MAX_HEIGHT and _is_too_high(tree):
        problem = Problem(
            f"the expression is nested more than {MAX_HEIGHT} levels deep", tree.place, ProblemKind.SYNTAX
        )
        return Parsed(source, nodes.Missing(Span(0, len(source))), (*parser.problems, problem), tuple(tokens))
    return Parsed(source, tree, tuple(parser.problems), tuple(tokens))


def _is_too_high(tree: Node) -> bool:
    """Whether walking the tree by recursion would go too deep; operations in a row are walked by a loop."""
    waiting = [(tree, 0)]
    while waiting:
        node, height = waiting.pop()
        if height > MAX_HEIGHT:
            return True
        if isinstance(node, nodes.Binary):
            waiting += [(node.left, height), (node.right, height + 1)]
        else:
            waiting += [(child, height + 1) for child in nodes.children(node)]
    return False
