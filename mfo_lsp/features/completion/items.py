"""What completion offers, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from mfo_dialect.text import Span


class ItemKind(Enum):
    """What an item stands for, in the dialect's words."""

    KEY = "key"
    TASK_TYPE = "task type"
    NODE = "node"
    ROOT = "root"
    FIELD = "field"
    PROMPT_TEMPLATE = "prompt template"
    ERROR_TEMPLATE = "error template"
    AGENT = "agent"
    TOOL = "tool"
    TASKFLOW = "taskflow"
    SCHEMA = "schema"
    SECRET = "secret"  # noqa: S105 - a kind of name
    CHOICE = "choice"
    VALUE = "value"
    VARIABLE = "variable"
    FUNCTION = "function"
    KEYWORD = "keyword"


Words: TypeAlias = Callable[[], str]
"""Gives words in Markdown. They are put together when somebody looks at an item, not for every item of a list."""


def no_words() -> str:
    """Nothing to say."""
    return ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose.

    Attributes:
        label: what the list shows, and what typing is matched with.
        kind: what it stands for.
        span: what it replaces: the half-typed part only, within one line, around the cursor.
        new_text: what is put there; its further lines are indented as the document needs them.
        detail: a few words beside the label.
        words: what it is.
        sort_key: items stand in the order of these texts.
        is_snippet: whether ``new_text`` has tab stops, in the editors' common form: ``$1``, ``${1:words}``, ``$0``.
        goes_on: whether more is to be chosen right behind it.
        is_narrowed: whether others were left out, which another word may bring: typing on asks again.
        takes_dot: whether a dot may follow it, so that typing one takes it.
        line_indent: how far the cursor's line is indented: clients that indent further lines by themselves need it.
    """

    label: str
    kind: ItemKind
    span: Span
    new_text: str
    detail: str = ""
    words: Words = no_words
    sort_key: str = ""
    is_snippet: bool = False
    goes_on: bool = False
    is_narrowed: bool = False
    takes_dot: bool = False
    line_indent: int = 0

    @property
    def documentation(self) -> str:
        """What it is, in Markdown; empty where there is nothing to say."""
        return self.words()


@dataclass(frozen=True, slots=True)
class CompletionClient:
    """What the editor can do with items.

    Attributes:
        snippets: whether it knows tab stops.
    """

    snippets: bool = True


def snippet_text(text: str) -> str:
    """A text as it stands in a snippet."""
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")


def sort_key(rank: int, place: int) -> str:
    """The key of the ``place``-th item of a rank; lower ranks stand first."""
    return f"{rank:02d}{place:05d}"
