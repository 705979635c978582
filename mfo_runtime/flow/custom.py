"""Task types of the project's own: their functions are imported when a task runs, and called away from the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any, cast

from mfo_dialect.catalogue.task_types import TaskType
from mfo_dialect.model.project import Project
from mfo_runtime.errors import InvalidInputError, InvalidOutputError, MfoError, TaskFailedError, UnknownTaskTypeError
from mfo_runtime.flow.scope import plain
from mfo_runtime.json_schema import schema_problem
from mfo_runtime.tasks import Execute, TaskContext

Function = Callable[[dict[str, Any]], Any]


def custom_executor(declared: TaskType, project: Project) -> Execute:
    """The executor of a type that the project file declares.

    The function is given the config as a map and gives the outputs as one; it may be a coroutine function. Whatever it
    raises fails the task.

    Raises:
        UnknownTaskTypeError: the type names no module, or it cannot be imported.
    """
    declaration = project.section("task_types").get(declared.name)
    schemas: Mapping[str, Any] = cast("Mapping[str, Any]", declaration) if isinstance(declaration, Mapping) else {}
    function = _function(declared, project)

    async def execute(config: Mapping[str, Any], _context: TaskContext) -> dict[str, Any]:
        problem = schema_problem(dict(config), schemas.get("config"))
        if problem:
            raise InvalidInputError(f"The config is not what {declared.name} asks for: {problem}.")
        outputs = await _call(function, dict(config), declared.module)
        if not isinstance(outputs, Mapping):
            raise TaskFailedError(
                f"{declared.module} returned {type(outputs).__name__}, and not a map of outputs.",
                hint='Return a dict, such as {"result": ...}.',
            )
        result = cast("dict[str, Any]", plain(outputs))
        problem = schema_problem(result, schemas.get("outputs"))
        if problem:
            raise InvalidOutputError(
                f"What {declared.module} returned is not what its outputs are declared as: {problem}."
            )
        return result

    return execute


def _function(declared: TaskType, project: Project) -> Function:
    module_name, colon, function_name = declared.module.partition(":")
    if not colon or not module_name or not function_name:
        raise UnknownTaskTypeError(
            f'The task type "{declared.name}" has no module to run it.',
            hint='Give it module = "package.module:function" in the project file.',
        )
    root = str(PurePosixPath(project.document).parent)
    if project.document and root not in sys.path:
        sys.path.insert(0, root)
    try:
        function = getattr(importlib.import_module(module_name), function_name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the module's own code runs here
        raise UnknownTaskTypeError(
            f'The task type "{declared.name}" cannot be loaded from {declared.module}: {type(error).__name__}: {error}.',
            hint="Modules are looked for beside the project file and where Python looks for them.",
        ) from None
    if not callable(function):
        raise UnknownTaskTypeError(f"{declared.module} is no function.")
    return cast("Function", function)


async def _call(function: Function, config: dict[str, Any], name: str) -> Any:
    try:
        if inspect.iscoroutinefunction(function):
            return await function(config)
        result = await _in_thread(function, config)
        return await result if inspect.isawaitable(result) else result
    except MfoError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises fails its task
        raise TaskFailedError(f"{name} failed with {type(error).__name__}: {error}") from None


async def _in_thread(function: Function, config: dict[str, Any]) -> Any:
    """Call a function on a thread that nobody waits for in the end: one that hangs does not keep the program alive."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Any] = loop.create_future()

    def tell(result: Any, error: BaseException | None) -> None:
        if ended.done():
            return
        if error is not None:
            ended.set_exception(error)
        else:
            ended.set_result(result)

    def call() -> None:
        result: Any = None
        failure: BaseException | None = None
        try:
            result = function(config)
        except BaseException as error:  # noqa: BLE001 - handed to the task, whatever it is
            failure = error if isinstance(error, Exception) else TaskFailedError(f"{type(error).__name__}: {error}")
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(tell, result, failure)

    threading.Thread(target=call, name="mfo-task", daemon=True).start()
    return await ended
