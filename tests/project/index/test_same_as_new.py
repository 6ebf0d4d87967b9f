"""Whatever happens to the files: a refreshed index says what one made anew says."""

import shutil
import tempfile
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.project.index.making import everything, open_shop, write

PATHS = [
    "a.py",
    "b.py",
    "pkg/__init__.py",
    "pkg/a.py",
    "pkg/deep/c.py",
    "src/pkg/b.py",
    "a.js",
    "lib/b.js",
    "x.md",
    ".env",
]
TEXTS: list[str | bytes] = [
    "",
    "import a\nfrom pkg import a as other\n\n\ndef go(): ...\n",
    "from pkg.a import Price\nfrom . import b\n\n\nclass Price:\n    def go(self): return a.go()\n",
    "from .deep import c\nimport pkg.b\n\nTotal = 1\n",
    "import { go } from './lib/b';\nexport function total() { return go(); }\n",
    "# Price\n\nThe Total price of a.\n",
    "def broken(:\n    price\n",
    "# DO NOT EDIT\ndef go(): ...\n",
    b"\0binary price\n",
    b"price = '\xff'\n",
    "price=1;" * 1_000,
]
STEPS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(PATHS), st.sampled_from(range(len(TEXTS)))),
    st.tuples(st.just("delete"), st.sampled_from(PATHS), st.just(0)),
    st.tuples(st.just("rename"), st.sampled_from(PATHS), st.sampled_from(range(len(PATHS)))),
    st.tuples(st.just("link"), st.sampled_from(PATHS), st.sampled_from(range(len(PATHS)))),
    st.tuples(st.just("refresh"), st.just(""), st.just(0)),
    st.tuples(st.just("stopped"), st.just(""), st.sampled_from(range(6))),
    st.tuples(st.just("reopen"), st.just(""), st.just(0)),
)


def change(root: Path, kind: str, path: str, number: int) -> None:
    target = root / path
    if kind == "write":
        target.unlink(missing_ok=True)
        write(root, {path: TEXTS[number]})
    elif kind == "delete":
        target.unlink(missing_ok=True)
    elif kind == "rename" and target.exists() and PATHS[number] != path:
        other = root / PATHS[number]
        other.parent.mkdir(parents=True, exist_ok=True)
        target.rename(other)
    elif kind == "link":
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(root / PATHS[number])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=1, max_size=14))
def test_a_refreshed_index_equals_one_made_anew(steps: list[tuple[str, str, int]]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="vivek-index-"))
    root = folder / "root"
    write(root, {path: TEXTS[number] for number, path in enumerate(PATHS[:6])})
    index = open_shop(root, folder / "data")
    try:
        for kind, path, number in steps:
            if kind == "refresh":
                index.refresh()
            elif kind == "stopped":
                index.refresh(stop=partial(next, iter([False] * number), True))
            elif kind == "reopen":
                index.close()
                index = open_shop(root, folder / "data")
            else:
                change(root, kind, path, number)
        index.refresh()
        with open_shop(root, folder / "new") as other:
            other.refresh()
            assert everything(index) == everything(other)
    finally:
        index.close()
        shutil.rmtree(folder)
