"""What a start may import: the first prompt must not wait for libraries that the first turn needs."""

import json
import os
import subprocess
import sys
from functools import cache

import pytest

HEAVY = {
    *("langgraph", "langchain_core", "langsmith", "httpx", "httpx2", "tiktoken", "pydantic", "xllamacpp", "numpy"),
    *("mlx", "mlx_lm", "transformers", "llguidance"),
}
TERMINAL = {"rich", "typer", "click", "prompt_toolkit"}

SHOW_MODULES = "print('modules', json.dumps(sorted(sys.modules)), file=sys.stderr)"
RUN_MAIN = f"""
import json, sys
from vivek.__main__ import main
sys.argv = ["vivek", *{{arguments}}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
finally:
    {SHOW_MODULES}
"""


@cache
def _modules(code: str) -> frozenset[str]:
    """Return the modules a fresh interpreter holds after some code, less those it always holds."""
    # Measuring coverage loads modules of its own.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    child = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert child.returncode == 0, child.stderr
    line = next(line for line in child.stderr.splitlines() if line.startswith("modules "))
    return frozenset(json.loads(line.removeprefix("modules ")))


def _packages(code: str) -> set[str]:
    """Return the top-level packages beyond the standard library and vivek that some code loads."""
    always = _modules(f"import json, sys; {SHOW_MODULES}")
    loaded = {name.partition(".")[0] for name in _modules(code) - always}
    return loaded - set(sys.stdlib_module_names) - {"vivek", "__main__"}


def test_version_loads_nothing_but_vivek() -> None:
    code = RUN_MAIN.format(arguments=["--version"])
    always = _modules(f"import json, sys; {SHOW_MODULES}")

    assert _packages(code) == set()
    assert _modules(code) - always <= {"vivek", "vivek.__main__", "vivek.version"}


def test_help_loads_no_library_of_a_turn() -> None:
    assert _packages(RUN_MAIN.format(arguments=["--help"])) & HEAVY == set()


def test_listing_threads_loads_no_library_of_a_turn() -> None:
    assert _packages(RUN_MAIN.format(arguments=["threads", "list"])) & HEAVY == set()


def test_a_review_without_a_model_loads_no_library_of_a_turn() -> None:
    line = ["review", "--no-model", "--files", "vivek/errors.py", "--format", "sarif"]

    assert _packages(RUN_MAIN.format(arguments=line)) & (HEAVY | {"prompt_toolkit"}) == set()


def test_asking_the_index_loads_no_library_of_a_turn() -> None:
    assert _packages(RUN_MAIN.format(arguments=["index", "map"])) & HEAVY == set()


@pytest.mark.parametrize(
    "module",
    [
        "vivek.session.place",
        "vivek.session.threads.index",
        "vivek.session.doors.apply",
        "vivek.session.doors.history",
        "vivek.session.doors.index",
        "vivek.session.doors.mentionable",
        "vivek.session.doors.run",
        "vivek.session.doors.undo",
    ],
)
def test_a_model_free_door_loads_no_library_of_a_turn(module: str) -> None:
    assert _packages(f"import json, sys, {module}; {SHOW_MODULES}") & (HEAVY | TERMINAL) == set()


@pytest.mark.parametrize("module", ["vivek.session.place", "vivek.session.threads.index"])
def test_a_start_needs_no_event_loop(module: str) -> None:
    assert "asyncio" not in _modules(f"import json, sys, {module}; {SHOW_MODULES}")


def test_the_probe_sees_what_is_loaded() -> None:
    assert "tiktoken" in _packages(f"import json, sys, tiktoken; {SHOW_MODULES}")
