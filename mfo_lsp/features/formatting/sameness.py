"""Whether two texts say the same: equal values, written in the same style, and the same comments."""

from __future__ import annotations

from mfo_dialect.syntax import Alias, Node, Scalar, SyntaxTree, children_of, walk


def is_same(left: SyntaxTree, right: SyntaxTree) -> bool:
    """Whether two trees differ in places at most."""
    if left.problems or right.problems or len(left.documents) != len(right.documents):
        return False
    if [comment.text for comment in left.comments] != [comment.text for comment in right.comments]:
        return False
    pairs = zip(left.documents, right.documents, strict=True)
    return all(_nodes(one.root) == _nodes(other.root) for one, other in pairs)


def _nodes(root: Node | None) -> list[tuple[object, ...]]:
    return [_signature(node) for node in walk(root)] if root is not None else []


def _signature(node: Node) -> tuple[object, ...]:
    own: tuple[object, ...] = (getattr(node, "flow", None), len(children_of(node)))
    if isinstance(node, Scalar):
        own = (node.text, node.style)
    elif isinstance(node, Alias):
        own = (node.name,)
    return (type(node), node.tag, node.anchor, *own)
