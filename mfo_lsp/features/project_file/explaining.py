"""What is written in the project file, in words."""

from __future__ import annotations

from mfo_dialect.model.project import Project
from mfo_dialect.syntax.toml_places import Steps
from mfo_dialect.text import Span
from mfo_lsp.features.documentation import of_key, of_task_type
from mfo_lsp.features.hover import Hover
from mfo_lsp.features.project_file.declared import key_at, of_rule, of_selector, rule_called


def hover_project(project: Project, offset: int) -> Hover | None:
    """What is known of the place under the cursor; None where there is nothing to say."""
    if project.toml is None:
        return None
    places, table = project.toml.places, project.table
    found: list[tuple[Span, Steps]] = [(span, path) for path, span in places.values.items()]
    found += [(span, path) for path, spans in places.keys.items() for span in spans]
    around = [one for one in found if one[0].contains(offset) and one[1][: len(table)] == table]
    if not around:
        return None
    span, path = min(around, key=lambda one: one[0].end - one[0].start)
    words = _words(path[len(table) :], project, span)
    return Hover(span, words) if words else None


def _words(path: Steps, project: Project, span: Span) -> str:
    match path:
        case ("rules", str(name)):
            rule = rule_called(name)
            return of_rule(rule) if rule is not None else ""
        case ("check", "select" | "ignore", int()):
            return of_selector(project.text[span.start : span.end].strip("\"'"))
        case ("task_types", str(name)) if name in project.task_types:
            return of_task_type(project.task_types[name])
        case _:
            key = key_at(path if not path or isinstance(path[-1], str) else path[:-1])
            return of_key(key) if key is not None else ""
