"""A group of commands whose modules are loaded when somebody asks for them: starting one does not load the others."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group with a table of commands, each in a module that defines ``<name>_command``."""

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **settings: Any) -> None:
        """Make a group.

        Args:
            arguments: as for ``click.Group``.
            modules: the module of each command, by the command's name.
            settings: as for ``click.Group``.
        """
        super().__init__(*arguments, **settings)
        self._modules = modules

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
