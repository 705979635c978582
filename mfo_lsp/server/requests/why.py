"""``mfo/why``: what a file was taken for and why, what it sees, and which settings count and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from mfo_lsp.features.preferences import Preferences, setting_name
from mfo_lsp.server.convert import directory_of, is_file, to_key, to_range
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import view_of
from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.project_documents import is_project_document
from mfo_lsp.server.session import Session
from mfo_workspace.explaining import explain_paths
from mfo_workspace.settings import settings_in_force

_BY_EDITOR = "editor"
_BY_DEFAULT = "default"


def answer(server: Server, params: OwnParams) -> dict[str, Any]:
    """The explanation of any file, open or on the disk, ours or not."""
    session, key = server.session, to_key(params.uri)
    snapshot = session.analysis(directory_of(key)).snapshot
    bundle, project = snapshot.bundle, snapshot.bundle.project
    others = [source.key for source in bundle.sources.values() if source.is_ours and source.key != key]
    return {
        **_taken_for(session, key),
        "project": session.uri(project.document) if project.document else None,
        "bundle": [
            {
                "uri": session.uri(other),
                "kind": _kind(bundle.sources[other].kind),
                "reason": "in the same directory" if other in bundle.home else "listed by the project file",
            }
            for other in others
        ],
        "settings": [*_of_project(server, key), *_of_editor(session)],
    }


def _taken_for(session: Session, key: str) -> dict[str, Any]:
    """The kind and the reason: of what is open, as the server goes by it, which may be the kind that it had before."""
    view = view_of(session, key, session.analysis(directory_of(key)).snapshot)
    if view is not None:
        classification = next(one.classification for one in view.source.documents if one.kind is not None)
        return {"kind": _kind(classification.kind), "reason": classification.reason}
    if is_project_document(session, key):
        return {"kind": None, "reason": "the project file of this directory"}
    if not is_file(key):
        return {"kind": None, "reason": "not an MFO document: neither its content nor its name says so"}
    (explained,) = explain_paths([key], session.files)
    return {"kind": explained.kind or None, "reason": explained.reason}


def _kind(kind: Any) -> str | None:
    return kind.value if kind is not None else None


def _of_project(server: Server, key: str) -> Iterator[dict[str, Any]]:
    session = server.session
    project = session.analysis(directory_of(key)).snapshot.bundle.project
    for setting in settings_in_force(project):
        said: dict[str, Any] = {"name": setting.name, "value": setting.value, "source": _BY_DEFAULT}
        if setting.place is not None:
            range_ = to_range(project.lines, setting.place, session.encoding)
            said |= {
                "source": "project file",
                "uri": session.uri(project.document),
                "range": server.protocol.plain(range_),
            }
        yield said


def _of_editor(session: Session) -> Iterator[dict[str, Any]]:
    for field in fields(Preferences):
        name = setting_name(field.name)
        source = _BY_EDITOR if field.name in session.preferred else _BY_DEFAULT
        yield {"name": name, "value": getattr(session.preferences, field.name), "source": source}
