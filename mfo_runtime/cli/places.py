"""The project and the documents that a command without a flow is about: those of a file's or a folder's place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import click

from mfo_dialect.analysis.bundle import Bundle
from mfo_workspace.files import DiskFiles

project_option: Callable[..., Any] = click.option(
    "--project",
    "place",
    metavar="PATH",
    type=click.Path(),
    help="Any file or folder of the project; the current folder by default.",
)


def directory_of(place: str | None) -> str:
    """The folder of a file, or a folder itself, absolute; the current one where it is None."""
    if place is None:
        return Path.cwd().as_posix()
    from mfo_runtime.flow.loading import absolute_path  # noqa: PLC0415 - slow to import

    path = Path(absolute_path(place))
    return path.as_posix() if path.is_dir() else PurePosixPath(path.as_posix()).parent.as_posix()


def bundle_at(place: str | None) -> tuple[Bundle, str]:
    """The documents of a place with its project file, and a path in its folder by which its settings are found."""
    from mfo_workspace.bundles import load_bundle  # noqa: PLC0415 - slow to import

    directory = directory_of(place)
    bundle = load_bundle(directory, DiskFiles())
    document = next((workflow.document for workflow in bundle.workflows), f"{directory}/.")
    return bundle, document
