"""Tests of flows as they are written: ``*.test.yml`` to values that know their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, Protocol, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match  # pyright: ignore[reportUnknownVariableType]

from mfo_dialect.catalogue.json_schema import test_schema
from mfo_dialect.model.kinds import is_flow_test
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Node, Sequence, TooManyNodesError, parse, to_value
from mfo_dialect.text import LineIndex
from mfo_runtime.errors import InvalidInputError, Place
from mfo_runtime.flow.loading import absolute_path, readable_text
from mfo_workspace.files import DiskFiles, Files
from mfo_workspace.walking import walk_yaml

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class FlowTest:
    """One test.

    Attributes:
        file: the file as it was named.
        name: what the test shows.
        settings: its keys, with those of the file where it has none of its own.
        node: the test as written.
        lines: the lines of its file.
    """

    file: str
    name: str
    settings: Mapping[str, Any]
    node: MappingNode = field(repr=False)
    lines: LineIndex = field(repr=False)

    def place(self, *steps: str | int) -> Place:
        """Where the value under a path of keys stands, or the innermost one around it that is written."""
        position = self.lines.position(_node_at(self.node, steps).span.start)
        return Place(self.file, position.line + 1, position.column + 1)

    def beside(self, path: str) -> str:
        """A path that is written in the file, as one that can be opened."""
        return (Path(self.file).parent / path).as_posix()


def find_test_files(paths: tuple[str, ...]) -> Iterator[str]:
    """The test files that are named, and those in folders that are named, in order and each once.

    Raises:
        InvalidInputError: there is nothing of that name.
    """
    seen: set[str] = set()
    for path in paths:
        found = [path]
        if Path(path).is_dir():
            inside = (one for one in walk_yaml(Path(path)) if is_flow_test(PurePosixPath(one).name))
            found = sorted(inside)
        elif not Path(path).exists():
            raise InvalidInputError(f"{path}: there is no such file or folder.", hint="")
        for one in found:
            if absolute_path(one) not in seen:
                seen.add(absolute_path(one))
                yield one


def read_test_file(path: str, files: Files | None = None) -> tuple[FlowTest, ...]:
    """The tests of a file.

    Args:
        path: the file.
        files: where it comes from; the disk where it is not given.

    Raises:
        InvalidInputError: it cannot be read, or is no test file; the error knows the line.
    """
    tree = parse(readable_text(path, absolute_path(path), files or DiskFiles()))
    root = tree.documents[0].root if tree.documents else None
    if tree.problems or not isinstance(root, MappingNode):
        problem = tree.problems[0] if tree.problems else None
        position = tree.lines.position(problem.span.start if problem is not None else 0)
        said = f"{problem.message}." if problem is not None else "A test file is a map with a name or tests."
        raise InvalidInputError(said, place=Place(path, position.line + 1, position.column + 1), hint="")
    try:
        data: dict[str, Any] = dict(to_value(root))
    except TooManyNodesError as error:
        raise InvalidInputError(f"{path}: {error}.", hint="") from None
    _check(path, data, root, tree.lines)
    items = root.get("tests")
    if not isinstance(items, Sequence):
        return (FlowTest(path, str(data["name"]), data, root, tree.lines),)
    shared = {key: value for key, value in data.items() if key not in {"tests", "name"}}
    written = zip(cast("list[dict[str, Any]]", data["tests"]), items.items, strict=True)
    return tuple(
        FlowTest(path, str(one["name"]), _merged(shared, one), node, tree.lines)
        for one, node in written
        if isinstance(node, MappingNode)
    )


def _merged(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A test's keys over those of its file; of the three ways to answer only one counts."""
    ways = {"script", "answers", "replay"}
    kept = {key: value for key, value in shared.items() if not (key in ways and ways & own.keys())}
    return {**kept, **own}


def _check(path: str, data: dict[str, Any], root: MappingNode, lines: LineIndex) -> None:
    errors: Any = _validator().iter_errors(data)  # pyright: ignore[reportUnknownMemberType]
    problem = cast("_Problem | None", best_match(errors))
    if problem is None:
        return
    steps, said = tuple(problem.absolute_path), problem.message
    known: dict[str, Any] = problem.schema.get("properties", {})
    if problem.validator == "additionalProperties":
        unknown = next(name for name in problem.instance if name not in known and not name.startswith("x-"))
        steps, said = (*steps, unknown), f'a test has no key "{unknown}" here{did_you_mean(unknown, known)}'
    position = lines.position(_node_at(root, steps).span.start)
    raise InvalidInputError(
        f"{said}.",
        place=Place(path, position.line + 1, position.column + 1),
        hint="schemas/test.schema.json and docs/testing-flows.md say what a test has.",
    )


class _Problem(Protocol):
    """What is read of an error of jsonschema."""

    message: str
    validator: str
    instance: dict[str, Any]
    schema: dict[str, Any]
    absolute_path: Iterable[str | int]


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(test_schema(""))


def _node_at(node: Node, steps: Steps) -> Node:
    for step in steps:
        below: Node | None = None
        match node:
            case MappingNode():
                below = node.get(str(step))
            case Sequence() if isinstance(step, int) and step < len(node.items):
                below = node.items[step]
            case _:
                pass
        if below is None:
            break
        node = below
    return node
