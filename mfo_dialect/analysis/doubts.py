"""What makes it unsure which nodes a node waits for, or leads to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mfo_dialect.catalogue.workflow_keys import CONDITION, SUBFLOW, TASK
from mfo_dialect.model.workflow import Condition
from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from mfo_dialect.analysis.scopes import NodeView

_NODE_KEYS = frozenset(key.name for keys in (TASK.keys, CONDITION.keys, SUBFLOW.keys) for key in keys) | {"config"}


_SEVERAL = 2


def may_be_two(mapping: Mapping) -> bool:
    """Whether a map has several of its keys twice, as when the line is lost with which a second one starts."""
    if mapping.is_plain:
        return False
    names = {pair.name for pair in mapping.pairs}
    if len(mapping.pairs) - len(names) < _SEVERAL:
        return False
    return sum(count > 1 for count in Counter(pair.name for pair in mapping.pairs).values()) >= _SEVERAL


def may_wait_for_more(view: NodeView) -> bool:
    """Whether the dependencies of a node cannot be trusted: unreadable, misspelt, or perhaps under another key."""
    return waits_unclearly(view) or any(name.text not in view.level.by_id for name in view.node.dependencies)


def waits_unclearly(view: NodeView) -> bool:
    """The same by what the node says of itself, whichever other nodes there are."""
    mapping = view.node.mapping
    written = mapping.get("dependencies")
    if written is None:
        return mapping.damaged or any(
            pair.name is not None and pair.name not in _NODE_KEYS and not pair.name.startswith("x-")
            for pair in mapping.pairs
        )
    return written.damaged or _is_unclear(written, view.node.dependencies, view)


def may_lead_to_more(view: NodeView) -> bool:
    """Whether the successors of a node cannot be trusted."""
    return leads_unclearly(view) or any(name.text not in view.level.by_id for name in view.node.successors)


def leads_unclearly(view: NodeView) -> bool:
    """The same by what the node says of itself, whichever other nodes there are."""
    written = view.node.mapping.get("successors")
    if written is None:
        return isinstance(view.node, Condition)
    return written.damaged or _is_unclear(written, view.node.successors, view)


def _is_unclear(written: Node, names: tuple[Scalar, ...], view: NodeView) -> bool:
    """Whether a list of ids holds something else, or the node's own id."""
    if not isinstance(written, Sequence | Scalar) or (
        isinstance(written, Sequence) and len(names) < len(written.items)
    ):
        return True
    is_empty_choice = isinstance(view.node, Condition) and not names and written is view.node.mapping.get("successors")
    return is_empty_choice or any(name.text == view.id for name in names)
