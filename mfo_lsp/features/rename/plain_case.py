"""When a rename need not be read again to be sure of: the usual case, told by looking for two words.

Where the new name is a word that no text of the bundle holds, no other name can come to mean the renamed thing; where the
old one stands nowhere else than at the places that change, in comments and in prose, no other place can lose its meaning.
Both names are words that YAML, expressions and templates write without quotes, so the texts read as before. All other
cases are read again (``verifying.py``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.analysis.expression_texts import expression_texts
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit
from mfo_dialect.syntax import Part, Scalar, path_at
from mfo_lsp.features.symbols import Symbol

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHER_VALUES = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_ESCAPE = re.compile(r"\\[xuU]")
_MARKED = re.compile(r"\$[{<][^}>\n]*[}>]?|\{\{.*?(?:\}\}|\Z)|\{%.*?(?:%\}|\Z)", re.DOTALL)
_PROSE_WORDS = 3


def is_plain(snapshot: Snapshot, symbols: Sequence[Symbol], new_name: str, edits: Iterable[Edit]) -> bool:
    """Whether a rename plainly changes nothing but the name.

    Args:
        snapshot: a bundle that sees edited documents.
        symbols: what is renamed in it; all have one name.
        new_name: their new name, which they may have as far as it can be told from the name itself.
        edits: all edits, of any documents.
    """
    names = {symbol.name for symbol in symbols}
    if len(names) != 1 or not all(_is_word(name) for name in (*names, new_name)):
        return False
    changed: dict[str, set[int]] = {}
    for edit in edits:
        if edit.new_text != new_name:
            return False
        changed.setdefault(edit.place.document, set()).add(edit.place.span.start)
    old = _word(names.pop())
    bundle, project = snapshot.bundle, snapshot.bundle.project
    texts = {key: source.text for key, source in bundle.sources.items() if source.is_ours}
    if any(_ESCAPE.search(text) or _word(new_name).search(text) for text in (*texts.values(), project.text)):
        return False
    if any(found.start() not in changed.get(project.document, ()) for found in old.finditer(project.text)):
        return False
    others = [
        (found.start(), bundle.sources[key])
        for key, text in texts.items()
        for found in old.finditer(text)
        if found.start() not in changed.get(key, ())
    ]
    expressions = {id(text.scalar) for text in expression_texts(snapshot)} if others else set[int]()
    return all(_is_harmless(offset, source, expressions) for offset, source in others)


def _is_word(name: str) -> bool:
    return _WORD.fullmatch(name) is not None and name.lower() not in _OTHER_VALUES


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _is_harmless(offset: int, source: Source, expressions: Container[int]) -> bool:
    """Whether a word is one of a comment or of prose, which nothing reads as a name."""
    comments = source.tree.comments
    before = bisect_right(comments, offset, key=lambda comment: comment.span.start) - 1
    if before >= 0 and offset < comments[before].span.end:
        return True
    steps = path_at(source.tree, offset)
    scalar = steps[-1].node if steps and steps[-1].part is not Part.KEY else None
    if not isinstance(scalar, Scalar) or id(scalar) in expressions or len(scalar.text.split()) < _PROSE_WORDS:
        return False
    index = scalar.index_at(offset)
    return not any(marked.start() <= index < marked.end() for marked in _MARKED.finditer(scalar.text))
