"""A new name in each place where the old one is written: dots and brackets in paths, quotes in YAML.

Quotes stay as they are. Where the new name needs some that the old one did not, they are added; where the old one
needed them, they were written as they would be added, and the new one does not need them, they are left out: so the way
there and back gives the same text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from mfo_dialect.findings import Edit, Place
from mfo_dialect.syntax import Mapping, Node, Part, Scalar, Style, parse, path_at
from mfo_dialect.syntax import Sequence as SequenceNode
from mfo_dialect.text import Span, TextEdit, apply_edits
from mfo_lsp.features.rename.names import is_segment, is_word
from mfo_lsp.features.symbols import Occurrence, Spelling

_SURELY_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_OTHER_VALUES = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_ENVIRONMENT = "$env["


def respelled(root: Node | None, occurrences: Iterable[Occurrence], new_name: str) -> tuple[Edit, ...] | None:
    """The edits that give a new name to occurrences of one scalar.

    Args:
        root: the root of the YAML document that holds the scalar.
        occurrences: all in one scalar.
        new_name: the name.

    Returns:
        None where the name is written so that it cannot be told what would be changed.
    """
    found = sorted(occurrences, key=lambda occurrence: occurrence.span)
    scalar, document = found[0].scalar, found[0].document
    if scalar is None:
        return tuple(Edit(Place(document, occurrence.span), new_name) for occurrence in found)
    changes: list[TextEdit] = []
    for occurrence in found:
        change = _change(occurrence, scalar, new_name)
        if change is None:
            return None
        changes.append(change)
    return tuple(Edit(Place(document, edit.span), edit.new_text) for edit in rewritten_parts(scalar, changes, root))


def _change(occurrence: Occurrence, scalar: Scalar, new: str) -> TextEdit | None:
    """What changes in the text of the scalar."""
    text, old = scalar.text, occurrence.symbol.name
    start = scalar.index_at(occurrence.span.start)
    span = Span(start, start + len(old))
    if text[span.start : span.end] != old:
        return None
    if occurrence.spelling in {Spelling.WHOLE, Spelling.PART}:
        return TextEdit(span, new)
    fits = is_segment if occurrence.spelling is Spelling.SEGMENT else is_word
    is_name = occurrence.spelling is Spelling.NAME
    mark = "'" if scalar.style is Style.DOUBLE_QUOTED else '"'
    before, after = text[: span.start], text[span.end :]
    if before.endswith(('"', "'", "`")):
        may_go = not fits(old) and fits(new) and before.endswith(f"[{mark}") and after.startswith(f"{mark}]")
        return _without_brackets(before[:-1], span, new, is_name=is_name) if may_go else TextEdit(span, new)
    if fits(new):
        return TextEdit(span, new)
    if is_name:
        return TextEdit(span, f"{_ENVIRONMENT}{mark}{new}{mark}]")
    if before.endswith("?."):
        return TextEdit(span, f"[{mark}{new}{mark}]")
    return TextEdit(Span(span.start - 1, span.end), f"[{mark}{new}{mark}]") if before.endswith(".") else None


def _without_brackets(before: str, span: Span, new: str, *, is_name: bool) -> TextEdit:
    """``before`` ends with the bracket."""
    end = span.end + 2
    if is_name:
        is_plain = before.endswith(_ENVIRONMENT)
        return TextEdit(Span(len(before) - len(_ENVIRONMENT), end), new) if is_plain else TextEdit(span, new)
    dot = "" if before.endswith("?.[") else "."
    return TextEdit(Span(len(before) - 1, end), f"{dot}{new}")


def rewritten_parts(scalar: Scalar, changes: Sequence[TextEdit], root: Node | None) -> list[TextEdit]:
    """Changes of a scalar's text as changes of the document, the scalar quoted as its new text needs it.

    Args:
        scalar: the scalar.
        changes: in order; their spans are relative to its text, and they do not overlap.
        root: the root of the YAML document that holds it.
    """
    old, new = scalar.text, apply_edits(scalar.text, changes)
    match scalar.style:
        case Style.PLAIN if not _can_be_plain(new, scalar, root):
            return [TextEdit(scalar.content_span, _quoted(new))]
        case Style.SINGLE_QUOTED if (
            scalar.source == _quoted(old) and not _can_be_plain(old, scalar, root) and _can_be_plain(new, scalar, root)
        ):
            return [TextEdit(scalar.span, new)]
        case Style.SINGLE_QUOTED:
            changes = [TextEdit(change.span, change.new_text.replace("'", "''")) for change in changes]
        case Style.DOUBLE_QUOTED:
            changes = [TextEdit(span, json.dumps(text, ensure_ascii=False)[1:-1]) for span, text in changes]
        case _:
            pass
    return [TextEdit(scalar.span_of(change.span), change.new_text) for change in changes]


def rewritten(scalar: Scalar, text: str, root: Node | None) -> list[TextEdit]:
    """The edits that let a scalar say something else, quoted as that needs it; ``root`` is that of its document."""
    return rewritten_parts(scalar, [TextEdit(Span(0, len(scalar.text)), text)], root)


def _quoted(text: str) -> str:
    if "\n" in text:
        return json.dumps(text, ensure_ascii=False)
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _can_be_plain(text: str, scalar: Scalar, root: Node | None) -> bool:
    """Whether YAML reads a text without quotes as that text, where the scalar stands."""
    if text.lower() in _OTHER_VALUES:
        return False
    if _SURELY_PLAIN.fullmatch(text):
        return True
    steps = path_at(root, scalar.span.start) if root is not None else ()
    is_key = bool(steps) and steps[-1].part is Part.KEY
    in_flow = any(step.parent.flow for step in steps)
    read = _read_alone(text, is_key=is_key, in_flow=in_flow)
    return read is not None and read.style is Style.PLAIN and read.text == text and isinstance(read.value, str)


def _read_alone(text: str, *, is_key: bool, in_flow: bool) -> Scalar | None:
    """What YAML makes of a text at such a place; None where it is no scalar there, or not the only one."""
    pair = f"{text}: 0" if is_key else f"key: {text}"
    tree = parse(f"{{{pair}}}" if in_flow else pair)
    top = tree.documents[0].root if len(tree.documents) == 1 else None
    if tree.problems or isinstance(top, SequenceNode) or not isinstance(top, Mapping) or len(top.pairs) != 1:
        return None
    node = top.pairs[0].key if is_key else top.pairs[0].value
    return node if isinstance(node, Scalar) else None
