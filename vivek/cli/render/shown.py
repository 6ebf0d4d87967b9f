"""Remembers which differences of files a turn has shown, so that no file's is shown twice."""

_FILE = "diff --git "


class ShownDiffs:
    """The differences that were shown."""

    def __init__(self) -> None:
        self._files: set[str] = set()

    def take(self, diff: str) -> bool:
        """Take a unified diff for shown; tell whether any file of it was not shown so before."""
        # No line of a file begins so: before each stands its sign.
        files = {part.strip("\n") for part in f"\n{diff}".split(f"\n{_FILE}") if part.strip()}
        new = not files <= self._files
        self._files |= files
        return new
