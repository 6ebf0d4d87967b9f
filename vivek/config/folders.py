"""Where vivek keeps what belongs to the user and to no project; makes no folder."""

import os
from pathlib import Path

from vivek.config.layers import environment
from vivek.errors import ConfigError

_NAME = "vivek"


def home_folder() -> Path:
    """Return the home folder of the user.

    Raises:
        ConfigError: If nobody knows where it is.
    """
    try:
        home = Path.home()
    except RuntimeError as error:
        msg = "Your home folder is not known."
        raise ConfigError(msg, hint="Set the variable HOME.") from error
    return _absolute(str(home), "HOME")


def state_folder() -> Path:
    """Return the folder of threads, trust and logs: `VIVEK_STATE_DIR`, else where the platform keeps state.

    Raises:
        ConfigError: If it cannot be told.
    """
    import platformdirs

    return _chosen("VIVEK_STATE_DIR") or _absolute(
        platformdirs.user_state_dir(_NAME, appauthor=False), "VIVEK_STATE_DIR"
    )


def config_folder() -> Path:
    """Return the folder of the user's settings: `VIVEK_CONFIG_DIR`, else where the platform keeps settings.

    Raises:
        ConfigError: If it cannot be told.
    """
    import platformdirs

    return _chosen("VIVEK_CONFIG_DIR") or _absolute(
        platformdirs.user_config_dir(_NAME, appauthor=False), "VIVEK_CONFIG_DIR"
    )


def cache_folder() -> Path:
    """Return the folder of what can be made again: `VIVEK_CACHE_DIR`, else where the platform keeps caches.

    Raises:
        ConfigError: If it cannot be told.
    """
    import platformdirs

    return _chosen("VIVEK_CACHE_DIR") or _absolute(
        platformdirs.user_cache_dir(_NAME, appauthor=False), "VIVEK_CACHE_DIR"
    )


def out_of_reach(folder: Path) -> Path | None:
    """Return what keeps a folder from being written or made: itself or the nearest one above it; None for nothing."""
    # Not `Path.exists`, which raises where a folder may not be looked into.
    there = next((each for each in (folder, *folder.parents) if os.path.exists(each)), folder)  # noqa: PTH110
    return None if there.is_dir() and os.access(there, os.W_OK | os.X_OK) else there


def _chosen(variable: str) -> Path | None:
    value = environment(variable)
    return _absolute(value, variable) if value else None


def _absolute(value: str, variable: str) -> Path:
    """Return a folder that does not depend on where vivek was started."""
    path = Path(value)
    if not path.is_absolute():
        msg = f"`{value}` is no absolute path."
        raise ConfigError(msg, hint=f"Set {variable} to an absolute path.")
    return path
