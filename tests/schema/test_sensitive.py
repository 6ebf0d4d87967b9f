import pytest

from vivek.schema.concerns import Concern, Level
from vivek.schema.edits import FileChange
from vivek.schema.sensitive import DELETED, HIDDEN, LATER, RULES, sensitive_paths, why_sensitive


@pytest.mark.covers("T11", "T12", "T13", "G10")
@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("till/prices.py", ""),
        ("docs/guide.md", ""),
        ("package.py", ""),
        ("", ""),
        (".vivek/config.toml", RULES),
        (".VIVEK/Config.toml", RULES),
        ("./.vivek//config.toml", RULES),
        (".vive\uff4b/modes/x.md", RULES),
        ("AGENTS.md", RULES),
        ("sub/Agents.MD", RULES),
        ("vivek.md", RULES),
        ("tests/conftest.py", LATER),
        ("con\ufb01g/../conftest.py", LATER),
        ("Makefile", LATER),
        ("makefile.", LATER),
        ("scripts/run.SH", LATER),
        ("package.json", LATER),
        ("web/vite.config.ts", LATER),
        ("lib/site-packages/x.py", LATER),
        (".github/workflows/ci.yml", HIDDEN),
        (".husky/pre-push", HIDDEN),
        ("src/.env", HIDDEN),
    ],
)
def test_a_name_tells_what_is_sensitive_however_it_is_written(path: str, why: str) -> None:
    assert why_sensitive(path) == why


@pytest.mark.covers("P18")
@pytest.mark.parametrize(("level", "found"), [("ask", {"a.py": "odd"}), ("block", {"a.py": "odd"}), ("note", {})])
def test_a_doubt_that_asks_makes_its_file_sensitive(level: Level, found: dict[str, str]) -> None:
    change = FileChange("a.py", "modify", 1, 1, applied=False)

    assert (
        sensitive_paths([change], [Concern("V02", level, "a.py", "odd"), Concern("V02", "ask", "b.py", "no")]) == found
    )


@pytest.mark.covers("P18")
def test_deleted_files_are_sensitive_and_the_first_doubt_is_told() -> None:
    changes = [FileChange("a.py", "delete", 0, 1, applied=False), FileChange("b.py", "modify", 1, 1, applied=False)]
    doubts = [Concern("V02", "ask", "b.py", "first"), Concern("V03", "ask", "b.py", "second")]

    assert sensitive_paths(changes, doubts) == {"a.py": DELETED, "b.py": "first"}
