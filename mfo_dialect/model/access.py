"""Reading maps of the tree without raising."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence, follow, is_merge_key


def text_at(mapping: Mapping, *names: str) -> Scalar | None:
    """The scalar under the first of these keys that has one; a missing value counts as none."""
    for name in names:
        node = mapping.get(name)
        if isinstance(node, Scalar) and node.start != node.end:
            return node
    return None


def mapping_at(mapping: Mapping, name: str) -> Mapping | None:
    """The map under a key."""
    node = mapping.get(name)
    return node if isinstance(node, Mapping) else None


def items_at(mapping: Mapping, name: str) -> Iterator[Node]:
    """The items of the list under a key; a key that is written twice gives the items of both lists.

    A list that a merge key brings counts only where the key is not written.
    """
    if mapping.is_plain:
        value = mapping.get(name)
        return iter(value) if isinstance(value, Sequence) else iter(())
    return _items_of_all(mapping, name)


def _items_of_all(mapping: Mapping, name: str) -> Iterator[Node]:
    written = [pair.value for pair in mapping.pairs if pair.name == name and not is_merge_key(pair.key)]
    for node in written or [mapping.get(name)]:
        value = follow(node) if node is not None else None
        if isinstance(value, Sequence):
            yield from value


def mappings_at(mapping: Mapping, name: str) -> Iterator[Mapping]:
    """The maps in the list under a key."""
    return (item for item in items_at(mapping, name) if isinstance(item, Mapping))


def texts_at(mapping: Mapping, name: str) -> tuple[Scalar, ...]:
    """The texts in the list under a key; a single text counts as a list of one."""
    node = mapping.get(name)
    if node is None:
        return ()
    if isinstance(node, Scalar) and node.start != node.end:
        return (node,)
    return tuple([item for item in items_at(mapping, name) if isinstance(item, Scalar) and item.start != item.end])


def entries_at(mapping: Mapping, name: str) -> Iterator[tuple[Scalar, Node]]:
    """The keys and values of the map under a key, in order; only keys that are scalars, and the first of two."""
    inner = mapping_at(mapping, name)
    if inner is None:
        return
    if inner.is_plain:
        for pair in inner.pairs:
            if isinstance(pair.key, Scalar):  # as all are
                yield pair.key, follow(pair.value)
        return
    seen: set[str] = set()
    for pair in inner.effective_pairs():
        key = follow(pair.key)
        if isinstance(key, Scalar) and key.text not in seen:
            seen.add(key.text)
            yield key, follow(pair.value)


def is_true(node: Node | None, *, default: bool) -> bool:
    """The boolean that a node says, or ``default``."""
    value = node.value if isinstance(node, Scalar) else None
    return value if isinstance(value, bool) else default
