"""Changes that come from elsewhere than git's own history: patches, pull requests, whole files."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vivek.edits.paths import unsafe
from vivek.edits.unified import Patch, applied, parse_patch
from vivek.errors import ConfigError, OutsideWorkspaceError, WorkspaceError
from vivek.project.changes.between import LARGEST
from vivek.project.changes.sides import Side, changed_file, whole_file
from vivek.project.scan import load_files
from vivek.schema.changes import ChangedFile, Changes, ReviewScope, ScopeWish
from vivek.workspace.files import Files
from vivek.workspace.git.asking import git_toplevel, list_files
from vivek.workspace.git.blobs import blob_sizes, read_blobs
from vivek.workspace.git.programs import refuse_programs
from vivek.workspace.process import run_captured

MOST_PATCH = 32_000_000
"""Bytes of a patch that is read."""

_LINES = re.compile(r"(.+):(\d{1,9})(?:-(\d{1,9}))?")
_NUMBER = re.compile(r"#?(\d{1,9})|(https://[\w.-]+/[\w.-]+/[\w.-]+/pull/\d{1,9})(?:/[\w/]*)?")
_WAIT = 60.0
# gh asks git where the repository lies: what could run something is switched off for it, too.
_OFF = (("core.fsmonitor", "false"), ("core.hooksPath", "/dev/null"), ("core.sshCommand", "false"))
_QUIET: dict[str, str | None] = {
    **dict.fromkeys(("GH_PROMPT_DISABLED", "GH_NO_UPDATE_NOTIFIER", "NO_COLOR"), "1"),
    **dict.fromkeys(("GH_PAGER", "PAGER"), "cat"),
    **dict.fromkeys(("GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS"), "0"),
    "GH_DEBUG": None,
    "GH_BROWSER": "false",
    "GIT_CONFIG_COUNT": str(len(_OFF)),
    **{f"GIT_CONFIG_KEY_{at}": key for at, (key, _) in enumerate(_OFF)},
    **{f"GIT_CONFIG_VALUE_{at}": value for at, (_, value) in enumerate(_OFF)},
}


def patch_changes(root: Path, wish: ScopeWish) -> Changes:
    """Return the files of a patch; their texts where the project or its history has what the patch is made for.

    Raises:
        ConfigError: If the patch cannot be read or is malformed; the message names the line.
    """
    data = wish.text if wish.value == "-" else _read(root, wish.value)
    told = "a patch from the standard input" if wish.value == "-" else f"the patch {wish.value}"
    return _from_patch(root, data, ReviewScope("patch", told, paths=wish.paths))


def pull_request(root: Path, wish: ScopeWish) -> Changes:
    """Return the files of a pull request, as `gh` tells them.

    Raises:
        ConfigError: If the number is none, or `gh` is missing or fails.
        WorkspaceError: If the repository names programs for git to run.
    """
    found = _NUMBER.fullmatch(wish.value.strip())
    if found is None:
        msg = f"`{wish.value}` is neither the number nor the address of a pull request."
        raise ConfigError(msg, hint="Name it as `--pr 12`.")
    name = found[1] or found[2]
    refuse_programs(root)
    said = _gh(root, ["pr", "view", name, "--json", "title,body"])
    try:
        about = json.loads(said)
        message = f"{about['title']}\n\n{about['body'] or ''}".strip()
    except (ValueError, KeyError, TypeError) as error:
        msg = "`gh` answered something that is no description of a pull request."
        raise ConfigError(msg, hint="Bring `gh` up to date.") from error
    diff = _gh(root, ["pr", "diff", name, "--color", "never"])
    scope = ReviewScope("pull_request", f"pull request {name}", message=message[:4_000], paths=wish.paths)
    return _from_patch(root, diff, scope)


def whole_files(root: Path, wish: ScopeWish, *, most_files: int) -> Changes:
    """Return files as they are, or some lines of one; a folder stands for its files that nobody ignores.

    Args:
        root: The project's root.
        wish: What the user wants.
        most_files: Files that are looked at; what is beyond is named with why.

    Raises:
        ConfigError: If there is no such file or line, or none is named.
        WorkspaceError: If one cannot be read.
    """
    files = Files(root)
    if wish.kind == "lines":
        path, first, last = _place(wish.value)
        found = whole_file(path, _present(files, path), first, last)
        count = len(found.hunks[0].lines) if found.hunks else 0
        if not count and not found.aside:
            msg = f"`{path}` has no line {first}."
            raise ConfigError(msg, hint="Lines count from 1.")
        ends = f"lines {first} to {first + count - 1} of {path}"
        return Changes(ReviewScope("lines", ends, paths=(path,)), (found,))
    if not wish.paths:
        msg = "No file is named."
        raise ConfigError(msg, hint="Name files behind `--files`, such as `vivek review --files src/till.py`.")
    paths = _spread_out(root, files, wish.paths)
    every = tuple(whole_file(path, _present(files, path)) for path in paths[:most_files])
    beyond = tuple((path, f"more than {most_files:,} files are named") for path in paths[most_files:])
    named = wish.paths[0] if len(wish.paths) == 1 else f"{len(paths)} files"
    return Changes(ReviewScope("files", f"{named} as a whole", paths=wish.paths), every, beyond)


def _spread_out(root: Path, files: Files, paths: Sequence[str]) -> list[str]:
    """Return files by their names, those of a folder in its place."""
    folders = [path for path in paths if path == "." or files.place_of(path).is_dir()]
    found = set(paths) - set(folders)
    for path in load_files(root, tracked=list_files).paths if folders else ():
        within = any(folder == "." or path.startswith(f"{folder}/") for folder in folders)
        if within and _is_plain(files, path):
            found.add(path)
    return sorted(found)


def _is_plain(files: Files, path: str) -> bool:
    """Tell whether a path is a file of the project: a link may lead to a folder, or out of it."""
    try:
        return files.kind(path) == "file"
    except OutsideWorkspaceError:
        return False


def _from_patch(root: Path, data: bytes, scope: ReviewScope) -> Changes:
    if len(data) > MOST_PATCH:
        msg = f"The patch has more than {MOST_PATCH // 1_000_000} MB."
        raise ConfigError(msg, hint="Cut it into smaller ones.")
    text = data.decode("utf-8", "replace")
    patch = parse_patch(text)
    wanted = tuple(path.rstrip("/") for path in scope.paths)
    chosen = [file for file in patch.files if not wanted or any(_lies_in(file.path, path) for path in wanted)]
    old = _old_texts(root, patch, chosen)
    files = tuple(sorted((_completed(root, file, old) for file in chosen), key=lambda file: file.path))
    told = [f"{file.path}: {why}" for file in files if (why := unsafe(file.path)) is not None]
    if "\ufffd" in text and b"\xef\xbf\xbd" not in data:
        told.append("The patch is not all UTF-8; what is not is shown as \ufffd.")
    loose = sum(1 for file in files if file.hunks and file.new_text is None and file.kind != "deleted")
    if loose:
        told.append(f"{loose} of {len(files)} files are known from the patch alone, so only its lines are looked at.")
    return Changes(replace(scope, message=scope.message or patch.message), files, told=tuple(told))


def _old_texts(root: Path, patch: Patch, files: Sequence[ChangedFile]) -> dict[str, bytes]:
    """Return the old contents that git has, by path."""
    names = {file.path: patch.blobs[file.path][0] for file in files if file.path in patch.blobs}
    names = {path: name for path, name in names.items() if name.strip("0") and name.isalnum()}
    if not names or git_toplevel(root) is None:
        return {}
    sizes = blob_sizes(root, sorted(set(names.values())))
    found = read_blobs(root, sorted(name for name, size in sizes.items() if size <= LARGEST))
    return {path: found[name] for path, name in names.items() if name in found}


def _completed(root: Path, file: ChangedFile, old: dict[str, bytes]) -> ChangedFile:
    """Return a file with its texts, where the patch fits what is known of it exactly."""
    if not file.hunks:
        return file
    if file.kind == "added":
        return _with_texts(file, None, applied("", file.hunks))
    known = [old[file.path]] if file.path in old else []
    if not known:
        known = [data for path in {file.old_path or file.path, file.path} if (data := _lying(root, path)) is not None]
    for data in known:
        text = changed_file(file.path, "whole", Side(None), Side(data)).new_text or ""
        for back in (False, True):
            other = applied(text, file.hunks, back=back)
            if other is not None:
                before, after = (other, text) if back else (text, other)
                return _with_texts(file, before, None if file.kind == "deleted" else after)
    return file


def _with_texts(file: ChangedFile, before: str | None, after: str | None) -> ChangedFile:
    """Return a file with both texts, put aside where its name or its text says that nobody wrote it."""
    if file.aside:
        return file
    sides = [Side(None if text is None else text.encode()) for text in (before, after)]
    seen = changed_file(file.path, file.kind, sides[0], sides[1], old_path=file.old_path)
    return replace(seen, hunks=file.hunks, modes=file.modes)


def _lying(root: Path, path: str) -> bytes | None:
    files = Files(root)
    try:
        return files.read(path) if (files.size(path) or 0) <= LARGEST else None
    except WorkspaceError:
        return None


def _lies_in(path: str, wanted: str) -> bool:
    return wanted in (".", path) or path.startswith(f"{wanted}/")


def _read(root: Path, name: str) -> bytes:
    try:
        with (root / name).open("rb") as file:
            return file.read(MOST_PATCH + 1)
    except OSError as error:
        msg = f"The patch {name} cannot be read: {error.strerror}."
        raise ConfigError(msg, hint="Name a file, or `-` for the standard input.") from error


def _present(files: Files, path: str) -> bytes:
    data = files.read(path)
    if data is None:
        msg = f"There is no file `{path}`."
        raise ConfigError(msg, hint="Names are relative to the project's root.")
    return data


def _place(value: str) -> tuple[str, int, int]:
    found = _LINES.fullmatch(value)
    first = int(found[2]) if found else 0
    last = int(found[3] or first) if found else 0
    if found is None or first < 1 or last < first:
        msg = f"`{value}` names no lines of a file."
        raise ConfigError(msg, hint="Write them as `FILE:A-B`, such as `src/till.py:10-40`.")
    return found[1], first, last


def _gh(root: Path, arguments: list[str]) -> bytes:
    try:
        finished = run_captured(["gh", *arguments], cwd=root, timeout=_WAIT, env=_QUIET)
    except WorkspaceError as error:
        if not isinstance(error.__cause__, OSError):
            raise
        msg = "`gh` is not installed, so pull requests cannot be asked for."
        raise ConfigError(msg, hint="Install GitHub's `gh`, or fetch the branch and use `--base`.") from error
    if finished.returncode != 0:
        said = finished.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        msg = f"`gh {arguments[0]} {arguments[1]}` failed: {said or 'no message'}"
        raise ConfigError(msg, hint="`gh auth status` tells whether you are logged in.")
    return finished.stdout
