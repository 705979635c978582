"""What goes wrong in a task, a condition, or what they read."""

from __future__ import annotations

from mfo_runtime.errors.failure import MfoError


class TaskError(MfoError):
    """A task, a condition, or something that they read failed."""


class UnresolvedReferenceError(TaskError):
    """A reference leads nowhere."""

    code = "unresolved_reference"
    default_hint = "Check the reference against what the task really returned."


class ConditionFailedError(TaskError):
    """A condition chose no branch that exists."""

    code = "condition_failed"
    default_hint = "Make the expression give true, false, or the number of a branch."


class LoopLimitExceededError(TaskError):
    """A condition took its loop edge more often than the flow allows."""

    code = "loop_limit_exceeded"
    default_hint = "Check that the loop's condition can become false, or raise config.max_iterations."


class InvalidOutputError(TaskError):
    """An output is not JSON, breaks its schema, or lacks a tool call that was required."""

    code = "invalid_output"
    default_hint = "Say in the prompt what is expected, or add retry_with_prompt to the task's error handling."


class TaskTimeoutError(TaskError):
    """A task took longer than its timeout."""

    code = "task_timeout"
    default_hint = "Give the task a longer timeout, or less to do."


class UnknownTaskTypeError(TaskError):
    """Nobody implements the type of a task."""

    code = "unknown_task_type"
    default_hint = "Correct the type, or declare it under [task_types] in mfo.toml."


class MissingVariableError(TaskError):
    """A template needs a variable that nobody supplies."""

    code = "missing_variable"
    default_hint = "Add it to the task's prompt_context or to the template's default_variables."


class TemplateError(TaskError):
    """A template cannot be read or rendered."""

    code = "template_error"
    default_hint = "Correct the template; mfo-lsp check shows the place."


class ExpressionError(TaskError):
    """An expression cannot be read or evaluated."""

    code = "expression_error"
    default_hint = "Correct the expression; mfo-lsp check shows the place."


class TaskFailedError(TaskError):
    """The code of a task failed in a way of its own."""

    code = "task_failed"
    default_hint = "Look at the task's own code or input."


class AgentLimitError(TaskError):
    """An agent reached one of its limits before it had an answer."""

    code = "agent_limit"
    default_hint = "Say in the prompt when the work is done, or raise the agent's limits."


class BudgetExceededError(TaskError):
    """A call of a model was not made: it would have exceeded a budget."""

    code = "budget_exceeded"
    default_hint = "Raise the budget, or ask for less."


class AgentNotAllowedError(TaskError):
    """What started the run may not start this agent."""

    code = "agent_not_allowed"
    default_hint = "Add the trigger to the agent's allowed_triggers, if it is meant to start it."
