"""Evaluation: a checked tree becomes closures once, and they give values over any environment, within a budget.

It knows the language's values and nothing of Python's: no attribute, file or clock but ``now()`` can be reached.
"""

from mfo_dialect.expressions.evaluation.compiler import Program, compile_tree

__all__ = ["Program", "compile_tree"]
