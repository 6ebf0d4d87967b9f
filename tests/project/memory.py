"""A small index in memory: reads texts with the real reader, keeps everything in dictionaries."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from vivek.project.graph import turned
from vivek.project.words import subwords
from vivek.schema.index import Definition, FileFacts, Imported, IndexStatus, TextHit
from vivek.syntax.facts import facts_of


class MemoryLookup:
    """Answers what `Lookup` asks; a path that is in `texts` and not in `files` has vanished since."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Read all texts, by path."""
        self.texts = dict(texts)
        self.files = dict(self.texts)
        self.facts: dict[str, FileFacts] = {path: facts_of(path, text) for path, text in sorted(texts.items())}
        self._bags = {path: _bag(path, self.facts[path], text) for path, text in self.texts.items()}
        self._by_name: dict[str, list[Definition]] = defaultdict(list)
        for facts in self.facts.values():
            for each in facts.definitions:
                for name in {each.name, each.last}:
                    self._by_name[name].append(each)

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, None when it is gone."""
        return self.files[path].encode() if path in self.files else None

    def status(self) -> IndexStatus:
        """Return that all is read."""
        return IndexStatus(files=len(self.facts), listed=len(self.facts), complete=True)

    def refresh(
        self, *, on_progress: Callable[[int, int], None] | None = None, stop: Callable[[], bool] = lambda: False
    ) -> IndexStatus:
        """Do nothing: it was read when it was made."""
        del on_progress, stop
        return self.status()

    def paths(self) -> Sequence[str]:
        """Return the files."""
        return list(self.facts)

    def definitions(self, name: str, *, limit: int = 50) -> Sequence[Definition]:
        """Return definitions of a name."""
        exact = self._by_name.get(name, [])
        found = [*sorted(exact, key=lambda each: each.name != name)]
        if not found:
            found = [
                each for known, many in sorted(self._by_name.items()) if known.lower() == name.lower() for each in many
            ]
        return found[:limit]

    def definitions_like(self, pattern: str, *, limit: int = 50) -> Sequence[Definition]:
        """Return nothing: nobody asks here."""
        del pattern, limit
        return []

    def definitions_in(self, path: str) -> Sequence[Definition]:
        """Return what a file defines."""
        return self.facts[path].definitions if path in self.facts else ()

    def defined(self, names: Iterable[str]) -> Mapping[str, int]:
        """Return how often names are defined."""
        return {name: len(self._by_name[name]) for name in names if name in self._by_name}

    def references(self, name: str, *, limit: int = 200) -> Mapping[str, tuple[int, ...]]:
        """Return the files that use a name."""
        users = {path: facts.references[name] for path, facts in self.facts.items() if name in facts.references}
        return dict(list(users.items())[:limit])

    def referred(self, path: str) -> Mapping[str, tuple[int, ...]]:
        """Return the names that a file uses."""
        return self.facts[path].references

    def imports_of(self, path: str) -> Sequence[Imported]:
        """Return the imports of a file."""
        return self.facts[path].imports

    def edges(self) -> Mapping[str, Mapping[str, int]]:
        """Return which file imports which other."""
        modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in self.facts}
        found: dict[str, dict[str, int]] = {}
        for path, facts in self.facts.items():
            for each in facts.imports:
                for module in (each.module, *(f"{each.module}.{name}" for name in each.names)):
                    target = modules.get(module)
                    if target and target != path:
                        found.setdefault(path, {})[target] = found.get(path, {}).get(target, 0) + 1
        return found

    def importers(self) -> Mapping[str, Sequence[str]]:
        """Return which files import each file."""
        return turned(self.edges())

    def match(self, words: Sequence[str], *, limit: int = 50) -> Sequence[tuple[str, float]]:
        """Return files by how well words fit them, by BM25."""
        total = len(self._bags)
        mean = sum(sum(bag.values()) for bag in self._bags.values()) / max(total, 1)
        scores: dict[str, float] = defaultdict(float)
        for word in words:
            holding = [path for path, bag in self._bags.items() if word in bag]
            rarity = math.log(1 + (total - len(holding) + 0.5) / (len(holding) + 0.5))
            for path in holding:
                times, size = self._bags[path][word], sum(self._bags[path].values())
                scores[path] += rarity * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * size / mean))
        return sorted(scores.items(), key=lambda each: (-each[1], each[0]))[:limit]

    def search(self, text: str, *, limit: int = 100) -> Sequence[TextHit]:
        """Return the lines that hold a text."""
        return [
            TextHit(path, number, line)
            for path, whole in sorted(self.files.items())
            for number, line in enumerate(whole.split("\n"), 1)
            if text.lower() in line.lower()
        ][:limit]


def _bag(path: str, facts: FileFacts, text: str) -> Counter[str]:
    bag: Counter[str] = Counter()
    for word in subwords(path):
        bag[word] += 4
    for each in facts.definitions:
        for word in subwords(each.last):
            bag[word] += 2
    bag.update(subwords(text))
    return bag
