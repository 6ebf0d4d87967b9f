"""How a page of the documentation is read, and held against what was printed."""

from tests.end_to_end.pages import Names, Said, Typed, Written, difference, parts

PAGE = """Text.

<!-- the model says:
"Hello."
-->

<!-- file: a/b.md -->
`````markdown
```python
x = 1
```
`````

```console
$ vivek ask "Hi"
Hello.
thread calm-otter-7: goes on
$ vivek threads show calm-otter-7
...
$ false
$ echo $?
1
```

```sh
vivek index search nothing   # ends with code 1
```
"""


def wrong(shown: str, out: str, err: str = "", names: Names | None = None) -> str:
    return difference(Typed("x", tuple(shown.splitlines())), out.splitlines(), err.splitlines(), names or Names())


def test_a_page_is_read_in_its_order() -> None:
    assert list(parts(PAGE)) == [
        Said('"Hello."\n'),
        Written("a/b.md", "```python\nx = 1\n```\n"),
        Typed('vivek ask "Hi"', ("Hello.", "thread calm-otter-7: goes on"), 0),
        Typed("vivek threads show calm-otter-7", ("...",), 0),
        Typed("false", (), 1),
        Typed("vivek index search nothing", ("...",), 1),
    ]


def test_what_is_not_printed_is_noticed() -> None:
    assert wrong("one\ntwo", "one\n") == "not printed: two"
    assert wrong("one\ntwo", "two\none\n") == "not printed: one"
    assert wrong("1 file", "2 files") == "not printed: 1 file"


def test_what_is_printed_beyond_the_page_is_noticed() -> None:
    assert wrong("one", "one\ntwo") == "not on the page: two"
    assert wrong("", "one") == "not on the page: one"
    assert wrong("...\ntwo", "one\ntwo\nthree") == "not on the page: three"


def test_dots_stand_for_any_lines() -> None:
    assert wrong("...\ntwo\n...", "zero\none\ntwo\nthree") == ""
    assert wrong("one\n...", "one") == ""


def test_of_standard_error_a_page_shows_what_it_wants() -> None:
    assert wrong("one\nhint: x", "one", "noise\nhint: x\nmore") == ""
    assert wrong("hint: x\nnoise", "", "noise\nhint: x") == "not printed: noise"


def test_measured_figures_may_be_others() -> None:
    assert wrong("reply 19 tokens in 0.1 s", "reply 1,024 tokens in 12.5 s") == ""
    assert wrong("+1 -1 · 19 tokens", "+2 -1 · 19 tokens") == "not printed: +1 -1 · 19 tokens"


def test_a_name_stands_for_one_thread() -> None:
    names = Names()

    assert wrong("thread calm-otter-7", "thread wise-owl-12", names=names) == ""
    assert wrong("calm-otter-7  Title", "wise-owl-12 Title", names=names) == ""
    assert wrong("calm-otter-7", "brave-lynx-1", names=names) == "not printed: calm-otter-7"
    assert names.real("vivek threads show calm-otter-7") == "vivek threads show wise-owl-12"
