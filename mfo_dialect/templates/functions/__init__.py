"""The functions of the template language, one declaration each: Go's own and those registered besides.

Dialect section 8 names the registered ones. Completion, hover, checking and rendering all read this one table, which is
loaded when it is asked for: many templates call no function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfo_dialect.on_demand import load_on_demand

if TYPE_CHECKING:
    from mfo_dialect.templates.functions.declarations import Evaluation, Function, Parameter
    from mfo_dialect.templates.functions.table import FUNCTIONS
else:
    __getattr__ = load_on_demand(
        __name__, {"declarations": ["Evaluation", "Function", "Parameter"], "table": ["FUNCTIONS"]}
    )

__all__ = ["FUNCTIONS", "Evaluation", "Function", "Parameter"]
