"""Text to a syntax tree, whatever the text; it knows when to believe the text and when to mend."""

from __future__ import annotations

from mfo_dialect.syntax.composing import compose
from mfo_dialect.syntax.document import Problem, ProblemKind, SyntaxTree, YamlDocument
from mfo_dialect.syntax.events import BEST_ENGINE, Engine, readable_text
from mfo_dialect.syntax.tree import Origin
from mfo_dialect.text import Span


def parse(text: str, engine: Engine = BEST_ENGINE) -> SyntaxTree:
    """Read a text.

    Args:
        text: any text; nothing makes this raise.
        engine: which YAML parser reads it; the tree does not depend on it.

    Returns:
        The tree, as much of it as can be read, and the problems.
    """
    readable, stand_ins = readable_text(text)
    composition = compose(Origin(text), engine, stand_ins, readable)
    documents = tuple(YamlDocument(root, Span(start, len(text))) for root, start in composition.documents)
    problems = tuple(composition.problems)
    if composition.failure is not None:
        offset = min(composition.failure.offset, len(text))
        problems += (Problem(ProblemKind.SYNTAX, composition.failure.problem, Span(offset, offset)),)
        for document in documents:
            if document.root is not None:
                document.root.damaged = True
    return SyntaxTree(text, documents, problems)
