"""The rules: one file each, and one list of them all."""

from __future__ import annotations

from mfo_dialect.rules.expressions import (
    constant_condition,
    expression_syntax,
    not_a_branch_value,
    shadowed_builtin,
    type_error,
    unknown_name,
    wrong_call,
)
from mfo_dialect.rules.graph import (
    branch_count,
    cycle,
    duplicate_id,
    endless_loop,
    invalid_id,
    not_a_branch,
    partial_join,
    redundant_dependency,
    self_dependency,
    unknown_node,
    unreachable_node,
)
from mfo_dialect.rules.ourselves import internal_error, invalid_project_file
from mfo_dialect.rules.prompts import (
    missing_variable,
    no_error_text,
    template_syntax,
    unknown_error_template,
    unknown_prompt_template,
    unknown_template_function,
    unused_variable,
)
from mfo_dialect.rules.references import (
    maybe_not_run,
    reference_before_run,
    reference_type_mismatch,
    template_in_config,
    unknown_output,
    unknown_reference,
)
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.shape import (
    conflicting_keys,
    deprecated_name,
    invalid_schema,
    invalid_value,
    missing_key,
    mixed_shapes,
    unknown_key,
    unknown_task_type,
    wrong_type,
)
from mfo_dialect.rules.text import (
    anchors,
    duplicate_key,
    invisible_character,
    tab_indentation,
    unquoted_template,
    yaml11_surprise,
    yaml_syntax,
)
from mfo_dialect.rules.triggers import invalid_cron, payload_in_schedule, unknown_taskflow

RULES: tuple[Rule, ...] = (
    yaml_syntax.RULE,
    duplicate_key.RULE,
    tab_indentation.RULE,
    unquoted_template.RULE,
    anchors.RULE,
    yaml11_surprise.RULE,
    invisible_character.RULE,
    unknown_key.RULE,
    missing_key.RULE,
    wrong_type.RULE,
    invalid_value.RULE,
    conflicting_keys.RULE,
    unknown_task_type.RULE,
    deprecated_name.RULE,
    mixed_shapes.RULE,
    invalid_schema.RULE,
    duplicate_id.RULE,
    unknown_node.RULE,
    cycle.RULE,
    self_dependency.RULE,
    unreachable_node.RULE,
    not_a_branch.RULE,
    branch_count.RULE,
    endless_loop.RULE,
    redundant_dependency.RULE,
    invalid_id.RULE,
    partial_join.RULE,
    unknown_reference.RULE,
    unknown_output.RULE,
    reference_before_run.RULE,
    maybe_not_run.RULE,
    template_in_config.RULE,
    reference_type_mismatch.RULE,
    expression_syntax.RULE,
    unknown_name.RULE,
    wrong_call.RULE,
    type_error.RULE,
    constant_condition.RULE,
    not_a_branch_value.RULE,
    shadowed_builtin.RULE,
    unknown_prompt_template.RULE,
    unknown_error_template.RULE,
    template_syntax.RULE,
    missing_variable.RULE,
    unused_variable.RULE,
    unknown_template_function.RULE,
    no_error_text.RULE,
    unknown_taskflow.RULE,
    invalid_cron.RULE,
    payload_in_schedule.RULE,
    invalid_project_file.RULE,
    internal_error.RULE,
)

__all__ = ["RULES", "Report", "Rule"]
