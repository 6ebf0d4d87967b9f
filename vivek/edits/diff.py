"""What an edit changes, as a unified diff in git's form and as two counts."""

from collections.abc import Sequence

from vivek.edits.lines import Opcode, compare, split_lines

_CONTEXT = 3
_QUOTED = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def unified(path: str, before: str | None, after: str | None) -> str:
    r"""Return the difference of one file, or "" when there is none.

    Args:
        path: Relative to the root, with `/`.
        before: Its text, None when the file is new. Only `\n` ends a line.
        after: Its text, None when the file is deleted.
    """
    if before == after:
        return ""
    old_name, new_name = _name("a", path), _name("b", path)
    header = [f"diff --git {old_name} {new_name}"]
    if before is None:
        header.append("new file mode 100644")
    elif after is None:
        header.append("deleted file mode 100644")
    hunks = _hunks(split_lines(before or ""), split_lines(after or ""))
    if hunks:
        # A name with a blank in it is ended by a tab, else patch tools read a date into it.
        end = "\t" if " " in path else ""
        header.append(f"--- {'/dev/null' if before is None else old_name + end}")
        header.append(f"+++ {'/dev/null' if after is None else new_name + end}")
    return "".join([line + "\n" for line in header] + hunks)


def count(before: str | None, after: str | None) -> tuple[int, int]:
    """Return how many lines are added and how many removed."""
    added = removed = 0
    for step in compare(split_lines(before or ""), split_lines(after or "")):
        if step.tag != "equal":
            added += step.new_to - step.new_from
            removed += step.old_to - step.old_from
    return added, removed


def _name(side: str, path: str) -> str:
    if any(char in _QUOTED or char < " " or char == "\x7f" for char in path):
        quoted = "".join(
            _QUOTED.get(char) or (f"\\{ord(char):03o}" if char < " " or char == "\x7f" else char) for char in path
        )
        return f'"{side}/{quoted}"'
    return f"{side}/{path}"


def _hunks(old: Sequence[str], new: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for group in _groups(compare(old, new)):
        first, last = group[0], group[-1]
        old_range = _range(first.old_from, last.old_to)
        new_range = _range(first.new_from, last.new_to)
        lines.append(f"@@ -{old_range} +{new_range} @@\n")
        for step in group:
            if step.tag == "equal":
                lines += _marked(" ", old[step.old_from : step.old_to])
            else:
                lines += _marked("-", old[step.old_from : step.old_to])
                lines += _marked("+", new[step.new_from : step.new_to])
    return lines


def _groups(steps: Sequence[Opcode]) -> list[list[Opcode]]:
    """Cut the equal runs down to their context; a long one between two changes parts two groups."""
    groups: list[list[Opcode]] = []
    group: list[Opcode] = []
    for index, step in enumerate(steps):
        if step.tag != "equal":
            group.append(step)
            continue
        size = step.old_to - step.old_from
        head = _CONTEXT if group else 0
        tail = _CONTEXT if index + 1 < len(steps) else 0
        if size <= head + tail:
            group.append(step)
            continue
        if group:
            group.append(Opcode("equal", step.old_from, step.old_from + head, step.new_from, step.new_from + head))
            groups.append(group)
        group = [Opcode("equal", step.old_to - tail, step.old_to, step.new_to - tail, step.new_to)] if tail else []
    return [*groups, group] if group else groups


def _range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _marked(sign: str, lines: Sequence[str]) -> list[str]:
    return [sign + line if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n" for line in lines]
