"""Inside tests of flows, ``*.test.yml``: what may be typed, what a key means, and names that the flow does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.catalogue.test_keys import TEST_FILE
from mfo_dialect.catalogue.values import Key, ListType, MapType, TextType, ValueType
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import CursorContext, Expects, Node, Scalar, SyntaxTree, Within, context_at
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Sequence as SequenceNode
from mfo_dialect.text import Span
from mfo_lsp.features.completion.items import Item, ItemKind
from mfo_lsp.features.hover import Hover

STATES = ("succeeded", "failed", "skipped", "upstream_failed", "cancelled")
"""How a node can end."""
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Flows:
    """The flows that tests may be of.

    Attributes:
        files: the workflow documents beside the test, as it would name them.
        of_file: the taskflows of a document that a test names, with their bundle; None where there is no such document.
        errors: the codes of errors with which runs fail.
    """

    files: tuple[str, ...]
    of_file: Callable[[str], tuple[tuple[FlowView, ...], Bundle] | None]
    errors: tuple[str, ...]

    def tested(self, test: MappingNode, file: MappingNode) -> tuple[FlowView, Bundle] | None:
        """The taskflow that a test is of, as far as that is certain."""
        name = _own_text(test, file, "flow")
        found = self.of_file(name) if name is not None else None
        if found is None:
            return None
        flows, bundle = found
        wanted = _own_text(test, file, "taskflow")
        chosen = [flow for flow in flows if wanted in {None, flow.taskflow.name}]
        return (chosen[0], bundle) if len(chosen) == 1 else None


def complete_test(tree: SyntaxTree, offset: int, flows: Flows) -> tuple[Item, ...]:
    """What may be typed at a cursor."""
    context = context_at(tree, offset)
    if context.within is Within.COMMENT or context.within is Within.BLOCK_SCALAR:
        return ()
    declared = _declared(context.path)
    names = _Names(tree, context.path, flows)
    rest = tree.lines.line_text(tree.lines.line_of(offset))[
        offset - tree.lines.line_start(tree.lines.line_of(offset)) :
    ]
    if context.expects is Expects.KEY or (context.expects is Expects.NODE and isinstance(declared, MapType)):
        return tuple(_keys(declared, names, context, has_colon=rest.lstrip("\"'").startswith(":")))
    return tuple(_value(text, context.word, place) for place, text in enumerate(names.for_values()))


def hover_test(tree: SyntaxTree, offset: int) -> Hover | None:
    """What the key under a cursor means."""
    for steps, pair_key in _written_keys(tree):
        if pair_key.span.contains(offset):
            key = _key_at(steps)
            return Hover(pair_key.span, f"`{key.name}`: {key.summary}") if key is not None else None
    return None


def names_that_are_not_there(tree: SyntaxTree, flows: Flows) -> Iterator[tuple[Span, str]]:
    """What tests name and their flows do not have, as far as that is certain: a place and words for each."""
    file = _root(tree)
    if file is None:
        return
    for test in _tests(file):
        yield from _missing_flow(test, file, flows)
        tested = flows.tested(test, file)
        if tested is None or tested[0].damaged:
            continue
        flow = tested[0]
        known = _node_names(flow)
        expect = test.get("expect")
        states = expect.get("states") if isinstance(expect, MappingNode) else None
        for pair in states.pairs if isinstance(states, MappingNode) else ():
            if pair.name is not None and pair.name not in known:
                words = f'{flow.taskflow.name} has no node "{pair.name}"{did_you_mean(pair.name, known)}'
                yield pair.key.span, words


def _missing_flow(test: MappingNode, file: MappingNode, flows: Flows) -> Iterator[tuple[Span, str]]:
    """The document or the taskflow that is not there, told where it is written."""
    written = _written(test, "flow") or (_written(file, "flow") if test is _tests(file)[0] else None)
    if written is not None and flows.of_file(written.text) is None:
        yield (
            written.span,
            f'there is no workflow document "{written.text}" here{did_you_mean(written.text, flows.files)}',
        )
        return
    taskflow, name = _written(test, "taskflow"), _own_text(test, file, "flow")
    found = flows.of_file(name) if name is not None else None
    if taskflow is None or found is None or any(flow.damaged for flow in found[0]):
        return
    known = [flow.taskflow.name for flow in found[0]]
    if taskflow.text not in known:
        yield taskflow.span, f'{name} has no taskflow "{taskflow.text}"{did_you_mean(taskflow.text, known)}'


@dataclass(frozen=True, slots=True)
class _Names:
    """The names that fit at a path."""

    tree: SyntaxTree
    path: Steps
    flows: Flows

    @property
    def _tested(self) -> tuple[FlowView, Bundle] | None:
        file = _root(self.tree)
        if file is None:
            return None
        tests = file.get("tests")
        test: Node | None = file
        if self.path[:1] == ("tests",) and isinstance(tests, SequenceNode):
            index = self.path[1] if len(self.path) > 1 and isinstance(self.path[1], int) else -1
            test = tests.items[index] if 0 <= index < len(tests.items) else file
        return self.flows.tested(test if isinstance(test, MappingNode) else file, file)

    def for_keys(self) -> Iterable[str]:
        """Names that are keys here: of nodes, inputs, outputs."""
        tested = self._tested
        if tested is None:
            return ()
        flow, bundle = tested
        match _below_test(self.path):
            case ("expect", "states"):
                return _node_names(flow)
            case ("expect", "outputs"):
                outputs = flow.taskflow.outputs
                written = [pair.name for pair in outputs.pairs if pair.name] if outputs is not None else []
                return written or [view.id for view in flow.nodes if len(view.id_path) == 1]
            case ("inputs",):
                schema: Any = schema_data(flow.taskflow.input_schema, bundle)
                found: Any = cast("Mapping[str, Any]", schema).get("properties") if isinstance(schema, dict) else None
                return [str(name) for name in cast("Mapping[str, Any]", found)] if isinstance(found, dict) else ()
            case _:
                return ()

    def for_values(self) -> Iterable[str]:
        """Names that are values here, and choices."""
        match _below_test(self.path):
            case ("flow",):
                return self.flows.files
            case ("expect", "error"):
                return self.flows.errors
            case ("expect", "states", _):
                return STATES
            case ("expect", "calls", _, "method"):
                return _METHODS
            case ("expect", "calls", _, "task"):
                tested = self._tested
                return _node_names(tested[0]) if tested is not None else ()
            case ("taskflow",):
                return self._taskflows()
            case ("trigger",):
                tested = self._tested
                triggers = tested[0].triggers if tested is not None else ()
                return [trigger.id.text for trigger in triggers if trigger.id is not None]
            case _:
                declared = _declared(self.path)
                return declared.choices if isinstance(declared, TextType) else ()

    def _taskflows(self) -> Iterable[str]:
        file = _root(self.tree)
        tests = _tests(file) if file is not None else ()
        name = next((text for test in tests if file and (text := _own_text(test, file, "flow"))), None)
        found = self.flows.of_file(name) if name is not None else None
        return [flow.taskflow.name for flow in found[0]] if found is not None else ()


def _keys(declared: ValueType | None, names: _Names, context: CursorContext, *, has_colon: bool) -> Iterator[Item]:
    there = {name for name, _ in context.siblings}
    known = declared.keys if isinstance(declared, MapType) else ()
    offered = [(key.name, key.summary, key.type) for key in known]
    offered += [(name, "", None) for name in names.for_keys()]
    for place, (name, words, value_type) in enumerate(offered):
        if name not in there:
            is_nested = isinstance(value_type, MapType | ListType) and not context.flow
            end = "" if has_colon else ":" if is_nested else ": "
            yield Item(
                name,
                ItemKind.KEY if words else ItemKind.NODE,
                context.word,
                f"{name}{end}",
                words=lambda words=words: words,
                sort_key=f"{place:04}",
            )


def _value(text: str, word: Span, place: int) -> Item:
    return Item(text, ItemKind.VALUE, word, text, sort_key=f"{place:04}")


def _declared(path: Steps) -> ValueType | None:
    """What the catalogue declares at a path."""
    found: ValueType | None = TEST_FILE
    for step in path:
        match found:
            case MapType() if isinstance(step, str):
                key = next((key for key in found.keys if key.name == step), None)
                found = key.type if key is not None else found.others
            case ListType() if isinstance(step, int):
                found = found.item
            case _:
                return None
    return found


def _key_at(path: Steps) -> Key | None:
    around = _declared(path[:-1])
    return next((key for key in around.keys if key.name == path[-1]), None) if isinstance(around, MapType) else None


def _below_test(path: Steps) -> Steps:
    """A path below the test that it is in."""
    return path[2:] if path[:1] == ("tests",) else path


def _root(tree: SyntaxTree) -> MappingNode | None:
    root = tree.documents[0].root if tree.documents else None
    return root if isinstance(root, MappingNode) else None


def _tests(file: MappingNode) -> tuple[MappingNode, ...]:
    """The tests of a file; the file itself where it is one."""
    items = file.get("tests")
    tests = tuple(one for one in items.items if isinstance(one, MappingNode)) if isinstance(items, SequenceNode) else ()
    return tests or (file,)


def _written(test: MappingNode, name: str) -> Scalar | None:
    value = test.get(name)
    return value if isinstance(value, Scalar) and not value.is_missing else None


def _own_text(test: MappingNode, file: MappingNode, name: str) -> str | None:
    value = _written(test, name) or _written(file, name)
    return value.text if value is not None else None


def _node_names(flow: FlowView) -> dict[str, None]:
    """The ids of nodes, and the paths of those in subflows."""
    names = dict.fromkeys(view.id for view in flow.nodes)
    return names | dict.fromkeys("/".join(view.id_path) for view in flow.nodes)


def _written_keys(tree: SyntaxTree) -> Iterator[tuple[Steps, Node]]:
    """The keys of a file that the catalogue may know, with their paths."""
    root = _root(tree)
    waiting: list[tuple[Steps, Node]] = [((), root)] if root is not None else []
    while waiting:
        path, node = waiting.pop()
        if not isinstance(_declared(path), MapType | ListType):
            continue
        if isinstance(node, MappingNode):
            for pair in node.pairs:
                if pair.name is not None:
                    yield (*path, pair.name), pair.key
                    waiting.append(((*path, pair.name), pair.value))
        elif isinstance(node, SequenceNode):
            waiting += [((*path, index), item) for index, item in enumerate(node.items)]
