"""How the architecture changed between two commits, both read from git's objects. No model, no graph, no checkout."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from vivek.analysis.history.following import follow
from vivek.analysis.history.hotspots import hotspots_of
from vivek.analysis.structure.architecture import describe
from vivek.analysis.structure.drift import compare
from vivek.errors import ConfigError
from vivek.project.changes.revisions import Revisions
from vivek.project.committed import load_commit, renamed_files
from vivek.project.contract import load_contract
from vivek.project.past.commits import read_past
from vivek.project.repository import facts_of_texts, read_source
from vivek.schema.architecture import Architecture, Limits
from vivek.schema.drift import Drift, Revision
from vivek.schema.repository import Contract
from vivek.session.options import Choices
from vivek.session.place import Place
from vivek.session.settings import load_settings
from vivek.workspace.git.asking import git_toplevel


def diff(place: Place, old: str, new: str) -> Drift:
    """Return how the architecture of a project changed from one commit to another.

    Both are held against the rules as they lie in the project now.

    Args:
        place: The project.
        old: The earlier revision, as git knows it.
        new: The later one.

    Raises:
        ConfigError: If this is no repository, git knows no such commit, or the rules or settings have a mistake.
        WorkspaceError: If git fails.
    """
    if git_toplevel(place.root) is None:
        msg = "There is no git repository here, so there are no versions to compare."
        raise ConfigError(msg, hint="Run it within a git repository.")
    revisions = Revisions(place.root)
    versions = Revision(old, revisions.resolve(old)), Revision(new, revisions.resolve(new))
    told = list(revisions.remarks)
    if versions[0].commit == versions[1].commit:
        told.append(f"{old} and {new} are the same commit.")
    contract = load_contract(place.root)
    if contract.path:
        told.append(f"Both are held against {contract.path} as it is now.")
    ignored = load_settings(place, Choices()).project.ignore
    builder = _Builder(place, ignored, contract)
    before, after = (builder.build(version.commit) for version in versions)
    names = renamed_files(place.root, *(version.commit for version in versions))
    return compare(before, after, names, versions, [*dict.fromkeys((*told, *builder.told))])


class _Builder:
    """Describes versions of a project; what two have in common is read once."""

    def __init__(self, place: Place, ignored: Sequence[str], contract: Contract) -> None:
        self._place = place
        self._ignored = ignored
        self._contract = contract
        self._held: dict[str, bytes] = {}
        self._read = lru_cache(maxsize=None)(read_source)
        self.told: list[str] = []

    def build(self, commit: str) -> Architecture:
        """Return the architecture of a commit."""
        found = load_commit(self._place.root, commit, self._ignored, self._held)
        facts = facts_of_texts(found.texts, Limits(skipped=dict(found.skipped)), self._read)
        past = read_past(self._place.root, self._place.data, start=commit)
        self.told += past.told
        measures = {file.path: file.measures for file in facts.files if file.role == "source"}
        hotspots = hotspots_of(follow(past, found.texts.keys()), measures)
        return describe(replace(facts, contract=self._contract, hotspots=hotspots))
