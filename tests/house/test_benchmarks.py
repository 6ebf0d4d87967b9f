"""The benchmarks' own arithmetic: a wrong figure is worse than none."""

import os
import sys
import urllib.request
from pathlib import Path

import pytest

from benchmarks.engines import advice
from benchmarks.growth import compared
from benchmarks.install_size import without_hashes
from benchmarks.measure import BARE, Result, clean_environment, cpu_of, in_turns, render
from benchmarks.project import make_project, prose
from benchmarks.server import model_server

BURN = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\n"


def test_cpu_counts_the_process_and_its_children(tmp_path: Path) -> None:
    inside = BURN.format(seconds=0.2)
    both = f"import subprocess, sys\n{inside}subprocess.run([sys.executable, '-c', {inside!r}], check=True)"

    assert cpu_of([sys.executable, "-c", both], environment=os.environ, folder=tmp_path) > 0.4


def test_cpu_stops_counting_at_the_moment_asked_for(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = f"open({str(ready)!r}, 'w').close()\n{BURN.format(seconds=30)}"

    def until_ready(_pid: int) -> None:
        while not ready.exists():
            pass

    assert cpu_of([sys.executable, "-c", code], environment=os.environ, folder=tmp_path, until=until_ready) < 10


def test_a_process_that_fails_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such luck"):
        cpu_of([sys.executable, "-c", "raise SystemExit('no such luck')"], environment=os.environ, folder=tmp_path)


def test_cases_take_turns_and_the_first_round_does_not_count() -> None:
    order: list[str] = []
    values = iter([100.0, 1.0, 2.0, 9.0])

    def first() -> float:
        order.append("first")
        return next(values)

    def second() -> float:
        order.append("second")
        return 5.0

    assert in_turns({"first": first, "second": second}, rounds=3) == {"first": 2.0, "second": 5.0}
    assert order == ["first", "second"] * 4


def test_a_broken_limit_is_said() -> None:
    results = [Result("start", 3.0, "x", 2.0), Result("stop", 1.0, "x", 2.0, "well"), Result("bare", 8.0, "ms")]

    shown = render("Speed", results, {"python": "3.11"}, [("rich", 33.25)])

    assert "| start | 3 x | 2 x | **too much** |" in shown
    assert "| stop | 1 x | 2 x | holds |" in shown
    assert "| bare | 8 ms |  |  |" in shown
    assert "| rich | 33.2 |" in shown
    assert [result.holds for result in results] == [False, True, True]


def test_last_turns_are_compared_with_early_turns() -> None:
    assert compared("CPU", [9.0] * 100 + [1.0] * 100 + [7.0] * 700 + [3.0] * 100, 1.5).value == 3.0


def test_pins_without_hashes_keep_their_markers() -> None:
    pins = "a==1 \\\n    --hash=sha256:00\nb==2 ; sys_platform == 'win32' \\\n    --hash=sha256:11\n"

    assert without_hashes(pins).splitlines() == ["a==1 ", "b==2 ; sys_platform == 'win32' "]


def test_the_project_has_the_size_asked_for(tmp_path: Path) -> None:
    root = make_project(tmp_path / "p", 31)

    assert len(list(root.rglob("*.py"))) == 31
    assert len(prose(1800, 4)) == 1800
    assert prose(100, 4) == prose(100, 4) != prose(100, 5)


def test_the_environment_is_that_of_a_newborn_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")

    with clean_environment() as environment:
        assert "OPENAI_API_KEY" not in environment
        assert environment["HOME"] != os.environ["HOME"]
        assert cpu_of(BARE, environment=environment, folder=tmp_path) > 0


def test_the_server_tells_of_requests_and_ends_its_streams() -> None:
    with model_server(lambda text: f"You said {text}.\n") as server:
        body = b'{"messages": [{"role": "user", "content": "hello"}]}'
        request = urllib.request.Request(f"{server.url}/chat/completions", data=body)
        with urllib.request.urlopen(request, timeout=20) as answer:
            said = answer.read()

        server.wait_for("/chat/completions")
        with pytest.raises(TimeoutError, match="chat/completions"):
            server.wait_for("/models", timeout=0.01)
    assert b"You said hello." in said
    assert said.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize(
    ("ratio", "told"), [(0.87, "not recommended"), (1.2, "not recommended"), (1.21, "recommended")]
)
def test_mlx_is_recommended_only_where_it_is_a_fifth_faster(ratio: float, told: str) -> None:
    assert advice(ratio) == f"MLX is {told} on this machine"
