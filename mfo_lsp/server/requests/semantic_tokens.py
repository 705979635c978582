"""``textDocument/semanticTokens``: whole, as a change of what was sent before, and for a stretch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from mfo_dialect.steps import Steps
from mfo_lsp.features.semantic_tokens import MODIFIER_NAMES, semantic_tokens
from mfo_lsp.features.token_numbers import TYPES, numbers_of, token_numbers
from mfo_lsp.server.convert import to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.json_text import JsonText, json_list, json_map, json_text
from mfo_lsp.server.lookup import View, look_up
from mfo_lsp.server.slices import in_slices
from mfo_lsp.server.told import SentTokens

LEGEND = types.SemanticTokensLegend([type_.value for type_ in TYPES], MODIFIER_NAMES)


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
    return types.SemanticTokens(numbers_of(found, view.lines, view.session.encoding))


def _sent(view: View) -> Steps[SentTokens]:
    """The tokens as they are now, kept for the next delta while the document is open."""
    data = yield from token_numbers(view.snapshot, view.key, view.session.encoding)
    before = view.session.tokens.get(view.key)
    if before is not None and before.data == data:
        return before
    number = int(before.result_id) + 1 if before is not None else 1
    sent = SentTokens(str(number), data)
    if view.key in view.session.open_texts:
        view.session.tokens[view.key] = sent
    return sent


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
