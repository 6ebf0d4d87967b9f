"""What an index knows, as lines that editors and `grep` users read, or as JSON types."""

from collections.abc import Mapping, Sequence

from vivek.cli.render.safe_text import one_line, visible
from vivek.schema.index import Definition, IndexStatus, TextHit
from vivek.schema.plain import as_plain

_WIDE = 160
_FIELDS = ("name", "kind", "path", "line", "end_line", "signature")


def definition_line(found: Definition) -> str:
    """Return `PATH:LINE: SIGNATURE`; of what lies within something else the whole name stands before it."""
    said = found.signature or f"{found.kind} {found.name}"
    within = f"{found.name} · " if "." in found.name and found.signature else ""
    return one_line(f"{found.path}:{found.line}: {within}{said}", _WIDE + len(found.path))


def hit_line(found: TextHit) -> str:
    """Return `PATH:LINE: TEXT`, the text without blanks before it."""
    return f"{visible(found.path)}:{found.line}: {visible(found.text.strip())}"


def definition_objects(found: Sequence[Definition]) -> list[dict[str, object]]:
    """Return definitions as JSON objects; the keys are a promise."""
    return [{name: getattr(each, name) for name in _FIELDS} for each in found]


def hit_objects(found: Sequence[TextHit]) -> list[dict[str, object]]:
    """Return lines as JSON objects; the keys are a promise."""
    return [{"path": each.path, "line": each.line, "text": each.text} for each in found]


def status_object(status: IndexStatus, where: str) -> dict[str, object]:
    """Return how far an index is, and where it lies, as one JSON object."""
    plain = as_plain(status)
    return {"folder": where, **(plain if isinstance(plain, dict) else {})}


def status_text(status: IndexStatus, where: str) -> str:
    """Return how far an index is, a line for each thing that is to be said."""
    state = "up to date" if status.complete else f"not complete: {status.listed:,} files are to be indexed"
    lines = [
        f"files        {status.files:,} ({state})",
        f"definitions  {status.definitions:,}",
        f"text         {'searched by the index' if status.text else 'searched file by file: this SQLite has no FTS5'}",
        f"meaning      {_meaning(status)}",
        f"folder       {one_line(where)}",
    ]
    lines += _counted("not read", status.skipped)
    lines += _counted("no reader", status.unread)
    if status.faults:
        lines.append(f"in part      {status.faults:,} file{'s' if status.faults > 1 else ''} with faults")
    return "\n".join(lines)


def progress_line(done: int, total: int) -> str:
    """Return how far a build is."""
    return f"indexing {done:,} of {total:,} files"


def _meaning(status: IndexStatus) -> str:
    if not status.embeddings:
        return "words alone: no embedding model is set"
    return f"{status.pieces:,} pieces with vectors of {one_line(status.embeddings)}"


def _counted(title: str, counts: Mapping[str, int]) -> list[str]:
    if not counts:
        return []
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [f"{title:<13}" + ", ".join(f"{number:,} {one_line(name)}" for name, number in ordered)]
