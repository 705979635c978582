"""Hover over keys and values as the catalogue declares them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mfo_dialect.analysis.schedules import cron_problem
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Format, Names, TextType
from mfo_dialect.syntax import Mapping, Scalar
from mfo_dialect.text import Span
from mfo_lsp.features.documentation import code, of_key, of_task_type, paragraphs
from mfo_lsp.features.schedules import next_times, schedule_words, timezone_of
from mfo_lsp.features.targets import key_visit_at, value_visit_at


def hover_key(snapshot: Snapshot, document: str, offset: int) -> tuple[Span, str] | None:
    """The declared key under the cursor."""
    visit = key_visit_at(snapshot, document, offset)
    if visit is None or visit.key is None or visit.pair is None:
        return None
    return visit.pair.key.span, of_key(visit.key)


def hover_value(snapshot: Snapshot, document: str, offset: int, now: datetime | None = None) -> tuple[Span, str] | None:
    """The declared value under the cursor: a task type, or a schedule."""
    visit = value_visit_at(snapshot, document, offset)
    if visit is None or not isinstance(visit.type, TextType) or not isinstance(visit.node, Scalar):
        return None
    text = visit.node.text
    if visit.type.names is Names.TASK_TYPE:
        task_type = snapshot.bundle.project.task_type(text)
        return (visit.node.content_span, of_task_type(task_type, text)) if task_type is not None else None
    if visit.type.format is Format.CRON and now is not None:
        words = _schedule_hover(text, visit, now)
        return (visit.node.content_span, words) if words else None
    return None


def _schedule_hover(text: str, visit: Visit, now: datetime) -> str:
    if cron_problem(text) is not None:
        return ""
    name = timezone_of(visit.container) if isinstance(visit.container, Mapping) else "UTC"
    times = next_times(text, now.astimezone(ZoneInfo(name)))
    lines = "\n".join(f"- {time:%a %Y-%m-%d %H:%M}" for time in times)
    heading = f"**{code(text)}** in {name}"
    return paragraphs(heading, schedule_words(text), f"Next:\n\n{lines}" if lines else "")
