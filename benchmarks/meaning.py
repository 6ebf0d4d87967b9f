"""What nearness in meaning adds to the choice of files: recall with vectors of a real model, and without.

The cases are those of `selection.py`. The model answers `/v1/embeddings` at an address; vectors are made, kept and
searched as a session does. `meaning.py MODEL --base-url URL PATH ... [--commits N] [--weights W ...]`.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Result, report
from benchmarks.selection import DEPTHS, find_cases, git
from vivek.project.index.index import Index, open_index
from vivek.project.past.cochange import load_history
from vivek.project.ranking import WEIGHTS, rank
from vivek.project.vectors.searching import Vectors, open_vectors
from vivek.providers.adapters.openai_compat import OpenAICompatProvider
from vivek.session.knowledge.meaning import contrasted
from vivek.workspace.git.asking import list_files

NEAREST = 20
ASKED = 1_000


def main(arguments: Sequence[str]) -> int:
    """Measure each repository."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("repository", nargs="+", type=Path, help="a git repository, or NAME=PATH")
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--commits", type=int, default=80, help="how many of the last ones to look at")
    parser.add_argument("--weights", type=float, nargs="+", default=[WEIGHTS.near / 2, WEIGHTS.near, 2 * WEIGHTS.near])
    given = parser.parse_args(arguments)
    results: list[Result] = []
    for each in given.repository:
        name, equals, path = str(each).partition("=")
        repository = Path(path if equals else name).resolve()
        results += measured(name if equals else repository.name, repository, given)
    return report("meaning", f"What nearness in meaning adds to the choice of files, by `{given.model}`", results)


def measured(name: str, repository: Path, given: argparse.Namespace) -> Iterator[Result]:
    """Yield the recall in one repository, by the weight of nearness."""
    weights = (0.0, *given.weights)
    recalls: dict[float, list[tuple[float, ...]]] = {weight: [] for weight in weights}
    cases = [*find_cases(repository, given.commits)][::-1]
    with tempfile.TemporaryDirectory(prefix="vivek-meaning-") as folder:
        root, data = Path(folder) / "clone", Path(folder) / "data"
        git(Path(folder), "clone", "--quiet", "--no-checkout", str(repository), str(root))
        data.mkdir()
        with (
            open_index(root, data, list_files=lambda: list_files(root) or ()) as index,
            closing(open_vectors(data, given.model)) as vectors,
        ):
            for number, case in enumerate(cases):
                git(root, "checkout", "--quiet", "--detach", "--force", case.before)
                index.refresh()
                files = case.files.intersection(index.paths())
                if not files:
                    continue
                near = asyncio.run(nearest(case.request, index, root, vectors, given))
                history = load_history(root)
                for weight in weights:
                    chosen = [
                        each.path
                        for each in rank(
                            case.request,
                            index,
                            recent=history.recent,
                            together=history.together,
                            near=near if weight else (),
                            limit=max(DEPTHS),
                            weights=replace(WEIGHTS, near=weight),
                        )
                    ]
                    recalls[weight].append(tuple(len(files.intersection(chosen[:at])) / len(files) for at in DEPTHS))
                print(f"{name}: {number + 1} of {len(cases)}", end="\r", file=sys.stderr, flush=True)
            status = vectors.status()
    print(file=sys.stderr)
    about = f"{len(recalls[0.0])} commits; {status.pieces:,} pieces of {status.files:,} files at the end"
    for weight, shares in recalls.items():
        way = f"nearness weighs {weight:g}" if weight else "words alone"
        for place, depth in enumerate(DEPTHS):
            value = 100 * statistics.mean(each[place] for each in shares)
            yield Result(f"{name}: recall at {depth}, {way}", value, "%", note="" if weight else about)


async def nearest(
    request: str, index: Index, root: Path, vectors: Vectors, given: argparse.Namespace
) -> tuple[tuple[str, float], ...]:
    """Return the files near to a request, once all vectors are there."""
    provider = OpenAICompatProvider(given.base_url)

    async def embed(texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        return await provider.embed(given.model, texts)

    def read(path: str) -> bytes | None:
        file = root / path
        return file.read_bytes() if file.is_file() and not file.is_symlink() else None

    try:
        await vectors.fill(index, read, embed)
        asked = await embed([request[:ASKED]])
        return contrasted(vectors.nearest(asked[0], limit=NEAREST)) if asked else ()
    finally:
        await provider.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
