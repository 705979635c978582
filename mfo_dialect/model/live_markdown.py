"""A Markdown text that is being edited."""

from __future__ import annotations

from mfo_dialect.model.markdown import parse_markdown
from mfo_dialect.steps import Steps
from mfo_dialect.syntax.events import BEST_ENGINE, Engine
from mfo_dialect.syntax.live import LiveTree
from mfo_dialect.text import Piece, PiecedText


class LiveMarkdown(LiveTree):
    """The tree of a Markdown text at any time; it is read whole at each edit, as such files are short."""

    __slots__ = ("_name",)

    def __init__(self, text: str, name: str, engine: Engine = BEST_ENGINE) -> None:
        """Read ``text``; see ``parse_markdown``."""
        self._name = name
        super().__init__(text, engine)

    def _read_in_steps(self, text: str) -> Steps[None]:
        self._lines = None
        self._whole = parse_markdown(text, self._name, self._engine)
        self._pieces = PiecedText([Piece(text)])
        self._work.compositions += 1
        self._work.characters += len(text)
        yield
