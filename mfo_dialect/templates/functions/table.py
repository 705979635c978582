"""All functions of the template language, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mfo_dialect.templates.functions.collections import COLLECTIONS
from mfo_dialect.templates.functions.declarations import Function
from mfo_dialect.templates.functions.encoding import ENCODING
from mfo_dialect.templates.functions.logic import LOGIC
from mfo_dialect.templates.functions.texts import HELPERS, PRINTING
from mfo_dialect.templates.functions.times import TIMES

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {function.name: function for function in (*LOGIC, *COLLECTIONS, *PRINTING, *TIMES, *HELPERS, *ENCODING)}
)
