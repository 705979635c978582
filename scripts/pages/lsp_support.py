"""The page of what the server answers and sends of the Language Server Protocol, and why not the rest.

Yes comes from the server's table and from what its source sends; no has a reason here. A method with neither is an error.
"""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from mfo_lsp.server.app import METHODS
from scripts.pages.tables import NOTE, table

_SERVER = Path(__file__).resolve().parents[2] / "mfo_lsp" / "server"
_TABLE = _SERVER / "app.py"
_NEWER = frozenset(
    {
        types.TEXT_DOCUMENT_INLINE_COMPLETION,
        types.TEXT_DOCUMENT_RANGES_FORMATTING,
        types.WORKSPACE_TEXT_DOCUMENT_CONTENT,
        types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH,
        types.WORKSPACE_FOLDING_RANGE_REFRESH,
    }
)
"""What version 3.18 adds."""
_NOTEBOOK = "there are no notebooks of MFO documents"
_TYPES = "the dialect has no types that extend each other"
NOT_ANSWERED = {
    types.DOCUMENT_LINK_RESOLVE: "links come with their targets",
    types.WORKSPACE_SYMBOL_RESOLVE: "symbols come with their places",
    types.NOTEBOOK_DOCUMENT_DID_OPEN: _NOTEBOOK,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE: _NOTEBOOK,
    types.NOTEBOOK_DOCUMENT_DID_SAVE: _NOTEBOOK,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE: _NOTEBOOK,
    types.TEXT_DOCUMENT_DOCUMENT_COLOR: "no value of the dialect is a colour",
    types.TEXT_DOCUMENT_COLOR_PRESENTATION: "no value of the dialect is a colour",
    types.TEXT_DOCUMENT_DECLARATION: "what declares a name defines it: `textDocument/definition` leads there",
    types.TEXT_DOCUMENT_INLINE_VALUE: "it is for debuggers, and there is none; a run shows its values in its journal",
    types.TEXT_DOCUMENT_MONIKER: "no name of a bundle is known outside of it, so there is nothing to link indexes by",
    types.TEXT_DOCUMENT_ON_TYPE_FORMATTING: "nothing is laid out without being asked for",
    types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY: _TYPES,
    types.TYPE_HIERARCHY_SUBTYPES: _TYPES,
    types.TYPE_HIERARCHY_SUPERTYPES: _TYPES,
    types.TEXT_DOCUMENT_WILL_SAVE: "nothing depends on why a document is saved",
    types.TEXT_DOCUMENT_WILL_SAVE_WAIT_UNTIL: "editors format and fix on save by `textDocument/formatting` and `source.fixAll.mfo`",
    types.WORKSPACE_WILL_CREATE_FILES: "a file that comes changes no other one",
    types.WORKSPACE_WILL_DELETE_FILES: "what names a file that goes is reported, and not changed unasked",
}
NOT_SENT = {
    types.LOG_TRACE: "a trace level is accepted; what matters goes to the standard error stream",
    types.CLIENT_UNREGISTER_CAPABILITY: "what is asked for at the start counts for the whole session",
    types.TELEMETRY_EVENT: "there is no telemetry",
    types.WINDOW_LOG_MESSAGE: "the log goes to the standard error stream, which editors show",
    types.WORKSPACE_APPLY_EDIT: "edits are answers to requests; no command edits",
    types.WORKSPACE_WORKSPACE_FOLDERS: "folders come with `initialize` and with their changes",
    types.WORKSPACE_INLINE_VALUE_REFRESH: "there are no inline values",
}


def lsp_support() -> str:
    """The page.

    Raises:
        ValueError: a method is neither answered nor sent, and there is no reason why.
    """
    answered = {method.name for method in METHODS}
    known = sorted(types.METHOD_TO_TYPES.keys() - _NEWER)
    to_server = [name for name in known if types.message_direction(name) != "serverToClient"]
    to_client = [name for name in known if types.message_direction(name) != "clientToServer"]
    sent = _sent(to_client)
    to_server = [name for name in to_server if name != types.PROGRESS]
    unexplained = {*to_server} - answered - NOT_ANSWERED.keys() | ({*to_client} - sent - NOT_SENT.keys())
    if unexplained:
        raise ValueError(f"neither supported nor with a reason why not: {sorted(unexplained)}")
    own = [method.name for method in METHODS if method.name not in types.METHOD_TO_TYPES]
    newer = sorted(answered & _NEWER)
    return "\n".join(
        [
            NOTE,
            "# Language Server Protocol: what is supported\n",
            "Every method of version 3.17 of the protocol. What the answers hold is told in [editors](editors.md).",
            f"Of version 3.18 {_listed(newer) or 'nothing'} is answered. Besides there are {_listed(own)}.\n",
            f"## From the editor to the server\n\n{_count(to_server, answered)}\n",
            *table(["method", "answered", "why not"], _rows(to_server, answered, NOT_ANSWERED)),
            f"\n## From the server to the editor\n\n{_count(to_client, sent)}\n",
            *table(["method", "sent", "why not"], _rows(to_client, sent, NOT_SENT)),
            "",
        ]
    )


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def unneeded_reasons() -> set[str]:
    """The methods that have a reason why not, and are supported."""
    return {name for name in NOT_ANSWERED if name in {method.name for method in METHODS}} | _sent([*NOT_SENT])


def _sent(names: list[str]) -> set[str]:
    """The methods that the server's source speaks of, by their constants or by pygls's functions."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(_SERVER.rglob("*.py")) if path != _TABLE)
    constants = {value: name for name, value in vars(types).items() if isinstance(value, str) and name.isupper()}

    def is_named(method: str) -> bool:
        constant = constants[method]
        return f"types.{constant}" in source or f".{constant.lower()}(" in source

    return {name for name in names if is_named(name)}


def _count(names: list[str], done: set[str]) -> str:
    return f"{len(done.intersection(names))} of {len(names)}."


def _rows(names: list[str], done: set[str], reasons: dict[str, str]) -> list[list[str]]:
    return [[f"`{name}`", "yes", ""] if name in done else [f"`{name}`", "no", reasons[name]] for name in names]
