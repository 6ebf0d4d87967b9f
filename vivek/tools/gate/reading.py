"""Commands that only read, each with the options that keep it so. What is not here is asked for."""

import re
from collections.abc import Callable, Sequence

from vivek.tools.gate.flags import Usage, paths_of, usage

_GREP = usage(
    "-abcEFGhHiIlLnoPqrRsTvwxyzZ -ABCm= -e= --color --colour --count --extended-regexp --fixed-strings --ignore-case "
    "--line-number --files-with-matches --files-without-match --only-matching --recursive --invert-match --word-regexp "
    "--no-filename --with-filename --text --perl-regexp --include= --exclude= --exclude-dir= --max-count= "
    "--after-context= --before-context= --context= --regexp= --quiet --null",
    counts=True,
    patterns=1,
)
_SUMS = usage("-bctwz --check --binary --text --tag --zero --quiet --status")

READING: dict[str, Usage] = {
    ":": usage("", patterns=1000),
    "basename": usage("-az -s= --multiple --suffix= --zero", patterns=2),
    "cat": usage("-AbeEnstTuv --number --number-nonblank --show-all --show-ends --show-tabs --squeeze-blank"),
    "cmp": usage("-bls -in= --print-bytes --verbose --silent --quiet --bytes="),
    "column": usage("-tnx -sco= --table --separator="),
    "comm": usage("-123iz --check-order --nocheck-order --total --output-delimiter="),
    "cut": usage("-nsz -bcdf= --bytes= --characters= --fields= --delimiter= --complement --output-delimiter="),
    "date": usage("-uRI --utc --iso-8601 --rfc-email -d= --date= --rfc-3339=", most=0),
    "df": usage("-aBhHiklTP --human-readable --all --inodes --total"),
    "diff": usage(
        "-abBdeEiNpqrsTtuwyZ -CUWx= --brief --recursive --unified --unified= --context --ignore-all-space --no-color "
        "--color --ignore-case --ignore-blank-lines --new-file --side-by-side --minimal --exclude= --strip-trailing-cr"
    ),
    "dirname": usage("-z --zero"),
    "du": usage("-0abcDhHklmsSx -dt= --all --apparent-size --bytes --human-readable --max-depth= --summarize --total"),
    "echo": usage("-neE", patterns=1000),
    "egrep": _GREP,
    "exit": usage("", patterns=1, most=1),
    "expr": usage("", patterns=1000),
    "false": usage("", patterns=1000),
    "fgrep": _GREP,
    "file": usage("-bhikLNrs --brief --mime --mime-type --mime-encoding --dereference"),
    "grep": _GREP,
    "head": usage("-qvz -nc= --lines= --bytes= --quiet --silent --verbose", counts=True),
    "hexdump": usage("-bcCdovx -ns="),
    "id": usage("-gGnruz --group --groups --name --real --user", most=0),
    "jq": usage("-CMSacejnrs --compact-output --exit-status --null-input --raw-output --slurp --sort-keys", patterns=1),
    "ls": usage(
        "-1aAbBcCdfFgGhHiklLmnNopqQrRsStuUvxXZ -IwT= --all --almost-all --author --color --color= --directory "
        "--full-time --group-directories-first --human-readable --ignore= --inode --recursive --reverse --size "
        "--sort= --time= --time-style="
    ),
    "md5sum": _SUMS,
    "nl": usage("-p -bdfhilnsvw= --body-numbering= --number-width="),
    "od": usage("-abcdfilosxv -AjNStw= --address-radix= --format= --read-bytes= --skip-bytes="),
    "paste": usage("-sz -d= --delimiters= --serial"),
    "printf": usage("", patterns=1000),
    "pwd": usage("-LP", most=0),
    "readlink": usage("-efmnqsvz --canonicalize --canonicalize-existing --no-newline"),
    "realpath": usage("-eEmLPqsz --relative-to= --relative-base= --no-symlinks"),
    "rg": usage(
        "-acFhHiIlLnNoPpqsSUuvwx. -ABCeEgmMtTdj= --after-context= --before-context= --case-sensitive --color= "
        "--column --context= --count --count-matches --crlf --files --files-with-matches --files-without-match "
        "--fixed-strings --glob= --heading --no-heading --hidden --ignore-case --invert-match --json --line-number "
        "--max-columns= --max-count= --max-depth= --multiline --multiline-dotall --no-config --no-filename "
        "--no-ignore --no-line-number --only-matching --pcre2 --regexp= --replace= --smart-case --sort= --stats "
        "--text --trim --type= --type-list --type-not= --vimgrep --with-filename --word-regexp",
        patterns=1,
    ),
    "seq": usage("-w -fs= --equal-width --format= --separator=", patterns=3, most=3),
    "sha1sum": _SUMS,
    "sha256sum": _SUMS,
    "sleep": usage("", patterns=1, most=1),
    "sort": usage(
        "-bcCdfghiMnrRsuVz -kt= --check --field-separator= --general-numeric-sort --human-numeric-sort --ignore-case "
        "--key= --numeric-sort --reverse --stable --unique --version-sort --zero-terminated"
    ),
    "stat": usage("-Lft -c= --dereference --file-system --format= --printf= --terse"),
    "strings": usage("-af -nte= --all --bytes= --radix="),
    "tac": usage("-br -s= --separator="),
    "tail": usage("-qvz -nc= --lines= --bytes= --quiet --silent --verbose", counts=True),
    "test": usage("-bcdefghkLnoOprsStuwxzGN"),
    "tr": usage("-cCdst --complement --delete --squeeze-repeats --truncate-set1", patterns=2, most=2),
    "tree": usage("-adfFghilnNpqrsStuUvDJX1 -ILP= --dirsfirst --filelimit= --gitignore --noreport --prune --du"),
    "true": usage("", patterns=1000),
    "uname": usage("-amnoprsvi --all", most=0),
    "uniq": usage("-cdDiuz -fsw= --count --repeated --unique --ignore-case --skip-fields=", most=1),
    "wc": usage("-clLmw --bytes --chars --lines --words --max-line-length"),
    "which": usage("-a --all", patterns=1000),
    "whoami": usage("", most=0),
}

