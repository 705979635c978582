"""Texts that are about to be edited, before anybody has looked at what they say."""

from __future__ import annotations

from collections.abc import Callable

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.file_names import is_markdown, template_name
from mfo_dialect.syntax import LiveTree


def unread_source(key: str, text: str, read: Callable[[str], LiveTree] = LiveTree) -> Source:
    """A text for a bundle that is given to ``LiveBundle``, which reads its documents.

    Args:
        key: the key of the text.
        text: the text.
        read: makes its tree.
    """
    return Source(key, live_tree(key, text, read), ())


def live_tree(key: str, text: str, read: Callable[[str], LiveTree]) -> LiveTree:
    """The tree of a text that is to be edited; ``read`` makes it, unless it is Markdown."""
    if is_markdown(key):
        from mfo_dialect.model.live_markdown import LiveMarkdown  # noqa: PLC0415 - few projects have such files

        return LiveMarkdown(text, template_name(key))
    return read(text)
