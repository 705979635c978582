"""The builtin functions, one declaration each, and the methods of times; nothing here knows a tree.

Completion, hover, signature help, checking and evaluation read the same table.
"""

from types import MappingProxyType

from mfo_dialect.expressions.functions.collections import COLLECTION_FUNCTIONS
from mfo_dialect.expressions.functions.conversions import CONVERSION_FUNCTIONS
from mfo_dialect.expressions.functions.dates import DATE_FUNCTIONS
from mfo_dialect.expressions.functions.declaration import Function, Parameter, Signature
from mfo_dialect.expressions.functions.loops import LOOP_FUNCTIONS
from mfo_dialect.expressions.functions.methods import METHODS
from mfo_dialect.expressions.functions.numbers import NUMBER_FUNCTIONS
from mfo_dialect.expressions.functions.text import TEXT_FUNCTIONS

FUNCTIONS = MappingProxyType(
    {
        function.name: function
        for function in (
            *LOOP_FUNCTIONS,
            *COLLECTION_FUNCTIONS,
            *CONVERSION_FUNCTIONS,
            *TEXT_FUNCTIONS,
            *NUMBER_FUNCTIONS,
            *DATE_FUNCTIONS,
        )
    }
)

__all__ = ["FUNCTIONS", "METHODS", "Function", "Parameter", "Signature"]
