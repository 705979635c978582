"""Nothing is forgotten in a list: rules, executors, methods, formats."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import click
import pytest

import mfo_dialect.rules
import mfo_lsp.reports
import mfo_lsp.server.requests
from mfo_dialect.catalogue.task_types import BUILT_IN, OLDER_NAMES
from mfo_dialect.rules import RULES, Rule
from mfo_lsp.reports import FORMATS
from mfo_lsp.reports.fingerprints import fingerprints
from mfo_lsp.reports.statistics import rule_counts
from mfo_lsp.server.app import METHODS
from mfo_runtime.cli.commands import COMMANDS, SUMMARIES, group
from mfo_runtime.tasks import EXECUTORS


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def test_every_rule_is_listed_once() -> None:
    declared = {
        module.__name__: module.RULE
        for module in modules_of(mfo_dialect.rules)
        if isinstance(getattr(module, "RULE", None), Rule)
    }
    assert {rule.code: rule for rule in declared.values()} == {rule.code: rule for rule in RULES}
    assert len(declared) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_stands_in_the_file_of_its_own_check(rule: Rule) -> None:
    """Its page is the docstring of that file."""
    module = importlib.import_module(rule.check.__module__)
    assert module.RULE is rule


def test_every_task_type_is_executed_or_said_not_to_be() -> None:
    assert EXECUTORS.keys() == BUILT_IN.keys()
    assert not OLDER_NAMES.keys() & BUILT_IN.keys()


def test_every_request_has_its_line_in_the_servers_table() -> None:
    handlers = {method.handle.__module__ for method in METHODS}
    assert {module.__name__ for module in modules_of(mfo_lsp.server.requests) if hasattr(module, "answer")} <= handlers
    names = [method.name for method in METHODS]
    assert len(names) == len(set(names))


def test_every_report_is_a_format() -> None:
    writers = {report.module for report in FORMATS.values()}
    shared = {fingerprints.__module__, rule_counts.__module__}
    assert {module.__name__ for module in modules_of(mfo_lsp.reports)} == {
        name for name in writers | shared if name.startswith("mfo_lsp.reports.")
    }


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    context = click.Context(group)
    said = {name: group.get_command(context, name) for name in COMMANDS}
    assert {name: command.get_short_help_str(1000) for name, command in said.items() if command} == SUMMARIES
