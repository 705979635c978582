"""Tools made of the functions of a user's Python module: type hints give the schema, docstrings the words.

The module is code of the user: it is imported here and nowhere else, and only where the settings name it.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, Union, cast

from mfo_runtime.server.failures import SettingsError
from mfo_runtime.server.tools.tool import Tool

_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
_ARGUMENT = re.compile(r"^\s+\**(\w+)(?:\s*\([^)]*\))?:\s*(.*)$")
_MAX_DEPTH = 20


def tools_of_module(name: str) -> tuple[Tool, ...]:
    """The tools of a module: its public functions, or those that its ``__all__`` lists.

    Args:
        name: a dotted name, or the path of a ``.py`` file.

    Raises:
        SettingsError: it cannot be imported, has no function, or one of them takes what JSON cannot say.
    """
    module = _load(name)
    listed = getattr(module, "__all__", None)
    names: Sequence[str] = listed if listed is not None else [key for key in vars(module) if not key.startswith("_")]
    functions = [
        function
        for key in names
        if inspect.isfunction(function := getattr(module, key, None))
        and (listed is not None or function.__module__ == module.__name__)
    ]
    if not functions:
        raise SettingsError(f"{name}: the tools module has no public function")
    return tuple(tool_of_function(function) for function in functions)


def tool_of_function(function: Callable[..., Any]) -> Tool:
    """One function as a tool.

    Raises:
        SettingsError: it takes positional-only or unnamed arguments, or a type that has no JSON Schema.
    """
    name = function.__name__
    description, arguments = _words(inspect.getdoc(function) or "")
    try:
        hints = typing.get_type_hints(function)
    except (NameError, TypeError, AttributeError) as error:
        raise SettingsError(f"the tool {name}: its type hints cannot be read ({error})") from error
    properties: dict[str, Any] = {}
    required: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise SettingsError(f"the tool {name}: {parameter.name} cannot be given by name")
        try:
            schema = _schema(hints.get(parameter.name, Any))
        except TypeError as error:
            raise SettingsError(
                f"the tool {name}: {parameter.name} has a type that JSON cannot say ({error})"
            ) from error
        if parameter.name in arguments:
            schema["description"] = arguments[parameter.name]
        properties[parameter.name] = schema
        if parameter.default is parameter.empty:
            required.append(parameter.name)
    parameters = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return Tool(name, description, parameters, function)


def _load(name: str) -> ModuleType:
    try:
        if name.endswith(".py"):
            return _load_file(Path(name))
        return importlib.import_module(name)
    except SettingsError:
        raise
    except Exception as error:
        raise SettingsError(f"{name}: the tools module cannot be imported ({type(error).__name__}: {error})") from error


def _load_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"mfo_tools_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SettingsError(f"{path}: there is no such tools module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _words(docstring: str) -> tuple[str, dict[str, str]]:
    """The prose of a docstring, and what its Args section says of each argument."""
    prose, _, rest = docstring.partition("\nArgs:\n")
    arguments: dict[str, str] = {}
    current = ""
    indent = 0
    for line in rest.splitlines():
        if line and not line[0].isspace():
            break
        depth = len(line) - len(line.lstrip())
        start = _ARGUMENT.match(line)
        if start and (not current or depth <= indent):
            current, indent = start[1], depth
            arguments[current] = start[2].strip()
        elif current and line.strip():
            arguments[current] = f"{arguments[current]} {line.strip()}".strip()
    summary = prose.split("\n\n")[0]
    return " ".join(summary.split()), arguments


def _schema(hint: Any, depth: int = 0) -> dict[str, Any]:
    """The JSON Schema of a type.

    Raises:
        TypeError: it has none; the message is the type's name.
    """
    if depth > _MAX_DEPTH:
        raise TypeError("nested too deeply")
    if hint is Any or hint is inspect.Parameter.empty or hint is object:
        return {}
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    if isinstance(hint, type) and issubclass(hint, Enum):
        raise TypeError("an Enum; write a Literal instead")
    origin = cast("Any", typing.get_origin(hint) or hint)
    arguments = typing.get_args(hint)
    if origin is typing.Annotated:
        return _schema(arguments[0], depth + 1)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(argument, depth + 1) for argument in arguments]}
    if origin in (list, Sequence):
        return {"type": "array", "items": _schema(arguments[0], depth + 1)} if arguments else {"type": "array"}
    if origin in (dict, Mapping):
        return _mapping_schema(arguments, depth)
    raise TypeError(str(cast("Any", hint)))


def _mapping_schema(arguments: tuple[Any, ...], depth: int) -> dict[str, Any]:
    if not arguments:
        return {"type": "object"}
    if arguments[0] is not str:
        raise TypeError("a mapping whose keys are no text")
    return {"type": "object", "additionalProperties": _schema(arguments[1], depth + 1)}
