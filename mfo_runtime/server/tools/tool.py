"""A tool as a value, and the calling of one: arguments compared with its schema, time bounded."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mfo_runtime.server.bodies import check_shape
from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.failures import ApiError, ErrorCode, invalid

_OVERDUE = 504


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that can be called by name.

    Attributes:
        name: its name, which is its id too.
        description: what it does, for people and models.
        parameters: the JSON Schema of its arguments, an object.
        function: takes the arguments as keywords and gives plain JSON; a coroutine function is awaited, any other is
            run on a thread. A ``ValueError`` says that the arguments are wrong; its text is told to the caller.
        is_built_in: whether it is one of the server's own.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    function: Callable[..., Any]
    is_built_in: bool = False

    def shown(self) -> dict[str, Any]:
        """The tool as clients see it."""
        source = "built-in" if self.is_built_in else "module"
        return {
            "id": self.name,
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
            "metadata": {"source": source},
        }


async def call_tool(tool: Tool, arguments: Mapping[str, Any], seconds: float) -> Any:
    """The result of a tool, plain JSON.

    Raises:
        ApiError: the arguments are wrong (400), the tool broke (500), or it takes longer than ``seconds`` (504).
    """
    check_shape(arguments, tool.parameters, "arguments")
    try:
        async with asyncio.timeout(seconds):
            if inspect.iscoroutinefunction(tool.function):
                result: Any = await tool.function(**arguments)
            else:
                result = await _on_a_thread(lambda: tool.function(**arguments))
        return from_json(to_json(result))
    except TimeoutError as error:
        raise ApiError(ErrorCode.INTERNAL, f"the tool took longer than {seconds:g} s", status=_OVERDUE) from error
    except ApiError:
        raise
    except ValueError as error:
        raise invalid(str(error) or "the tool refused its arguments", "arguments") from error
    except Exception as error:
        raise ApiError(ErrorCode.INTERNAL, "the tool failed", {"error": type(error).__name__}) from error


async def _on_a_thread(function: Callable[[], Any]) -> Any:
    """Run on a thread of its own, which a tool that never ends cannot keep from anybody else."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def work() -> None:
        result, problem = None, None
        try:
            result = function()
        except StopIteration:
            problem = RuntimeError("the tool stopped an iteration that is not its own")
        except BaseException as error:  # noqa: BLE001 - carried over to whoever waits
            problem = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=work, name="mfo-tool", daemon=True).start()
    return await done
