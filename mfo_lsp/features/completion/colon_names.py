"""Names that have a colon in them, ``agent:clerk``: right behind the colon the text alone is a key without a value."""

from __future__ import annotations

from dataclasses import replace

from mfo_dialect.analysis.delegation import AGENT_TOOL
from mfo_dialect.catalogue.values import Names, TextType
from mfo_dialect.syntax import Expects, Mapping
from mfo_dialect.text import Span
from mfo_lsp.features.completion.place import Place


def behind_colon_of_name(place: Place) -> Place | None:
    """The place of the item of a list of tools of which ``agent:`` is typed; None where it is no such place."""
    context = place.context
    if context.expects is not Expects.VALUE or context.flow or context.word_text or len(place.stops) < 2:  # noqa: PLR2004 - an item and its key
        return None
    item = place.stops[-2]
    if not (isinstance(item.type, TextType) and item.type.names is Names.TOOL and isinstance(item.node, Mapping)):
        return None
    start = place.offset - len(AGENT_TOOL)
    if len(item.node.pairs) != 1 or item.node.span.start != start or place.slice(start, place.offset) != AGENT_TOOL:
        return None
    word = Span(start, place.offset)
    typed = replace(
        context, path=context.path[:-1], expects=Expects.NODE, key=None, word=word, word_text=AGENT_TOOL, siblings=()
    )
    return replace(place, context=typed, stops=(*place.stops[:-2], replace(item, node=None)), scalar=None)
