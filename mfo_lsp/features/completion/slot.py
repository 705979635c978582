"""Making items for one place: what they replace, what stands around their text, and how it must be quoted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from mfo_dialect.syntax import Expects, Within
from mfo_dialect.text import Span
from mfo_lsp.features.completion.items import CompletionClient, Item, ItemKind, Words, no_words, snippet_text, sort_key
from mfo_lsp.features.completion.place import Place

_PLAIN = re.compile(r"(?:[A-Za-z_][\w./+-]*|\d+(?:\.\d+)?(?:ns|us|ms|s|m|h)(?:\w*))")
_NOT_TEXT = frozenset({"true", "false", "null"})
DASH = "- "


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name or value that may stand at a place, whatever is typed there.

    Attributes:
        text: as it is to be read, without quotes.
        kind: what it stands for.
        detail: a few words beside it.
        words: what it is.
        rank: lower ones stand first.
        tail: what follows it in the document, outside of quotes; lines but the first are indented as they must be.
        is_snippet: whether ``tail`` has tab stops.
        is_text: whether it must stay text, whatever YAML reads of it without quotes.
        is_narrowed: whether others were left out that typing on may bring.
    """

    text: str
    kind: ItemKind
    detail: str = ""
    words: Words = no_words
    rank: int = 5
    tail: str = ""
    is_snippet: bool = False
    is_text: bool = True
    is_narrowed: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a whole value goes.

    Attributes:
        place: the cursor's place.
        span: what is replaced.
        lead: what stands before the value: a dash, a bracket.
        close: what stands behind it.
    """

    place: Place
    span: Span
    lead: str = ""
    close: str = ""

    @property
    def is_quoted(self) -> bool:
        """Whether the value stands inside quotes that are there already, and stay."""
        return self.place.context.within is Within.QUOTES and not self.lead.endswith("[")

    def item(self, candidate: Candidate, number: int) -> Item:
        """The item for a candidate."""
        text = candidate.text
        if not self.is_quoted and candidate.is_text and (not _PLAIN.fullmatch(text) or text.lower() in _NOT_TEXT):
            text = json.dumps(text, ensure_ascii=False)
        if candidate.is_snippet:
            text = snippet_text(text)
        span = self.span if candidate.is_text else _with_quotes(self.place, self.span)
        return Item(
            label=candidate.text,
            kind=candidate.kind,
            span=span,
            new_text=f"{self.lead}{text}{self.close}{candidate.tail}",
            detail=candidate.detail,
            words=candidate.words,
            sort_key=sort_key(candidate.rank, number),
            is_snippet=candidate.is_snippet,
            is_narrowed=candidate.is_narrowed,
            line_indent=self.place.line_indent,
        )


def value_slot(place: Place, *, is_list: bool = False) -> Slot:
    """The slot of the value under the cursor.

    Args:
        place: the cursor's place.
        is_list: whether a list of one item is to be put there.
    """
    span = word_span(place)
    if is_list:
        return Slot(place, _with_quotes(place, span), f"{lead_of(place)}[", "]")
    return Slot(place, span, lead_of(place))


def word_span(place: Place) -> Span:
    """The half-typed value, as far as it stands on the cursor's line; of several words all that it goes on with."""
    word, scalar = place.context.word, place.scalar
    is_in_scalar = scalar is not None and not place.in_block and scalar.content_span.contains(place.offset)
    word_end = max(word.end, scalar.content_span.end) if scalar is not None and is_in_scalar else word.end
    end = place.offset + len(place.rest_of_line)
    return Span(min(max(word.start, place.line_start), place.offset), max(min(word_end, end), place.offset))


def _with_quotes(place: Place, span: Span) -> Span:
    """A value with the quotes around it, where there are some."""
    if place.context.within is not Within.QUOTES:
        return span
    is_closed = place.slice(span.end, span.end + 1) == place.context.quote
    return Span(span.start - 1, span.end + is_closed)


def lead_of(place: Place) -> str:
    """The colon that is missing, a space behind a colon, a dash and a space for an item of a list that has none yet; else nothing."""
    if place.lacks_colon:
        return ": "
    start = word_span(place).start
    before = place.slice(place.line_start, start)
    if place.context.within is not Within.PLAIN:
        return ""
    if place.context.flow:
        return " " if before.endswith(":") else ""
    if needs_dash(place):
        return DASH
    return " " if before.endswith((":", "-")) else ""


def needs_dash(place: Place) -> bool:
    """Whether an item of a list is typed on a line of its own, its dash not yet written."""
    context = place.context
    is_item = context.expects is Expects.ITEM or (context.expects is Expects.NODE and place.is_list)
    before = place.slice(place.line_start, word_span(place).start)
    return is_item and not context.flow and context.within is Within.PLAIN and not before.strip()


def has_room_below(place: Place, client: CompletionClient) -> bool:
    """Whether a value may bring further lines with tab stops: on a line of its own, in an editor that knows them."""
    context = place.context
    is_plain = context.expects is Expects.VALUE and context.within is Within.PLAIN and not context.flow
    return client.snippets and is_plain and not place.line_from(word_span(place).end).strip()


__all__ = ["DASH", "Candidate", "Slot", "has_room_below", "lead_of", "needs_dash", "value_slot", "word_span"]
