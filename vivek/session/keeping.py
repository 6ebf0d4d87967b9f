"""Where what the embedded engine has read of threads outlives it, and how that goes; reaches no provider."""

from contextlib import suppress
from pathlib import Path

from vivek.config.folders import cache_folder


def kept_prompts_folder() -> Path:
    """Return the folder; it need not be there."""
    return cache_folder() / "prompts"


def forget_kept_prompts() -> None:
    """Delete all that is kept: a file says of its tokens not which thread they belong to.

    An engine that still runs keeps nothing of what it has read so far, only of what it is asked from now on.
    """
    with suppress(OSError):
        for file in kept_prompts_folder().iterdir():
            file.unlink()
