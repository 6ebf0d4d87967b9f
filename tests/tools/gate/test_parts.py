"""The tables behind the gate: options, wrappers, places and the project's own commands."""

import pytest

from tests.tools.gate.judging import ROOT, said
from vivek.tools.gate.flags import paths_of, usage
from vivek.tools.gate.parts import KINDS, Part, Setting, look_at, worst_of
from vivek.tools.gate.places import is_outside, names_secret
from vivek.tools.gate.projects import is_project_command, memory_of
from vivek.tools.gate.reading import GIT, READING
from vivek.tools.gate.wrappers import unwrap

TOOL = usage("-ab -n= -e= --all --size= --color --color=", counts=True, patterns=1, most=3)


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        *(("x y z", ("y", "z")), ("x", ()), ("", ()), ("-ab x y", ("y",)), ("-abn5 x y", ("y",)), ("-n 5 x y", ("y",))),
        *(("--all x y", ("y",)), ("--size=3 x y", ("y",)), ("--size 3 x y", ("y",)), ("-5 x y", ("y",))),
        *(("--color x y", ("y",)), ("--color=auto x y", ("y",)), ("x -- -y", ("-y",)), ("x - y", ("-", "y"))),
        *(("-e x y", ("y",)), ("-ae x y", ("y",)), ("-ex y", ("y",)), ("x -b y", ("y",))),
    ],
)
def test_the_paths_among_the_words_are_found(words: str, paths: tuple[str, ...]) -> None:
    assert paths_of(words.split(), TOOL) == paths


@pytest.mark.parametrize(
    "words", ["-c", "-ac", "--al", "--all=x", "--siz=3", "--other", "-n", "--size", "a b c d", "-5x", "-an", "--", "-ß"]
)
def test_an_option_that_is_not_listed_does_not_fit(words: str) -> None:
    fits = paths_of(words.split(), TOOL)

    assert fits == (() if words == "--" else None)


def test_the_tables_hold_no_option_that_runs_or_writes() -> None:
    never = {
        "rg": ["--pre", "-z", "--search-zip", "--hostname-bin"],
        "sort": ["-o", "--output", "--compress-program", "-T", "-S"],
        "tree": ["-o", "-R", "-H"],
        "date": ["-s", "--set", "-f"],
        "file": ["-C", "-m", "-z", "-Z"],
        "grep": ["-f", "--file", "-O"],
    }
    for name, options in never.items():
        for option in options:
            assert option not in READING[name].bare | READING[name].valued, (name, option)
    for name, allowed in GIT.items():
        for option in ("--output", "--ext-diff", "--textconv", "-O", "--open-files-in-pager", "--exec", "--no-index"):
            assert option not in allowed.bare | allowed.valued, (name, option)


@pytest.mark.parametrize(
    ("command", "inner", "transparent"),
    [
        *(("time ls", "ls", True), ("time -p ls", "ls", True), ("time -o f ls", "ls", False), ("nohup ls", "ls", True)),
        *(
            ("timeout 5 ls -l", "ls -l", True),
            ("timeout -k 1 5 ls", "ls", True),
            ("timeout --foreground 5 ls", "ls", False),
        ),
        *(
            ("env ls", "ls", False),
            ("env A=1 B=2 ls", "ls", False),
            ("env -u A ls", "ls", False),
            ("nice ls", "ls", True),
        ),
        *(("sudo -u x A=1 ls", "ls", False), ("xargs -n 1 ls", "ls", False), ("nice -n 5 -- ls", "ls", True)),
        *(("command -v ls", "which ls", True), ("command ls", "ls", True), ("watch -n 1 ls", "ls", False)),
        *(
            ("env", "", False),
            ("timeout 5", "", False),
            ("stdbuf -o L ls", "ls", True),
            ("stdbuf --output=L ls", "ls", False),
        ),
    ],
)
def test_what_a_wrapper_runs_is_found(command: str, inner: str, transparent: bool) -> None:
    wrapped = unwrap(command.split())

    assert wrapped is not None
    assert wrapped.inner == tuple(inner.split())
    assert wrapped.transparent is transparent


@pytest.mark.parametrize(
    ("words", "script", "transparent"),
    [
        (["bash", "-c", "ls"], "ls", True),
        (["bash", "-lc", "ls"], "ls", False),
        (["bash", "-e", "-c", "ls"], "ls", False),
        (["sh", "-c", "ls $1", "sh", "rm"], "ls $1", False),
        (["sh", "-c"], "", False),
        (["sh", "x.sh"], None, False),
        (["bash", "--norc"], None, False),
        (["eval", "ls", "x"], "ls x", False),
        (["source", "x"], None, False),
    ],
)
def test_what_a_shell_runs_is_found(words: list[str], script: str | None, transparent: bool) -> None:
    wrapped = unwrap(words)

    assert wrapped is not None
    assert (wrapped.inner, wrapped.script, wrapped.transparent) == (None, script, transparent)


def test_shells_within_shells_are_judged_three_deep() -> None:
    assert said(["sh", "-c", "sh -c 'sh -c ls'"]).verdict == "allow"
    assert said(["sh", "-c", "sh -c 'sh -c \"sh -c ls\"'"]).rule == "wrapper:sh"
    assert unwrap(["ls"]) is None


