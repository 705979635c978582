"""``textDocument/semanticTokens``: whole, as a change of what was sent before, and for a stretch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lsprotocol import types

from mfo_dialect.steps import Steps
from mfo_lsp.features.semantic_tokens import (
    MODIFIER_NAMES,
    SemanticToken,
    TokenType,
    semantic_tokens,
    semantic_tokens_in_steps,
)
from mfo_lsp.server.convert import to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.json_text import JsonText, json_list, json_map, json_text
from mfo_lsp.server.lookup import View, look_up
from mfo_lsp.server.slices import in_slices
from mfo_lsp.server.told import SentTokens

_TYPES = tuple(TokenType)
_NUMBERS = {type_: number for number, type_ in enumerate(_TYPES)}
LEGEND = types.SemanticTokensLegend([type_.value for type_ in _TYPES], MODIFIER_NAMES)


async def answer(server: Server, params: types.SemanticTokensParams) -> JsonText | None:
    """All tokens of a document; nothing for one that is not ours.

    Raises:
        RefusedError: the document is long, and has changed meanwhile.
    """
    sent = await in_slices(server, params.text_document.uri, _sent)
    return _whole(sent) if sent is not None else None


async def answer_delta(server: Server, params: types.SemanticTokensDeltaParams) -> JsonText | None:
    """What has changed since an earlier answer; all tokens where that is no longer known.

    Raises:
        RefusedError: as ``answer`` does.
    """
    key = to_key(params.text_document.uri)
    before = server.session.tokens.get(key)
    sent = await in_slices(server, params.text_document.uri, _sent)
    if sent is None or before is None or before.result_id != params.previous_result_id:
        return _whole(sent) if sent is not None else None
    return json_map(edits=json_list(_changes(before.data, sent.data)), resultId=sent.result_id)


def _whole(sent: SentTokens) -> JsonText:
    return json_map(data=json_text(sent.data), resultId=sent.result_id)


def answer_range(server: Server, params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
    """The tokens of a stretch."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return None
    found = semantic_tokens(view.snapshot, view.key, view.span(params.range))
    return types.SemanticTokens(tuple(_encoded(found, view)))


def _sent(view: View) -> Steps[SentTokens]:
    """The tokens as they are now, kept for the next delta while the document is open."""
    tokens = yield from semantic_tokens_in_steps(view.snapshot, view.key)
    numbers: list[int] = []
    for number in _encoded(tokens, view):
        numbers.append(number)
        yield
    data = tuple(numbers)
    before = view.session.tokens.get(view.key)
    if before is not None and before.data == data:
        return before
    number = int(before.result_id) + 1 if before is not None else 1
    sent = SentTokens(str(number), data)
    if view.key in view.session.open_texts:
        view.session.tokens[view.key] = sent
    return sent


def _encoded(tokens: Iterable[SemanticToken], view: View) -> Iterator[int]:
    """Five numbers a token, lines and columns relative to the token before."""
    line = column = 0
    for token in tokens:
        place = view.range(token.span)
        start = place.start
        yield start.line - line
        yield start.character - (column if start.line == line else 0)
        yield place.end.character - start.character
        yield _NUMBERS[token.type]
        yield token.modifiers.value
        line, column = start.line, start.character


def _changes(before: Sequence[int], after: Sequence[int]) -> Iterator[JsonText]:
    """One edit between what both begin and end with; none where they are equal."""
    if before == after:
        return
    start = _shared_start(before, after)
    kept = _shared_start(before[start:][::-1], after[start:][::-1])
    end = len(after) - kept
    yield json_text({"start": start, "deleteCount": len(before) - kept - start, "data": after[start:end]})


def _shared_start(one: Sequence[int], other: Sequence[int]) -> int:
    """How many numbers two rows have in common at their start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
