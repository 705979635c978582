"""The values of the language beyond plain JSON: times, durations, and the few lists and maps that behave differently.

It knows how values are told apart, printed and written as JSON, and nothing of expressions.
"""

from mfo_dialect.expressions.values.collections import AnyMap, Groups, NilList, Pair, Pairs, is_nil, type_name
from mfo_dialect.expressions.values.duration import Duration
from mfo_dialect.expressions.values.moment import Moment, Month, Weekday
from mfo_dialect.expressions.values.zone import Zone

__all__ = [
    "AnyMap",
    "Duration",
    "Groups",
    "Moment",
    "Month",
    "NilList",
    "Pair",
    "Pairs",
    "Weekday",
    "Zone",
    "is_nil",
    "type_name",
]
