"""What a chat task gives the variables of its prompt: as written, with what runs gave in the place of references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_dialect.analysis.chats import ChatUse
from mfo_dialect.analysis.resolve import Outcome, Scope, resolve
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.references import Reference, as_text, scan
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Node, Scalar, Sequence, follow, scalars
from mfo_lsp.features.recorded import Recorded, Wanted, WantedPath, lone_reference, values_at, wanted_path

_MAX_DEPTH = 16


@dataclass(frozen=True, slots=True)
class GivenValue:
    """The value of one variable; ``is_recorded`` says whether a run gave some of it."""

    value: Any
    is_recorded: bool


def wanted_by_chat(chat: ChatUse, snapshot: Snapshot) -> tuple[Wanted, ...]:
    """What of recorded runs the prompt of a chat task reads."""
    if chat.context is None:
        return ()
    paths = [
        _path(reference, chat, snapshot)
        for pair in chat.context.effective_pairs()
        for scalar in scalars(follow(pair.value))
        for reference in _references(scalar, chat)
    ]
    return tuple(dict.fromkeys(path.wanted for path in paths if path is not None))


def given_by_chat(chat: ChatUse, snapshot: Snapshot, recorded: Recorded) -> Mapping[str, GivenValue]:
    """The variables that a chat task gives; a reference of which nothing is recorded stands as its path in angle brackets."""
    given: dict[str, GivenValue] = {}
    pairs = list(chat.context.effective_pairs()) if chat.context is not None else []
    for pair in reversed(pairs):
        if pair.name is not None:
            reader = _Reader(chat, snapshot, recorded)
            value = reader.read(follow(pair.value))
            given[pair.name] = GivenValue(value, reader.has_read)
    return given


def in_brackets(path: object) -> str:
    """A stand-in for a value: its path or name in angle brackets."""
    return f"\u27e8{path}\u27e9"


@dataclass(slots=True)
class _Reader:
    """Reads one value; remembers whether a run gave some of it."""

    chat: ChatUse
    snapshot: Snapshot
    recorded: Recorded
    has_read: bool = field(default=False)

    def read(self, node: Node, depth: int = 0) -> Any:
        """A value as plain data."""
        match node:
            case Scalar():
                return self._scalar(node)
            case MappingNode() if depth < _MAX_DEPTH:
                pairs = [pair for pair in node.effective_pairs() if pair.name is not None]
                return {str(pair.name): self.read(follow(pair.value), depth + 1) for pair in pairs}
            case Sequence() if depth < _MAX_DEPTH:
                return [self.read(follow(item), depth + 1) for item in node.items]
            case _:
                return None

    def _scalar(self, scalar: Scalar) -> Any:
        if not isinstance(scalar.value, str):
            return scalar.value
        alone = lone_reference(scalar, self.chat.view.flow)
        if alone is not None:
            return self._value(alone)
        pieces = scan(scalar.value)
        return "".join(as_text(self._value(piece)) if isinstance(piece, Reference) else piece for piece in pieces)

    def _value(self, reference: Reference) -> Any:
        path = _path(reference, self.chat, self.snapshot)
        last = next(iter(values_at(path, self.recorded)), None) if path is not None else None
        if last is None:
            return in_brackets(".".join((reference.root, *reference.path)) if reference.segments else reference)
        self.has_read = True
        return last.value


def _references(scalar: Scalar, chat: ChatUse) -> Iterator[Reference]:
    alone = lone_reference(scalar, chat.view.flow)
    if alone is not None:
        yield alone
    elif isinstance(scalar.value, str):
        yield from (piece for piece in scan(scalar.value) if isinstance(piece, Reference))


def _path(reference: Reference, chat: ChatUse, snapshot: Snapshot) -> WantedPath | None:
    if reference.problem or not reference.segments:
        return None
    names = (reference.root, *reference.path)
    scope = Scope(snapshot.bundle, chat.view.level)
    resolution = resolve(names, scope)
    return None if resolution.outcome is Outcome.UNKNOWN_ROOT else wanted_path(names, resolution, scope, snapshot)
