"""Conversations that go on over several runs: what was said, and the ids by which a server knows it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from mfo_runtime.agents.exchange import Message

DEFAULT_SESSION_TTL = 30 * 60.0
"""Seconds after its last use at which a session is forgotten."""

DEFAULT_MAX_SESSIONS = 1000
"""How many sessions are kept; the one that was not used for the longest time goes first."""


@dataclass
class Session:
    """One conversation.

    Attributes:
        id: its name.
        now: what time it is, in seconds.
        last_accessed: when it was used last, in the same seconds.
        root_reply_id: the id of the first reply of a server; empty before.
        messages: what was said, oldest first.
    """

    id: str
    now: Callable[[], float] = field(default=time.monotonic, repr=False)
    last_accessed: float = field(init=False)
    root_reply_id: str = ""
    messages: list[Message] = field(default_factory=list[Message])
    _ids: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def __post_init__(self) -> None:
        self.last_accessed = self.now()

    def touch(self) -> None:
        """Say that it is in use now."""
        self.last_accessed = self.now()

    def append_message(self, role: str, content: str) -> None:
        """Add to what was said."""
        self.messages.append(Message(role, content))
        self.touch()

    def record_node(self, step: str, reply_id: str) -> None:
        """A step got a reply that a server knows by an id; the next prompt goes on from there."""
        if not reply_id:
            return
        self.root_reply_id = self.root_reply_id or reply_id
        self._ids.append((step, reply_id))
        self.touch()

    def reply_id_of(self, step: str) -> str | None:
        """The id of the last reply that a step got; None for none."""
        return next((reply_id for name, reply_id in reversed(self._ids) if name == step), None)

    @property
    def last_reply_id(self) -> str:
        """The id of the newest reply; the root's where no step has one, empty where there is none."""
        return self._ids[-1][1] if self._ids else self.root_reply_id

    @property
    def chain(self) -> tuple[str, ...]:
        """The ids of all replies, oldest first, each once."""
        return tuple(dict.fromkeys(reply_id for _, reply_id in self._ids))

    def clear(self) -> None:
        """Forget what was said, and all ids."""
        self.messages.clear()
        self._ids.clear()
        self.root_reply_id = ""
        self.touch()


class SessionManager:
    """Sessions by id, for as long as they are used; kept in this process alone.

    There is no thread that looks for old ones: they are forgotten when anybody asks, so there is nothing to stop.
    """

    def __init__(
        self,
        ttl: float = DEFAULT_SESSION_TTL,
        max_sessions: int = DEFAULT_MAX_SESSIONS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with none.

        Args:
            ttl: seconds after its last use at which a session is forgotten.
            max_sessions: how many are kept.
            now: what time it is, in seconds.

        Raises:
            ValueError: one of the two is not greater than 0.
        """
        if ttl <= 0 or max_sessions < 1:
            raise ValueError("Sessions need a ttl greater than 0 and a maximum of at least 1.")
        self.ttl = ttl
        self.max_sessions = max_sessions
        self._now = now
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def get(self, session_id: str) -> Session:
        """The session of an id; a new one where there is none, or its time is over."""
        session = self.get_if_exists(session_id)
        if session is None:
            session = self._sessions[session_id] = Session(session_id, self._now)
            while len(self._sessions) > self.max_sessions:
                self._sessions.popitem(last=False)
        return session

    def get_if_exists(self, session_id: str) -> Session | None:
        """The session of an id; None where there is none, or its time is over."""
        self._forget_old()
        session = self._sessions.get(session_id)
        if session is not None:
            session.touch()
            self._sessions.move_to_end(session_id)
        return session

    def exists(self, session_id: str) -> bool:
        """Whether there is a session of that id; asking does not keep it alive."""
        self._forget_old()
        return session_id in self._sessions

    def delete(self, session_id: str) -> None:
        """Forget a session; ``Engine.delete_session`` has the server forget it, too."""
        self._sessions.pop(session_id, None)

    def clear(self) -> None:
        """Forget all."""
        self._sessions.clear()

    def __len__(self) -> int:
        self._forget_old()
        return len(self._sessions)

    def _forget_old(self) -> None:
        """Forget those whose time is over; a session in someone's hands may have been used without being asked for."""
        oldest = self._now() - self.ttl
        for session_id in [one.id for one in self._sessions.values() if one.last_accessed < oldest]:
            del self._sessions[session_id]
