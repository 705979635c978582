"""What the client at the other end can do: a small frozen value, read once from its ``initialize`` request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from lsprotocol import types
from pygls.capabilities import get_capability


@dataclass(frozen=True, slots=True)
class Client:
    """What a client can do; False stands for what it did not say.

    Attributes:
        related_information: diagnostics may name other places.
        diagnostic_tags: the tags that diagnostics may have.
        code_description: diagnostics may link to a page.
        versions: diagnostics may say of which version they speak.
        nested_symbols: document symbols may hold others.
        action_literals: code actions may be values rather than commands.
        preferred_actions: code actions may be marked as the one to take.
        disabled_actions: code actions may be offered with the reason why they cannot be taken.
        resolves_actions: the edit of a code action may be asked for when it is taken.
        document_changes: edits may name the version of a document.
        create_files: edits may create files.
        change_annotations: edits may say what they are about, and ask the user first.
        watched_files: file watching can be asked for.
        progress: work-done progress can be created by the server.
        lenses: it shows what stands above lines.
        shows_documents: it can be asked to show a document, or to have a browser show it.
        shows_references: it has a command that shows places, ``mfo.showReferences``.
        asks_users: it takes the request ``mfo/askUser`` and answers with what its user answers.
        reads_along: it shows what models write while they write it, told by ``mfo/runText``.
        snippets: completion items may have tab stops.
        keeps_indentation: completion items may forbid that their further lines are indented anew.
        markdown_items: completion items may be documented in Markdown.
        insert_replace: completion may say what is replaced besides what is typed.
        commit_characters: completion items may name characters that take them when they are typed.
        resolved_of_items: what of completion items is asked for when one is looked at.
        markdown_hover: hovers may be written in Markdown.
        definition_links: definitions may say which text they were asked for.
        type_definition_links: the same of type definitions.
        implementation_links: the same of implementations.
        symbol_kinds: the kinds of symbols that it knows.
        folds_lines: only whole lines can be folded.
        fold_limit: how many folds it takes; None for any number.
        link_tooltips: links may have words besides their target.
        pulls: it asks for diagnostics, so that none are pushed.
        related_documents: answers about one document's diagnostics may speak of others.
        refreshes_diagnostics: it can be told that diagnostics are to be asked for again.
        refreshed: the requests by which it can be told that other things are to be asked for again.
        configuration: it can be asked for its settings.
        registers_configuration: it tells of changed settings when it is asked to.
        hint_tooltips: words about an inlay hint may be asked for later.
        label_offsets: parameters of signatures may be stretches of their label.
        active_parameters: each signature may say which of its parameters is being typed.
        markdown_signatures: signatures may be documented in Markdown.
    """

    related_information: bool = False
    diagnostic_tags: frozenset[types.DiagnosticTag] = frozenset()
    code_description: bool = False
    versions: bool = False
    nested_symbols: bool = False
    action_literals: bool = False
    preferred_actions: bool = False
    disabled_actions: bool = False
    resolves_actions: bool = False
    document_changes: bool = False
    create_files: bool = False
    change_annotations: bool = False
    watched_files: bool = False
    progress: bool = False
    lenses: bool = False
    shows_documents: bool = False
    shows_references: bool = False
    asks_users: bool = False
    reads_along: bool = False
    snippets: bool = False
    keeps_indentation: bool = False
    markdown_items: bool = False
    insert_replace: bool = False
    commit_characters: bool = False
    resolved_of_items: frozenset[str] = frozenset()
    markdown_hover: bool = False
    definition_links: bool = False
    type_definition_links: bool = False
    implementation_links: bool = False
    symbol_kinds: frozenset[types.SymbolKind] = frozenset()
    folds_lines: bool = False
    fold_limit: int | None = None
    link_tooltips: bool = False
    pulls: bool = False
    related_documents: bool = False
    refreshes_diagnostics: bool = False
    refreshed: tuple[str, ...] = ()
    configuration: bool = False
    registers_configuration: bool = False
    hint_tooltips: bool = False
    label_offsets: bool = False
    active_parameters: bool = False
    markdown_signatures: bool = False


_FIRST_SYMBOL_KINDS = tuple(kind for kind in types.SymbolKind if kind <= types.SymbolKind.Array)
"""What a client knows that does not list what it knows."""


_REFRESHED = (
    ("code_lens", types.WORKSPACE_CODE_LENS_REFRESH),
    ("inlay_hint", types.WORKSPACE_INLAY_HINT_REFRESH),
    ("semantic_tokens", types.WORKSPACE_SEMANTIC_TOKENS_REFRESH),
)
"""What depends on settings or on other files, by the name of the capability."""


SHOW_REFERENCES = "mfo.showReferences"
"""A command of the client's: it takes a URI, a position and locations, and shows the locations."""


