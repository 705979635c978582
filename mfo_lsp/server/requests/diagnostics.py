"""``textDocument/diagnostic`` and ``workspace/diagnostic``: findings for clients that ask for them.

A result's id is a digest of what was reported, so that an unchanged report is known without remembering any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from lsprotocol import types

from mfo_lsp.server.analysis import EditedBundle
from mfo_lsp.server.checking import checked
from mfo_lsp.server.convert import directory_of, to_key
from mfo_lsp.server.diagnostic_texts import NO_DIAGNOSTICS, joined
from mfo_lsp.server.flow_tests import is_test_document
from mfo_lsp.server.host import Server
from mfo_lsp.server.jobs import Slice
from mfo_lsp.server.json_text import JsonText, json_list, json_map, json_text
from mfo_lsp.server.progress import cancellable, open_progress
from mfo_lsp.server.publish import converted_findings, documents_of, merged_diagnostics, take_edited
from mfo_lsp.server.test_documents import findings_of
from mfo_lsp.server.workspace import workspace_bundles

OPTIONS = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="mfo")


async def answer(server: Server, params: types.DocumentDiagnosticParams) -> JsonText:
    """The findings of a document, and with them those of the others of its bundle that are not open.

    Raises:
        RefusedError: the documents change faster than they can be checked.
    """
    session, key = server.session, to_key(params.text_document.uri)
    if is_test_document(key):
        found = [json_text(session.plain(one)) for one in await findings_of(server, key)]
        return _report(json_list(found), params.previous_result_id)
    bundle = directory_of(key)
    by_document = await _of_bundle(server, bundle)
    related = None
    if session.client.related_documents:
        others = sorted(other for other in by_document if other != key and other not in session.open_texts)
        related = {session.uri(other): _report(by_document[other]) for other in others}
    return _report(
        by_document.get(key, NO_DIAGNOSTICS),
        params.previous_result_id,
        relatedDocuments=_map_of(related) if related else None,
    )


def _map_of(related: Mapping[str, JsonText]) -> JsonText:
    return JsonText(b"{%b}" % b",".join(b"%b:%b" % (json_text(uri), report) for uri, report in related.items()))


def _report(diagnostics: JsonText, previous: str | None = None, **more: object) -> JsonText:
    """A report of a document: all of it, or that it is what it was."""
    result_id = blake2b(diagnostics, digest_size=12).hexdigest()
    if result_id == previous:
        return json_map(kind=types.DocumentDiagnosticReportKind.Unchanged.value, resultId=result_id, **more)
    return json_map(kind=types.DocumentDiagnosticReportKind.Full.value, resultId=result_id, items=diagnostics, **more)


async def answer_workspace(server: Server, params: types.WorkspaceDiagnosticParams) -> JsonText:
    """The findings of all documents of the workspace; bundle by bundle where the client takes parts.

    Raises:
        RefusedError: the client has cancelled it where its progress is shown.
    """
    token = params.work_done_token
    work = _workspace(server, params)
    return await cancellable(server, token, work, "The check of the workspace") if token is not None else await work


async def _workspace(server: Server, params: types.WorkspaceDiagnosticParams) -> JsonText:
    known = {to_key(previous.uri): previous for previous in params.previous_result_ids}
    told: set[str] = set()
    items: list[JsonText] = []
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
        gone = {document: NO_DIAGNOSTICS for document in known if document not in told}
        _hand_over(list(_reports(server, gone, known)), items, server, params.partial_result_token)
    finally:
        if progress is not None:
            progress.end("checked")
    return json_map(items=json_list(items))


async def _of_bundle(server: Server, bundle: str) -> dict[str, JsonText]:
    """What each document of a bundle has, those without findings too."""
    session = server.session
    analysis, findings = await checked(server, bundle)
    if isinstance(analysis, EditedBundle):
        take_edited(session, bundle, analysis)
        documents = documents_of(session, bundle, analysis)
        return {document: merged_diagnostics(session, document) for document in sorted(documents)}
    found = converted_findings(session, analysis.bundle, findings)
    ours = {source.key for source in analysis.snapshot.sources if source.is_ours}
    return {document: joined(found.get(document, ())) for document in sorted(ours | found.keys())}


def _reports(
    server: Server, by_document: Mapping[str, JsonText], known: Mapping[str, types.PreviousResultId]
) -> Iterator[JsonText]:
    session = server.session
    for document, diagnostics in by_document.items():
        previous = known.get(document)
        uri = previous.uri if previous is not None else session.uri(document)
        open_text = session.open_texts.get(document)
        version = json_text(open_text.version if open_text is not None else None)
        yield _report(diagnostics, previous.value if previous is not None else None, uri=uri, version=version)


def _hand_over(
    reports: Iterable[JsonText], items: list[JsonText], server: Server, token: types.ProgressToken | None
) -> None:
    """Send reports at once where the client takes parts, else keep them for the answer."""
    part = list(reports)
    if token is None:
        items += part
    elif part:
        server.protocol.tell(types.PROGRESS, json_map(token=token, value=json_map(items=json_list(part))))
