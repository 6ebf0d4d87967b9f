import pytest

from tests.analysis.validators.changes import doubts
from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.popular import look_alike

FACTS = ProjectFacts(
    files=frozenset({"till/__init__.py", "till/prices.py", "scripts/load.py"}),
    installed=frozenset({"rich", "yaml"}),
    locked=frozenset({"PyYAML", "scikit_learn", "httpx"}),
)


@pytest.mark.covers("V03")
@pytest.mark.parametrize(
    ("text", "level", "said"),
    [
        ("import reqeusts\n", "ask", "`reqeusts` is neither installed nor in a lock file; it looks like `requests`"),
        ("from made_up.parts import thing\n", "ask", "`made_up` is neither installed nor in a lock file"),
        ("try:\n    import made_up\nexcept ImportError:\n    made_up = None\n", "note", "`made_up` is not installed"),
    ],
)
def test_an_import_that_nobody_provides_is_told(text: str, level: str, said: str) -> None:
    [concern] = doubts("V03", "till/report.py", "", text, FACTS)

    assert concern.level == level
    assert concern.text.startswith(said)


@pytest.mark.covers("V03")
@pytest.mark.parametrize(
    "module", ["json", "rich.text", "till.prices", "load", "sklearn.svm", "yaml", "httpx", "__future__"]
)
def test_what_is_provided_is_no_concern(module: str) -> None:
    assert doubts("V03", "till/report.py", "", f"import {module}\n" if module != "__future__" else "", FACTS) == []


@pytest.mark.covers("V03")
def test_imports_that_were_there_and_unknown_environments_are_no_concern() -> None:
    assert doubts("V03", "a.py", "import made_up\n", "import made_up, json\n", FACTS) == []
    assert doubts("V03", "a.py", None, "import made_up\n", ProjectFacts()) == []


PYPROJECT = """\
[project]
name = "till"
keywords = ["money"]
dependencies = [
  "httpx>=0.28", # kept
  {}
]

[project.optional-dependencies]
dev = ["pytest>=9"{}]

[tool.poetry.group.dev.dependencies]
python = "^3.11"
{}
"""


def pyproject(listed: str = "", inline: str = "", table: str = "") -> str:
    return PYPROJECT.format(listed, inline, table)


@pytest.mark.covers("V04")
@pytest.mark.parametrize(
    ("path", "before", "after", "name"),
    [
        ("requirements.txt", "httpx\n", "httpx\nflask-login==1\n", "flask-login"),
        ("requirements/dev.txt", "", "# tools\n-r base.txt\nattrs[extra] >= 1\n", ""),
        ("dev-requirements.in", "", "attrs[extra] >= 1\n", "attrs"),
        ("pyproject.toml", pyproject(), pyproject(listed='"rich[all]>=14",'), "rich"),
        ("pyproject.toml", pyproject(), pyproject(inline=', "ruff"'), "ruff"),
        ("pyproject.toml", pyproject(), pyproject(table='black = "^24"'), "black"),
        ("package.json", "{}", '{"devDependencies": {\n  "left-pad": "1"}}', "left-pad"),
        ("Cargo.toml", "[dependencies]\n", "[dependencies]\nserde_jsn = '1'\n", "serde_jsn"),
        ("Cargo.toml", "", "[target.x.dependencies.tokio]\nversion = '1'\n", "tokio"),
        ("go.mod", "module a\n", "module a\nrequire (\n\tgithub.com/a/b v1.2.3\n)\n", "github.com/a/b"),
    ],
)
def test_a_new_dependency_asks(path: str, before: str, after: str, name: str) -> None:
    found = doubts("V04", path, before, after, FACTS)

    assert [concern.text.split("`")[1] for concern in found] == ([name] if name else [])
    assert all(concern.level == "ask" and concern.line for concern in found)


@pytest.mark.covers("V04")
@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("requirements.txt", "rich==13\n", "rich==14\n"),
        ("requirements.txt", "", "scikit-learn\n"),
        ("pyproject.toml", pyproject(), pyproject().replace('"money"', '"money", "shop"')),
        ("pyproject.toml", "", '[tool.poetry.dependencies]\npython = "^3.11"\n'),
        ("package.json", "{}", "{ broken"),
        ("package.json", "[]", '["dependencies"]'),
        ("notes.txt", "", "flask\n"),
        ("requirements.txt", "flask\n", None),
    ],
)
def test_known_packages_and_other_files_are_no_concern(path: str, before: str, after: str | None) -> None:
    assert doubts("V04", path, before, after, FACTS) == []


@pytest.mark.covers("V04")
def test_a_name_that_imitates_a_known_one_is_warned_of_even_when_locked() -> None:
    facts = ProjectFacts(locked=frozenset({"reqeusts"}))

    [new] = doubts("V04", "requirements.txt", "", "colorma\n", FACTS)
    [locked] = doubts("V04", "requirements.txt", "", "reqeusts\n", facts)

    assert new.text == "`colorma` is a new dependency; it looks like `colorama`"
    assert (locked.level, locked.text) == ("note", "`reqeusts`: it looks like `requests`")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("requests", ""),
        ("Requests", ""),
        ("numppy", "it looks like `numpy`"),
        ("typing_extension", "it looks like `typing-extensions`"),
        ("flaskrequests", "it is put together of `flask` and `requests`"),
        ("till", ""),
        ("torhc", "it looks like `torch`"),
    ],
)
def test_names_are_held_against_popular_ones(name: str, said: str) -> None:
    assert look_alike(name, "python") == said
