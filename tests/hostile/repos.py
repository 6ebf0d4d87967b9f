"""Makes hostile repositories: honest ones in which several traps are laid, drawn by a number."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.hostile import file_traps, git_traps
from tests.hostile.scene import Scene, make_scene

TRAPS: dict[str, Callable[[Scene], None]] = {each.__name__: each for each in (*git_traps.TRAPS, *file_traps.TRAPS)}
LAST = {each.__name__: each for each in git_traps.LAST}
_MOST = 9
# These want the same file.
_RIVALS = ({"settings", "broken_settings"}, {"linked_notes", "spoken_notes"}, {"filters", "diffs"})


def make_hostile(area: Path, seed: int, traps: Sequence[str] | None = None) -> tuple[Scene, tuple[str, ...]]:
    """Make a repository with these traps, or with some that the seed draws; return it with their names.

    Args:
        area: A folder that does not exist yet.
        seed: The same one makes the same repository.
        traps: Names of traps.
    """
    scene = make_scene(area, seed)
    drawn = list(traps) if traps is not None else scene.chance.sample([*TRAPS], scene.chance.randint(3, _MOST))
    if traps is None and scene.chance.random() < 0.1:
        drawn.append(scene.chance.choice([*LAST]))
    for rivals in _RIVALS:
        drawn = [name for name in drawn if name not in rivals or name == next(n for n in drawn if n in rivals)]
    laid = [name for name in (*TRAPS, *LAST) if name in drawn]
    for name in laid:
        (TRAPS | LAST)[name](scene)
    return scene, tuple(laid)
