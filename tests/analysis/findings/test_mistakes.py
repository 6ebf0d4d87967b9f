"""Mistakes that are hardly ever meant, and what only looks like them."""

from collections.abc import Callable, Iterator

import pytest

from vivek.analysis.findings.mistakes import check_conditions, check_ends, check_swallowed
from vivek.analysis.findings.unawaited import check_awaits
from vivek.analysis.validators.changed import Changed
from vivek.analysis.validators.facts import ProjectFacts
from vivek.schema.concerns import Concern

Check = Callable[[Changed, ProjectFacts], Iterator[Concern]]


def lines_of(check: Check, path: str, text: str, before: str = "") -> list[int | None]:
    return [concern.line for concern in check(Changed(path, before, text, not before, deleted=False), ProjectFacts())]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.py", "try:\n    f()\nexcept Exception:\n    pass\n", 3),
        ("a.py", "try:\n    f()\nexcept:\n    ...\n", 3),
        ("a.py", "for x in y:\n    try:\n        f()\n    except BaseException as error:\n        continue\n", 4),
        ("a.js", "try {\n  f();\n} catch {}\n", 3),
        ("a.ts", "try {\n  f();\n} catch (error) {\n}\n", 3),
        ("A.java", "try { f(); } catch (IOException | SQLException e) { }\n", 1),
    ],
)
def test_an_error_that_is_caught_and_dropped_is_found(path: str, text: str, line: int) -> None:
    assert lines_of(check_swallowed, path, text) == [line]
    assert lines_of(check_swallowed, path, text + "x = 1;\n", text) == [], "it was so before"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "try:\n    f()\nexcept KeyError:\n    pass\n"),
        ("a.py", "try:\n    f()\nexcept Exception:\n    log()\n"),
        ("a.py", "try:\n    f()\nexcept Exception:  # nobody is left to tell\n    pass\n"),
        ("a.py", "try:\n    f()\nexcept Exception:\n    # nobody is left to tell\n    pass\n"),
        ("a.js", "try {\n  f();\n} catch {\n  // it may be gone\n}\n"),
        ("A.java", "try { f(); } catch (IOException ignored) { }\n"),
        ("a.js", "// } catch {}\n"),
        ("a.go", "catch (x) {}\n"),
    ],
)
def test_what_is_handled_narrow_or_said_to_be_meant_is_none(path: str, text: str) -> None:
    assert lines_of(check_swallowed, path, text) == []


