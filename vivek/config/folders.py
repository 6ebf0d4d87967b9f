"""Where vivek keeps what belongs to the user and to no project; makes no folder."""

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
