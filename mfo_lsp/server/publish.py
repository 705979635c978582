"""Pushing diagnostics: which documents a check speaks of, and which of them the client must be told anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.findings import Finding, Place, Tag
from mfo_dialect.text import LineIndex
from mfo_lsp.features.diagnostics import Diagnostic, diagnostics_by_document
from mfo_lsp.server.convert import to_range
from mfo_lsp.server.session import Session, Shown

SOURCE = "mfo"
_TAGS = {Tag.UNNECESSARY: types.DiagnosticTag.Unnecessary, Tag.DEPRECATED: types.DiagnosticTag.Deprecated}
_NOTHING = LineIndex("")


def lines_of(bundle: Bundle, document: str) -> LineIndex:
    """The lines of a document that a bundle speaks of; those of an empty text where it is not there."""
    source = bundle.sources.get(document)
    if source is not None:
        return source.tree.lines
    return bundle.project.lines if document == bundle.project.document else _NOTHING


def take_findings(session: Session, key: str, bundle: Bundle, findings: Iterable[Finding]) -> set[str]:
    """Keep what a check of the bundle called ``key`` found; gives the documents whose diagnostics may have changed."""
    before = session.found.get(key, {})
    now = session.found[key] = converted_findings(session, bundle, findings)
    ours = {name for name, source in bundle.sources.items() if source.is_ours and name in bundle.home}
    return {*before, *now, *ours}


def converted_findings(
    session: Session, bundle: Bundle, findings: Iterable[Finding]
) -> dict[str, tuple[types.Diagnostic, ...]]:
    """What a check found as the protocol writes it, by document; documents without findings are left out."""
    return {
        document: tuple(to_protocol(diagnostic, document, bundle, session) for diagnostic in diagnostics)
        for document, diagnostics in diagnostics_by_document(findings, session.preferences).items()
    }


def drop_findings(session: Session, key: str) -> set[str]:
    """Forget what a bundle was found to have; gives the documents whose diagnostics may have changed."""
    return set(session.found.pop(key, {}))


def to_publish(session: Session, documents: Iterable[str]) -> Iterator[types.PublishDiagnosticsParams]:
    """What the client must be told: new versions of open documents, and whatever has changed; remembered as told."""
    for document in sorted(documents):
        open_text = session.open_texts.get(document)
        last = session.shown.get(document)
        version = open_text.version if open_text is not None else None
        now = Shown(session.uri(document), version, merged(session, document))
        if last is not None and last.uri != now.uri and last.diagnostics:
            yield types.PublishDiagnosticsParams(last.uri, ())
        is_new_version = open_text is not None and (last is None or last.version != version)
        is_changed = now.diagnostics != (last.diagnostics if last is not None else ())
        if now.diagnostics or open_text is not None:
            session.shown[document] = now
        else:
            session.shown.pop(document, None)
        if is_new_version or is_changed:
            said = version if session.client.versions else None
            yield types.PublishDiagnosticsParams(now.uri, now.diagnostics, said)


def shows_news(session: Session, documents: Iterable[str]) -> bool:
    """Whether findings have changed in documents that were not themselves edited; what is there now counts as shown.

    For clients that ask for findings: after an edit of a document they ask for its findings by themselves.
    """
    documents = tuple(documents)
    before = {document: session.shown.get(document) for document in documents}
    for _ in to_publish(session, documents):
        pass
    return any(_is_news(before[document], session.shown.get(document)) for document in documents)


def _is_news(before: Shown | None, now: Shown | None) -> bool:
    is_edited = now is not None and now.version is not None and (before is None or before.version != now.version)
    return not is_edited and (before.diagnostics if before else ()) != (now.diagnostics if now else ())


def merged(session: Session, document: str) -> tuple[types.Diagnostic, ...]:
    """What all bundles say of one document, each thing once."""
    said = [by_document[document] for by_document in session.found.values() if document in by_document]
    if len(said) == 1:
        return said[0]
    merged = {(str(item.range), item.code, item.message): item for items in reversed(said) for item in items}
    return tuple(sorted(merged.values(), key=lambda item: (item.range.start, item.range.end)))


def to_protocol(diagnostic: Diagnostic, document: str, bundle: Bundle, session: Session) -> types.Diagnostic:
    """A diagnostic as the protocol writes it, with no more than the client can take."""
    client = session.client
    tags = [_TAGS[tag] for tag in diagnostic.tags if _TAGS[tag] in client.diagnostic_tags]
    related = [
        types.DiagnosticRelatedInformation(location_of(item.place, bundle, session), item.message)
        for item in diagnostic.related
    ]
    return types.Diagnostic(
        range=to_range(lines_of(bundle, document), diagnostic.span, session.encoding),
        message=diagnostic.message,
        severity=types.DiagnosticSeverity(int(diagnostic.severity)),
        code=diagnostic.code,
        code_description=types.CodeDescription(diagnostic.url) if client.code_description else None,
        source=SOURCE,
        tags=tuple(tags) or None,
        related_information=(tuple(related) or None) if client.related_information else None,
    )


def location_of(place: Place, bundle: Bundle, session: Session) -> types.Location:
    """A place as the protocol writes it."""
    lines = lines_of(bundle, place.document)
    return types.Location(session.uri(place.document), to_range(lines, place.span, session.encoding))
