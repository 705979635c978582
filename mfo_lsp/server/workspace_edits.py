"""Edits of any documents as the protocol writes them, in the richest form that the client can take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lsprotocol import types

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.findings import Edit
from mfo_dialect.text import LineIndex
from mfo_lsp.server.convert import to_range
from mfo_lsp.server.protocol import RefusedError
from mfo_lsp.server.publish import lines_of
from mfo_lsp.server.session import Session

_NO_ANNOTATIONS: Mapping[str, types.ChangeAnnotation] = {}


def workspace_edit(
    edits: Iterable[Edit],
    session: Session,
    bundles: Sequence[Bundle],
    annotations: Mapping[str, types.ChangeAnnotation] = _NO_ANNOTATIONS,
) -> types.WorkspaceEdit | None:
    """Edits of any documents of some bundles.

    Args:
        edits: the edits.
        session: whose client gets them.
        bundles: the bundles that hold the documents; one that is in none and not on the disk is created.
        annotations: by document, what the client is to say of its edits, where it can.

    Returns:
        None where a document would have to be created and the client cannot do that.
    """
    client = session.client
    by_document: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        document = edit.place.document
        range_ = to_range(_lines(document, session, bundles), edit.place.span, session.encoding)
        by_document.setdefault(document, []).append(types.TextEdit(range_, edit.new_text))
    missing = [document for document in by_document if not _exists(document, session, bundles)]
    if missing and not (client.create_files and client.document_changes):
        return None
    if not client.document_changes:
        return types.WorkspaceEdit({session.uri(key): changes for key, changes in by_document.items()})
    only_new = types.CreateFileOptions(ignore_if_exists=True)
    created = [types.CreateFile(session.uri(key), options=only_new) for key in missing]
    said = annotations if client.change_annotations else _NO_ANNOTATIONS
    edited = [_document_edit(key, changes, session, said.get(key)) for key, changes in by_document.items()]
    used = {said[key].label: said[key] for key in by_document if key in said}
    return types.WorkspaceEdit(document_changes=[*created, *edited], change_annotations=used or None)


def refuse_stale(session: Session, edits: Iterable[Edit], bundles: Iterable[Bundle]) -> None:
    """Refuse where an open text has changed while edits of it were made, for which bundles that nobody edits were read.

    Raises:
        RefusedError: one has.
    """
    documents = {edit.place.document for edit in edits}
    for bundle in bundles:
        for document in documents & {*bundle.sources, bundle.project.document}:
            open_text = session.open_texts.get(document)
            if open_text is not None and open_text.text != bundle.text_of(document):
                raise RefusedError("the document has changed meanwhile", types.LSPErrorCodes.ContentModified)


def _lines(document: str, session: Session, bundles: Iterable[Bundle]) -> LineIndex:
    for bundle in bundles:
        if document in bundle.sources or document == bundle.project.document:
            return lines_of(bundle, document)
    return LineIndex(session.other_text(document) or "")


def _exists(document: str, session: Session, bundles: Iterable[Bundle]) -> bool:
    is_known = any(document in bundle.sources or document == bundle.project.document for bundle in bundles)
    return is_known or session.other_text(document) is not None


def _document_edit(
    key: str, changes: Iterable[types.TextEdit], session: Session, annotation: types.ChangeAnnotation | None
) -> types.TextDocumentEdit:
    open_text = session.open_texts.get(key)
    version = open_text.version if open_text is not None else None
    identifier = types.OptionalVersionedTextDocumentIdentifier(session.uri(key), version)
    if annotation is None:
        return types.TextDocumentEdit(identifier, list(changes))
    label = annotation.label
    annotated = [types.AnnotatedTextEdit(label, change.range, change.new_text) for change in changes]
    return types.TextDocumentEdit(identifier, annotated)
