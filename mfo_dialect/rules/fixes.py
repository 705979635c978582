"""The edits that rules offer again and again."""

from __future__ import annotations

import re

from mfo_dialect.findings import Edit, Fix, Place
from mfo_dialect.suggestions import nearest
from mfo_dialect.syntax import Mapping, Scalar, Sequence, Style
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
    edit = append_to_list(document, mapping, "dependencies", name, text)
    return Fix(f'Add "{name}" to dependencies', (edit,), safe) if edit is not None else None


def append_to_list(document: str, mapping: Mapping, key: str, item: str, text: str) -> Edit | None:
    """An edit that adds an item to the list under a key, making the list where there is none."""
    node = mapping.get(key)
    if isinstance(node, Sequence) and node.items:
        last = node.items[-1].span
        if node.flow:
            return Edit(Place(document, Span(last.end, last.end)), f", {item}")
        line = text.rfind("\n", 0, last.start) + 1
        lead = text[line : last.start]
        if lead.strip() != "-":
            return None
        return Edit(Place(document, Span(last.end, last.end)), f"\n{lead}{item}")
    if isinstance(node, Sequence) and node.flow:
        return Edit(Place(document, node.span), f"[{item}]")
    if isinstance(node, Scalar) and node.is_missing:
        return Edit(Place(document, node.span), f" [{item}]")
    return insert_key(document, mapping, key, f"[{item}]", text) if node is None else None


def insert_key(document: str, mapping: Mapping, key: str, value: str, text: str) -> Edit | None:
    """An edit that adds ``key: value`` as the last line of a block map, or the last pair of a flow map."""
    if not mapping.pairs:
        return None
    last, first = mapping.pairs[-1], mapping.pairs[0]
    if mapping.flow:
        return Edit(Place(document, Span(last.span.end, last.span.end)), f", {key}: {value}")
    first_start = first.key.span.start
    column = first_start - (text.rfind("\n", 0, first_start) + 1)
    end = _end_of_pair(last.span.end, last.value, text)
    lead = "" if text[end - 1 : end] == "\n" else "\n"
    tail = "\n" if lead == "" else ""
    return Edit(Place(document, Span(end, end)), f"{lead}{' ' * column}{key}: {value}{tail}")


def _end_of_pair(end: int, value: object, text: str) -> int:
    """Behind the pair's last line: a comment on that line stays there; a block scalar ends with its line break."""
    if isinstance(value, Scalar) and value.style in {Style.LITERAL, Style.FOLDED} and text[end - 1 : end] == "\n":
        return end
    line_end = text.find("\n", end)
    return len(text) if line_end < 0 else line_end


def quoted(text: str) -> str:
    """A text as a YAML scalar: plain where that is plainly safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in {"true", "false", "null"}:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
