"""Pushing diagnostics: which documents a check speaks of, and which of them the client must be told anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from lsprotocol import types

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.findings import Finding, Place, Tag
from mfo_dialect.text import Encoding, LineIndex, Piece, Span
from mfo_lsp.features.diagnostics import Diagnostic, Said, is_shown, page_of
from mfo_lsp.server.analysis import EditedBundle
from mfo_lsp.server.capabilities import Client
from mfo_lsp.server.convert import to_range
from mfo_lsp.server.diagnostic_texts import (
    NO_DIAGNOSTICS,
    Anchor,
    DiagnosticText,
    GroupText,
    Range,
    group_texts,
    has_items,
    merged,
)
from mfo_lsp.server.json_text import JsonText, json_map, json_text
from mfo_lsp.server.session import Session
from mfo_lsp.server.told import Shown

SOURCE = "mfo"
_TAGS = {Tag.UNNECESSARY: types.DiagnosticTag.Unnecessary, Tag.DEPRECATED: types.DiagnosticTag.Deprecated}
_NOTHING = LineIndex("")
_MOST_COMMON = 1024
"""Rules, times what a client can take and what is said of a place besides."""


def lines_of(bundle: Bundle, document: str) -> LineIndex:
    """The lines of a document that a bundle speaks of; those of an empty text where it is not there."""
    source = bundle.sources.get(document)
    if source is not None:
        return source.tree.lines
    return bundle.project.lines if document == bundle.project.document else _NOTHING


def take_edited(session: Session, key: str, edited: EditedBundle) -> set[str]:
    """Keep what is wrong in the bundle called ``key``; gives the documents whose diagnostics may have changed.

    The bundle is settled, or at least its edited parts are.
    """
    bundle, before, news = edited.bundle, session.found.get(key, {}), edited.news()
    if session.baselines.applies_to(bundle):
        news = None
        edited.forget_news()  # the baseline may be gone the next time
        groups = _by_document(session.baselines.applied(edited.findings or (), bundle))
    else:
        documents = {*bundle.sources, bundle.project.document} if news is None else news
        groups = {document: said for document in documents if (said := edited.groups(document))}
    now = {
        document: diagnostics_of(session, bundle, document, said, before.get(document, ()))
        for document, said in groups.items()
    }
    kept = {} if news is None else {document: texts for document, texts in before.items() if document not in news}
    session.found[key] = kept | {document: texts for document, texts in now.items() if any(map(has_items, texts))}
    if news is None:
        return {*before, *documents_of(session, key, edited)}
    return {*news, *(document for document in session.open_texts if document in edited.keys)}


def documents_of(session: Session, key: str, edited: EditedBundle) -> set[str]:
    """The documents of a bundle that are ours, and those that it has findings for."""
    ours = {name for name, source in edited.bundle.sources.items() if source.is_ours and name in edited.bundle.home}
    return {*session.found.get(key, {}), *ours}


def _by_document(findings: Iterable[Finding]) -> dict[str, list[list[Finding]]]:
    by_document: dict[str, list[list[Finding]]] = {}
    for finding in findings:
        by_document.setdefault(finding.place.document, [[]])[0].append(finding)
    return by_document


def converted_findings(
    session: Session, bundle: Bundle, findings: Iterable[Finding]
) -> dict[str, tuple[GroupText, ...]]:
    """What a check found as the protocol writes it, by document; documents without findings are left out."""
    converted = {
        document: diagnostics_of(session, bundle, document, groups, ())
        for document, groups in _by_document(findings).items()
    }
    return {document: texts for document, texts in converted.items() if any(map(has_items, texts))}


def diagnostics_of(
    session: Session,
    bundle: Bundle,
    document: str,
    groups: Iterable[Sequence[Said]],
    before: Iterable[GroupText],
) -> tuple[GroupText, ...]:
    """The findings of a document as the protocol writes them; without hints where these are not wanted.

    Args:
        session: what the client can take, and its user wants.
        bundle: what the document is part of.
        document: its key.
        groups: its findings.
        before: what this gave last.
    """

    def write(finding: Said) -> DiagnosticText | None:
        if not is_shown(finding, session.preferences):
            return None
        anchor: Anchor | None = getattr(finding, "anchor", None)
        if anchor is None:
            return _text_of(finding, _range_of(finding.place.span, lines, session), bundle, session)
        return _text_of(finding, _range_in(*anchor, session.encoding), bundle, session)

    lines = lines_of(bundle, document)
    return group_texts(groups, before, write)


def _range_of(span: Span, lines: LineIndex, session: Session) -> Range:
    line, character = lines.position(span.start, session.encoding)
    last_line, end = lines.position(span.end, session.encoding)
    return line, character, last_line, end


def _range_in(piece: Piece, start: int, end: int, encoding: Encoding) -> Range:
    """The range of what stands within one piece of a text, whose lines are few."""
    (line, character), (last_line, last) = piece.lines.ends(start, end, encoding)
    first = piece.first_line
    return first + line, character, first + last_line, last


def _text_of(finding: Said, range_: Range, bundle: Bundle, session: Session) -> DiagnosticText:
    """What ``to_protocol`` gives, written by hand, as there may be thousands."""
    client = session.client
    tags = tuple([tag.value for tag in _tags_of(finding.tags, client)]) if finding.tags else ()
    common = _common_text(finding.code, int(finding.severity), client.code_description, tags)
    message = finding.message
    rest = b'"message":%b%b' % (json_text(message), common)
    related = finding.related if client.related_information else ()
    if related:
        places = [
            {"location": _plain_location(item.place, bundle, session), "message": item.message} for item in related
        ]
        rest += b',"relatedInformation":' + json_text(places)
    return DiagnosticText(range_, message, rest + b"}")


def _plain_location(place: Place, bundle: Bundle, session: Session) -> dict[str, Any]:
    """What ``location_of`` gives, as plain values."""
    line, character, last_line, last = _range_of(place.span, lines_of(bundle, place.document), session)
    ends = {"start": {"line": line, "character": character}, "end": {"line": last_line, "character": last}}
    return {"uri": session.uri(place.document), "range": ends}


@lru_cache(_MOST_COMMON)
def _common_text(code: str, severity: int, is_described: bool, tags: tuple[int, ...]) -> bytes:  # noqa: FBT001 - for a cache
    """What all diagnostics of a rule say alike, behind a comma and without braces."""
    value: dict[str, Any] = {"severity": severity, "code": code, "source": SOURCE}
    if is_described:
        value["codeDescription"] = {"href": page_of(code)}
    if tags:
        value["tags"] = tags
    return b"," + json_text(value)[1:-1]


def _tags_of(tags: Iterable[Tag], client: Client) -> tuple[types.DiagnosticTag, ...]:
    return tuple(_TAGS[tag] for tag in tags if _TAGS[tag] in client.diagnostic_tags)


def drop_findings(session: Session, key: str) -> set[str]:
    """Forget what a bundle was found to have; gives the documents whose diagnostics may have changed."""
    return set(session.found.pop(key, {}))


def to_publish(session: Session, documents: Iterable[str]) -> Iterator[JsonText]:
    """What the client must be told: new versions of open documents, and whatever has changed; remembered as told."""
    for document in sorted(documents):
        open_text = session.open_texts.get(document)
        last = session.shown.get(document)
        version = open_text.version if open_text is not None else None
        now = Shown(session.uri(document), version, merged_diagnostics(session, document))
        if last is not None and last.uri != now.uri and last.diagnostics != NO_DIAGNOSTICS:
            yield json_map(uri=last.uri, diagnostics=NO_DIAGNOSTICS)
        is_new_version = open_text is not None and (last is None or last.version != version)
        is_changed = now.diagnostics != (last.diagnostics if last is not None else NO_DIAGNOSTICS)
        if now.diagnostics != NO_DIAGNOSTICS or open_text is not None:
            session.shown[document] = now
        else:
            session.shown.pop(document, None)
        if is_new_version or is_changed:
            said = version if session.client.versions else None
            yield json_map(uri=now.uri, version=said, diagnostics=now.diagnostics)


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
    nothing = NO_DIAGNOSTICS
    return not is_edited and (before.diagnostics if before else nothing) != (now.diagnostics if now else nothing)


def merged_diagnostics(session: Session, document: str) -> JsonText:
    """What all bundles say of one document, each thing once: a list."""
    return merged([by_document[document] for by_document in session.found.values() if document in by_document])


def to_protocol(diagnostic: Diagnostic, document: str, bundle: Bundle, session: Session) -> types.Diagnostic:
    """A diagnostic as the protocol writes it, with no more than the client can take."""
    client = session.client
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
        tags=_tags_of(diagnostic.tags, client) or None,
        related_information=(tuple(related) or None) if client.related_information else None,
    )


def location_of(place: Place, bundle: Bundle, session: Session) -> types.Location:
    """A place as the protocol writes it."""
    lines = lines_of(bundle, place.document)
    return types.Location(session.uri(place.document), to_range(lines, place.span, session.encoding))