ASK_USER = "mfo/askUser"
"""A request to the client: put a question to the person at the editor."""

RUN_TEXT = "mfo/runText"
"""A notification: what a model wrote next."""


def _lists(value: object, kind: str, name: str) -> bool:
    """Whether a client lists a name, by ``{"commands": [...]}`` or ``{"methods": [...]}`` in what it says of itself."""
    said = cast("Mapping[str, object]", value if isinstance(value, Mapping) else {})
    listed = said.get(kind)
    return isinstance(listed, Sequence) and name in listed


def read_client(capabilities: types.ClientCapabilities, options: object = None) -> Client:
    """The value for what a client said of itself.

    Args:
        capabilities: what it can do.
        options: its initialization options, for clients that cannot add to their capabilities.
    """
    experimental = cast("object", capabilities.experimental)

    def takes(method: str) -> bool:
        return _lists(experimental, "methods", method) or _lists(options, "methods", method)

    def can(path: str) -> bool:
        return bool(get_capability(capabilities, path, default=False))

    def listed(path: str) -> tuple[object, ...]:
        return tuple(get_capability(capabilities, path, default=()) or ())

    tags = listed("text_document.publish_diagnostics.tag_support.value_set")
    symbol_kinds = listed("text_document.document_symbol.symbol_kind.value_set") or _FIRST_SYMBOL_KINDS
    item = "text_document.completion.completion_item"
    signature = "text_document.signature_help.signature_information"
    return Client(
        related_information=can("text_document.publish_diagnostics.related_information"),
        diagnostic_tags=frozenset(tag for tag in tags if isinstance(tag, types.DiagnosticTag)),
        code_description=can("text_document.publish_diagnostics.code_description_support"),
        versions=can("text_document.publish_diagnostics.version_support"),
        nested_symbols=can("text_document.document_symbol.hierarchical_document_symbol_support"),
        action_literals=can("text_document.code_action.code_action_literal_support"),
        preferred_actions=can("text_document.code_action.is_preferred_support"),
        disabled_actions=can("text_document.code_action.disabled_support"),
        resolves_actions=can("text_document.code_action.data_support")
        and "edit" in listed("text_document.code_action.resolve_support.properties"),
        document_changes=can("workspace.workspace_edit.document_changes"),
        create_files=types.ResourceOperationKind.Create in listed("workspace.workspace_edit.resource_operations"),
        change_annotations=can("workspace.workspace_edit.change_annotation_support"),
        watched_files=can("workspace.did_change_watched_files.dynamic_registration"),
        progress=can("window.work_done_progress"),
        lenses=get_capability(capabilities, "text_document.code_lens", default=None) is not None,
        shows_documents=can("window.show_document.support"),
        shows_references=_lists(experimental, "commands", SHOW_REFERENCES),
        asks_users=takes(ASK_USER),
        reads_along=takes(RUN_TEXT),
        snippets=can(f"{item}.snippet_support"),
        keeps_indentation=types.InsertTextMode.AsIs in listed(f"{item}.insert_text_mode_support.value_set"),
        markdown_items=types.MarkupKind.Markdown in listed(f"{item}.documentation_format"),
        insert_replace=can(f"{item}.insert_replace_support"),
        commit_characters=can(f"{item}.commit_characters_support"),
        resolved_of_items=frozenset(str(name) for name in listed(f"{item}.resolve_support.properties")),
        markdown_hover=types.MarkupKind.Markdown in listed("text_document.hover.content_format"),
        definition_links=can("text_document.definition.link_support"),
        type_definition_links=can("text_document.type_definition.link_support"),
        implementation_links=can("text_document.implementation.link_support"),
        symbol_kinds=frozenset(kind for kind in symbol_kinds if isinstance(kind, types.SymbolKind)),
        folds_lines=can("text_document.folding_range.line_folding_only"),
        fold_limit=get_capability(capabilities, "text_document.folding_range.range_limit", default=None),
        link_tooltips=can("text_document.document_link.tooltip_support"),
        pulls=get_capability(capabilities, "text_document.diagnostic", default=None) is not None,
        related_documents=can("text_document.diagnostic.related_document_support"),
        refreshes_diagnostics=can("workspace.diagnostics.refresh_support"),
        refreshed=tuple(method for path, method in _REFRESHED if can(f"workspace.{path}.refresh_support")),
        configuration=can("workspace.configuration"),
        registers_configuration=can("workspace.did_change_configuration.dynamic_registration"),
        hint_tooltips="tooltip" in listed("text_document.inlay_hint.resolve_support.properties"),
        label_offsets=can(f"{signature}.parameter_information.label_offset_support"),
        active_parameters=can(f"{signature}.active_parameter_support"),
        markdown_signatures=types.MarkupKind.Markdown in listed(f"{signature}.documentation_format"),
    )
