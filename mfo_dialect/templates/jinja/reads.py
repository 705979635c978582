"""The variables that a jinja2 template must be given, found in jinja2's own tree.

Names that the template sets itself (``set``, ``for``, macros, ``with``) are followed by scope.
"""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import nodes

from mfo_dialect.templates.jinja.sandbox import DEFAULT
from mfo_dialect.templates.jinja.tokens import NamePlaces
from mfo_dialect.templates.reads import ELEMENT, Reads, VariableRead
from mfo_dialect.text import Span

_SPECIAL = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs", *DEFAULT.globals})
_DEFAULTS = frozenset({"default", "d"})
_TESTS = frozenset({"defined", "undefined", "none"})


def find_reads(tree: nodes.Template, places: NamePlaces) -> Reads:
    """The reads of a template.

    Args:
        tree: jinja2's tree of it.
        places: Where its names stand.
    """
    walker = _Walker(places)
    walker.block(tree.body, set(), frozenset())
    return Reads(tuple(sorted(walker.reads, key=lambda read: read.span)), everything=False)


class _Walker:
    """Collects reads; ``known`` are the names of the scope, ``guards`` the variables tested on the way."""

    def __init__(self, places: NamePlaces) -> None:
        self.reads: list[VariableRead] = []
        self._places = places

    def block(self, body: Iterable[nodes.Node], known: set[str], guards: frozenset[str]) -> None:
        for node in body:
            self._visit(node, known, guards)

    def _visit(self, node: nodes.Node, known: set[str], guards: frozenset[str], *, copes: bool = False) -> None:
        match node:
            case nodes.If() | nodes.CondExpr():
                self._conditional(node, known, guards)
            case nodes.For():
                self._loop(node, known, guards)
            case nodes.Macro() | nodes.CallBlock():
                self._macro(node, known, guards)
            case nodes.Assign() | nodes.AssignBlock():
                self._assign(node, known, guards)
            case nodes.With():
                self.block(node.values, known, guards)
                self.block(node.body, known | _targets(node.targets), guards)
            case nodes.Filter():
                self._filter(node, known, guards, copes=copes)
            case nodes.Test(node=inner, name=name):
                self._visit(inner, known, guards, copes=name in _TESTS)
                self.block([*node.args, *node.kwargs], known, guards)
            case nodes.And() | nodes.Or() | nodes.Not():
                self._logic(node, known, guards, copes=copes)
            case nodes.Getattr() | nodes.Getitem() | nodes.Name():
                self._path(node, known, guards, copes=copes)
            case nodes.Block():
                self.block(node.body, set(known), guards)
            case nodes.Import() | nodes.FromImport():
                known.update(_imported(node))
            case _:
                self.block(node.iter_child_nodes(), known, guards)

    def _conditional(self, node: nodes.If | nodes.CondExpr, known: set[str], guards: frozenset[str]) -> None:
        self._visit(node.test, known, guards, copes=True)
        inside = guards | _tested(node.test)
        outside = guards | _tested(node.test, negated=True)
        if isinstance(node, nodes.CondExpr):
            self._visit(node.expr1, known, inside)
            if node.expr2 is not None:
                self._visit(node.expr2, known, outside)
            return
        self.block(node.body, known, inside)
        self.block([*node.elif_, *node.else_], known, outside)

    def _loop(self, node: nodes.For, known: set[str], guards: frozenset[str]) -> None:
        self._visit(node.iter, known, guards, copes=bool(node.else_))
        path = _path_of(node.iter)
        inside = known | _targets([node.target]) | {"loop"}
        body_guards = guards.union(path)
        if node.test is not None:
            self._visit(node.test, set(inside), body_guards)
        self.block(node.body, set(inside), body_guards)
        self.block(node.else_, set(known), guards)

    def _macro(self, node: nodes.Macro | nodes.CallBlock, known: set[str], guards: frozenset[str]) -> None:
        self.block(node.defaults, known, guards)
        if isinstance(node, nodes.Macro):
            known.add(node.name)
        else:
            self._visit(node.call, known, guards)
        self.block(node.body, known | {argument.name for argument in node.args}, guards)

    def _assign(self, node: nodes.Assign | nodes.AssignBlock, known: set[str], guards: frozenset[str]) -> None:
        if isinstance(node, nodes.Assign):
            self._visit(node.node, known, guards)
        else:
            self.block(node.body, set(known), guards)
        known.update(_targets([node.target]))

    def _filter(self, node: nodes.Filter, known: set[str], guards: frozenset[str], *, copes: bool) -> None:
        if node.node is not None:
            self._visit(node.node, known, guards, copes=copes or node.name in _DEFAULTS)
        self.block([*node.args, *node.kwargs], known, guards)

    def _logic(
        self, node: nodes.And | nodes.Or | nodes.Not, known: set[str], guards: frozenset[str], *, copes: bool
    ) -> None:
        if isinstance(node, nodes.Not):
            self._visit(node.node, known, guards, copes=True)
            return
        self._visit(node.left, known, guards, copes=True)
        negated = isinstance(node, nodes.Or)
        self._visit(node.right, known, guards | _tested(node.left, negated=negated), copes=copes)

    def _path(
        self, node: nodes.Getattr | nodes.Getitem | nodes.Name, known: set[str], guards: frozenset[str], *, copes: bool
    ) -> None:
        names: list[str] = []
        ends: list[int] = []
        current: nodes.Expr = node
        while isinstance(current, nodes.Getattr | nodes.Getitem):
            names.insert(0, _step(current))
            if isinstance(current, nodes.Getitem):
                self._visit(current.arg, known, guards)
            elif (place := self._places.find(current.lineno, current.attr)) is not None:
                ends.append(place.end)
            current = current.node
        if not isinstance(current, nodes.Name):
            self._visit(current, known, guards)
            return
        span = self._places.take(current.lineno, current.name)
        if current.ctx != "load" or current.name in known or current.name in _SPECIAL:
            return
        guarded = copes or current.name in guards
        self.reads.append(VariableRead(current.name, tuple(names), Span(span.start, max(span.end, *ends, 0)), guarded))


