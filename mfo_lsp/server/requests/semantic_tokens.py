"""``textDocument/semanticTokens``: whole, as a change of what was sent before, and for a stretch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lsprotocol import types

from mfo_lsp.features.semantic_tokens import MODIFIER_NAMES, SemanticToken, TokenType, semantic_tokens
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up
from mfo_lsp.server.told import SentTokens

_TYPES = tuple(TokenType)
_NUMBERS = {type_: number for number, type_ in enumerate(_TYPES)}
LEGEND = types.SemanticTokensLegend([type_.value for type_ in _TYPES], MODIFIER_NAMES)


def answer(server: Server, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
    """All tokens of a document; nothing for one that is not ours."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return None
    sent = _sent(server, view)
    return types.SemanticTokens(sent.data, sent.result_id)


def answer_delta(
    server: Server, params: types.SemanticTokensDeltaParams
) -> types.SemanticTokens | types.SemanticTokensDelta | None:
    """What has changed since an earlier answer; all tokens where that is no longer known."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return None
    before = server.session.tokens.get(view.key)
    sent = _sent(server, view)
    if before is None or before.result_id != params.previous_result_id:
        return types.SemanticTokens(sent.data, sent.result_id)
    return types.SemanticTokensDelta(_changes(before.data, sent.data), sent.result_id)


def answer_range(server: Server, params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
    """The tokens of a stretch."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return None
    found = semantic_tokens(view.snapshot, view.key, view.span(params.range))
    return types.SemanticTokens(tuple(_encoded(found, view)))


def _sent(server: Server, view: View) -> SentTokens:
    """The tokens as they are now, kept for the next delta while the document is open."""
    data = tuple(_encoded(semantic_tokens(view.snapshot, view.key), view))
    before = server.session.tokens.get(view.key)
    if before is not None and before.data == data:
        return before
    number = int(before.result_id) + 1 if before is not None else 1
    sent = SentTokens(str(number), data)
    if view.key in server.session.open_texts:
        server.session.tokens[view.key] = sent
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


def _changes(before: Sequence[int], after: Sequence[int]) -> list[types.SemanticTokensEdit]:
    """One edit between what both begin and end with; none where they are equal."""
    if before == after:
        return []
    shorter = min(len(before), len(after))
    start = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    kept = next((at for at in range(shorter - start) if before[-1 - at] != after[-1 - at]), shorter - start)
    end = len(after) - kept
    return [types.SemanticTokensEdit(start, len(before) - kept - start, list(after[start:end]))]
