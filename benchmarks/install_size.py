"""What an installation of the core takes on the disk, bytecode included, and which packages it goes to."""

import re
import subprocess
import sys
import tempfile
from importlib.metadata import Distribution, distributions
from pathlib import Path

from benchmarks.measure import ROOT, Result, report

LIMIT = 300.0
SHIPPED_WITH_PYTHON = {"pip", "setuptools", "wheel"}


def main() -> int:
    """Install the core at the pinned versions into an environment of its own and weigh it."""
    with tempfile.TemporaryDirectory(prefix="vivek-bench-") as folder:
        place = Path(folder)
        subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True)
        python = place / "venv" / "bin" / "python"
        pins = place / "pins.txt"
        pins.write_text(
            without_hashes((ROOT / ".ci/constraints/dev.txt").read_text(encoding="utf-8")), encoding="utf-8"
        )
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--constraint", pins, ROOT], check=True)
        (packages,) = (place / "venv" / "lib").glob("python*/site-packages")
        weights = weigh(packages)
    total = sum(weights.values())
    results = [Result("the core, installed", total, "MB", LIMIT, f"{len(weights)} packages, bytecode included")]
    results += [Result(name, weight, "MB") for name, weight in list(weights.items())[:12]]
    return report("install_size", "Installed size of the core", results)


def without_hashes(pins: str) -> str:
    """Return pins as plain `name==version` lines: pip takes no hashes beside a local project."""
    return "\n".join(re.findall(r"^[\w.-]+==[^\\\n]+", pins, re.MULTILINE)) + "\n"


def weigh(packages: Path) -> dict[str, float]:
    """Return the MB of each distribution in a site-packages folder, the heaviest first."""
    weights: dict[str, float] = {}
    for distribution in distributions(path=[str(packages)]):
        name = distribution.metadata["Name"]
        if name not in SHIPPED_WITH_PYTHON:
            weights[name] = _size(distribution) / 1024**2
    return dict(sorted(weights.items(), key=lambda item: -item[1]))


def _size(distribution: Distribution) -> int:
    paths = (Path(str(file.locate())) for file in distribution.files or ())
    return sum(path.stat().st_size for path in paths if path.is_file())


if __name__ == "__main__":
    sys.exit(main())
