"""The page of the command lines, read from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from mfo_lsp.cli.commands import group as author_commands
from mfo_runtime.cli.commands import group as runner_commands
from scripts.pages.tables import NOTE, table


def command_lines() -> str:
    """The page of both programs."""
    lines = [
        NOTE,
        "# The command lines",
        "",
        "Two programs: `mfo-lsp` for people who write workflows, `mfo` for running them. Each says the same with `--help`.",
    ]
    for name, group in (("mfo-lsp", author_commands), ("mfo", runner_commands)):
        lines += ["", *_command(name, group)]
        lines += _below(name, group)
    return "\n".join(lines) + "\n"


def _below(name: str, group: click.Group) -> Iterator[str]:
    for command in _commands(group):
        own = f"{name} {command.name}"
        yield from ("", *_command(own, command))
        if isinstance(command, click.Group):
            yield from _below(own, command)


def _command(name: str, command: click.Command) -> Iterator[str]:
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    usage = [f"{name} [OPTIONS]", *(_argument(one) for one in arguments)]
    if isinstance(command, click.Group):
        usage.append("[COMMAND]")
    yield from (f"## {name}", "", "```text", " ".join(usage), "```", "", *_paragraphs(command.help or ""))
    if isinstance(command, click.Group):
        rows = [
            [f"[`{name} {one.name}`](#{name}-{one.name})", _paragraphs(one.help or "")[0]] for one in _commands(command)
        ]
        yield from ("", *table(("command", "what it does"), rows))
    rows = [[f"`{_option(one)}`", one.help or "", f"`{one.default}`" if one.show_default else ""] for one in options]
    if rows:
        yield from ("", *table(("option", "meaning", "default"), rows))


def _commands(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield command


def _paragraphs(text: str) -> list[str]:
    """A help text with each paragraph on one line, empty lines between them."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n")).split("\n")


def _argument(argument: click.Argument) -> str:
    name = (argument.name or "").upper()
    if argument.nargs < 0:
        return f"[{name}]..."
    return name if argument.required else f"[{name}]"


def _option(option: click.Option) -> str:
    names = ", ".join(option.opts)
    if option.is_flag:
        return names
    if isinstance(option.type, click.Choice):
        return f"{names} {'|'.join(map(str, option.type.choices))}"
    return f"{names} {option.metavar or (option.name or '').upper()}"
