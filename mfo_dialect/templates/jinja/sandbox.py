"""jinja2's sandbox with bounds on steps, sizes and depth.

Steps are counted at the start of every loop body and macro, sizes where values can grow. Nothing is loaded: templates
cannot include or import others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sized
from dataclasses import dataclass
from functools import wraps
from typing import Any, ClassVar, cast

from jinja2 import StrictUndefined, Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from mfo_dialect.templates.execution import MAX_STEPS, system_clock
from mfo_dialect.templates.printing import MAX_TEXT

BUDGET = " budget"
_SPEND = " spend"
_SIZED = " sized"
_MAX_ARGUMENT = 100_000
_MAX_BITS = 10_000
_ITEMS_PER_STEP = 16
_WIDE = re.compile(r"\d{6,}|\*")
_PLAIN = (str, bytes, int, float, list, tuple, dict)
_GROWING = frozenset({"center", "indent", "wordwrap", "batch", "slice", "tojson"})


@dataclass(slots=True)
class Budget:
    """How much one rendering may still do."""

    steps: int = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Count some work.

        Raises:
            SecurityError: There has been too much.
        """
        self.steps -= steps
        if self.steps < 0:
            raise SecurityError("template takes too many steps")


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox in which no template runs long, fills the memory or changes its data."""

    intercepted_binops: ClassVar[frozenset[str]] = frozenset({"*", "**", "%", "+"})  # pyright: ignore[reportIncompatibleVariableOverride] - narrower, and only read

    def __init__(self, undefined: type[Undefined]) -> None:
        super().__init__(undefined=undefined, keep_trailing_newline=True, autoescape=False)
        names = cast("dict[str, Any]", self.globals)
        names.pop("lipsum", None)
        names |= {"range": _bounded_range, "now": system_clock}
        self.filters = {name: _bounded(name, function) for name, function in self.filters.items()}
        self.filters[_SPEND] = _spend
        self.filters[_SIZED] = _sized

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _StepCounter().visit(tree)
        return tree

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An operator whose result could be huge."""
        _check_operation(operator, left, right)
        result = super().call_binop(context, operator, left, right)
        _charge(context, result)
        return result

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride] - jinja2 passes the first three by place
        """A function, a macro, or a method of a value."""
        subject: object = getattr(obj, "__self__", None)
        if isinstance(subject, _PLAIN):
            _check_method(obj.__name__, cast("object", subject), args, kwargs)
        result = super().call(context, obj, *args, **kwargs)
        _charge(context, result)
        return result

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """The sandbox's own ``format``, for formats that are not too wide."""
        wrapped = super().wrap_str_format(value)
        if wrapped is not None:
            _check_format(value.__self__)
        return wrapped


class _StepCounter(NodeTransformer):
    """Makes every loop body and macro of a tree count itself, and every text that is put together."""

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        super().generic_visit(node, *args, **kwargs)
        match node:
            case nodes.For() | nodes.Macro() | nodes.CallBlock():
                cost = nodes.Const(1 + sum(1 for _ in node.find_all(nodes.Output)), lineno=node.lineno)
                spend = _filter(nodes.Const(None, lineno=node.lineno), _SPEND, [cost], node.lineno)
                node.body.insert(0, nodes.ExprStmt(spend, lineno=node.lineno))
            case nodes.Concat():
                return _filter(node, _SIZED, [], node.lineno)
            case nodes.AssignBlock():
                node.filter = _filter(node.filter, _SIZED, [], node.lineno)
            case _:
                pass
        return node


def _filter(node: nodes.Expr | None, name: str, arguments: list[nodes.Expr], lineno: int) -> nodes.Filter:
    return nodes.Filter(node, name, arguments, [], None, None, lineno=lineno)


def _bounded_range(*arguments: int) -> range:
    numbers = range(*arguments)
    if len(numbers) > _MAX_ARGUMENT:
        raise SecurityError("range is too long")
    return numbers


