"""A group of commands whose modules are loaded when somebody asks for them: starting one does not load the others."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group with a table of commands, each in a module that defines ``<name>_command``."""

    def __init__(
        self, *arguments: Any, modules: Mapping[str, str], summaries: Mapping[str, str] | None = None, **settings: Any
    ) -> None:
        """Make a group.

        Args:
            arguments: as for ``click.Group``.
            modules: the module of each command, by the command's name.
            summaries: what the group's own help says of commands, so that it need not load them.
            settings: as for ``click.Group``.
        """
        super().__init__(*arguments, **settings)
        self._modules = modules
        self._summaries = summaries or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, sorted; loads none."""
        return sorted({*super().list_commands(ctx), *self._modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, loaded if need be; None where there is none."""
        known = super().get_command(ctx, cmd_name)
        if known is None and cmd_name in self._modules:
            known = getattr(import_module(self._modules[cmd_name]), f"{cmd_name}_command")
            self.add_command(known, cmd_name)
        return known

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands; loads those that have no summary."""
        names = self.list_commands(ctx)
        limit = formatter.width - 6 - max(map(len, names), default=0)
        if rows := [(name, self._short_help(ctx, name, limit)) for name in names]:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

    def _short_help(self, ctx: click.Context, name: str, limit: int) -> str:
        summary = self._summaries.get(name)
        command = click.Command(name, help=summary) if summary is not None else self.get_command(ctx, name)
        return command.get_short_help_str(limit) if command is not None else ""