def _step(node: nodes.Getattr | nodes.Getitem) -> str:
    if isinstance(node, nodes.Getattr):
        return node.attr
    key = node.arg.value if isinstance(node.arg, nodes.Const) else None
    return key if isinstance(key, str) else ELEMENT


def _path_of(node: nodes.Node) -> tuple[str, ...]:
    match node:
        case nodes.Name(name=name):
            return (name,)
        case nodes.Getattr(node=inner) | nodes.Getitem(node=inner):
            return _path_of(inner)
        case _:
            return ()


def _targets(targets: Iterable[nodes.Node]) -> set[str]:
    return {
        name.name
        for target in targets
        for name in [target, *target.find_all(nodes.Name)]
        if isinstance(name, nodes.Name)
    }


def _imported(node: nodes.Import | nodes.FromImport) -> set[str]:
    if isinstance(node, nodes.Import):
        return {node.target}
    return {name if isinstance(name, str) else name[1] for name in node.names}


def _tested(test: nodes.Node, *, negated: bool = False) -> frozenset[str]:
    """The variables that are there when a condition holds, or when it does not (``negated``)."""
    match test:
        case nodes.Not(node=inner):
            return _tested(inner, negated=not negated)
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            return _tested(left, negated=negated) | _tested(right, negated=negated)
        case nodes.Test(node=inner, name="defined"):
            return frozenset() if negated else frozenset(_path_of(inner))
        case nodes.Test(node=inner, name="undefined" | "none"):
            return frozenset(_path_of(inner)) if negated else frozenset()
        case nodes.Compare(expr=inner):
            return frozenset() if negated else frozenset(_path_of(inner))
        case _:
            return frozenset() if negated else frozenset(_path_of(test))