@pass_context
def _spend(context: Context, _value: object, cost: int) -> None:
    _budget(context).spend(cost)


@pass_context
def _sized(context: Context, value: Any) -> Any:
    _charge(context, value)
    return value


def _budget(context: Context) -> Budget:
    budget = context.parent.get(BUDGET)
    if not isinstance(budget, Budget):
        raise SecurityError("template runs without a budget")
    return budget


def _charge(context: Context, result: object) -> None:
    if isinstance(result, Sized):
        size = len(result)
        checked_size(size)
        _budget(context).spend(size // _ITEMS_PER_STEP)


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that refuses huge arguments and results."""

    @wraps(function)
    def bounded(*arguments: Any, **keywords: Any) -> Any:
        plain = arguments[1:] if hasattr(function, "jinja_pass_arg") else arguments
        given = [*plain[1:], *keywords.values()]
        if name in _GROWING:
            _check_numbers(given)
        if name == "indent" and given and isinstance(given[0], str):
            checked_size(len(given[0]) * str(plain[0]).count("\n"))
        if name == "replace" and len(given) > 1:
            _check_replacement(str(plain[0]), str(given[0]), str(given[1]))
        if name == "join":
            _check_joined(str(given[0]) if given else "", plain[0])
        if name == "format":
            _check_format(str(plain[0]))
        result = function(*arguments, **keywords)
        if isinstance(result, Sized):
            checked_size(len(result))
        return result

    return bounded


def _check_method(name: str, subject: object, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    given = [*arguments, *keywords.values()]
    _check_numbers(given)
    if isinstance(subject, bytes):
        raise SecurityError("bytes have no methods here")
    if not isinstance(subject, str):
        return
    match name:
        case "format" | "format_map":
            _check_format(subject)
        case "replace" if len(given) > 1:
            _check_replacement(subject, str(given[0]), str(given[1]))
        case "join" if given:
            _check_joined(subject, given[0])
        case "translate":
            raise SecurityError("translate is not allowed")
        case _:
            pass


def _check_numbers(given: list[Any]) -> None:
    if any(isinstance(argument, int) and abs(argument) > _MAX_ARGUMENT for argument in given):
        raise SecurityError("number is too large for an argument")


def _check_format(text: str) -> None:
    if _WIDE.search(text):
        raise SecurityError("format is too wide")


def _check_replacement(text: str, old: str, new: str) -> None:
    checked_size(len(text) + text.count(old) * len(new))


def _check_joined(separator: str, items: Any) -> None:
    if isinstance(items, list | tuple | str):
        texts = cast("list[object]", items)
        size = sum(len(text) if isinstance(text, str) else 1 for text in texts)
        checked_size(size + len(texts) * len(separator))


def checked_size(size: int) -> int:
    """The size of a value or of the output.

    Raises:
        SecurityError: It is too large.
    """
    if size > MAX_TEXT:
        raise SecurityError("text or list is too long")
    return size


def _check_operation(operator: str, left: Any, right: Any) -> None:
    match operator, left, right:
        case "*", int(), int():
            _check_bits(left.bit_length() + right.bit_length())
        case "**", int(), int():
            _check_bits(left.bit_length() * abs(right))
        case "*", (str() | list() | tuple()), int():
            checked_size(len(cast("str", left)) * right)
        case "*", int(), (str() | list() | tuple()):
            checked_size(left * len(cast("str", right)))
        case "%", str(), _:
            _check_format(left)
        case _:
            pass


def _check_bits(bits: int) -> None:
    if bits > _MAX_BITS:
        raise SecurityError("number is too large")


DEFAULT = BoundedEnvironment(Undefined)
STRICT = BoundedEnvironment(StrictUndefined)
JINJA_FILTERS = tuple(sorted(name for name in DEFAULT.filters if not name.startswith(" ")))
JINJA_TESTS = tuple(sorted(DEFAULT.tests))
