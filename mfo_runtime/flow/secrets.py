"""Where a flow's secrets are found, and which values must never be shown."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Protocol, cast
from urllib.parse import quote

from mfo_dialect.model.workflow import Workflow
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import TooManyNodesError, to_value
from mfo_runtime.credentials import read_keyring
from mfo_runtime.errors import InvalidInputError, is_name_of_secret
from mfo_runtime.journal import Hidden

_LEAST_LENGTH = 4
_LEAST_LENGTH_OF_INPUT = 8
"""An input is a secret by its name alone, which may be wrong: short texts stand in too many places by chance."""

_INPUT = "input "
_PAYLOAD = "TRIGGER.payload"
_MAX_LENGTH = 64 * 1024
_DEEPEST = 16


class Called(Protocol):
    """A call of a trigger."""

    @property
    def payload(self) -> Any:
        """What came with it."""
        ...


class Secrets:
    """The secrets of one run, read when they are first asked for."""

    def __init__(
        self, workflow: Workflow, environment: Mapping[str, str], stand_in: Callable[[str], str] | None = None
    ) -> None:
        """Know where the secrets that ``workflow`` declares are found; nothing is read yet.

        Args:
            workflow: declares them.
            environment: what those with ``env`` are read from.
            stand_in: gives a value for each name in place of the real one, which is then never read.
        """
        self._stand_in = stand_in
        self._sources = _sources(workflow)
        self._folder = PurePosixPath(workflow.document).parent
        self._environment = environment
        self._values: dict[str, str] = {}
        self._forms: dict[str, tuple[str, int]] = {}

    @property
    def shown_never(self) -> frozenset[str]:
        """The values read so far that are long enough to be struck out wherever they stand, as JSON and URLs have them too."""
        return frozenset(self._forms)

    @property
    def forms(self) -> Mapping[str, tuple[str, int]]:
        """The same values, each with the secret's name and the number of the form in which it stands."""
        return self._forms

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all that are declared."""
        return tuple(self._sources)

    def in_form(self, name: str, form: int) -> str:
        """The value of a secret as ``forms`` numbers it.

        Raises:
            InvalidInputError: it is not to be found any more.
        """
        return forms_of(self.get(name))[form]

    def read_all(self) -> None:
        """Read what is declared, so that it is known what must not be shown; what is missing matters when it is used.

        The keyring is left alone: it may have to be unlocked by hand.
        """
        for name, source in self._sources.items():
            if isinstance(source, dict) and not self.is_in_keyring(name):
                with contextlib.suppress(InvalidInputError):
                    self.get(name)

    def know_inputs(
        self, inputs: Mapping[str, Any], trigger: Called | None = None, given_again: Collection[str] = ()
    ) -> None:
        """Take inputs with the name of a secret (``password``, ``api_key``) for secrets, texts of 8 characters or more.

        So are fields of what ``trigger`` was called with: a mapping may give them to inputs with harmless names. Such an
        input is in ``given_again``, the dotted paths of what a journal did not keep, when the run goes on.
        """
        given = inputs if trigger is None else {**inputs, _PAYLOAD: trigger.payload}
        for name, value in secret_texts(given, given_again):
            if _INPUT + name not in self._values:
                self._keep(_INPUT + name, value)

    def lacks_input(self, name: str) -> bool:
        """Whether a name that ``forms`` gave is that of an input that is not known any more."""
        return name.startswith(_INPUT) and name not in self._values

    def is_in_keyring(self, name: str) -> bool:
        """Whether a secret is kept in the keyring, which may have to be unlocked by hand."""
        source = self._sources.get(name)
        return isinstance(source, dict) and "keyring" in source

    def get(self, name: str) -> str:
        """The value of a declared secret.

        Raises:
            InvalidInputError: it is not declared, or not to be found; the message names the source, never a value.
        """
        if name not in self._values:
            self._keep(name, self._read(name))
        return self._values[name]

    def _keep(self, name: str, value: str) -> None:
        self._values[name] = value
        if len(value) >= _LEAST_LENGTH:
            named = zip(forms_of(value), [(name, form) for form in range(4)], strict=True)
            self._forms = {**dict(named), **self._forms}

    def _read(self, name: str) -> str:
        source = self._sources.get(name)
        if source is None:
            raise InvalidInputError(
                f'The secret "{name}" is not declared{did_you_mean(name, self._sources)}.',
                hint="Declare it under global_configs.secrets.",
            )
        if self._stand_in is not None:
            return self._stand_in(name)
        return secret_at(f'secret "{name}"', source, self._environment, self._folder)


def secret_at(name: str, source: Any, environment: Mapping[str, str], folder: PurePosixPath) -> str:
    """The text that stands where a source says: ``{env: NAME}``, ``{file: PATH}`` or ``{keyring: SERVICE/USER}``.

    Args:
        name: what messages call it.
        source: the source as written.
        environment: what ``env`` reads.
        folder: what the path of a file is relative to.

    Raises:
        InvalidInputError: it is not to be found; the message names the source, never a value.
    """
    match source:
        case {"env": str(variable)}:
            value = environment.get(variable)
            if not value:
                raise InvalidInputError(
                    f"The {name} is read from {variable}, which is not set.",
                    hint=f"Set the environment variable {variable}.",
                )
            return value
        case {"file": str(path)}:
            return _read_file(name, path, folder)
        case {"keyring": str(entry)}:
            return _read_keyring(name, entry)
        case _:
            raise InvalidInputError(f"The {name} says neither env, keyring nor file.")


def _read_file(name: str, path: str, folder: PurePosixPath) -> str:
    full = Path(str(folder)) / path
    try:
        with full.open(encoding="utf-8") as file:
            value = file.read(_MAX_LENGTH).strip()
    except (OSError, ValueError):
        raise InvalidInputError(f"The {name} cannot be read from its file, {path}.") from None
    if not value:
        raise InvalidInputError(f"The {name} is read from {path}, which is empty.")
    return value


def forms_of(value: str) -> tuple[str, str, str, str]:
    """A text as it is, as JSON has it, and as URLs have it."""
    return value, json.dumps(value)[1:-1], quote(value), quote(value, "")


def _read_keyring(name: str, entry: str) -> str:
    service, _, user = entry.partition("/")
    try:
        value = read_keyring(service, user)
    except InvalidInputError as error:
        hint = error.hint or "Declare it with env or file."
        raise InvalidInputError(f"The {name} is in the keyring. {error.message}", hint=hint) from None
    if not value:
        raise InvalidInputError(f"The {name} is not in the keyring under {service}/{user}.")
    return value


def secret_texts(value: Any, more: Collection[str] = (), path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The texts in maps and lists that stand under names of secrets, and those at ``more`` paths, with their paths."""
    if depth > _DEEPEST or not isinstance(value, Mapping | list):
        return
    whole = cast("Mapping[Any, Any] | list[Any]", value)
    for key, item in enumerate(whole) if isinstance(whole, list) else whole.items():
        name = f"{path}.{key}" if path else str(key)
        is_known = isinstance(item, str) and not isinstance(item, Hidden) and len(item) >= _LEAST_LENGTH_OF_INPUT
        if is_known and (is_name_of_secret(str(key)) or name in more):
            yield name, item
        yield from secret_texts(item, more, name, depth + 1)


def _sources(workflow: Workflow) -> dict[str, Any]:
    configs = workflow.root.get("global_configs")
    secrets = configs.get("secrets") if isinstance(configs, MappingNode) else None
    try:
        return dict(to_value(secrets)) if isinstance(secrets, MappingNode) else {}
    except TooManyNodesError:
        return {}
