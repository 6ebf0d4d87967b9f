"""Returns to earlier turns, forks and trees of threads, in lines of plain text."""

from collections.abc import Iterator

from vivek.cli.render.safe_text import fit, one_line, width_of
from vivek.schema.travel import Forked, RewindPlan, Rewound, ThreadTree, TreeBranch, TurnLine

_DONE = {"create": "restored", "modify": "restored", "delete": "removed"}
_WOULD = {"create": "would restore", "modify": "would restore", "delete": "would remove"}
_SHOWN = 10  # turns of a list


def plan_lines(plan: RewindPlan) -> list[str]:
    """Return what would happen, file by file and turn by turn."""
    turns = [*_turns(plan.dropped, "sets aside"), *_turns(plan.restored, "brings back")]
    return [*_files(plan, _WOULD), *kept_lines(plan), *turns]


def file_lines(plan: RewindPlan) -> list[str]:
    """Return what happened to files."""
    return _files(plan, _DONE)


def kept_lines(plan: RewindPlan) -> list[str]:
    """Return the files that do not get there, and why."""
    return [f"kept {one_line(file.path)}: {one_line(file.reason)}" for file in plan.kept]


def done_lines(done: Rewound, command: str) -> list[str]:
    """Return where a thread is now and how to go the other way.

    Args:
        done: What happened.
        command: What the user types before `rewind`: `vivek threads ` or `/`.
    """
    plan = done.plan
    notes = [one_line(note) for note in plan.notes]
    where = _where(plan)
    if plan.is_empty and not done.aside:
        return [*notes, f"nothing to do: {where}"]
    thread = f" {one_line(plan.thread)}" if command.startswith("vivek") else ""
    back = f"`{command}rewind{thread} --undo`"
    told = [*notes, f"{where}; {back} goes the other way"]
    if plan.kept and thread and not plan.restored:
        told.append(f"hint: {back}, then `--to {plan.turn} --force`, takes back what was changed since as well")
    return told


def fork_lines(done: Forked) -> list[str]:
    """Return how a fork is gone on with."""
    lines = [f"kept {one_line(file.path)}: {one_line(file.reason)}" for file in done.kept]
    turns = "turn 1" if done.turn == 1 else f"turns 1 to {done.turn}"
    of = f"{one_line(done.thread)} has {turns} of {one_line(done.parent)}"
    if not done.branch:
        goes_on = f"`vivek --thread {one_line(done.thread)}` goes on"
        return [*lines, *done.notes, f"{of}; the files stay as they are. {goes_on}"]
    where = one_line(done.directory, 500)
    files = f"{of}, its files are in {where}, branch {one_line(done.branch)}"
    return [*lines, *done.notes, files, f"`cd {where}`, then `vivek --continue` goes on"]


def tree_lines(tree: ThreadTree, width: int) -> Iterator[str]:
    """Yield a family of threads as a tree.

    Args:
        tree: The thread that all came from.
        width: Columns of the terminal.
    """
    if tree.parent is not None:
        left, where = one_line(tree.parent.thread), one_line(tree.parent.directory, 500)
        yield fit(f"forked from {left} after turn {tree.parent.turn}, in {where}", width)
    yield fit(_name(tree), width)
    yield from _below(tree, "", width)


def _below(tree: ThreadTree, before: str, width: int) -> Iterator[str]:
    items: list[TurnLine | TreeBranch] = []
    left = list(tree.branches)
    first = tree.turns[0].number if tree.turns else 0
    items += [branch for branch in left if branch.turn < first or not tree.turns]
    for turn in tree.turns:
        items.append(turn)
        items += [branch for branch in left if branch.turn == turn.number]
    items += [branch for branch in left if tree.turns and branch.turn > tree.turns[-1].number]
    for at, item in enumerate(items):
        last = at == len(items) - 1
        corner, bar = ("└─ ", "   ") if last else ("├─ ", "│  ")
        if isinstance(item, TurnLine):
            yield _turn_line(item, before + corner, width)
        else:
            kind = "fork" if item.kind == "fork" else "set aside"
            yield fit(f"{before}{corner}{kind} after turn {item.turn}: {_name(item.tree)}", width)
            yield from _below(item.tree, before + bar, width)


def _turn_line(turn: TurnLine, before: str, width: int) -> str:
    files = f"  [{len(turn.files)} file{'s' if len(turn.files) > 1 else ''}]" if turn.files else ""
    head = f"{before}{turn.number}  "
    return head + fit(one_line(turn.request), max(10, width - width_of(head) - len(files))) + files


def _name(tree: ThreadTree) -> str:
    asked = "  (this one)" if tree.asked else ""
    where = f"  (in {one_line(tree.directory, 500)})" if tree.directory else ""
    return f"{one_line(tree.thread)}{asked}{where}  {one_line(tree.title)}".rstrip()


def _files(plan: RewindPlan, words: dict[str, str]) -> list[str]:
    counts = [f" (+{file.added} -{file.removed})" if file.added or file.removed else "" for file in plan.files]
    return [f"{words[file.kind]} {one_line(file.path)}{count}" for file, count in zip(plan.files, counts, strict=True)]


def _turns(turns: tuple[TurnLine, ...], what: str) -> list[str]:
    lines = [f"{what} turn {turn.number}: {one_line(turn.request, 80)}" for turn in turns[:_SHOWN]]
    more = len(turns) - len(lines)
    return [*lines, f"{what} {more} more turns"] if more else lines


def _where(plan: RewindPlan) -> str:
    return f"{one_line(plan.thread)} is at {f'turn {plan.turn}' if plan.turn else 'its beginning'}"
