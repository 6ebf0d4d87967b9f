"""The options that say which change is looked at. Nothing here is heavy."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from vivek.errors import ConfigError
from vivek.schema.changes import ScopeWish, WishKind

Scopes = dict[WishKind, str | bool | None]
"""What each of the options said: a value, or whether it was given."""

_LARGEST = 32_000_000

PathsArgument = Annotated[list[str] | None, typer.Argument(metavar="PATH...", help="Only these files and folders.")]
StagedOption = Annotated[bool, typer.Option("--staged", help="What is staged, against HEAD.")]
BaseOption = Annotated[str | None, typer.Option("--base", metavar="REV", help="HEAD against where it left REV.")]
RangeOption = Annotated[str | None, typer.Option("--range", metavar="A..B", help="Commit B against commit A.")]
CommitOption = Annotated[str | None, typer.Option("--commit", metavar="SHA", help="One commit against its parent.")]
PrOption = Annotated[str | None, typer.Option("--pr", metavar="N", help="A pull request, fetched by `gh`.")]
PatchOption = Annotated[
    str | None, typer.Option("--patch", metavar="FILE|-", help="A unified diff; - is standard input.")
]
FilesOption = Annotated[bool, typer.Option("--files", help="The files of PATH as they are, all their lines.")]
LinesOption = Annotated[str | None, typer.Option("--lines", metavar="FILE:A-B", help="Some lines of a file.")]


def scope_wish(scopes: Scopes, named: list[str], root: Path) -> ScopeWish:
    """Return what the user wants looked at; a patch that is piped in is read.

    Args:
        scopes: What each option said.
        named: Paths as they were typed.
        root: The root of the project.

    Raises:
        ConfigError: If the options contradict each other.
    """
    paths = _beneath(named, root)
    given = [(kind, value) for kind, value in scopes.items() if value not in (None, False)]
    if len(given) > 1:
        names = " and ".join(f"`--{kind}`" for kind, _ in given)
        msg = f"{names} exclude each other."
        raise ConfigError(msg, hint="Name one thing to review.")
    if not given:
        return ScopeWish(paths=paths)
    kind, value = given[0]
    if kind == "files" and not paths:
        msg = "`--files` needs the files to review."
        raise ConfigError(msg, hint="Name files or folders: `vivek review --files src`.")
    said = value if isinstance(value, str) else ""
    if said and kind in ("patch", "lines") and said != "-":
        (said,) = _beneath([str(Path(said).expanduser())], root)  # the numbers behind a file's name stay there
    return ScopeWish(kind, said, paths, _piped() if (kind, said) == ("patch", "-") else b"")


def _beneath(paths: list[str], root: Path) -> tuple[str, ...]:
    """Return paths as they are named from the root of the project; those outside of it in full."""
    named = []
    for path in paths:
        whole = Path(os.path.normpath(Path.cwd() / path))  # `..` is taken by its name: a link may lead elsewhere
        named.append(whole.relative_to(root).as_posix() if whole.is_relative_to(root) else str(whole))
    return tuple(named)


def _piped() -> bytes:
    if sys.stdin is None:
        return b""
    if sys.stdin.isatty():
        sys.stderr.write("Paste the patch, then press Ctrl-D on a line of its own.\n")
    return sys.stdin.buffer.read(_LARGEST + 1)
