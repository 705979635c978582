"""The option that names the database which workers share; it loads nothing, as a wish for help needs it, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

VARIABLE = "MFO_DATABASE_URL"

database_option: Callable[..., Any] = click.option(
    "--database-url",
    "database_url",
    metavar="URL",
    help=f"The database that workers share. Other programs can read it here: rather set {VARIABLE}.",
)
