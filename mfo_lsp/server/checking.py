"""Checking what is open: once for every settled version, and never in the way of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from lsprotocol import types

from mfo_dialect.checker import check_snapshot
from mfo_dialect.findings import Finding
from mfo_lsp.server.baselines import Baselines
from mfo_lsp.server.host import Server
from mfo_lsp.server.protocol import RefusedError, log_failure
from mfo_lsp.server.publish import drop_findings, shows_news, take_findings, to_publish
from mfo_lsp.server.session import Analysis

_MAX_RESTARTS = 100


def check_soon(server: Server, bundles: Iterable[str]) -> None:
    """Check bundles again as soon as the messages that are there have been taken; a check under way is given up."""
    watched = server.session.watched_bundles()
    for bundle in bundles:
        if bundle in watched:
            server.checks.start(bundle, _check(server, bundle), _report)
        else:
            server.checks.cancel(bundle)
            _publish(server, drop_findings(server.session, bundle))


async def checked(server: Server, bundle: str) -> tuple[Analysis, tuple[Finding, ...]]:
    """A bundle and its findings, once they are there.

    Raises:
        RefusedError: the documents change so often that no check comes to its end.
    """
    for _ in range(_MAX_RESTARTS):
        analysis = server.session.analysis(bundle)
        if analysis.findings is not None:
            return analysis, analysis.findings
        task = server.checks.get(bundle)
        if task is None:
            findings = await _findings(server, analysis)
            analysis.findings = findings
            if bundle not in server.session.watched_bundles():
                return analysis, findings
        else:
            await asyncio.wait({task})
    raise RefusedError("the documents change faster than they can be checked", types.LSPErrorCodes.ContentModified)


async def _check(server: Server, bundle: str) -> None:
    await asyncio.sleep(0)  # only the last of several edits that came together is worth reading
    analysis = server.session.analysis(bundle)
    findings = analysis.findings if analysis.findings is not None else await _findings(server, analysis)
    if server.session.is_current(bundle, analysis):
        analysis.findings = findings
        _publish(server, take_findings(server.session, bundle, analysis.snapshot.bundle, findings))


async def _findings(server: Server, analysis: Analysis) -> tuple[Finding, ...]:
    """The checker's findings, from another thread, so that the loop stays free; given up between two parts."""
    abandoned: list[bool] = []
    try:
        found = await asyncio.to_thread(_found, analysis, abandoned, server.session.baselines)
    finally:
        abandoned.append(True)
    for words in server.session.baselines.untold_problems():
        server.tell(words, types.MessageType.Warning)
    return found


def _found(analysis: Analysis, abandoned: list[bool], baselines: Baselines) -> tuple[Finding, ...]:
    findings = check_snapshot(analysis.snapshot, goes_on=lambda: not abandoned)
    return baselines.applied(findings, analysis.snapshot.bundle)


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
