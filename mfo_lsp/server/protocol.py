"""JSON-RPC as the specification has it: every message gets its answer or its error, and none ends the server.

Mends pygls where it answers otherwise, and calls the handlers of one table. It knows nothing of documents.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol

from mfo_lsp.server.framing import Garbled
from mfo_lsp.server.jobs import Jobs
from mfo_lsp.server.json_text import JsonText, json_map

_log = logging.getLogger(__name__)
_INVALID_REQUEST = types.ErrorCodes.InvalidRequest
INVALID_PARAMS = int(types.ErrorCodes.InvalidParams)
_VERSION = "2.0"
MessageId = str | int


class Phase(Enum):
    """How far the session is; it only goes on."""

    NEW = "before initialize"
    READY = "initialized"
    SHUT_DOWN = "after shutdown"


class RefusedError(Exception):
    """A request that is answered with an error; its words are for the person at the editor."""

    def __init__(self, message: str, code: int = types.LSPErrorCodes.RequestFailed) -> None:
        """Refuse with a message and a code of the protocol."""
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class Handler:
    """What answers a method.

    Attributes:
        call: takes the params; gives the result, or something to await for it.
        params: builds the params of a method that the protocol does not define.
    """

    call: Callable[[Any], Any]
    params: Callable[[Any], Any] | None = None


class Protocol(LanguageServerProtocol):
    """One session's end of the line.

    Attributes:
        handlers: by method; set by the server before the first message.
        jobs: the requests under way.
        phase: how far the session is.
    """

    handlers: Mapping[str, Handler]
    jobs: Jobs
    phase: Phase = Phase.NEW

    def receive(self, body: bytes | Garbled) -> None:
        """Take one message as it came from the line; never raises."""
        if isinstance(body, Garbled):
            self._refuse(None, types.ErrorCodes.ParseError, body.reason)
            return
        try:
            message: object = json.loads(body)
        except (ValueError, RecursionError):
            self._refuse(None, types.ErrorCodes.ParseError, "the message is not valid JSON")
            return
        if not isinstance(message, dict):
            self._refuse(None, _INVALID_REQUEST, "a message is one JSON object")
            return
        self._take(cast("dict[str, Any]", message))

    def _take(self, message: dict[str, Any]) -> None:
        message_id, method = message.get("id"), message.get("method")
        known_id = message_id if _is_id(message_id) else None
        if message.get("jsonrpc") != _VERSION:
            self._refuse(known_id, _INVALID_REQUEST, 'the message does not say "jsonrpc": "2.0"')
        elif isinstance(method, str) and "id" not in message:
            self._take_notification(method, message)
        elif isinstance(method, str) and known_id is not None:
            self._take_request(known_id, method, message)
        elif "method" not in message and known_id is not None and ("result" in message or "error" in message):
            self._take_response(known_id, message)
        else:
            self._refuse(known_id, _INVALID_REQUEST, "the message is no request, notification or response")

    def _take_request(self, message_id: MessageId, method: str, message: dict[str, Any]) -> None:
        refusal = self._refusal(message_id, method)
        if refusal is not None:
            self._refuse(message_id, *refusal)
            return
        handler = self.handlers[method]
        try:
            params = self._params(handler, method, message)
        except Exception:  # noqa: BLE001 - what a foreign message makes the converter raise is not listed anywhere
            self._refuse(
                message_id, types.ErrorCodes.InvalidParams, f"the params of {method} are not as they should be"
            )
            return
        if method == types.INITIALIZE:
            self._initialize(message_id, handler, params)
            return
        if method == types.SHUTDOWN:
            self.phase = Phase.SHUT_DOWN
        self.jobs.start(message_id, _work(handler, params), lambda task: self._answer(message_id, method, task))

    def _refusal(self, message_id: MessageId, method: str) -> tuple[int, str] | None:
        """Why a request is not taken."""
        if self.phase is Phase.SHUT_DOWN:
            return _INVALID_REQUEST, "the server is shutting down"
        if self.phase is Phase.NEW and method != types.INITIALIZE:
            return types.ErrorCodes.ServerNotInitialized, "the first request must be initialize"
        if self.phase is Phase.READY and method == types.INITIALIZE:
            return _INVALID_REQUEST, "the server is initialized already"
        if method not in self.handlers:
            return types.ErrorCodes.MethodNotFound, f"the server has no method {method}"
        if message_id in self.jobs:
            return _INVALID_REQUEST, "a request with this id is under way"
        return None

    def _initialize(self, message_id: MessageId, handler: Handler, params: object) -> None:
        """Answer at once: what comes together with this request relies on its effect."""
        try:
            result = handler.call(params)
        except Exception as error:  # noqa: BLE001 - the fence: a broken handler is answered with an error
            self._fail(message_id, types.INITIALIZE, error)
            return
        self.phase = Phase.READY
        self._send_response(message_id, result)

    def _answer(self, message_id: MessageId, method: str, task: asyncio.Task[Any]) -> None:
        if task.cancelled():
            self._refuse(message_id, types.LSPErrorCodes.RequestCancelled, "the request was cancelled")
            return
        error = task.exception()
        if error is not None:
            self._fail(message_id, method, error)
            return
        result = task.result()
        if isinstance(result, bytes):
            self._write(json_map(jsonrpc=_VERSION, id=message_id, result=result))
        else:
            self._send_response(message_id, result)

    def _fail(self, message_id: MessageId, method: str, error: BaseException) -> None:
        if isinstance(error, RefusedError):
            self._refuse(message_id, error.code, error.message)
            return
        log_failure(f"request {method}", error)
        words = f"the server failed on {method} with {type(error).__name__}; this is a defect of the server"
        self._refuse(message_id, types.ErrorCodes.InternalError, words)

    def _take_notification(self, method: str, message: dict[str, Any]) -> None:
        handler = self.handlers.get(method)
        is_off = self.phase is not Phase.READY and method != types.EXIT
        if handler is None or is_off:
            return
        try:
            params = self._params(handler, method, message)
        except Exception as error:  # noqa: BLE001 - as for requests; a notification has no answer to say so
            _log.warning(
                "the params of the notification %s are not as they should be: %s", method, type(error).__name__
            )
            return
        try:
            handler.call(params)
        except Exception as error:  # noqa: BLE001 - the fence: a broken handler costs one notification
            log_failure(f"notification {method}", error)

    def _params(self, handler: Handler, method: str, message: dict[str, Any]) -> object:
        if handler.params is not None:
            return handler.params(message.get("params"))
        known = types.METHOD_TO_TYPES[method][0]
        return getattr(self._converter.structure({"id": 0, **message}, known), "params", None)

    def _take_response(self, message_id: MessageId, message: dict[str, Any]) -> None:
        expected = self._result_types.pop(message_id, None)
        future = self._request_futures.pop(message_id, None)
        if future is None or future.done():
            return
        try:
            if "error" in message:
                error = self._converter.structure(message["error"], types.ResponseError)
                future.set_exception(JsonRpcException.from_error(error))
            else:
                structured = self._converter.structure(message, expected) if expected is not None else None
                future.set_result(getattr(structured, "result", message.get("result")))
        except Exception as problem:  # noqa: BLE001 - as for requests
            future.set_exception(JsonRpcException(f"an unreadable response: {type(problem).__name__}"))

    def tell(self, method: str, params: JsonText) -> None:
        """Send a notification whose params are JSON already."""
        self._write(json_map(jsonrpc=_VERSION, method=method, params=params))

    def _write(self, message: JsonText) -> None:
        if self.writer is not None:
            self.writer.write(message)

    def learn(self, method: str) -> None:
        """Have the reader of a method's message be there, which is made when the first such message comes."""
        self._converter.get_structure_hook(types.METHOD_TO_TYPES[method][0])

    def learn_result(self, kind: type) -> None:
        """Have the writer of a kind of result be there, which is made when the first such result goes."""
        self._converter.get_unstructure_hook(kind)

    def plain(self, value: object) -> Any:
        """A value of the protocol as JSON values, for results that the protocol leaves open."""
        return self._converter.unstructure(value)

    def cancel(self, message_id: MessageId) -> None:
        """Cancel a request that the client gave up; it is answered with an error."""
        self.jobs.cancel(message_id)

    def _refuse(self, message_id: MessageId | None, code: int, message: str) -> None:
        """Answer with an error; without an id where the request's is unknown."""
        error = {"code": int(code), "message": message}
        self._send_data({"jsonrpc": _VERSION, "id": message_id, "error": error})


async def _work(handler: Handler, params: object) -> object:
    """Run a handler; as a task it starts after the messages that came together with its request: a cancel, an edit."""
    result = handler.call(params)
    return await result if inspect.isawaitable(result) else result


def _is_id(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def log_failure(what: str, error: BaseException) -> None:
    """Log where our code failed; without the error's own words, which may hold a user's text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames[-8:]))
    _log.error("%s failed with %s at %s", what, type(error).__name__, where)
