"""Typed checking: from a tree and the types of names to the types of nodes and the problems. Unknown means silence.

It knows no values and evaluates nothing.
"""

from mfo_dialect.expressions.checking.checker import Checked, check_tree

__all__ = ["Checked", "check_tree"]