_LOG = (
    "-1cpuwz -nSGLU= --abbrev-commit --abbrev= --after= --all --author= --before= --branches --cc --committer= "
    "--date= --decorate --decorate= --diff-filter= --first-parent --follow --format= --full-history --grep= --graph "
    "--ignore-case --invert-grep --max-count= --merges --minimal --name-only --name-status --no-color --no-decorate "
    "--no-ext-diff --no-merges --no-patch --no-renames --no-textconv --numstat --oneline --patch --pickaxe-regex "
    "--pretty= --raw --reverse --shortstat --since= --skip= --stat --stat= --summary --tags --topo-order --unified= "
    "--until= --word-diff --color="
)

GIT: dict[str, Usage] = {
    "blame": usage("-bcefhlnpstwCM -LS= --porcelain --line-porcelain --show-email --date= --since="),
    "branch": usage("-arv --all --list --remotes --show-current --verbose --contains= --merged --no-merged", most=0),
    "cat-file": usage("-ehpst", patterns=2, most=2),
    "count-objects": usage("-vH", most=0),
    "describe": usage("--all --always --tags --long --dirty --abbrev= --match= --exact-match", patterns=1000),
    "diff": usage(_LOG + " -abBCDMR --cached --staged --check --exit-code --quiet --color-words --ignore-all-space"),
    "grep": usage(
        "-aEFGHhiIlLnoPpqvwWz -ABCem= --and --cached --count --extended-regexp --fixed-strings --ignore-case "
        "--line-number --name-only --files-with-matches --perl-regexp --untracked --word-regexp --show-function",
        counts=True,
        patterns=1,
    ),
    "log": usage(_LOG, counts=True),
    "ls-files": usage("-cdikmostuvz -x= --cached --deleted --modified --others --ignored --stage --exclude-standard"),
    "ls-tree": usage("-dlrtz --full-name --full-tree --long --name-only"),
    "merge-base": usage("-a --all --is-ancestor", patterns=1000),
    "name-rev": usage("--tags --all --name-only --always", patterns=1000),
    "reflog": usage("-n= --date= --oneline", counts=True, most=0),
    "remote": usage("-v --verbose", most=0),
    "rev-list": usage("-n= --all --count --max-count= --no-merges --since= --until= --left-right", counts=True),
    "rev-parse": usage(
        "-q --abbrev-ref --git-dir --is-inside-work-tree --quiet --short --show-prefix --show-toplevel --verify",
        patterns=1000,
    ),
    "shortlog": usage("-ens --numbered --summary --email --all --since= --until="),
    "show": usage(_LOG),
    "status": usage(
        "-bsuvz --branch --ignored --long --porcelain --porcelain= --short --show-stash --untracked-files="
    ),
    "tag": usage("-l -n --list --sort= --contains= --points-at=", most=0),
}

