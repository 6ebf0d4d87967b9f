"""The exception tree. Each class names its recovery and its exit code.

VivekError
├── ConfigError                  ask the user                      2
├── ModelAPIError                                                  4
│   ├── ProviderUnavailableError retry, then fall back             4
│   ├── ProviderTimeoutError     retry, then fall back             4
│   ├── AuthenticationError      ask the user                      4
│   ├── ModelNotFoundError       ask the user                      4
│   ├── RateLimitError           wait, then retry                  4
│   ├── RequestInvalidError      stop                              4
│   └── StreamInterruptedError   keep the text, resume the thread  5
├── ContextWindowExceededError   a shorter prompt                  1
├── JSONParsingError             re-ask once                       4
├── ModelOutputInvalidError      simpler prompt, fewer steps       4
├── WorkspaceError               ask the user                      1
│   ├── OutsideWorkspaceError    refuse                            1
│   └── EditConflictError        ask the user                      1
├── ToolDeniedError              tell the model                    1
├── IndexingError                rebuild                           1
├── ThreadError                  ask the user                      2
│   └── ThreadDamagedError       ask the user                      2
├── LimitReachedError            keep the text, resume the thread  5
└── TurnCancelledError           resume the thread               130
"""

from typing import ClassVar, Literal

Recovery = Literal["retry", "fall_back", "re_ask", "simplify", "ask_user", "resume", "stop"]


class VivekError(Exception):
    """Something went wrong that a person can act on.

    Args:
        message: What happened, one sentence.
        hint: The next thing the user can do, or "" when there is none.
    """

    exit_code: ClassVar[int] = 1
    recovery: ClassVar[Recovery] = "stop"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(VivekError):
    """A setting, an option or a file of settings cannot be used."""

    exit_code = 2
    recovery = "ask_user"


class ModelAPIError(VivekError):
    """A model server did not do what was asked of it.

    Attributes:
        status: The HTTP status it told, None when it told none.
    """

    exit_code = 4
    status: int | None = None


class ProviderUnavailableError(ModelAPIError):
    """Nobody answers at the address of the model server, or it cannot serve now.

    Args:
        retry_after: Seconds the server asked to wait, or None when it did not say.
        loading: Whether it is there and loads its model: progress, no failure.
        startable: Command of an installed server that only has to be started, or ().
        fetchable: Name of a model that could be fetched where there is none, or "".
    """

    recovery = "retry"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        retry_after: float | None = None,
        loading: bool = False,
        startable: tuple[str, ...] = (),
        fetchable: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after
        self.loading = loading
        self.startable = startable
        self.fetchable = fetchable


class ProviderTimeoutError(ModelAPIError):
    """The model server stayed silent for longer than this phase allows."""

    recovery = "retry"


class AuthenticationError(ModelAPIError):
    """The model server refuses the key, or wants one."""

    recovery = "ask_user"


class ModelNotFoundError(ModelAPIError):
    """The server or the disk has no model of that name."""

    recovery = "ask_user"


class RateLimitError(ModelAPIError):
    """The server is over its limit.

    Args:
        retry_after: Seconds the server asked to wait, or None when it did not say.
        final: Whether waiting does not help: the limit is one of money.
    """

    recovery = "retry"

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None, final: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after
        self.final = final


class RequestInvalidError(ModelAPIError):
    """The server calls the request itself wrong; sending it again cannot help.

    Args:
        field: The part of the request that the server names, "" when it names none.
    """

    def __init__(self, message: str, *, hint: str = "", field: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field


class StreamInterruptedError(ModelAPIError):
    """A reply ended without its end mark.

    Args:
        partial: The text received before the break.
    """

    exit_code = 5
    recovery = "resume"

    def __init__(self, message: str, *, hint: str = "", partial: str = "") -> None:
        super().__init__(message, hint=hint)
        self.partial = partial


class ContextWindowExceededError(VivekError):
    """A prompt does not fit the window of the model.

    Args:
        needed: Tokens of the prompt and the room for its reply.
        window: Tokens the model can hold.
        answered: Whether a reply had come, to a prompt that was cut.
    """

    recovery = "simplify"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        needed: int | None = None,
        window: int | None = None,
        answered: bool = False,
    ) -> None:
        super().__init__(message, hint=hint)
        self.needed = needed
        self.window = window
        self.answered = answered


class JSONParsingError(VivekError):
    """A text that should be JSON is not."""

    exit_code = 4
    recovery = "re_ask"


class ModelOutputInvalidError(VivekError):
    """A model did not give a usable answer, re-asks included; `reply` is what it said instead, attempts joined."""

    exit_code = 4
    recovery = "simplify"
    reply: str = ""


class WorkspaceError(VivekError):
    """A file, a folder or a process of the workspace cannot be used."""

    recovery = "ask_user"


class OutsideWorkspaceError(WorkspaceError):
    """A path leads out of the workspace, or to a place that is never written."""


class EditConflictError(WorkspaceError):
    """A file is no longer what the change was made for.

    Args:
        paths: The files that differ, relative to the root.
    """

    def __init__(self, message: str, *, hint: str = "", paths: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.paths = paths


class ToolDeniedError(VivekError):
    """The user or a rule said no to a tool call."""


class IndexingError(VivekError):
    """The index of the repository cannot be built or read."""


class ThreadError(VivekError):
    """A thread does not exist, is ambiguous, damaged or in use."""

    exit_code = 2
    recovery = "ask_user"


class ThreadDamagedError(ThreadError):
    """What is saved of a thread cannot be read, and no other vivek could."""


class LimitReachedError(VivekError):
    """A run has used the time, the calls or the tokens that it may; the thread can be resumed."""

    exit_code = 5
    recovery = "resume"


class TurnCancelledError(VivekError):
    """The user stopped the turn; the thread can be resumed."""

    exit_code = 130
    recovery = "resume"
