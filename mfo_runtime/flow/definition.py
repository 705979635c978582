"""The texts that a run is defined by, kept so that it goes on by them whatever becomes of the files."""

from __future__ import annotations

from mfo_dialect.analysis.bundle import Bundle, make_bundle, read_source
from mfo_dialect.model.project import Project, read_project
from mfo_runtime.journal import Definition
from mfo_workspace.files import Files, UnreadableFileError


def definition_of(bundle: Bundle) -> Definition:
    """All documents of a bundle, and its project file."""
    texts = {key: source.text for key, source in bundle.sources.items() if source.is_ours}
    project = bundle.project
    if project.document:
        texts[project.document] = project.text
    return Definition(texts, project.document, project.table)


def bundle_of(definition: Definition) -> Bundle:
    """The bundle that a definition was made of."""
    project = Project()
    if definition.project:
        project = read_project(definition.texts[definition.project], definition.project, definition.table)
    documents = [read_source(key, text) for key, text in definition.texts.items() if key != definition.project]
    return make_bundle(documents, project)


def changed_documents(definition: Definition, files: Files) -> tuple[str, ...]:
    """The documents whose files have another text now, or are gone."""
    return tuple(key for key, text in definition.texts.items() if _text_now(key, files) != text)


def _text_now(path: str, files: Files) -> str | None:
    try:
        return files.read(path)
    except UnreadableFileError:
        return None
