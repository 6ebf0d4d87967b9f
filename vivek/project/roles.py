"""What part a file plays in a repository, told by its path alone: source, test, text, generated, brought along."""

import re
from functools import lru_cache
from typing import Literal

from vivek.syntax.languages import is_prose, language_of

Role = Literal["source", "test", "settings", "text", "data", "generated", "vendored"]

_TEST_FOLDERS = frozenset({"test", "tests", "testing", "spec", "specs", "__tests__", "testdata", "fixtures", "e2e"})
_TEST = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*(?:_tests?|\.test|\.spec|_spec|Tests?))\.\w+$|(?:^|/)conftest\.py$")
_VENDORED = frozenset(
    {"node_modules", "vendor", "vendored", "_vendor", "third_party", "site-packages", "bower_components"}
)
_GENERATED_FOLDERS = frozenset({"dist", "__generated__", "generated"})
_GENERATED = re.compile(
    r"(?:[.-]min\.(?:js|css)|_pb2(?:_grpc)?\.pyi?|\.pb\.(?:go|cc|h)|\.g\.dart|\.generated\.\w+|\.designer\.cs|\.map)$"
    r"|(?:^|/)(?:[\w.-]+\.lock|package-lock\.json|pnpm-lock\.yaml|go\.sum|npm-shrinkwrap\.json)$",
    re.IGNORECASE,
)
_SETTINGS = frozenset({"toml", "ini", "yaml", "make", "cmake", "docker"})
_DATA = frozenset({"json", "json5", "jsonl", "csv", "xml", "diff"})


@lru_cache(maxsize=50_000)  # the files of a project are asked about again and again
def role_of(path: str) -> Role:
    """Return the part a file plays, as its path tells it; the most telling one counts."""
    folders = path.lower().split("/")[:-1]
    if not _VENDORED.isdisjoint(folders):
        return "vendored"
    if _GENERATED.search(path) or not _GENERATED_FOLDERS.isdisjoint(folders):
        return "generated"
    if _TEST.search(path) or not _TEST_FOLDERS.isdisjoint(folders):
        return "test"
    if is_prose(path):
        return "text"
    language = language_of(path)
    return "settings" if language in _SETTINGS else "data" if language in _DATA else "source"
