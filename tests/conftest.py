"""Guards and fixtures of every test: loopback only, no real home, no keys, a real repository, golden files."""

import itertools
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.guards import sitecustomize as network_guard
from tests.guards.golden import compare as compare_golden

# Started in the background of a shell, the tests would hand an ignored Ctrl-C on to every child.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

GUARDS = Path(__file__).parent / "guards"

# What the shell of whoever runs the tests must not decide; a star stands for the rest of the name.
FORGOTTEN = (
    *(
        "VIVEK_*",
        "LANGSMITH_*",
        "LANGCHAIN_*",
        "LANGGRAPH_*",
        "OLLAMA_*",
        "OPENAI_*",
        "ANTHROPIC_*",
        "HF_*",
        "TIKTOKEN_*",
    ),
    *("*_API_KEY", "*_PROXY", "*_proxy", "XDG_*", "GIT_*", "EDITOR", "VISUAL", "PAGER"),
    *("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PY_COLORS", "CLICOLOR*", "GITHUB_ACTIONS"),
)
# What a live test gets back.
LIVE = ("OLLAMA_HOST", "*_API_KEY")

HERMETIC = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Tess Ter",
    "GIT_AUTHOR_EMAIL": "tess@example.org",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
    "GIT_COMMITTER_NAME": "Tess Ter",
    "GIT_COMMITTER_EMAIL": "tess@example.org",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
}

PRICES = '''"""Prices in cents."""


def discount(price: int, percent: int) -> int:
    """Take a percentage off a price."""
    return price - price * percent // 100
'''
REPORT = '''"""What was sold."""

from till.prices import discount


def total(prices: list[int], percent: int = 0) -> int:
    """Add up prices after their discount."""
    return sum(discount(price, percent) for price in prices)
'''
SOURCES = {
    "README.md": "# Till\n\nAdds up what a shop sold.\n",
    "till/__init__.py": '"""A small shop till."""\n',
    "till/prices.py": PRICES,
    "till/report.py": REPORT,
}

# Where vivek is a process of its own, or is not run at all: measuring coverage there takes twice the time for lines
# that other tests meet anyway.
UNMEASURED_FOLDERS = frozenset({"end_to_end", "engine", "hostile", "house", "stored"})
UNMEASURED_MARKS = ("engine", "kill", "pty")

_outside: dict[str, str] = {}
_base: list[Path] = []
_numbers = itertools.count()


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    for pattern in patterns:
        start, star, end = pattern.partition("*")
        if name == pattern or (star and name.startswith(start) and name.endswith(end)):
            return True
    return False


def _new_home() -> dict[str, str]:
    """Make an empty home folder and return the variables that lead to it."""
    home = _base[0] / f"home-{next(_numbers)}"
    home.mkdir(mode=0o700)
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "VIVEK_STATE_DIR": str(home / "vivek"),
    }


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`."""
    parser.addoption("--update-golden", action="store_true", help="write what the tests see into their golden files")


def pytest_configure(config: pytest.Config) -> None:
    """Leave the real home, keys and settings before a test imports anything of vivek."""
    _outside.update({name: value for name, value in os.environ.items() if _fits(name, LIVE)})
    for name in [name for name in os.environ if _fits(name, FORGOTTEN)]:
        del os.environ[name]
    _base.append(Path(tempfile.mkdtemp(prefix="vivek-tests-")).resolve())
    config.add_cleanup(lambda: shutil.rmtree(_base[0], ignore_errors=True))
    search = [str(GUARDS), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    python_path = os.pathsep.join(path for path in dict.fromkeys(search) if path)
    os.environ.update(HERMETIC | _new_home() | {"PYTHONPATH": python_path})
    time.tzset()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run without coverage."""
    for item in items:
        folder = item.path.relative_to(GUARDS.parent).parts[0]
        if folder in UNMEASURED_FOLDERS or any(map(item.get_closest_marker, UNMEASURED_MARKS)):
            item.add_marker("unmeasured")


def _server() -> tuple[str, int]:
    """Return host and port of OLLAMA_HOST, which may leave out scheme and port."""
    said = _outside["OLLAMA_HOST"]
    parts = urlsplit(said if "//" in said else f"//{said}")
    return parts.hostname or "127.0.0.1", parts.port or 11434


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a live test, with its reason, where no server answers."""
    if item.get_closest_marker("live") is None:
        return
    if "OLLAMA_HOST" not in _outside:
        pytest.skip("live: OLLAMA_HOST is not set")
    os.environ[network_guard.VARIABLE] = _server()[0]
    try:
        socket.create_connection(_server(), timeout=1).close()
    except OSError as error:
        pytest.skip(f"live: no server answers at OLLAMA_HOST: {error}")
    finally:
        del os.environ[network_guard.VARIABLE]


@pytest.fixture(autouse=True)
def _own_home(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test an empty home; live tests get their server and keys back."""
    variables = _new_home()
    if request.node.get_closest_marker("live") is not None:
        variables |= _outside | {network_guard.VARIABLE: _server()[0]}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    yield
    kept = HERMETIC | variables
    for name in [name for name in os.environ if _fits(name, FORGOTTEN) and name not in kept]:
        del os.environ[name]  # what the program itself set
    if (breaker := sys.modules.get("vivek.providers.breaker")) is not None:
        breaker.BREAKERS.forget()  # what one test did to an address, the next must not feel
    if (catalog := sys.modules.get("vivek.providers.catalog")) is not None:
        catalog.MODEL_LISTS.invalidate()
    log = logging.getLogger("vivek")
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()


@pytest.fixture
def _nothing_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sure that vivek finds no model server here; skip, and say so, where one runs."""
    if "OLLAMA_HOST" not in os.environ:
        monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    for port in (1234, 8080):
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                pytest.skip(f"something listens on port {port}, where vivek looks for model servers")


@pytest.fixture
def home() -> Path:
    """Return the home folder of this test."""
    return Path(os.environ["HOME"])


@pytest.fixture(scope="session")
def _repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    for name, text in SOURCES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in (["init", "-q", "-b", "main", "--template="], ["add", "-A"], ["commit", "-q", "-m", "Add a till"]):
        subprocess.run(["git", *command], cwd=root, check=True, timeout=60)
    return root


@pytest.fixture
def workspace(_repository: Path, tmp_path: Path) -> Path:
    """Return the root of a git repository of its own: three small Python files, a README, one commit."""
    return shutil.copytree(_repository, tmp_path / "workspace", symlinks=True)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with `golden/<name>` beside the test; `--update-golden` writes it instead."""

    def compare(name: str, text: str) -> None:
        path = request.path.parent / "golden" / name
        compare_golden(path, text, update=request.config.getoption("--update-golden"))

    return compare