def test_a_condition_that_is_only_spoken_of_is_none() -> None:
    text = """HINT = "kind == 'a' and kind == 'b' never holds"\nif kind == 'a' and kind == 'b':\n    pass\n"""

    assert lines_of(check_conditions, "a.py", text) == [2]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.c", "if (errno == EINTR && errno == EAGAIN)"),
        ("a.py", "if kind == 'a' and kind == 'b':"),
        ("a.py", "if kind != 'a' or kind != 'b':"),
        ("a.ts", 'if (state.kind !== "on" || state.kind !== "off") {'),
        ("A.java", "return code() == 1 && code() == 2;"),
        ("a.js", 'if ((user.role = "admin")) {'),
        ("a.c", "if (count = 0)"),
        ("a.js", "while (this.open = true) {"),
        ("a.go", "return user.Rights|Write != 0"),
    ],
)
def test_a_condition_that_comes_out_one_way_is_found(path: str, line: str) -> None:
    assert lines_of(check_conditions, path, f"{line}\n") == [1]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.c", "if (errno == EINTR || errno == EAGAIN)"),
        ("a.c", "if (first == EINTR && second == EAGAIN)"),
        ("a.c", "if (x == AB && x == AB)"),
        ("a.c", "if (a.x == 1 && b.x == 2)"),
        ("a.c", "while ((node = node->next))"),
        ("a.c", "if ((file = open_it(0)) == 0)"),
        ("a.c", "for (at = 0; at < 3; at++)"),
        ("a.js", "if (count >= 0) {"),
        ("a.js", 'if (text.includes("a = 1")) {'),
        ("a.js", "if (list.some((x) => x === 1)) {"),
        ("a.ts", "// if (count = 0)"),
        ("a.go", "return user.Rights&(Read|Admin) != 0"),
        ("a.py", "if kind != 'a' and kind != 'b':"),
        ("a.py", "f(x, kind='a')"),
        ("a.md", "if (count = 0)"),
        ("a.js", "if (count = 0) {" + " " * 400),
    ],
)
def test_a_condition_that_may_come_out_either_way_is_none(path: str, line: str) -> None:
    assert lines_of(check_conditions, path, f"{line}\n") == []


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("a.js", "for (let i = 0; i <= list.length; i++) {\n  sum += list[i];\n}\n", True),
        ("A.java", "for (int i = 0; i <= list.size(); i++) {\n  f(list.get(i));\n}\n", True),
        ("a.go", "for i := 0; i <= len(list); i++ {\n\tsum += list[i]\n}\n", True),
        ("a.js", "for (let i = 0; i < list.length; i++) {\n  sum += list[i];\n}\n", False),
        ("a.js", "for (let i = 0; i <= list.length; i++) {\n  cut(text, i);\n}\n", False),
        ("a.js", "for (let i = 1; i <= list.length; i++) {\n  sum += list[i - 1];\n}\n", False),
        ("a.js", "for (let i = 0; i <= list.length; i++) {\n  if (i === list.length || list[i]) f();\n}\n", False),
    ],
)
def test_a_loop_that_reads_behind_the_end_is_found(path: str, text: str, *, found: bool) -> None:
    assert lines_of(check_ends, path, text) == ([1] if found else [])


CLASS = "class Box:\n    async def put(self): ...\n    def get(self): ...\n\n\n"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.py", "async def f(): ...\n\n\nasync def g():\n    f()\n", 5),
        ("a.py", CLASS + "async def g(box: Box):\n    box.put()\n", 7),
        ("a.py", "class Box:\n    async def put(self): ...\n    async def all(self):\n        self.put()\n", 4),
        ("a.js", "async function f() {}\nif (!f()) {\n}\n", 2),
        ("a.ts", "const f = async (x: number) => x > 1;\nwhile (f(1)) {\n}\n", 2),
        ("a.rs", "async fn f() {}\nasync fn g() {\n    let _ = f();\n}\n", 3),
    ],
)
def test_a_call_that_nobody_awaits_is_found(path: str, text: str, line: int) -> None:
    assert lines_of(check_awaits, path, text) == [line]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "async def f(): ...\n\n\nasync def g():\n    await f()\n    task = f()\n    run(f())\n"),
        ("a.py", "async def f(): ...\n\n\ndef g(f):\n    f()\n"),
        ("a.py", CLASS + "async def g(box: Box):\n    box.get()\n"),
        ("a.py", CLASS + "async def g(box):\n    box.put()\n"),
        ("a.py", CLASS + "async def g(box: Box):\n    box = other()\n    box.put()\n"),
        ("a.py", "@task\nasync def f(): ...\n\n\ndef g():\n    f()\n"),
        ("a.py", "if x:\n    async def f(): ...\nelse:\n    def f(): ...\nf()\n"),
        ("a.js", "async function f() {}\nif (await f()) {\n}\n"),
        ("a.js", "function f() {}\nif (f()) {\n}\n"),
        ("a.js", "{\n  function f() {}\n  if (f()) {\n  }\n}\nasync function f() {}\n"),
        ("a.rs", "async fn f() {}\nasync fn g() {\n    let _ = f().await;\n}\n"),
        ("a.rs", "fn f() {}\nfn g() {\n    let _ = f();\n}\n"),
    ],
)
def test_a_call_that_is_awaited_or_may_be_another_one_is_none(path: str, text: str) -> None:
    assert lines_of(check_awaits, path, text) == []
