"""The project file, ``mfo.toml`` or ``[tool.mfo]`` in ``pyproject.toml`` (dialect section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, cast

from mfo_dialect.catalogue.task_types import BUILT_IN, OLDER_NAMES, TaskType
from mfo_dialect.catalogue.values import VALUE, Key, MapType
from mfo_dialect.catalogue.workflow_keys import FLOW_FILE, WORKFLOW_FILE, flow_file, task_map, workflow_file
from mfo_dialect.kept import kept_property
from mfo_dialect.model.rule_settings import RuleSettings
from mfo_dialect.records import record
from mfo_dialect.shapes import UNKNOWN, Shape, from_json_schema
from mfo_dialect.text import LineIndex, Span

if TYPE_CHECKING:
    from mfo_dialect.syntax.toml import TomlDocument, TomlProblem


@record(slots=False)
class Project:
    """What the project file says; an empty one where there is none.

    Attributes:
        document: the key of the project file's text; empty where there is none.
        text: the project file's text.
        toml: the file as read, with the places of its keys.
        table: where in the file the project stands: ``()``, or ``("tool", "mfo")`` in ``pyproject.toml``.
        data: what stands there, as plain data.
    """

    document: str = ""
    text: str = field(default="", repr=False)
    toml: TomlDocument | None = None
    table: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def problem(self) -> TomlProblem | None:
        """Why the file is no TOML, if it is none."""
        return self.toml.problem if self.toml is not None else None

    @kept_property
    def lines(self) -> LineIndex:
        """The project file's lines."""
        return LineIndex(self.text)

    def place_of(self, *path: str | int) -> Span:
        """Where a key stands, or the nearest table above it."""
        return self.toml.place_of((*self.table, *path)) if self.toml is not None else Span(0, 0)

    def value_of(self, *path: str | int) -> Span:
        """Where a value stands, that of an item by its number; where that is not found, the nearest key."""
        return self.toml.value_of((*self.table, *path)) if self.toml is not None else Span(0, 0)

    def places_of(self, *path: str) -> tuple[Span, ...]:
        """Every place where a key is written; empty where none is found."""
        return self.toml.places_of((*self.table, *path)) if self.toml is not None else ()

    def section(self, name: str) -> Mapping[str, Any]:
        """One table of the file; empty where it is missing or no table."""
        return _table(self.data.get(name))

    @kept_property
    def rule_settings(self) -> RuleSettings:
        """Which rules run and how much they weigh, as written."""
        severities = tuple((name, word) for name, word in self.section("rules").items() if isinstance(word, str))
        return RuleSettings(self._texts("check", "select"), self._texts("check", "ignore"), severities)

    @property
    def baseline(self) -> str:
        """The file of findings that are known, relative to the project file; empty where none is named."""
        value = self.data.get("baseline")
        return value.strip() if isinstance(value, str) else ""

    @kept_property
    def task_types(self) -> dict[str, TaskType]:
        """The declared custom task types by name."""
        return {name: _task_type(name, declaration) for name, declaration in self.section("task_types").items()}

    def task_type(self, name: str) -> TaskType | None:
        """A task type by its present or older name, built in or declared."""
        return BUILT_IN.get(name) or OLDER_NAMES.get(name) or self.task_types.get(name)

    @kept_property
    def all_task_types(self) -> tuple[TaskType, ...]:
        """All task types, the built-in ones first."""
        return (*BUILT_IN.values(), *self.task_types.values())

    @kept_property
    def workflow_types(self) -> tuple[MapType, MapType]:
        """What a flow file and a workflow file may hold, with all task types."""
        if not self.task_types:
            return FLOW_FILE, WORKFLOW_FILE
        task = task_map(self.all_task_types)
        return flow_file(task), workflow_file(task)

    def globs(self, name: str) -> tuple[str, ...]:
        """The globs of ``[bundle]`` under one key."""
        return self._texts("bundle", name)

    def _texts(self, section: str, name: str) -> tuple[str, ...]:
        """The texts of a list in one table."""
        value = self.section(section).get(name)
        items = cast("list[object]", value) if isinstance(value, list) else []
        return tuple(item for item in items if isinstance(item, str))


def read_project(text: str, document: str, table: tuple[str, ...] = ()) -> Project:
    """Read a project file; never raises: what is wrong in it shows in ``problem`` and to the rules.

    Args:
        text: the file's text.
        document: the key by which the bundle knows it.
        table: ``("tool", "mfo")`` for ``pyproject.toml``.
    """
    from mfo_dialect.syntax.toml import read_toml  # noqa: PLC0415 - many bundles have no project file

    toml = read_toml(text)
    data = _table(toml.data)
    for name in table:
        data = _table(data.get(name))
    return Project(document, text, toml, table, data)


def _table(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _task_type(name: str, declaration: object) -> TaskType:
    said = _table(declaration)
    module = said.get("module")
    outputs = from_json_schema(said["outputs"]) if "outputs" in said else UNKNOWN
    return TaskType(
        name,
        str(said.get("description") or f"A custom task type, declared in the project file as {name}."),
        _config_map(name, from_json_schema(said.get("config")), said.get("config")),
        outputs,
        module=module if isinstance(module, str) else "",
        custom=True,
    )


def _config_map(name: str, shape: Shape, schema: object) -> MapType:
    """The keys that a custom type's schema names; what they hold is left to the schema itself."""
    names = _table(schema).get("required")
    required = {str(item) for item in cast("list[object]", names)} if isinstance(names, list) else set[str]()
    keys = tuple(
        Key(field_name, VALUE, inner.description, required=field_name in required)
        for field_name, inner in shape.fields.items()
    )
    closed = bool(shape.fields) and shape.rest is None
    return MapType(f"config of {name}", keys, others=None if closed else VALUE)
