"""What a script wants to be there when the server starts: resources and memory, so that a flow finds what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mfo_runtime.server.database import to_json
from mfo_runtime.server.store import Store

_NO_MEMORY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class StartingResource:
    """A resource with an id of its own."""

    id: str
    type: str
    content: Any = ""
    properties: Mapping[str, Any] = field(default_factory=lambda: _NO_MEMORY)
    metadata: Mapping[str, Any] = field(default_factory=lambda: _NO_MEMORY)


@dataclass(frozen=True, slots=True)
class StartingData:
    """Resources, and values of the memory by key; what is there under the same name already is replaced."""

    resources: tuple[StartingResource, ...] = ()
    memory: Mapping[str, Any] = field(default_factory=lambda: _NO_MEMORY)


def put_starting_data(store: Store, data: StartingData) -> None:
    """Put the data into the database; no event tells of it."""
    now = store.dates.now()
    with store.database.transaction():
        for resource in data.resources:
            store.database.write(
                "INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    resource.id,
                    resource.type,
                    to_json(resource.content),
                    to_json(dict(resource.properties)),
                    to_json(dict(resource.metadata)),
                    now,
                    now,
                ),
            )
        for key, value in data.memory.items():
            store.database.write(
                "INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?, ?)", (key, to_json(value), to_json({}), now, now)
            )
