from vivek.edits.fences import Fence, find_fences, open_at_end, read_mark


def found(text: str) -> list[Fence]:
    return find_fences(text.split("\n"))


def inside(text: str) -> list[tuple[str, ...]]:
    return [fence.lines for fence in found(text)]


def test_backticks_and_tildes_of_any_length_make_a_fence() -> None:
    assert inside("```\na\n```\n~~~~~\nb\n~~~~~") == [("a",), ("b",)]


def test_code_within_a_line_is_no_fence() -> None:
    assert read_mark("```code```") is None
    assert read_mark("a ``` b") is None


def test_a_shorter_fence_of_the_same_kind_is_content() -> None:
    assert inside("````\n```\na\n```\n````") == [("```", "a", "```")]


def test_the_other_kind_of_fence_is_content() -> None:
    assert inside("```\n~~~\na\n```") == [("~~~", "a")]


def test_a_fence_with_a_language_inside_a_fence_opens_a_block_of_its_own() -> None:
    assert inside("```markdown\n# T\n```sh\nmake\n```\nend\n```") == [("# T", "```sh", "make", "```", "end")]


def test_a_longer_block_inside_is_closed_by_its_own_length() -> None:
    assert inside("```md\n````sh\n```\n````\nend\n```") == [("````sh", "```", "````", "end")]


def test_a_deeper_mark_inside_is_content() -> None:
    assert inside('```python\n"""\n    ```\n    x\n    ```\n"""\n```') == [
        ('"""', "    ```", "    x", "    ```", '"""')
    ]


def test_the_indentation_of_the_fence_is_taken_off_its_lines() -> None:
    assert inside("1. do\n   ```\n   a\n\n     b\n   ```") == [("a", "", "  b")]


def test_lines_that_lack_the_indentation_are_left_alone() -> None:
    assert inside("  ```\n  a\nb\n  ```") == [("  a", "b")]


def test_an_unclosed_fence_reaches_to_the_end() -> None:
    (fence,) = find_fences(["```", "a", "```python", "b"])

    assert (fence.start, fence.end) == (0, None)
    assert open_at_end("```\na")
    assert not open_at_end("```\na\n```")
    assert not open_at_end("no fence")


def test_a_fence_is_doubtful_when_another_line_could_end_it() -> None:
    first, second = found("```\na\n```\nb\n```\nc\n```")

    assert first.doubtful
    assert not second.doubtful


def test_a_fence_before_one_with_a_language_is_not_doubtful() -> None:
    assert not any(fence.doubtful for fence in found("```\na\n```\nb\n```sh\nc\n```"))


def test_tildes_or_shorter_marks_afterwards_cast_no_doubt() -> None:
    assert not found("````\na\n````\n```\nb\n```\n~~~\nc\n~~~")[0].doubtful
