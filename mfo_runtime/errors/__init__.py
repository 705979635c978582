"""Everything that can go wrong in a run, as one tree; it knows no HTTP library, no engine and no terminal.

The number behind a name says nothing, the word does: ``code`` is stable and is what ``retry_on``, journals and reports use.

MfoError
    ServerError                     an exchange with a server failed
        ConnectionFailedError       connection_failed      no connection, or it broke                      transient
        RequestTimeoutError         timeout                no whole answer in time                         transient
        AuthenticationError         authentication         401: the server does not know who asks
        AuthorizationError          authorization          403: it knows, and refuses
        NotFoundError               not_found              404, 410
        ConflictError               conflict               409, 412, 423
        RateLimitedError            rate_limited           429, 425: ask again later                       transient
        ValidationError             validation             400, 422, any other 4xx: the request is wrong
        InternalError               internal               5xx                      transient: 500, 502, 503, 504
        InvalidResponseError        invalid_response       an answer that cannot be read
        CircuitOpenError            circuit_open           not asked: the server failed too often          transient
    TaskError                       a task, a condition or what they read failed
        UnresolvedReferenceError    unresolved_reference   a reference leads nowhere
        ConditionFailedError        condition_failed       a condition chose no branch that exists
        LoopLimitExceededError      loop_limit_exceeded    a condition took its loop edge too often
        InvalidOutputError          invalid_output         no JSON, or not what the schema asks for
        TaskTimeoutError            task_timeout           a task took longer than its timeout
        UnknownTaskTypeError        unknown_task_type      nobody implements the type
        MissingVariableError        missing_variable       a template's required variable is not given
        TemplateError               template_error         a template cannot be read or rendered
        ExpressionError             expression_error       an expression cannot be read or evaluated
        TaskFailedError             task_failed            the task's own code failed
        AgentLimitError             agent_limit            an agent had no answer within its turns, calls or time
        BudgetExceededError         budget_exceeded        not asked: a call would have exceeded a budget
        AgentNotAllowedError        agent_not_allowed      what started the run may not start the agent
    RunError                        the run as a whole
        RunTimeoutError             run_timeout            the flow took longer than its timeout
        RunCancelledError           cancelled              somebody stopped it
        InvalidInputError           invalid_input          inputs or settings are not what is asked for
        FlowRefusedError            flow_refused           the flow has errors and does not start
        JournalError                journal                the journal cannot be opened, read or written
        RunHeldError                run_held               another process is executing the run
        NotRecordedError            not_recorded           a replay came to a request that is not on its cassette
        NotResumableError           not_resumable          the run cannot go on: it has ended well, or is not to be replayed

No message of this tree carries a credential: constructors pass every text through ``redact``.
"""

from __future__ import annotations

from mfo_runtime.errors.failure import (
    Facts,
    MfoError,
    Place,
)
from mfo_runtime.errors.of_runs import (
    FlowRefusedError,
    InvalidInputError,
    JournalError,
    NotRecordedError,
    NotResumableError,
    RunCancelledError,
    RunError,
    RunHeldError,
    RunTimeoutError,
)
from mfo_runtime.errors.of_servers import (
    AuthenticationError,
    AuthorizationError,
    CircuitOpenError,
    ConflictError,
    ConnectionFailedError,
    InternalError,
    InvalidResponseError,
    NotFoundError,
    RateLimitedError,
    RequestTimeoutError,
    ServerError,
    ValidationError,
)
from mfo_runtime.errors.of_tasks import (
    AgentLimitError,
    AgentNotAllowedError,
    BudgetExceededError,
    ConditionFailedError,
    ExpressionError,
    InvalidOutputError,
    LoopLimitExceededError,
    MissingVariableError,
    TaskError,
    TaskFailedError,
    TaskTimeoutError,
    TemplateError,
    UnknownTaskTypeError,
    UnresolvedReferenceError,
)
from mfo_runtime.errors.reading import (
    error_codes,
    error_from_data,
)
from mfo_runtime.errors.redaction import (
    MAX_MESSAGE_LENGTH,
    REDACTED,
    is_name_of_secret,
    redact,
    redact_data,
    strike_out_credentials,
)

__all__ = [
    "MAX_MESSAGE_LENGTH",
    "REDACTED",
    "AgentLimitError",
    "AgentNotAllowedError",
    "AuthenticationError",
    "AuthorizationError",
    "BudgetExceededError",
    "CircuitOpenError",
    "ConditionFailedError",
    "ConflictError",
    "ConnectionFailedError",
    "ExpressionError",
    "Facts",
    "FlowRefusedError",
    "InternalError",
    "InvalidInputError",
    "InvalidOutputError",
    "InvalidResponseError",
    "JournalError",
    "LoopLimitExceededError",
    "MfoError",
    "MissingVariableError",
    "NotFoundError",
    "NotRecordedError",
    "NotResumableError",
    "Place",
    "RateLimitedError",
    "RequestTimeoutError",
    "RunCancelledError",
    "RunError",
    "RunHeldError",
    "RunTimeoutError",
    "ServerError",
    "TaskError",
    "TaskFailedError",
    "TaskTimeoutError",
    "TemplateError",
    "UnknownTaskTypeError",
    "UnresolvedReferenceError",
    "ValidationError",
    "error_codes",
    "error_from_data",
    "is_name_of_secret",
    "redact",
    "redact_data",
    "strike_out_credentials",
]
