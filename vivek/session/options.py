"""What the command line asked for."""

import re
from dataclasses import dataclass, field

from vivek.errors import ConfigError
from vivek.schema.approval import ApprovalPolicy
from vivek.schema.limits import Limits
from vivek.schema.plan import Depth, ModeName
from vivek.schema.sandbox import Access

SMALLEST_WINDOW, LARGEST_WINDOW = 1024, 16 * 1024 * 1024
"""Tokens between which a window is one."""

_WINDOW = re.compile(r"([0-9]{1,8})(k?)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices for one session; None means not said.

    Attributes:
        thread: An id, a unique prefix of one, or the id of a new thread.
        latest: Go on with the newest thread of this project.
        model: `PROVIDER/NAME`.
        base_url: Where the model server is.
        mode: The mode of the thread.
        depth: How much planning and reviewing the model does.
        approve: What may be applied without asking.
        interactive: Whether there is somebody to ask.
        window: Tokens of the window.
        planner: The planner's model, if it has one of its own.
        executor: The executor's model, if it has one of its own.
        reviewer: The reviewer's model, if it has one of its own.
        images: Files that the first request shows as pictures.
        found: The model that was found or picked at the start, where neither settings nor thread name one.
        found_at: Where that model's server answers, None at the usual address.
        sandbox: What commands may change.
        profile: The profile of settings that is in force.
        limits: What this run may use.
        resident: Whether the conversation goes on after a turn, so that what takes long is worth beginning behind it.
    """

    thread: str | None = None
    latest: bool = False
    model: str | None = None
    base_url: str | None = None
    mode: ModeName | None = None
    depth: Depth | None = None
    approve: ApprovalPolicy | None = None
    interactive: bool = False
    window: int | None = None
    planner: str | None = None
    executor: str | None = None
    reviewer: str | None = None
    images: tuple[str, ...] = ()
    found: str | None = None
    found_at: str | None = None
    sandbox: Access | None = None
    resident: bool = False
    profile: str | None = None
    limits: Limits = field(default_factory=Limits)


def parse_window(text: str) -> int:
    """Return the tokens of a window as people write it: `8k` is 8,192, `65536` is itself.

    Raises:
        ConfigError: If it is no such size, or one that no model works with.
    """
    found = _WINDOW.fullmatch(text.strip())
    tokens = int(found[1]) * (1024 if found[2] else 1) if found else 0
    if not SMALLEST_WINDOW <= tokens <= LARGEST_WINDOW:
        msg = f"`{text}` is no size of a window."
        hint = f"Write it as 4k, 8k, 16k, 32k or in tokens, {SMALLEST_WINDOW:,} to {LARGEST_WINDOW:,}."
        raise ConfigError(msg, hint=hint)
    return tokens