# They look at neither the files nor their differences, for which a repository may name converters and monitors.
_QUIET_GIT = frozenset(
    {
        *("branch", "cat-file", "count-objects", "describe", "log", "ls-tree", "merge-base", "name-rev", "reflog"),
        *("remote", "rev-list", "rev-parse", "shortlog", "tag"),
    }
)
_SHOWING = ("--patch", "--cc", "--word-diff", "--unified", "--color-words", "--dirty")

_FIND_TESTS = frozenset(
    {
        *("-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-type", "-maxdepth", "-mindepth"),
        *(
            "-size",
            "-mtime",
            "-mmin",
            "-atime",
            "-amin",
            "-ctime",
            "-cmin",
            "-newer",
            "-perm",
            "-user",
            "-group",
            "-links",
        ),
    }
)
_FIND_WORDS = frozenset(
    {
        *("-empty", "-print", "-print0", "-prune", "-depth", "-ls", "-readable", "-writable", "-executable", "-true"),
        *("-not", "!", "(", ")", "-a", "-and", "-o", "-or", "-mount", "-xdev", "-false", "-quit"),
    }
)
_SED_PRINT = re.compile(r"(?:\d+(?:,(?:\d+|\$))?|\$)p")


def read_paths(argv: Sequence[str]) -> tuple[str, ...] | None:
    """Return the paths that a command reads, or None when it is not known to do nothing but read.

    Args:
        argv: The command, its name without a folder.
    """
    name, words = argv[0], argv[1:]
    if name in _SPECIAL:
        return _SPECIAL[name](words)
    return paths_of(words, READING[name]) if name in READING else None


def git_paths(argv: Sequence[str]) -> tuple[str, ...] | None:
    """Return the paths that a git command reads, or None when it is not known to do nothing but read.

    Args:
        argv: The command: `git` and what follows.
    """
    words = list(argv[1:])
    if words[:1] == ["--no-pager"]:
        del words[0]
    if words[:2] == ["stash", "list"]:
        return paths_of(words[2:], GIT["log"])
    if words[:1] == ["config"]:
        asks = len(words) > 1 and words[1] in ("--get", "--get-all", "--list", "-l")
        return paths_of(words[2:], usage("--global --local --show-origin", patterns=1, most=1)) if asks else None
    return paths_of(words[1:], GIT[words[0]]) if words and words[0] in GIT else None


def is_quiet_git(argv: Sequence[str]) -> bool:
    """Tell whether a git command that only reads starts none of the programs that a repository's settings name.

    Args:
        argv: A command that `git_paths` knows.
    """
    words = [word for word in argv[1:] if word != "--no-pager"]
    shows = any(word.startswith(_SHOWING) or re.fullmatch(r"-[a-z]*[pucSGL].*", word) for word in words[1:])
    return words[0] in _QUIET_GIT and not shows


def _find(words: Sequence[str]) -> tuple[str, ...] | None:
    folders: list[str] = []
    given = iter(words)
    for word in given:
        if word in _FIND_TESTS:
            if next(given, None) is None:
                return None
        elif word not in _FIND_WORDS:
            if word.startswith("-"):
                return None
            folders.append(word)
    return tuple(folders)


def _sed(words: Sequence[str]) -> tuple[str, ...] | None:
    if len(words) < 2 or words[0] != "-n" or not _SED_PRINT.fullmatch(words[1]):
        return None
    return None if any(word.startswith("-") for word in words[2:]) else tuple(words[2:])


_SPECIAL: dict[str, Callable[[Sequence[str]], tuple[str, ...] | None]] = {"find": _find, "sed": _sed}
