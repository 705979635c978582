"""``textDocument/diagnostic`` and ``workspace/diagnostic``: findings for clients that ask for them.

A result's id is a digest of what was reported, so that an unchanged report is known without remembering any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from lsprotocol import types

from mfo_lsp.server.checking import checked
from mfo_lsp.server.convert import directory_of, to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.jobs import Slice
from mfo_lsp.server.progress import open_progress
from mfo_lsp.server.publish import converted_findings, merged, take_findings
from mfo_lsp.server.workspace import workspace_bundles

OPTIONS = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="mfo")
_Diagnostics = tuple[types.Diagnostic, ...]
_Full = types.FullDocumentDiagnosticReport
_Unchanged = types.UnchangedDocumentDiagnosticReport


async def answer(server: Server, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    """The findings of a document, and with them those of the others of its bundle that are not open.

    Raises:
        RefusedError: the documents change faster than they can be checked.
    """
    session, key = server.session, to_key(params.text_document.uri)
    bundle = directory_of(key)
    analysis, findings = await checked(server, bundle)
    touched = take_findings(session, bundle, analysis.snapshot.bundle, findings)
    related = None
    if session.client.related_documents:
        others = sorted(other for other in touched if other != key and other not in session.open_texts)
        related = {session.uri(other): _report(merged(session, other)) for other in others}
    if bundle not in session.watched_bundles():
        session.found.pop(bundle, None)
    report = _report(merged(session, key), params.previous_result_id)
    if isinstance(report, _Unchanged):
        return types.RelatedUnchangedDocumentDiagnosticReport(report.result_id, related or None)
    return types.RelatedFullDocumentDiagnosticReport(report.items, related or None, result_id=report.result_id)


def _report(diagnostics: _Diagnostics, previous: str | None = None) -> _Full | _Unchanged:
    result_id = _result_id(diagnostics)
    return _Unchanged(result_id) if result_id == previous else _Full(diagnostics, result_id=result_id)


def _result_id(diagnostics: _Diagnostics) -> str:
    return blake2b(repr(diagnostics).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


async def answer_workspace(server: Server, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
    """The findings of all documents of the workspace; bundle by bundle where the client takes parts."""
    known = {to_key(previous.uri): previous for previous in params.previous_result_ids}
    told: set[str] = set()
    items: list[types.WorkspaceDocumentDiagnosticReport] = []
    share = Slice()
    bundles = await workspace_bundles(server)
    progress = await open_progress(server, params.work_done_token) if params.work_done_token is not None else None
    if progress is not None:
        progress.begin("Check the workspace")
    try:
        for number, bundle in enumerate(bundles, 1):
            await share.turn()
            by_document = await _of_bundle(server, bundle)
            fresh = {document: found for document, found in by_document.items() if document not in told}
            told.update(fresh)
            _hand_over(list(_reports(server, fresh, known)), items, server, params.partial_result_token)
            if progress is not None:
                progress.report(f"{number} of {len(bundles)} directories")
        gone: Mapping[str, _Diagnostics] = {document: () for document in known if document not in told}
        _hand_over(list(_reports(server, gone, known)), items, server, params.partial_result_token)
    finally:
        if progress is not None:
            progress.end("checked")
    return types.WorkspaceDiagnosticReport(items)


async def _of_bundle(server: Server, bundle: str) -> dict[str, _Diagnostics]:
    """What each document of a bundle has, those without findings too."""
    session = server.session
    analysis, findings = await checked(server, bundle)
    documents = analysis.snapshot.bundle
    if bundle in session.watched_bundles():
        touched = take_findings(session, bundle, documents, findings)
        return {document: merged(session, document) for document in sorted(touched)}
    found = converted_findings(session, documents, findings)
    ours = {source.key for source in analysis.snapshot.sources if source.is_ours}
    return {document: found.get(document, ()) for document in sorted(ours | found.keys())}


def _reports(
    server: Server, by_document: Mapping[str, _Diagnostics], known: Mapping[str, types.PreviousResultId]
) -> Iterator[types.WorkspaceDocumentDiagnosticReport]:
    session = server.session
    for document, diagnostics in by_document.items():
        previous = known.get(document)
        report = _report(diagnostics, previous.value if previous is not None else None)
        uri = previous.uri if previous is not None else session.uri(document)
        open_text = session.open_texts.get(document)
        version = open_text.version if open_text is not None else None
        if isinstance(report, _Unchanged):
            yield types.WorkspaceUnchangedDocumentDiagnosticReport(uri, report.result_id, version)
        else:
            yield types.WorkspaceFullDocumentDiagnosticReport(uri, report.items, version, result_id=report.result_id)


def _hand_over(
    reports: Iterable[types.WorkspaceDocumentDiagnosticReport],
    items: list[types.WorkspaceDocumentDiagnosticReport],
    server: Server,
    token: types.ProgressToken | None,
) -> None:
    """Send reports at once where the client takes parts, else keep them for the answer."""
    part = list(reports)
    if token is None:
        items += part
    elif part:
        value = types.WorkspaceDiagnosticReportPartialResult(part)
        server.protocol.notify(types.PROGRESS, types.ProgressParams(token, value))
