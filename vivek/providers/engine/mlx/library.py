"""The libraries that compute: looked for without an import, imported once, kept off the network, their errors told."""

import os
import platform
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from vivek.config.layers import keep_model_libraries_offline
from vivek.errors import ModelAPIError, ProviderUnavailableError, RequestInvalidError, VivekError

NEEDED = ("mlx", "mlx_lm", "llguidance")
_MEMORY = re.compile(r"memory|allocat|malloc", re.IGNORECASE)
_NO_ARCHITECTURE = re.compile(r"model type (\S+) not supported", re.IGNORECASE)
_DETAIL_LIMIT = 300
_METAL_FROM = 14  # the first macOS that the wheels are made for


class StoppedError(Exception):
    """Nobody waits for the result any more. Never leaves the worker thread."""


def missing_library() -> str:
    """Return the first library that is not installed, "" when all are there."""
    return next((name for name in NEEDED if find_spec(name) is None), "")


def install_hint(system: str, machine: str) -> str:
    """Return how to install what is missing on this kind of machine."""
    if (system, machine) == ("Darwin", "arm64"):
        return f'Install it with `pip install "vivek[mlx]"`; it needs macOS {_METAL_FROM} or later.'
    if system == "Linux":
        return 'MLX is made for Apple silicon. `pip install "mlx-lm[cpu]" llguidance` runs it here, slowly.'
    return "MLX is made for Apple silicon: choose another model."


def computes_with(system: str, machine: str, version: str) -> str:
    """Return in a few words what will compute here; loads nothing.

    Args:
        system: Name of the operating system, as `platform.system()` gives it.
        machine: Kind of processor.
        version: Version of macOS, "" elsewhere.
    """
    major = version.partition(".")[0]
    if (system, machine) == ("Darwin", "arm64") and major.isdigit() and int(major) >= _METAL_FROM:
        return "on the GPU"
    return "on the processor alone, which is slow"


def load_libraries() -> None:
    """Import what computes; takes 1 to 5 seconds the first time.

    Raises:
        ProviderUnavailableError: If it is not installed or does not run here.
    """
    missing = missing_library()
    if missing:
        msg = f"MLX cannot run: {missing} is not installed."
        raise ProviderUnavailableError(msg, hint=install_hint(platform.system(), platform.machine()))
    keep_model_libraries_offline()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        import llguidance  # noqa: F401  # both are needed later on; what fails is to fail now
        import mlx_lm  # noqa: F401
    except (ImportError, OSError, ValueError, RuntimeError) as error:
        msg = f"MLX cannot be loaded: {_detail(error)}"
        raise ProviderUnavailableError(msg, hint=install_hint(platform.system(), platform.machine())) from error
    finally:
        _raise_file_limit(before)


def physical_memory() -> int:
    """Return the bytes of memory this machine has."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def told_as_ours(doing: str, hint: str, kind: type[ModelAPIError] = RequestInvalidError) -> Iterator[None]:
    """Turn whatever the libraries raise into an error of ours; they raise everything, bare `Exception` included.

    Args:
        doing: What failed, such as `qwen cannot be loaded`.
        hint: What to do about it.
        kind: What to raise.

    Raises:
        ProviderUnavailableError: If the memory does not suffice.
        ModelAPIError: If it is anything else; of the `kind` given.
    """
    try:
        yield
    except (VivekError, StoppedError):
        raise
    except MemoryError as error:
        raise out_of_memory(doing) from error
    except Exception as error:
        if isinstance(error, RuntimeError) and _MEMORY.search(str(error)):
            raise out_of_memory(doing, _detail(error)) from error
        unknown = _NO_ARCHITECTURE.search(str(error))
        if unknown:
            msg = f"{doing}: this mlx-lm does not know the architecture {unknown[1]}."
            raise RequestInvalidError(msg, hint="Update mlx-lm, or choose another model.") from error
        raise kind(f"{doing}: {_detail(error)}", hint=hint) from error


def out_of_memory(doing: str, detail: str = "") -> ModelAPIError:
    """Return the error for a lack of memory."""
    said = f" ({detail.rstrip('.')})" if detail else ""
    hint = "Close other programs, or use a smaller model or window."
    return ProviderUnavailableError(f"{doing}: there is not enough memory{said}.", hint=hint)


def _raise_file_limit(before: tuple[int, int]) -> None:
    """Take back what mlx-lm does to the limit of open files when it is imported, as far as the system lets us."""
    _, hard = now = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = before[0] if hard == resource.RLIM_INFINITY else min(before[0], hard)
    for wanted in (before, (max(soft, now[0]), hard)):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, wanted)
        except (OSError, ValueError):
            continue
        return


def _detail(error: BaseException) -> str:
    """Return the first line of what an error says, its kind where it says nothing."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}"[:_DETAIL_LIMIT] if lines else type(error).__name__
