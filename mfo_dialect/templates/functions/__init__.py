"""The functions of the template language, one declaration each: Go's own and those registered besides.

Dialect section 8 names the registered ones. Completion, hover, checking and rendering all read this one table.
"""

from __future__ import annotations

from types import MappingProxyType

from mfo_dialect.templates.functions.collections import COLLECTIONS
from mfo_dialect.templates.functions.declarations import Evaluation, Function, Parameter
from mfo_dialect.templates.functions.encoding import ENCODING
from mfo_dialect.templates.functions.logic import LOGIC
from mfo_dialect.templates.functions.texts import HELPERS, PRINTING
from mfo_dialect.templates.functions.times import TIMES

FUNCTIONS = MappingProxyType(
    {function.name: function for function in (*LOGIC, *COLLECTIONS, *PRINTING, *TIMES, *HELPERS, *ENCODING)}
)

__all__ = ["FUNCTIONS", "Evaluation", "Function", "Parameter"]
