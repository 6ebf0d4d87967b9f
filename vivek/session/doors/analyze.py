"""How a repository is built, without a model: its index is brought up to date, measured and described. No graph."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from vivek.analysis.history.coupling import scattered
from vivek.analysis.history.following import follow
from vivek.analysis.history.function_churn import HOT, function_hotspots, missed, wanted_hunks
from vivek.analysis.history.hotspots import hotspots_of
from vivek.analysis.history.ownership import history_of
from vivek.analysis.structure.architecture import describe
from vivek.analysis.structure.meanings import MEANINGS
from vivek.errors import WorkspaceError
from vivek.project.collecting import kept_from_collector
from vivek.project.contract import load_contract
from vivek.project.index.base import Lookup
from vivek.project.measured import open_measured
from vivek.project.past.commits import read_past
from vivek.project.past.hunks import read_hunks, read_uncommitted
from vivek.project.past.todo_ages import read_todo_ages
from vivek.project.repository import load_facts, load_tooling
from vivek.schema.architecture import Architecture
from vivek.schema.repository import RepositoryFacts
from vivek.session.doors.index import find_home, listed
from vivek.session.place import Place
from vivek.workspace.files import Files

_DAY = 86_400
_WRITTEN = frozenset({"source", "test"})


def analyze(
    place: Place,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Architecture:
    """Return how a project is built.

    Args:
        place: The project.
        on_progress: Hears of files done and files to do.
        stop: Asked between files; what is known by then is described.

    Raises:
        ConfigError: If this is no project, or its rules or settings have a mistake.
        IndexingError: If the index cannot be read or written.
        WorkspaceError: If git fails.
    """
    with kept_from_collector():
        return describe(collect(place, on_progress=on_progress, stop=stop))


def collect(
    place: Place,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> RepositoryFacts:
    """Return all that is measured of a project; takes and raises what `analyze` does."""
    contract = load_contract(place.root)
    files = listed(place)
    with opened_facts(place, files, on_progress=on_progress, stop=stop) as (_, facts):
        pass
    own = Files(place.root)

    def read(path: str) -> bytes | None:
        try:
            return own.read(path)
        except WorkspaceError:
            return None

    return _with_history(place, replace(facts, contract=contract, tooling=load_tooling(files, read)), files)


@contextmanager
def opened_facts(
    place: Place,
    files: Sequence[str] | None = None,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Lookup, RepositoryFacts]]:
    """Bring the index of a project up to date; yield it with what it knows.

    Args:
        place: The project.
        files: Its files, where somebody has listed them.
        on_progress: Hears of files done and files to do.
        stop: Asked between files.

    Raises:
        ConfigError: If this is no project.
        IndexingError: If the index cannot be read or written.
    """
    home = find_home(place)
    paths = listed(place) if files is None else files
    with open_measured(place.root, home.folder, list_files=lambda: paths) as measured:
        measured.refresh(on_progress=on_progress, stop=stop)
        yield measured.index, load_facts(measured, paths)


def _with_history(place: Place, facts: RepositoryFacts, files: Collection[str]) -> RepositoryFacts:
    """Return the facts with what git tells of these files."""
    followed = follow(read_past(place.root, place.data), files)
    written = {file.path: file.measures for file in facts.files if file.code and file.role in _WRITTEN}
    sources = {file.path: file.measures for file in facts.files if file.code and file.role == "source"}
    imports = {
        file.path: {target for link in file.links for target in link.targets} for file in facts.files if file.code
    }
    hot = hotspots_of(followed, sources)
    hottest = [spot.path for spot in hot[:HOT]]
    wanted = wanted_hunks(followed, frozenset(hottest))
    hunks = read_hunks(place.root, place.data, wanted)
    functions = function_hotspots(followed, sources, hunks, read_uncommitted(place.root, hottest))
    todos = {path: measured.todos for path, measured in written.items() if measured.todos}
    # Nothing in a file is older than the file, so that of most none has to be looked at.
    old = followed.until - MEANINGS["old-todo"].limits["days"] * _DAY
    latest = {
        path: changes[0].commit.id
        for path, changes in followed.files.items()
        if changes and min(each.commit.time for each in changes) <= old
    }
    history = history_of(followed, imports)
    return replace(
        facts,
        history=replace(history, told=(*history.told, *missed(hot, wanted))),
        hotspots=(*hot, *functions),
        scattered=scattered(followed, sources),
        todo_since=read_todo_ages(place.root, place.data, todos, latest),
    )
