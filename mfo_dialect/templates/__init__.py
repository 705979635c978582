"""Prompt templates: Go's text/template with the dialect's functions, and jinja2 where a template asks for it.

Dialect section 8. It reads, checks and renders the text of one template; it knows nothing of YAML, files or prompts
documents, and reads no clock but the one it is given. Its parts are loaded when they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfo_dialect.on_demand import load_on_demand

if TYPE_CHECKING:
    from mfo_dialect.templates.engines import parse, parse_jinja, render
    from mfo_dialect.templates.execution import Clock, MissingKey
    from mfo_dialect.templates.functions import FUNCTIONS, Function, Parameter
    from mfo_dialect.templates.pipelines import KEYWORDS
    from mfo_dialect.templates.problems import Problem, ProblemKind, TemplateError
    from mfo_dialect.templates.reads import VariableRead, VisibleScope
    from mfo_dialect.templates.template import GoTemplate, Template
else:
    __getattr__ = load_on_demand(
        __name__,
        {
            "engines": ["parse", "parse_jinja", "render"],
            "execution": ["Clock", "MissingKey"],
            "functions": ["FUNCTIONS", "Function", "Parameter"],
            "pipelines": ["KEYWORDS"],
            "problems": ["Problem", "ProblemKind", "TemplateError"],
            "reads": ["VariableRead", "VisibleScope"],
            "template": ["GoTemplate", "Template"],
        },
    )

__all__ = [
    "FUNCTIONS",
    "KEYWORDS",
    "Clock",
    "Function",
    "GoTemplate",
    "MissingKey",
    "Parameter",
    "Problem",
    "ProblemKind",
    "Template",
    "TemplateError",
    "VariableRead",
    "VisibleScope",
    "parse",
    "parse_jinja",
    "render",
]
