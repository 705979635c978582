"""What the catalogue says of one task type."""

from __future__ import annotations

from dataclasses import dataclass

from mfo_dialect.catalogue.values import Key, MapType
from mfo_dialect.shapes import Shape


@dataclass(frozen=True, slots=True)
class TaskType:
    """One task type (dialect section 5).

    Attributes:
        name: as written in ``type``.
        summary: one sentence for hover and completion.
        config: the keys of its ``config``.
        outputs: what later tasks may read.
        older_names: names that mean the same and are deprecated.
        source: ``ours`` where the dialect chose the type or its shape.
        module: of a custom type, ``package.module:function``.
        custom: declared in a project file, not built in.
    """

    name: str
    summary: str
    config: MapType
    outputs: Shape
    older_names: tuple[str, ...] = ()
    source: str = ""
    module: str = ""
    custom: bool = False

    @property
    def has_required_config(self) -> bool:
        """Whether a task of this type is wrong without a ``config``."""
        return any(key.required for key in self.config.keys) or bool(self.config.one_of or self.config.any_of)

    def key(self, name: str) -> Key | None:
        """The declaration of one config key."""
        return next((key for key in self.config.keys if key.name == name), None)
