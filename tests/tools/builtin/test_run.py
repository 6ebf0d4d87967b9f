import signal

import pytest

from tests.tools.desks import MemoryDesk, tokens
from vivek.errors import ToolDeniedError, WorkspaceError
from vivek.schema.commands import Ran
from vivek.tools.builtin import more, run, script
from vivek.tools.limits import body_room


async def test_a_command_runs_as_it_was_judged_and_its_output_is_data() -> None:
    found = MemoryDesk(results=[Ran(1, b"\x1b[31mone failed\x1b[0m\r\n")])

    result = await run.run({"command": " `pytest -q` "}, found.desk())

    assert found.ran == ["pytest -q"]
    assert (result.ok, result.text, result.command) == (True, "one failed", "pytest -q")
    assert result.label == "`pytest -q` ended with exit code 1. Its output:"
    assert result.told == "ran pytest -q: ended with exit code 1"


@pytest.mark.parametrize(
    ("ran", "how"),
    [
        (Ran(0, b""), "ended with exit code 0"),
        (Ran(127, b""), "ended with exit code 127, which means that it was not found"),
        (Ran(126, b""), "ended with exit code 126, which means that it cannot be run"),
        (Ran(-signal.SIGSEGV, b""), "was ended by the signal SIGSEGV"),
        (Ran(137, b""), "was ended by the signal SIGKILL"),
        (Ran(200, b""), "ended with exit code 200"),
        (Ran(-9, b"", seconds=30.2, timed_out=True), "took longer than 30 seconds and was ended"),
    ],
)
@pytest.mark.covers("F-G01", "F-G06")
async def test_how_a_command_ended_is_told(ran: Ran, how: str) -> None:
    result = await run.run({"command": "x"}, MemoryDesk(results=[ran]).desk())

    assert result.told == f"ran x: {how}"
    assert result.text == "(no output)"


async def test_long_output_is_cut_to_its_room() -> None:
    output = b"".join(b"line %d of the output\n" % number for number in range(10_000))
    found = MemoryDesk(results=[Ran(0, output)], room=200)

    result = await run.run({"command": "make"}, found.desk())

    assert tokens(result.text) <= body_room(found.desk())
    assert result.text.startswith("line 0 of the output\n")
    assert result.text.endswith("line 9999 of the output")


@pytest.mark.parametrize("error", [ToolDeniedError("the user said no."), WorkspaceError("there is no sandbox.")])
async def test_a_command_that_may_not_run_is_told_not_raised(error: Exception) -> None:
    result = await run.run({"command": "rm -rf ."}, MemoryDesk(results=[error]).desk())

    assert (result.ok, result.text) == (False, f"`rm -rf .` was not run: {error}")


async def test_an_empty_command_is_none() -> None:
    found = MemoryDesk()

    assert not (await run.run({"command": " "}, found.desk())).ok
    assert found.ran == []


async def test_a_script_runs_on_the_projects_python_and_leaves_no_file() -> None:
    found = MemoryDesk(results=[Ran(0, b"2\n")])

    result = await script.run({"code": "print(1 + 1)"}, found.desk())

    assert found.ran == [(".venv/bin/python", "-c", "print(1 + 1)")]
    assert (result.text, result.told, result.edits) == ("2", "ran a script: ended with exit code 0", {})


async def test_the_rest_of_a_result_is_read_part_by_part() -> None:
    text = "".join(f"line {number}\n" for number in range(200))
    found = MemoryDesk(room=200, kept=[text])
    parts: list[str] = []
    handle = "1"
    while handle:
        result = await more.run({"handle": handle}, found.desk())
        parts.append(result.text)
        handle = result.note.rpartition(": ")[2].strip("`.")

    assert "".join(parts) == text
    assert len(parts) > 2


async def test_a_handle_that_holds_nothing_is_told() -> None:
    result = await more.run({"handle": "`9`"}, MemoryDesk().desk())

    assert (result.ok, result.text) == (False, "Nothing is kept as `9`.")
