"""The values of a condition's ``vars``: what its expression does with them must go on being right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mfo_dialect.analysis.expression_texts import names_of
from mfo_dialect.expressions import Checked, check, parse
from mfo_dialect.model.workflow import Condition
from mfo_dialect.rules.expressions.not_a_branch_value import BRANCH_VALUES
from mfo_dialect.shapes import UNKNOWN, Kind, Shape
from mfo_lsp.features.completion.place import Place


def takes_in_expression(place: Place) -> Callable[[Shape], bool]:
    """Whether a value of some shape may be the variable whose value stands at a place; any may at other places."""
    view = place.owner.view
    node = view.node if view is not None else None
    is_variable = len(place.stops) > 1 and place.stops[-2].name == "vars"
    if view is None or not isinstance(node, Condition) or node.expression is None or not is_variable:
        return lambda _: True
    name, parsed = place.key_name, parse(node.expression.text)
    names, are_open = names_of(view, place.snapshot.bundle)

    def checked(shape: Shape) -> Checked:
        return check(parsed, _With(name, shape, names), unknown_names_allowed=are_open)

    known = {problem.message for problem in checked(UNKNOWN).problems}

    def takes(shape: Shape) -> bool:
        if shape.kind is Kind.ANY:
            return True
        found = checked(shape)
        return found.result.kind in BRANCH_VALUES and all(problem.message in known for problem in found.problems)

    return takes


class _With(Mapping[str, Shape]):
    """Names of which one stands for something else."""

    def __init__(self, name: str, shape: Shape, names: Mapping[str, Shape]) -> None:
        self._name, self._shape, self._names = name, shape, names

    def __getitem__(self, name: str) -> Shape:
        return self._shape if name == self._name else self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((self._name, *self._names)))

    def __len__(self) -> int:
        return len({self._name, *self._names})
