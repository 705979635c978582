"""Files beside a flow that name things of it: tests, scripted answers, inputs. They are no documents of the bundle.

It knows no disk: the texts are given. What several flows could mean is left alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.expressions import parse as parse_expression
from mfo_dialect.expressions import reads
from mfo_dialect.findings import Edit, Place
from mfo_dialect.model.access import entries_at, items_at, mapping_at, mappings_at, text_at
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Scalar, parse
from mfo_dialect.text import Span, TextEdit
from mfo_lsp.features.rename.spelling import rewritten_parts
from mfo_lsp.features.symbols import Symbol, SymbolKind
from mfo_lsp.features.symbols.values import flow_scope

_TEST = re.compile(r".*\.test\.ya?ml")
_SCRIPT = re.compile(r"scripted\.ya?ml")
_INPUTS = re.compile(r"inputs\.ya?ml")
_CALLER = re.compile(r"""\btask\s*[!=]=\s*(["'])(?P<path>[^"']*)\1""")


def is_companion(name: str) -> bool:
    """Whether a file of this name, without its directory, may name things of a flow beside it."""
    return any(kind.fullmatch(name) for kind in (_TEST, _SCRIPT, _INPUTS))


def companion_edits(
    snapshot: Snapshot, symbols: Iterable[Symbol], new_name: str, texts: Mapping[str, str]
) -> tuple[Edit, ...]:
    """The edits that let the files beside a flow name a renamed thing as it is called now.

    Args:
        snapshot: the bundle as it was before the rename.
        symbols: what is renamed.
        new_name: its new name.
        texts: the files, by their keys.
    """
    edits: list[Edit] = []
    renamed = tuple(symbols)
    for key, text in texts.items():
        tree = parse(text)
        root = tree.documents[0].root if len(tree.documents) == 1 else None
        if isinstance(root, MappingNode) and not tree.problems:
            file = _Companion(key, root, snapshot)
            changes = dict.fromkeys(change for symbol in renamed for change in _in_file(file, symbol))
            by_scalar: dict[Scalar, list[TextEdit]] = {}
            for change in changes:
                by_scalar.setdefault(change.scalar, []).append(TextEdit(change.within, new_name))
            for scalar, parts in by_scalar.items():
                edits += [Edit(Place(key, span), new) for span, new in rewritten_parts(scalar, sorted(parts), root)]
    return tuple(sorted(edits, key=lambda edit: edit.place))


@dataclass(frozen=True, slots=True, eq=False)
class _Companion:
    key: str
    root: MappingNode
    snapshot: Snapshot

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.key)

    @property
    def flows(self) -> list[FlowView]:
        """The taskflows of the documents in the same directory."""
        return [flow for flow in self.snapshot.flows if posixpath.dirname(flow.document) == self.folder]


@dataclass(frozen=True, slots=True)
class _Change:
    """A name in a scalar's text."""

    scalar: Scalar
    within: Span


def _in_file(file: _Companion, symbol: Symbol) -> Iterator[_Change]:
    name = posixpath.basename(file.key)
    if _TEST.fullmatch(name):
        for test in (file.root, *mappings_at(file.root, "tests")):
            yield from _in_test(file, test, symbol)
    elif _SCRIPT.fullmatch(name):
        named = [flow for flow in file.flows if symbol.name in flow.by_id]
        is_clear = symbol.kind is not SymbolKind.NODE or [flow_scope(flow) for flow in named] == [symbol.scope]
        yield from _in_answers(file.root, "script", symbol) if is_clear else ()
    elif _INPUTS.fullmatch(name) and symbol.kind is SymbolKind.INPUT:
        is_clear = [flow_scope(flow) for flow in file.flows] == [symbol.scope]
        yield from _keys((pair.key for pair in file.root.pairs), symbol.name) if is_clear else ()


def _in_test(file: _Companion, test: MappingNode, symbol: Symbol) -> Iterator[_Change]:
    flow = _flow_of(file, test)
    yield from _in_answers(test, "answers", symbol) if symbol.kind is SymbolKind.PROMPT_TEMPLATE else ()
    if flow is None or not symbol.scope or symbol.scope[0] != flow.document:
        return
    expected = mapping_at(test, "expect")
    match symbol.kind:
        case SymbolKind.TASKFLOW | SymbolKind.TRIGGER:
            yield from _whole(text_at(test, symbol.kind.value), symbol.name)
        case SymbolKind.ENVIRONMENT:
            yield from _keys((key for key, _ in entries_at(test, "environment")), symbol.name)
        case SymbolKind.INPUT if symbol.scope == flow_scope(flow):
            yield from _keys((key for key, _ in entries_at(test, "inputs")), symbol.name)
        case SymbolKind.OUTPUT if symbol.scope == flow_scope(flow) and expected is not None:
            yield from _outputs(expected, symbol.name)
        case SymbolKind.NODE if symbol.scope == flow_scope(flow):
            yield from _in_answers(test, "answers", symbol)
            if expected is None:
                return
            if flow.taskflow.outputs is None:
                yield from _outputs(expected, symbol.name)
            yield from _nodes(expected, symbol.name)
        case _:
            pass


def _flow_of(file: _Companion, test: MappingNode) -> FlowView | None:
    """The taskflow that a test runs; None where that is not clear."""

    def said(key: str) -> str:
        scalar = text_at(test, key) or text_at(file.root, key)
        return scalar.text if scalar is not None else ""

    document = posixpath.normpath(posixpath.join(file.folder, said("flow")))
    flows = [flow for flow in file.snapshot.flows if flow.document == document]
    if said("taskflow"):
        flows = [flow for flow in flows if flow.taskflow.name == said("taskflow")]
    elif said("trigger"):
        name = said("trigger")
        flows = [flow for flow in flows if any(one.id is not None and one.id.text == name for one in flow.triggers)]
    return flows[0] if len(flows) == 1 else None


def _in_answers(mapping: MappingNode, key: str, symbol: Symbol) -> Iterator[_Change]:
    named = {SymbolKind.PROMPT_TEMPLATE: "template", SymbolKind.NODE: "task"}.get(symbol.kind, "")
    for answer in mappings_at(mapping, key) if named else ():
        yield from _whole(text_at(answer, named), symbol.name)


def _outputs(expected: MappingNode, name: str) -> Iterator[_Change]:
    yield from _keys((key for key, _ in entries_at(expected, "outputs")), name)
    yield from _in_expressions(expected, "outputs", name)


def _nodes(expected: MappingNode, name: str) -> Iterator[_Change]:
    for key, _ in entries_at(expected, "states"):
        yield from _path_parts(key, key.text, 0, name)
    for call in mappings_at(expected, "calls"):
        task = text_at(call, "task")
        yield from _path_parts(task, task.text, 0, name) if task is not None else ()
    yield from _in_expressions(expected, "states", name)
    for scalar in _expressions(expected):
        for found in _CALLER.finditer(scalar.text):
            yield from _path_parts(scalar, found["path"], found.start("path"), name)


def _in_expressions(expected: MappingNode, root: str, name: str) -> Iterator[_Change]:
    """``outputs.name``, ``outputs["name"]`` and ``states["outer/name"]``."""
    for scalar in _expressions(expected):
        for read in reads(parse_expression(scalar.text)):
            if read.root == root and read.path:
                key = str(read.path[0].key)
                start = scalar.text.find(key, read.path[0].span.start, read.path[0].span.end)
                yield from _path_parts(scalar, key, start, name) if start >= 0 else ()


def _expressions(expected: MappingNode) -> Iterator[Scalar]:
    return (item for item in items_at(expected, "that") if isinstance(item, Scalar))


def _path_parts(scalar: Scalar, path: str, start: int, name: str) -> Iterator[_Change]:
    """The parts of ``outer/inner`` that are a name; behind a node may stand the number of an iteration."""
    for part in path.split("/"):
        if part.partition("[")[0] == name:
            yield _Change(scalar, Span(start, start + len(name)))
        start += len(part) + 1


def _whole(scalar: Scalar | None, name: str) -> Iterator[_Change]:
    if scalar is not None and scalar.text == name:
        yield _Change(scalar, Span(0, len(name)))


def _keys(nodes: Iterable[object], name: str) -> Iterator[_Change]:
    for node in nodes:
        yield from _whole(node, name) if isinstance(node, Scalar) else ()
