"""Lists of names under a key of a node, such as ``dependencies``: other names in them, in the layout that is there."""

from __future__ import annotations

from collections.abc import Sequence

from mfo_dialect.findings import Edit, Place
from mfo_dialect.rules.fixes import append_to_list, quoted
from mfo_dialect.rules.layout import line_start, remove_pair, whole_lines
from mfo_dialect.syntax import Mapping, Node, Scalar
from mfo_dialect.syntax import Sequence as SequenceNode
from mfo_lsp.features.refactorings.draft import Draft


def names_in(mapping: Mapping, key: str) -> list[str] | None:
    """The names in a list as written; None where something else stands there, or where it comes from another place."""
    pair = mapping.pair(key)
    if pair is None:
        return []
    items = _items(pair.value)
    if items is None or not any(pair is written for written in mapping.pairs):
        return None
    return [item.text for item in items]


def with_names(document: str, mapping: Mapping, key: str, names: Sequence[str | None], text: str) -> list[Edit] | None:
    """The edits that put other names into the list under a key.

    Args:
        document: the key of the text.
        mapping: the node.
        key: where the list stands; it is taken away when no name is left.
        names: one for each that is written, as ``names_in`` gives them; None takes it out.
        text: the document's text.

    Returns:
        None where the list is laid out so that it is not clear what to change.
    """
    pair = mapping.pair(key)
    if pair is None:
        return None if names else []
    items = _items(pair.value)
    if items is None or len(items) != len(names):
        return None
    changes = [(item, name) for item, name in zip(items, names, strict=True) if name != item.text]
    if not changes:
        return []
    if not any(names):
        edit = remove_pair(document, mapping, pair, text)
        return [edit] if edit is not None else None
    value = pair.value
    if isinstance(value, SequenceNode) and value.flow and any(name is None for _, name in changes):
        kept = [_written(item, name) for item, name in zip(items, names, strict=True) if name is not None]
        return [Edit(Place(document, value.span), f"[{', '.join(kept)}]")]
    edits: list[Edit] = []
    for item, name in changes:
        if name is not None:
            edits.append(Edit(Place(document, item.span), quoted(name)))
        elif text[line_start(text, item.span.start) : item.span.start].strip() == "-":
            edits.append(Edit(Place(document, whole_lines(text, item.span)), ""))
        else:
            return None
    return edits


def append_names(draft: Draft, document: str, mapping: Mapping, key: str, names: Sequence[str]) -> list[Edit] | None:
    """The edits that add names to a list, which is made where there is none; None where no place for them is clear."""
    pair = mapping.pair(key)
    is_block = pair is not None and isinstance(pair.value, SequenceNode) and not pair.value.flow
    text = draft.text(document)
    if not is_block:
        edit = append_to_list(document, mapping, key, ", ".join(map(quoted, names)), text)
        return [edit] if edit is not None else None
    found = [append_to_list(document, mapping, key, quoted(name), text) for name in names]
    edits = [edit for edit in found if edit is not None]
    return edits if len(edits) == len(names) else None


def _written(item: Scalar, name: str) -> str:
    return item.source if name == item.text else quoted(name)


def _items(value: Node) -> tuple[Scalar, ...] | None:
    """The scalars of a list, or the one that stands for a list; None where it holds something else."""
    if value.damaged or value.anchor is not None:
        return None
    nodes = value.items if isinstance(value, SequenceNode) else () if _is_missing(value) else (value,)
    scalars = tuple(node for node in nodes if isinstance(node, Scalar) and node.anchor is None and not node.is_missing)
    return scalars if len(scalars) == len(nodes) else None


def _is_missing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_missing
