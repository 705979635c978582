"""The client of the MFO server as its users see it: one object, grouped as the server is."""

from __future__ import annotations

from types import TracebackType
from typing import Self
from uuid import uuid4

from mfo_runtime.client.answers import Answer
from mfo_runtime.client.auth import Authorization, Credentials, IssuedToken, TokenSource
from mfo_runtime.client.breaker import Breaker, CircuitObserver
from mfo_runtime.client.calls import Calls, Line
from mfo_runtime.client.chain import Call, CallOptions, Observer, Step, linked
from mfo_runtime.client.chat import Chat
from mfo_runtime.client.clock import Clock
from mfo_runtime.client.event_triggers import EventTriggers
from mfo_runtime.client.events import Events
from mfo_runtime.client.exchange import Exchange, encoded_json
from mfo_runtime.client.jobs import Jobs
from mfo_runtime.client.limiter import Limiter, OwnPace, Pace
from mfo_runtime.client.memory import Memory
from mfo_runtime.client.notifications import Notifications
from mfo_runtime.client.read_cache import ReadCache
from mfo_runtime.client.resources import Resources
from mfo_runtime.client.retries import Retries
from mfo_runtime.client.routes import ROUTES, Operation, Routes
from mfo_runtime.client.settings import ClientSettings, origin_of
from mfo_runtime.client.tokens import Tokens
from mfo_runtime.client.tools import Tools
from mfo_runtime.client.webhooks import Webhooks
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.http import HttpClient, HttpSettings, Timeouts
from mfo_runtime.json_numbers import is_number


class Operations:
    """Everything that one caller can ask a server for.

    Attributes:
        chat: messages and threads.
        tools: tools of the server.
        memory: values by key.
        resources: typed contents.
        jobs: work in the background.
        notifications: messages for users.
        event_triggers: what the server does at events.
        webhooks: whom the server calls at events.
        events: telling the server that something happened.
        tokens: API tokens of the account.
    """

    def __init__(self, calls: Calls) -> None:
        self.chat = Chat(calls)
        self.tools = Tools(calls)
        self.memory = Memory(calls)
        self.resources = Resources(calls)
        self.jobs = Jobs(calls)
        self.notifications = Notifications(calls)
        self.event_triggers = EventTriggers(calls)
        self.webhooks = Webhooks(calls)
        self.events = Events(calls)
        self.tokens = Tokens(calls)


class MfoClient(Operations):
    """One MFO server, one pool of connections, one account.

    Every method raises errors of ``mfo_runtime.errors`` and nothing else. Close the client with ``aclose``, or::

        async with MfoClient(ClientSettings(base_url="http://127.0.0.1:8080", token=token)) as client:
            reply = await client.chat.send("Good morning")
            await client.memory.store("greeting", reply.content)
    """

    def __init__(  # noqa: PLR0913 - each is one thing that a caller may have an own one of
        self,
        settings: ClientSettings,
        *,
        routes: Routes = ROUTES,
        on_attempt: Observer | None = None,
        on_circuit: CircuitObserver | None = None,
        http: HttpClient | None = None,
        clock: Clock | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Prepare a client; nothing is sent yet.

        Args:
            settings: the server, the account, and how patient to be.
            routes: where the server's operations are.
            on_attempt: told of every try of every call.
            on_circuit: told when the server is left alone, tried out and used again.
            http: a pool to share, which stays open; None for one of the client's own.
            clock: where time comes from.
            pace: how fast the server is asked, where that is agreed with others; None for the rate of the settings.
        """
        clock = clock or Clock()
        pace = pace or OwnPace(settings.rate_limit, clock)
        self.settings = settings
        self._http = http or HttpClient(http_settings(settings))
        self._owns_http = http is None
        self._tokens = TokenSource(settings.token, _credentials(settings), self._log_in)
        self._exchange = Exchange(self._http, clock, lambda: self._tokens.secrets, settings.stream_timeout)
        self._routes = routes
        self._line = Line(
            settings.base_url, routes, linked(self._steps(clock, pace, on_attempt, on_circuit), self._exchange), clock
        )
        super().__init__(Calls(self._line, CallOptions()))

    def _steps(
        self, clock: Clock, pace: Pace, on_attempt: Observer | None, on_circuit: CircuitObserver | None
    ) -> tuple[Step, ...]:
        """What every call goes through, outermost first: every try counts for the breaker and the limiter."""
        settings = self.settings
        steps: list[Step] = [ReadCache(settings.cache_ttl, clock)] if settings.cache_ttl is not None else []
        steps.append(Retries(settings.retry, clock, on_attempt))
        if settings.circuit_breaker is not None:
            steps.append(Breaker(settings.circuit_breaker, origin_of(settings.base_url), clock, on_circuit))
        steps.append(Limiter(pace, clock, settings.retry.max_retry_after))
        return (*steps, Authorization(self._tokens))

    def with_options(self, options: CallOptions) -> Operations:
        """The same client for one caller with wishes of its own, such as one task of a run; nothing to close."""
        return Operations(Calls(self._line, options))

    async def log_in(self) -> None:
        """Log in now rather than with the first call; does nothing where a token is known."""
        await self._tokens.current()

    async def issue_token(self) -> IssuedToken:
        """Log in with the account of the settings and give the token, to be kept; the client itself goes on as before.

        Raises:
            InvalidInputError: the settings have no account.
            ServerError: the server refuses the account, or the login failed otherwise.
        """
        credentials = _credentials(self.settings)
        if credentials is None:
            raise InvalidInputError("There is no account to log in with.", hint="Give an email and a password.")
        return await self._issue(credentials)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the client's own connections; it cannot be used again."""
        await self._tokens.aclose()
        if self._owns_http:
            await self._http.aclose()

    async def _log_in(self, credentials: Credentials) -> str:
        return (await self._issue(credentials)).token

    async def _issue(self, credentials: Credentials) -> IssuedToken:
        route = self._routes[Operation.LOG_IN]
        call = Call(
            operation=Operation.LOG_IN,
            method=route.method,
            url=self.settings.base_url + route.path,
            request_id=uuid4().hex,
            body=encoded_json({"email": credentials.email, "password": credentials.password}),
        )
        answer = Answer.of(await self._exchange(call))
        seconds = answer.data.get("expires_in")
        if not is_number(seconds) or seconds <= 0:
            return IssuedToken(answer.text("token"))
        return IssuedToken(answer.text("token"), float(seconds))


def http_settings(settings: ClientSettings) -> HttpSettings:
    """The settings of the pool that a client of these settings needs."""
    timeout = settings.timeout
    return HttpSettings(
        timeouts=Timeouts(total=timeout, connect=min(timeout, 10.0), read=timeout, write=timeout),
        max_connections=settings.max_connections,
        max_response_bytes=settings.max_response_bytes,
        user_agent="mfo-client",
    )


def _credentials(settings: ClientSettings) -> Credentials | None:
    if settings.email is None or settings.password is None:
        return None
    return Credentials(settings.email, settings.password)
