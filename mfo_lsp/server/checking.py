"""Checking what is open: once for every settled version, in slices of the loop's time, and never in the way of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from lsprotocol import types

from mfo_dialect.checker import check_snapshot
from mfo_dialect.findings import Finding
from mfo_dialect.text import Span
from mfo_lsp.features.code_actions import touches
from mfo_lsp.server.analysis import Analysis, EditedBundle, UneditedBundle
from mfo_lsp.server.host import Server
from mfo_lsp.server.jobs import Slice
from mfo_lsp.server.protocol import RefusedError, log_failure
from mfo_lsp.server.publish import drop_findings, shows_news, take_edited, to_publish
from mfo_lsp.server.reading import read_in_slices
from mfo_lsp.server.warming import learn

_MAX_RESTARTS = 100
_SHORT = 0.001
"""Seconds of the loop's time that are taken at once for what nobody waits for."""


def check_soon(server: Server, bundles: Iterable[str]) -> None:
    """Have bundles checked as soon as the messages that are there have been taken; what is under way goes on with them."""
    watched = server.session.watched_bundles()
    for bundle in bundles:
        if bundle not in watched:
            server.checks.cancel(bundle)
            server.checks.cancel(("ready", bundle))
            server.session.end_reading(bundle)
            _publish(server, drop_findings(server.session, bundle))
            continue
        server.session.begin_reading(bundle)
        if bundle not in server.checks:
            server.checks.start(bundle, _check(server, bundle), _report)


async def _check(server: Server, bundle: str) -> None:
    """Work until all findings of a bundle are right, however often it is edited meanwhile, and say so once.

    Where that takes long, what is found in the edited parts is told first, beside what was found elsewhere before.
    """
    share = Slice()
    await share.give_way()
    trace = server.session.trace
    with server.house.building():  # the collector looks when all has been told
        analysis = await _settled(server, bundle, share)
        if analysis is None:
            return
        server.checks.release(bundle)  # what comes from here on wants a check of its own
        with trace.phase("diagnostics"):
            documents = take_edited(server.session, bundle, analysis)
        with trace.phase("writing"):
            _publish(server, documents)
    trace.end(bundle, server.session.versions(bundle))
    _tell_of_baselines(server)
    if not analysis.is_prepared:
        server.checks.start(("ready", bundle), _get_ready(server, analysis), _report)


async def _settled(server: Server, bundle: str, share: Slice) -> EditedBundle | None:
    """A bundle once all of its findings are right; None where nothing of it is open."""
    trace = server.session.trace
    told = 0
    while True:
        await read_in_slices(server, bundle, share)
        with trace.phase("reading"):
            analysis = server.session.analysis(bundle)
        if not isinstance(analysis, EditedBundle):
            return None
        was_ready = analysis.is_ready
        with trace.phase("tree"):
            analysis.take_edits()
        with trace.phase("meaning"):
            analysis.settle_meaning(share.has_time)
        with trace.phase("rules"):
            is_settled = analysis.settle(share.has_time)
        if is_settled:
            if not was_ready:
                server.house.settle()
            return analysis
        if analysis.edits > told and analysis.has_far_to_go:
            told, share = analysis.edits, Slice(_SHORT)
            _tell_of_edited(server, bundle, analysis)
        await share.give_way()


def _tell_of_edited(server: Server, bundle: str, analysis: EditedBundle) -> None:
    session = server.session
    if not session.client.pulls and not session.baselines.applies_to(analysis.bundle):
        _publish(server, take_edited(session, bundle, analysis))


async def _get_ready(server: Server, analysis: EditedBundle) -> None:
    """Use the time until the next edit to make that one, and all answers from then on, quick."""
    share = Slice(_SHORT)
    edits = analysis.edits
    with server.house.building():
        while not analysis.is_prepared:
            await share.give_way()
            if not server.session.is_held(analysis):
                return
            if analysis.edits != edits:
                server.house.settle()  # or the collector would go through all of it before the edit is answered
                return
            analysis.get_ready(share.has_time)
        for _ in learn(server):
            await share.turn()
        server.house.settle()


async def checked(server: Server, bundle: str) -> tuple[Analysis, tuple[Finding, ...]]:
    """A bundle and its findings, once they are there.

    Raises:
        RefusedError: the documents change so often that no check comes to its end.
    """
    session = server.session
    for _ in range(_MAX_RESTARTS):
        reading = server.checks.get(bundle) if not session.is_read(bundle) else None
        if reading is not None:
            await asyncio.wait({reading})
        analysis = session.analysis(bundle)
        findings = analysis.findings
        if findings is not None:
            return analysis, session.baselines.applied(findings, analysis.bundle)
        if isinstance(analysis, UneditedBundle):
            analysis.findings = await asyncio.to_thread(check_snapshot, analysis.snapshot)
            _tell_of_baselines(server)
        else:
            check_soon(server, [bundle])
            task = server.checks.get(bundle)
            if task is not None:
                await asyncio.wait({task})
    raise RefusedError("the documents change faster than they can be checked", types.LSPErrorCodes.ContentModified)


async def findings_at(server: Server, bundle: str, key: str, span: Span) -> tuple[Analysis, list[Finding]]:
    """A bundle, and the findings that a stretch of one of its texts touches, with what would mend them.

    Raises:
        RefusedError: as ``checked`` does.
    """
    analysis, findings = await checked(server, bundle)
    if not isinstance(analysis, EditedBundle):
        return analysis, [one for one in findings if one.place.document == key and touches(one.place.span, span)]
    touched = [
        (found, known)
        for found, known in zip(analysis.found, findings, strict=True)
        if known.place.document == key and touches(known.place.span, span)
    ]
    return analysis, [replace(known, fixes=analysis.with_fixes(found).fixes) for found, known in touched]


def _tell_of_baselines(server: Server) -> None:
    for words in server.session.baselines.untold_problems():
        server.tell(words, types.MessageType.Warning)


def _publish(server: Server, documents: Iterable[str]) -> None:
    client = server.session.client
    if not client.pulls:
        for params in to_publish(server.session, documents):
            server.protocol.tell(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)
    elif shows_news(server.session, documents) and client.refreshes_diagnostics:
        method = types.WORKSPACE_DIAGNOSTIC_REFRESH
        server.checks.start(method, server.ask(method, None))


def _report(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log_failure("a check", error)
