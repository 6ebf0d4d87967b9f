"""Commands that only read: every one of them, and where what they may hold ends."""

from string import ascii_letters

import pytest

from tests.tools.gate.judging import said
from tests.tools.gate.test_tables import words
from vivek.tools.gate.reading import git_paths, is_quiet_git, read_paths

# What a command reads of `a b c d`; None when it may not hold as many words.
ALL = ("a", "b", "c", "d")
OPERANDS: dict[str, tuple[str, ...] | None] = {
    **dict.fromkeys(words("cat cmp column comm cut df diff dirname du file head hexdump ls md5sum nl od paste"), ALL),
    **dict.fromkeys(words("readlink realpath sha1sum sha256sum sort stat strings tac tail test tree wc find"), ALL),
    **dict.fromkeys(words(": echo expr false printf true which"), ()),
    **dict.fromkeys(words("grep egrep fgrep rg jq"), ("b", "c", "d")),
    "basename": ("c", "d"),
    **dict.fromkeys(words("date exit id pwd seq sleep tr uname uniq whoami sed"), None),
}
GIT_OPERANDS: dict[str, tuple[str, ...] | None] = {
    **dict.fromkeys(words("blame diff log ls-files ls-tree rev-list shortlog show status"), ALL),
    **dict.fromkeys(words("describe merge-base name-rev rev-parse"), ()),
    "grep": ("b", "c", "d"),
    **dict.fromkeys(words("branch cat-file count-objects reflog remote tag config"), None),
}


@pytest.mark.parametrize("name", OPERANDS)
def test_the_paths_of_every_command_that_only_reads_are_told(name: str) -> None:
    assert read_paths([name, *ALL]) == OPERANDS[name]


@pytest.mark.parametrize("name", GIT_OPERANDS)
def test_the_paths_of_every_git_command_that_only_reads_are_told(name: str) -> None:
    assert git_paths(["git", name, *ALL]) == GIT_OPERANDS[name]
    assert git_paths(["git", "--no-pager", name, *ALL]) == GIT_OPERANDS[name]


@pytest.mark.parametrize(
    ("most", "names"),
    [
        (0, "date id pwd uname whoami"),
        (0, "git-branch git-count-objects git-reflog git-remote git-tag"),
        *((1, "exit sleep uniq"), (2, "tr git-cat-file"), (3, "seq")),
    ],
)
def test_a_command_that_may_hold_few_words_holds_no_more(most: int, names: str) -> None:
    for name in words(names):
        look = git_paths if name.startswith("git-") else read_paths
        argv = ["git", name.removeprefix("git-")] if name.startswith("git-") else [name]
        assert look([*argv, *ALL[:most]]) is not None, name
        assert look([*argv, *ALL[: most + 1]]) is None, name


@pytest.mark.parametrize(
    "command",
    ["head -5 a", "tail -5 a", "grep -5 x a", "git log -5", "git grep -5 x a", "git reflog -5", "git rev-list -5"],
)
def test_a_count_is_an_option_where_the_program_takes_it_so(command: str) -> None:
    assert said(command).verdict == "allow"
    assert said("cat -5 a").rule == "not-listed"


@pytest.mark.parametrize("name", words(": exit expr false printf sleep true whoami"))
def test_a_command_without_options_takes_none(name: str) -> None:
    for letter in ascii_letters:
        assert read_paths([name, f"-{letter}"]) is None


@pytest.mark.parametrize(
    "test",
    words(
        "-name -iname -path -ipath -wholename -regex -iregex -type -maxdepth -mindepth -size -mtime -mmin -atime -amin "
        "-ctime -cmin -newer -perm -user -group -links"
    ),
)
def test_a_test_of_find_takes_a_value_that_is_no_folder(test: str) -> None:
    assert read_paths(["find", "src", test, "value", "-print"]) == ("src",)
    assert read_paths(["find", "src", test]) is None


@pytest.mark.parametrize(
    "word",
    words(
        "-empty -print -print0 -prune -depth -ls -readable -writable -executable -true -not ! ( ) -a -and -o -or "
        "-mount -xdev -false -quit"
    ),
)
def test_a_word_of_find_stands_alone(word: str) -> None:
    assert read_paths(["find", "src", word, "lib"]) == ("src", "lib")
    assert read_paths(["find", "src", f"{word}x", "-fprint"]) is None


@pytest.mark.parametrize(
    ("rest", "paths"),
    [
        *(("-n 1p a b", ("a", "b")), ("-n 1,5p a", ("a",)), ("-n 1,$p a", ("a",)), ("-n $p", ()), ("-n 12p", ())),
        *(("1p a", None), ("-n", None), ("-n p a", None), ("-n 1w a", None), ("-n 1p -i a", None), ("-n 1,5d a", None)),
    ],
)
def test_sed_prints_lines_by_their_numbers_and_no_more(rest: str, paths: tuple[str, ...] | None) -> None:
    assert read_paths(["sed", *rest.split()]) == paths


@pytest.mark.parametrize(
    ("rest", "paths"),
    [
        *(("config --get x", ()), ("config --get-all x", ()), ("config --list", ()), ("config -l --global", ())),
        *(("config", None), ("config x y", None), ("config --get x y", None), ("config --unset x", None)),
        *(("stash list -3", ()), ("stash list --all a", ("a",)), ("stash list --output=x", None), ("stash", None)),
        *(
            ("", None),
            ("--no-pager", None),
            ("-p log", None),
            ("stash pop", None),
            ("config -l --local --show-origin", ()),
        ),
    ],
)
def test_settings_and_stashes_of_git_are_only_read(rest: str, paths: tuple[str, ...] | None) -> None:
    assert git_paths(["git", *rest.split()]) == paths


@pytest.mark.parametrize(
    "name",
    words(
        "branch cat-file count-objects describe log ls-tree merge-base name-rev reflog remote rev-list rev-parse "
        "shortlog tag"
    ),
)
def test_git_starts_no_other_program_when_it_looks_at_no_file(name: str) -> None:
    assert is_quiet_git(["git", name])
    assert is_quiet_git(["git", "--no-pager", name, "--oneline", "-n3"])
    for option in (
        "--patch",
        "--cc",
        "--word-diff",
        "--unified=3",
        "--color-words",
        "--dirty",
        *words("-p -u -c -Sx -Gx -L1,2:a"),
    ):
        assert not is_quiet_git(["git", name, option]), option


@pytest.mark.parametrize("name", words("blame diff grep ls-files show status"))
def test_git_may_start_other_programs_when_it_looks_at_files(name: str) -> None:
    assert not is_quiet_git(["git", name])
