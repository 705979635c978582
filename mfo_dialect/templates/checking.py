"""What a Go template calls: templates that are not defined, functions with too few or too many arguments.

The reference fails on these only when the rendering comes to them; here they are found without running anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.templates import functions, nodes
from mfo_dialect.templates.problems import Problem, ProblemKind


def check_calls(body: nodes.Body, definitions: Mapping[str, nodes.Body], found: Sequence[Problem]) -> list[Problem]:
    """Problems that show only when the template runs: undefined templates, calls with too few or many arguments.

    Args:
        body: The whole tree.
        definitions: The templates that exist.
        found: The problems of the text; commands that have one are left out.
    """
    problems: list[Problem] = []
    broken = [problem.span for problem in found if problem.kind is ProblemKind.SYNTAX]
    for node in nodes.walk(body):
        match node:
            case nodes.Call(_, nodes.Name(span, name)) if name and name not in definitions:
                message = f'template "{name}" not defined{did_you_mean(name, definitions)}'
                problems.append(Problem(message, span, ProblemKind.UNDEFINED_TEMPLATE, span.start))
            case nodes.Pipeline() if not any(node.span.overlaps(span) for span in broken):
                problems.extend(_wrong_arguments(node))
            case _:
                pass
    return problems


def _wrong_arguments(pipeline: nodes.Pipeline) -> Iterator[Problem]:
    for stage, command in enumerate(pipeline.commands):
        first, *arguments = command.operands
        calls = [(first, len(arguments) + (stage > 0)), *((argument, 0) for argument in arguments)]
        for operand, count in calls:
            function = functions.FUNCTIONS.get(operand.name) if isinstance(operand, nodes.Function) else None
            complaint = function.complaint(count) if function else None
            if complaint:
                yield Problem(complaint, operand.span, ProblemKind.WRONG_ARGUMENTS, operand.span.start)
