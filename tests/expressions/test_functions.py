"""The declarations of functions: complete, true to their examples, and what the language definition lists."""

from __future__ import annotations

import pytest

from mfo_dialect import expressions
from mfo_dialect.expressions import FUNCTIONS, METHODS, Function, evaluate

LISTED = """
all any one none map filter find findIndex findLast findLastIndex groupBy count sum mean median min max reduce sortBy
len type abs ceil floor round int float string trim trimPrefix trimSuffix upper lower split splitAfter replace repeat
join indexOf lastIndexOf hasPrefix hasSuffix now duration date timezone first last take reverse sort uniq concat flatten
keys values toPairs fromPairs toJSON fromJSON toBase64 fromBase64 get bitand bitor bitxor bitnand bitnot bitshl bitshr
bitushr
""".split()  # noqa: SIM905 - words read better than a list of strings


def test_every_function_of_the_language_definition_is_declared() -> None:
    assert sorted(FUNCTIONS) == sorted(LISTED)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_example_holds(name: str) -> None:
    assert evaluate(FUNCTIONS[name].example, {}) is True


_METHODS = [method for methods in METHODS.values() for method in methods.values()]


@pytest.mark.parametrize("function", [*FUNCTIONS.values(), *_METHODS], ids=lambda function: function.name)
def test_a_declaration_says_what_a_hover_shows(function: Function) -> None:
    assert function.documentation.endswith(".") or function.documentation.endswith("field.")
    for signature in function.signatures:
        label = signature.label(function.name)
        assert label.startswith(f"{function.name}(")
        assert str(signature.result) in label


def test_labels_read_like_this() -> None:
    labels = [signature.label("trim") for signature in FUNCTIONS["trim"].signatures]
    assert labels == ["trim(text string) string", "trim(text string, characters string) string"]
    assert FUNCTIONS["filter"].signatures[0].label("filter") == "filter(array array, predicate) array"
    assert FUNCTIONS["max"].signatures[0].label("max") == "max(numbers any...) number"


def test_the_names_of_functions_can_be_asked_for_without_them() -> None:
    assert frozenset(expressions.FUNCTIONS) == expressions.FUNCTION_NAMES
