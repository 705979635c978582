"""``textDocument/signatureHelp``: the call around a cursor, with the parameter that is being typed."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from mfo_dialect.text import Encoding, LineIndex
from mfo_lsp.features.signature_help import ParameterHelp, SignatureHelp, signature_help
from mfo_lsp.server.capabilities import Client
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import look_up

OPTIONS = types.SignatureHelpOptions(trigger_characters=["(", " "], retrigger_characters=[","])


def answer(server: Server, params: types.SignatureHelpParams) -> dict[str, Any] | None:
    """The ways to call what the cursor stands in; None outside of calls."""
    found = help_at(server, params)
    if found is None:
        return None
    plain = _without_null(server.protocol.plain(found))
    return {**plain, "signatures": [_without_null(signature) for signature in plain["signatures"]]}


def _without_null(plain: dict[str, Any]) -> dict[str, Any]:
    """A value without what is null: version 3.17 has no null for a parameter, and the library writes what 3.18 has."""
    return {key: value for key, value in plain.items() if value is not None}


def help_at(server: Server, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The same as a value of the protocol."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return None
    context = params.context
    is_asked = context is None or context.trigger_kind is types.SignatureHelpTriggerKind.Invoked or context.is_retrigger
    found = signature_help(view.snapshot, view.key, view.offset(params.position), is_asked=is_asked)
    if found is None:
        return None
    client = server.session.client
    shown = [_converted(signature, client) for signature in found.signatures]
    return types.SignatureHelp(shown, found.active, found.signatures[found.active].active)


def _converted(signature: SignatureHelp, client: Client) -> types.SignatureInformation:
    return types.SignatureInformation(
        signature.label,
        _words(signature.documentation, client),
        [_parameter(parameter, signature.label, client) for parameter in signature.parameters],
        signature.active if client.active_parameters else None,
    )


def _parameter(parameter: ParameterHelp, label: str, client: Client) -> types.ParameterInformation:
    if client.label_offsets:
        lines = LineIndex(label)  # a label is one line, and its offsets count in UTF-16 whatever was agreed on
        start, end = (lines.position(at, Encoding.UTF16).column for at in (parameter.start, parameter.end))
        return types.ParameterInformation((start, end), _words(parameter.documentation, client))
    return types.ParameterInformation(label[parameter.start : parameter.end], _words(parameter.documentation, client))


def _words(markdown: str, client: Client) -> types.MarkupContent | str | None:
    if not markdown:
        return None
    return types.MarkupContent(types.MarkupKind.Markdown, markdown) if client.markdown_signatures else markdown
