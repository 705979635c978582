"""What the catalogue says of one task type."""

from __future__ import annotations

from dataclasses import replace

from mfo_dialect.catalogue.values import Key, MapType
from mfo_dialect.records import record
from mfo_dialect.shapes import Shape


@record
class TaskType:
    """One task type (dialect section 5).

    Attributes:
        name: as written in ``type``.
        summary: one sentence for hover and completion.
        config: the keys of its ``config``.
        outputs: what later tasks may read.
        older_names: names that mean the same and are deprecated.
        older_config: the keys of its ``config`` under an older name, where they differ.
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
    older_config: MapType | None = None

    @property
    def has_required_config(self) -> bool:
        """Whether a task of this type is wrong without a ``config``."""
        return any(key.required for key in self.config.keys) or bool(self.config.one_of or self.config.any_of)

    def as_older(self) -> TaskType:
        """What the type means under one of its older names; ``name`` stays the present one."""
        return self if self.older_config is None else replace(self, config=self.older_config)

    def key(self, name: str) -> Key | None:
        """The declaration of one config key."""
        return next((key for key in self.config.keys if key.name == name), None)
