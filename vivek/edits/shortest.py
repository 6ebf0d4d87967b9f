"""What two sequences have in common, in order: Myers' greedy algorithm, bounded in time for very different ones."""

from collections.abc import Hashable, Iterator, Sequence

_NEAR = 24
_DEEPEST = 256

Run = tuple[int, int, int]
"""Place in the old sequence, place in the new one, and how many from there on are the same."""


def common_runs(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """Return what is kept on a shortest way from `old` to `new`, in order.

    Most edits are small and found at once. Else what only one side has is left out first, so that it costs nothing.
    After 256 differences on the way the search keeps the best it has and goes on from there: time grows with the
    length, and the way may then be a little longer than the shortest.
    """
    runs, x, y = _advance(old, new, 0, 0, _NEAR)
    if x == len(old) and y == len(new):
        return runs
    both = set(old) & set(new)
    old_at = [index for index, item in enumerate(old) if item in both]
    new_at = [index for index, item in enumerate(new) if item in both]
    numbers = {item: number for number, item in enumerate(both)}
    left = [numbers[old[index]] for index in old_at]
    right = [numbers[new[index]] for index in new_at]
    places: list[tuple[int, int]] = []
    x = y = 0
    while x < len(left) and y < len(right):
        runs, x, y = _advance(left, right, x, y, _DEEPEST)
        places += [(old_at[x + at], new_at[y + at]) for x, y, length in runs for at in range(length)]
    return list(_joined(places))


def _advance(
    old: Sequence[Hashable], new: Sequence[Hashable], x0: int, y0: int, deepest: int
) -> tuple[list[Run], int, int]:
    """Search from one place on; return what is kept on the way, and where the search ended."""
    width, height = len(old) - x0, len(new) - y0
    reach = {1: 0}  # how far each diagonal was followed; by diagonal k = x - y
    trail: list[dict[int, int]] = []
    best = (0, 0, 0)
    for depth in range(min(width + height, deepest) + 1):
        trail.append(dict(reach))
        for k in range(-depth, depth + 1, 2):
            down = k == -depth or (k != depth and reach[k - 1] < reach[k + 1])
            x = reach[k + 1] if down else reach[k - 1] + 1
            y = x - k
            while x < width and y < height and old[x0 + x] == new[y0 + y]:
                x += 1
                y += 1
            reach[k] = x
            if x >= width and y >= height:
                return _walked_back(trail, depth, k, x, x0, y0), x0 + x, y0 + y
            if x + y > best[0] and x <= width and y <= height:
                best = (x + y, k, depth)
    _, k, depth = best
    x = trail[depth + 1][k] if depth + 1 < len(trail) else reach[k]
    return _walked_back(trail, depth, k, x, x0, y0), x0 + x, y0 + x - k


def _walked_back(trail: Sequence[dict[int, int]], depth: int, k: int, x: int, x0: int, y0: int) -> list[Run]:
    """Return what is kept on the way to a place, from the start on."""
    kept: list[Run] = []
    for step in range(depth, -1, -1):
        reach = trail[step]
        down = k == -step or (k != step and reach[k - 1] < reach[k + 1])
        before = k + 1 if down else k - 1
        start = reach[before] if down else reach[before] + 1
        if x > start:
            kept.append((x0 + start, y0 + start - k, x - start))
        x, k = reach[before], before
    kept.reverse()
    return kept


def _joined(places: Sequence[tuple[int, int]]) -> Iterator[Run]:
    """Yield single places as runs."""
    begin = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or places[at] != (places[at - 1][0] + 1, places[at - 1][1] + 1):
            yield (*places[begin], at - begin)
            begin = at
