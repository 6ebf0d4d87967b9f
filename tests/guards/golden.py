"""Golden files: a text kept beside its test, compared byte for byte."""

import difflib
from pathlib import Path

import pytest


def compare(path: Path, text: str, *, update: bool) -> None:
    """Fail with a diff where the text is not the kept one; write it instead when updating."""
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return
    if not path.exists():
        pytest.fail(f"{path} is missing: read the text, then run `pytest --update-golden`\n{text}", pytrace=False)
    kept = path.read_bytes().decode()
    if kept == text:
        return
    lines = difflib.unified_diff(kept.splitlines(keepends=True), text.splitlines(keepends=True), str(path), "seen")
    shown = "".join(line if line.endswith("\n") else f"{line}\n\\ no newline at the end\n" for line in lines)
    pytest.fail(f"{shown}Review the difference like code; `pytest --update-golden` keeps it.", pytrace=False)
