"""How far what is measured agrees with tools that others wrote: git, ruff and grimp. Shares of what differs.

Run it with `python -m benchmarks.parity`.
"""

import importlib.util
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from pathlib import Path

import grimp

from benchmarks.analyze import compared
from benchmarks.history import build
from benchmarks.measure import ROOT, Result, report
from vivek.analysis.history.following import follow
from vivek.analysis.structure.modules import cycles_of, edges_of
from vivek.project.past.commits import read_past
from vivek.project.repository import facts_of_texts
from vivek.workspace.git.asking import list_files

PACKAGES = ("vivek", "httpx", "langchain_core", "langgraph", "prompt_toolkit", "pydantic", "rich", "asyncio", "email")
COMMITS = 1_000
FOLLOWED = 150  # files whose lines are asked of git one by one

Edge = tuple[str, str]


def main() -> int:
    """Compare, write and show."""
    results = [*imports(PACKAGES), *churn(), *compared(Path(sysconfig.get_paths()["stdlib"]))]
    return report("parity", "How far the figures agree with those of other tools", results)


def imports(packages: Sequence[str]) -> Iterator[Result]:
    """Yield how many imports and cycles of installed packages grimp sees otherwise."""
    for name in packages:
        ours, cycles = ours_of(name)
        theirs, others = theirs_of(name)
        itself = {(one, other) for one, other in theirs if one == other}
        apart = ours ^ (theirs - itself)
        note = f"{len(ours):,} imports, {len(cycles):,} cycles; left out: modules that import themselves, {len(itself)}"
        yield Result(f"{name}: imports that grimp sees otherwise", 100 * len(apart) / len(theirs), "%", 0.0, note)
        yield Result(f"{name}: cycles that are others in grimp's graph", float(len(cycles ^ others)), "cycles", 0.0)


def ours_of(name: str) -> tuple[Set[Edge], Set[frozenset[str]]]:
    """Return the imports within a package, and its cycles, by names of modules."""
    found = importlib.util.find_spec(name)
    folder = Path((found.submodule_search_locations or [""])[0] if found is not None else "")
    paths = sorted(folder.rglob("*.py"))
    texts = {f"{name}/{path.relative_to(folder)}": path.read_text("utf-8") for path in paths}
    edges = edges_of(facts_of_texts(texts).files)
    return (
        {(module(edge.source), module(edge.target)) for edge in edges},
        {frozenset(module(path) for path in cycle.modules) for cycle in cycles_of(edges)},
    )


def module(path: str) -> str:
    """Return the name of the module that a file is."""
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def theirs_of(name: str) -> tuple[Set[Edge], Set[frozenset[str]]]:
    """Return what grimp sees; a cycle are the modules that are both up and down the chain of one."""
    graph = grimp.build_graph(name, cache_dir=None)
    edges = {(one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one)}
    rings = {
        one: frozenset({one, *(graph.find_upstream_modules(one) & graph.find_downstream_modules(one))})
        for one in graph.modules
    }
    return edges, {ring for ring in rings.values() if len(ring) > 1}


def churn() -> Iterator[Result]:
    """Yield in how many commits and files lines are counted otherwise than by git."""
    with tempfile.TemporaryDirectory() as folder:
        generated = Path(folder)
        build(generated, COMMITS)
        listed = run(generated, "ls-tree", "-r", "--name-only", "HEAD").split("\n")[:-1]
        yield from churn_of(generated, f"a history of {COMMITS:,} commits with renames", listed)
    yield from churn_of(ROOT, "this repository", list_files(ROOT) or [])


def churn_of(root: Path, name: str, files: Collection[str]) -> Iterator[Result]:
    """Yield in how many commits and files of a repository lines are counted otherwise than by git."""
    past = read_past(root)
    theirs = shortstat(root)
    apart = [
        each.id
        for each in past.commits
        if (sum(one.added for one in each.touched), sum(one.removed for one in each.touched))
        != theirs.get(each.id, (0, 0))
    ]
    note = f"{len(past.commits):,} commits against `git log --shortstat`"
    yield Result(f"{name}: commits whose lines git counts otherwise", float(len(apart)), "commits", 0.0, note)
    followed = follow(past, files).files
    changed = [path for path, changes in followed.items() if changes]
    chosen = changed[:: max(1, len(changed) // FOLLOWED)]
    odd = [path for path in chosen if [(each.added, each.removed) for each in followed[path]] != numstat(root, path)]
    told = ", ".join(odd) or "none differs"
    note = f"{len(chosen):,} of {len(changed):,} files against `git log --follow --numstat`: {told}"
    yield Result(f"{name}: files whose lines git counts otherwise", float(len(odd)), "files", None, note)


def shortstat(root: Path) -> Mapping[str, tuple[int, int]]:
    """Return added and removed lines of each commit."""
    found = {}
    for commit in run(root, "log", "--shortstat", "-M", "-l1000", "--no-merges", "--format=%x01%H").split("\x01")[1:]:
        name, _, told = commit.partition("\n")
        numbers = {words.split()[1][:3]: int(words.split()[0]) for words in told.split(",") if words.strip()}
        found[name] = (numbers.get("ins", 0), numbers.get("del", 0))
    return found


def numstat(root: Path, path: str) -> list[tuple[int, int]]:
    """Return added and removed lines of a file in each commit, the latest first."""
    told = run(root, "log", "--follow", "--numstat", "--format=", "--", path)
    counts = [line.split("\t")[:2] for line in told.split("\n") if line]
    return [(0, 0) if added == "-" else (int(added), int(removed)) for added, removed in counts]


def run(root: Path, *arguments: str) -> str:
    """Return what git says."""
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
