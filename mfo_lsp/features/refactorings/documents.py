"""Things added to prompts and agents documents: behind the others of their kind, or in a new document."""

from __future__ import annotations

import json

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.findings import Edit, Place
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.rules.fixes import insert_key, quoted
from mfo_dialect.rules.layout import insert_lines, shifted_lines
from mfo_dialect.syntax import Mapping, Scalar
from mfo_dialect.text import Span
from mfo_lsp.features.refactorings.draft import Draft

_NEW_NAMES = {DocumentKind.PROMPTS: "prompts_definition.yml", DocumentKind.AGENTS: "agents_definition.yml"}


def with_entry(draft: Draft, beside: str, kind: DocumentKind, section: str, entry: tuple[str, str]) -> Edit | None:
    """An edit that adds an entry to a section of the bundle's first document of a kind.

    Args:
        draft: the bundle.
        beside: the key of the document that is to use the entry; a new document is made beside it.
        kind: prompts or agents.
        section: the top-level key: ``templates``, ``tools``, ``agents``.
        entry: its name, and its value as lines from column 0.

    Returns:
        None where the section is laid out so that there is no clear place.
    """
    name, value = entry
    lines = f"{quoted(name)}:\n{shifted_lines(value, 2)}"
    found = [one for one in draft.bundle.documents if one.kind is kind and one.key in draft.bundle.home]
    for document in found:
        if isinstance(document.root, Mapping):
            return _into(draft, document, document.root, section, lines)
    folder = beside.rpartition("/")[0]
    created = f"{folder}/{_NEW_NAMES[kind]}" if folder else _NEW_NAMES[kind]
    if found or created in draft.bundle.sources:
        return None
    return Edit(Place(created, Span(0, 0)), f"{section}:\n{shifted_lines(lines, 2)}\n")


def _into(draft: Draft, document: Document, root: Mapping, section: str, lines: str) -> Edit | None:
    key, text = document.key, draft.text(document.key)
    pair = root.pair(section)
    if pair is None:
        return insert_lines(key, root, f"{section}:\n{shifted_lines(lines, 2)}", text)
    value = pair.value
    if value.anchor is not None or value.tag is not None or root.flow:
        return None
    if isinstance(value, Mapping) and value.pairs:
        return insert_lines(key, value, lines, text)
    if isinstance(value, Mapping) or (isinstance(value, Scalar) and value.is_missing):
        return Edit(Place(key, Span(pair.key.span.end, value.span.end)), f":\n{shifted_lines(lines, 2)}")
    return None


def with_pair(document: str, mapping: Mapping, key: str, value: str, text: str) -> Edit | None:
    """An edit that adds ``key: value`` to a map, also to one in braces that is empty."""
    if mapping.flow and not mapping.pairs and not mapping.damaged:
        return Edit(Place(document, mapping.span), f"{{{key}: {value}}}")
    return insert_key(document, mapping, key, value, text)


def text_value(text: str) -> str:
    """A text as a value, behind ``key: `` in column 0: in quotes on one line, else as a block."""
    lines = text.split("\n")
    is_block = len(lines) > 1 and text.strip() and all(line.isprintable() for line in lines)
    if not is_block:
        plain = '"' in text and "'" not in text and "\\" not in text and text.isprintable()
        return f"'{text}'" if plain else json.dumps(text, ensure_ascii=False)
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    first = next(line for line in lines if line.strip())
    mark = (
        "|"
        + ("2" if first.startswith(" ") or not lines[0].strip() else "")
        + ("-" if not ends else "" if ends == 1 else "+")
    )
    kept = body + "\n" * (ends - 1 if ends > 1 else 0)
    return "\n".join([mark, *(f"  {line}" if line else "" for line in kept.split("\n"))])
