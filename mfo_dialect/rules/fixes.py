"""The edits that rules offer again and again."""

from __future__ import annotations

import re

from mfo_dialect.findings import Edit, Fix, Place
from mfo_dialect.rules.layout import column_of, last_line_end, line_start
from mfo_dialect.suggestions import nearest
from mfo_dialect.syntax import Mapping, Pair, Scalar, Sequence
from mfo_dialect.text import Span

_PLAIN = re.compile(r"[A-Za-z_][\w./-]*")


def replace_text(document: str, span: Span, new_text: str, title: str, *, safe: bool = False) -> Fix:
    """Put another text at a place."""
    return Fix(title, (Edit(Place(document, span), new_text),), safe)


def rename_to_nearest(document: str, span: Span, wrong: str, names: tuple[str, ...], most: int = 3) -> tuple[Fix, ...]:
    """One fix for each name that may have been meant, nearest first; none of them is safe."""
    return tuple(replace_text(document, span, name, f'Change to "{name}"') for name in nearest(wrong, names, most))


def add_dependency(document: str, mapping: Mapping, name: str, text: str, *, safe: bool = True) -> Fix | None:
    """Add a node to a node's ``dependencies``, in the layout that is there; None where no safe place is found.

    Args:
        document: the key of the text.
        mapping: the node that is to wait.
        name: the id of the node to wait for.
        text: the document's text.
        safe: whether the fix may be applied without a question.
    """
    edit = append_to_list(document, mapping, "dependencies", quoted(name), text)
    return Fix(f'Add "{name}" to dependencies', (edit,), safe) if edit is not None else None


def append_to_list(document: str, mapping: Mapping, key: str, item: str, text: str) -> Edit | None:
    """An edit that adds an item to the list under a key, making the list where there is none.

    None where the list is shared (brought by an alias or a merge key), damaged, or laid out in a way of its own.
    """
    pair = mapping.pair(key)
    if pair is None:
        return insert_key(document, mapping, key, f"[{item}]", text)
    node = pair.value
    if mapping.damaged or not any(pair is written for written in mapping.pairs):
        return None
    if isinstance(node, Scalar) and node.is_missing:
        return Edit(Place(document, node.span), f" [{item}]")
    if isinstance(node, Scalar) and node.anchor is None and node.tag is None and not _spans_lines(node):
        return Edit(Place(document, node.span), f"[{node.source}, {item}]")
    if not isinstance(node, Sequence) or node.damaged or not (node.items or node.flow):
        return None
    if node.flow:
        return _append_to_flow(document, node, item)
    last = node.items[-1].span
    lead = text[line_start(text, last.start) : last.start]
    if lead.strip() != "-" or last.start == last.end:
        return None
    end = last_line_end(text, last.end)
    return Edit(Place(document, Span(end, end)), f"\n{lead}{item}")


def _spans_lines(node: Scalar) -> bool:
    return "\n" in node.source or "\r" in node.source


def _append_to_flow(document: str, node: Sequence, item: str) -> Edit:
    if not node.items:
        return Edit(Place(document, node.span), f"[{item}]")
    end = node.items[-1].span.end
    return Edit(Place(document, Span(end, end)), f", {item}")


def insert_key(document: str, mapping: Mapping, key: str, value: str, text: str) -> Edit | None:
    """An edit that adds ``key: value`` as the last line of a block map, or the last pair of a flow map."""
    if not mapping.pairs or mapping.damaged:
        return None
    if mapping.flow:
        end = mapping.pairs[-1].span.end
        return Edit(Place(document, Span(end, end)), f", {key}: {value}")
    end = last_line_end(text, max(pair.span.end for pair in mapping.pairs))
    column = column_of(text, mapping.pairs[0].key.span.start)
    return Edit(Place(document, Span(end, end)), f"\n{' ' * column}{key}: {value}")


def fill_empty(document: str, mapping: Mapping, pair: Pair, value: str) -> Edit | None:
    """An edit that gives a key a value where it has none, or an empty map; None where it has one, or is not written here."""
    node = pair.value
    if mapping.damaged or node.damaged or not any(pair is written for written in mapping.pairs):
        return None
    if isinstance(node, Scalar) and node.is_missing:
        return Edit(Place(document, node.span), f" {value}")
    return Edit(Place(document, node.span), value) if isinstance(node, Mapping) and not node.pairs else None


def quoted(text: str) -> str:
    """A text as a YAML scalar: plain where that is plainly safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in {"true", "false", "null"}:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