@pytest.mark.parametrize(
    ("word", "outside"),
    [
        *(("a/b", False), ("/work/app", False), ("/work/app/a", False), ("/work/app2", True), ("/work", True)),
        *(
            ("/work/app/../x", True),
            ("..", True),
            ("../a", True),
            ("a/../b", False),
            ("a/../../b", True),
            ("a..b", False),
        ),
        *(("--out=/etc/x", True), ("--out=a", False), ("-o/etc/x", True), ("-I../x", True), ("of=/etc/x", True)),
        *(("/dev/null", False), ("/dev/sda", True), ("/tmp/x", False), ("/usr/include/x", False), ("/usr/bin/x", True)),
        *(("~/x", True), ("x~", False), ("", False), ("-", False), ("--", False), ("main..dev", False)),
    ],
)
def test_a_place_is_outside_when_it_leaves_the_folder(word: str, outside: bool) -> None:
    assert is_outside(word, ROOT) is outside


def test_without_a_folder_every_absolute_path_is_outside() -> None:
    assert is_outside("/work/app/a", "")
    assert not is_outside("a", "")


@pytest.mark.parametrize(
    ("command", "own"),
    [
        *(("pytest", True), ("python -m pytest", True), ("python -mpip x", False), ("python -m pip", False)),
        *(("python -c 1", True), ("python -W x -m ensurepip", False), ("python a.py -m pip", True), ("npm test", True)),
        *(("python", True), ("python -W x", True), ("python -I -B", True), ("python - -m pip", True)),
        *(
            ("npm install", False),
            ("npm", False),
            ("cargo test", True),
            ("cargo install x", False),
            ("uv run pytest", True),
        ),
        *(("uv run", False), ("uv run curl", False), ("uv pip install", False), ("go", False), ("frobnicate", False)),
    ],
)
def test_a_command_of_the_project_is_known(command: str, own: bool) -> None:
    assert is_project_command(command.split()) is own


def test_memory_is_as_wide_as_program_and_subcommand_at_most() -> None:
    for command, key in [
        *(("git commit -m x", "git commit"), ("git -C x commit", "git -C x commit"), ("pytest -x", "pytest")),
        *(
            ("python a.py", "python a.py"),
            ("make all", "make all"),
            ("./gradlew test", "./gradlew test"),
            ("git", "git"),
        ),
    ]:
        assert memory_of(command.split(), command) == key


@pytest.mark.parametrize(
    "folder", ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/opt/homebrew/bin", "/home/tess/bin"]
)
def test_a_program_is_what_its_name_says_in_a_folder_of_the_system(folder: str) -> None:
    part = look_at(["cat", "a"], Setting(ROOT, lambda name: f"{folder}/{name}"))

    assert (part.kind, part.needs_trust) == (("project", True) if "tess" in folder else ("reads", False))


@pytest.mark.parametrize("command", ["cd src", "echo", "exit", "false", "printf x", "pwd", "test -f a", "true", ":"])
def test_what_a_shell_does_itself_needs_no_program(command: str) -> None:
    nowhere = Setting(ROOT, lambda _: None)

    assert look_at(command.split(), nowhere).kind == "reads"
    assert look_at(["cat", "a"], nowhere).needs_trust


@pytest.mark.parametrize("name", ["sudo", "doas", "su"])
def test_what_runs_as_another_user_is_asked_for_each_time(name: str) -> None:
    judged = said([name, "ls"])

    assert (judged.verdict, judged.rule, judged.destructive, judged.remember) == ("ask", f"wrapper:{name}", True, "")


def test_the_worst_part_decides() -> None:
    parts = [Part(kind, kind, "It does.") for kind in KINDS]

    assert KINDS == ("catastrophe", "destructive", "network", "outside", "unknown", "project", "reads")
    for place, part in enumerate(parts):
        assert worst_of(parts[place:]) is part
        assert worst_of(parts[place:][::-1]) is part


def test_always_is_offered_for_what_can_be_shown_whole() -> None:
    longest = "frobnicate " + "x" * 289

    assert said(longest).remember == longest
    assert said(longest + "x").remember == ""


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("xargs curl x", "network"),
        ("xargs rm x", "destructive"),
        ("env cat /etc/x", "outside"),
        ("env ls", "wrapper:env"),
    ],
)
def test_what_is_bad_inside_a_wrapper_is_said_of_the_whole(command: str, rule: str) -> None:
    assert said(command).rule == rule


@pytest.mark.parametrize("program", ["./cd", "bin/cd", "/elsewhere/cd"])
def test_a_file_called_cd_does_not_change_the_folder(program: str) -> None:
    judged = said([program, "src"])

    assert (judged.verdict, judged.rule) == ("ask", "program" if program.startswith("/") else "not-listed")


def test_secrets_are_known_by_the_name_behind_a_revision() -> None:
    for name in (".env", "id_rsa", "keys/id_rsa", ".netrc", "server.pem"):
        assert names_secret(name), name
        assert names_secret(f"HEAD~1:{name}"), name
    assert not names_secret("HEAD:README.md")
