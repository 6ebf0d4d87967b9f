"""`vivek threads delete` and `prune`: threads are forgotten; files they changed stay as they are."""

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption
from vivek.cli.turn.consent import agree
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivek.schema.threads import ThreadSummary

_SECONDS = {"h": 3_600, "d": 86_400, "w": 7 * 86_400}
_INCOMPLETE = 5
_SHOWN = 20

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a thread, or a unique prefix.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
OlderOption = Annotated[
    str | None, typer.Option("--older-than", metavar="AGE", help="Threads that nobody used for so long: 12h, 90d, 8w.")
]
KeepOption = Annotated[str | None, typer.Option("--keep", metavar="N", help="All but the newest N.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be forgotten, and do nothing.")]


def delete(ctx: typer.Context, id_: IdArgument, yes: YesOption = False, form: ListFormatOption = "text") -> None:
    """Forget a thread; files it changed stay as they are."""
    ctx.ensure_object(Invocation).action = lambda: _delete(id_, form, yes=yes)


def prune(
    ctx: typer.Context,
    older_than: OlderOption = None,
    keep: KeepOption = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    form: ListFormatOption = "text",
) -> None:
    """Forget old threads of this project."""
    ctx.ensure_object(Invocation).action = lambda: _prune(older_than, keep, form, dry_run=dry_run, yes=yes)


def _delete(given: str, form: str, *, yes: bool) -> int:
    from vivek.cli.render.safe_text import one_line
    from vivek.session.doors.collecting import collect
    from vivek.session.doors.history import delete_thread
    from vivek.session.place import open_place
    from vivek.session.threads.index import ThreadIndex

    place = open_place()
    with ThreadIndex.open() as index:
        thread = index.find(given, place.root)
    question = f"Delete {thread.id} ({one_line(thread.title, 60)})?"
    if not yes and not agree(question, what="Deleting", command=f"vivek threads delete {thread.id} --yes"):
        sys.stderr.write("Nothing was deleted.\n")
        return 0
    delete_thread(place, thread.id)
    collect(place)
    if form == "json":
        return _print_json({"deleted": thread.id}, 0)
    sys.stdout.write(f"deleted {thread.id}\n")
    return 0


def _prune(older_than: str | None, keep: str | None, form: str, *, dry_run: bool, yes: bool) -> int:
    from vivek.session.doors.history import plan_pruning, prune_threads
    from vivek.session.place import open_place

    if older_than is None and keep is None:
        msg = "Say which threads: `--older-than 90d`, `--keep 50`, or both."
        raise ConfigError(msg, hint="`--dry-run` shows what would be forgotten.")
    place = open_place()
    kept = None if keep is None else _number(keep)
    meant = plan_pruning(place, older_than=None if older_than is None else _age(older_than), keep=kept, now=time.time())
    if dry_run:
        if form == "json":
            return _print_json({"dry_run": True, "deleted": [thread.id for thread in meant]}, 0)
        sys.stdout.write("".join(f"{line}\n" for line in _listed(meant, "would delete", most=len(meant))))
        sys.stderr.write("" if meant else "Every thread is kept.\n")
        return 0
    if meant and not yes:
        sys.stderr.write("".join(f"{line}\n" for line in _listed(meant, "deletes", most=_SHOWN)))
        again = " ".join(["vivek threads prune", *_options(older_than, keep), "--yes"])
        if not agree(f"Delete {len(meant)} threads?", what="Pruning", command=again):
            sys.stderr.write("Nothing was deleted.\n")
            return 0
    gone, busy, freed = prune_threads(place, [thread.id for thread in meant])
    if form == "json":
        return _print_json({"dry_run": False, "deleted": gone, "in_use": busy, "freed_bytes": freed}, bool(busy))
    sys.stdout.write("".join(f"deleted {name}\n" for name in gone))
    sys.stdout.flush()
    sys.stderr.write("".join(f"kept {name}: it is in use\n" for name in busy))
    told = f"{len(gone)} threads deleted, {freed / 1e6:.1f} MB given back" if gone else "Nothing was deleted."
    sys.stderr.write(f"{told}\n")
    return _INCOMPLETE if busy else 0


def _options(older_than: str | None, keep: str | None) -> list[str]:
    given = (("--older-than", older_than), ("--keep", keep))
    return [f"{name} {value}" for name, value in given if value is not None]


def _listed(threads: "Sequence[ThreadSummary]", what: str, *, most: int) -> list[str]:
    from vivek.cli.render.safe_text import one_line
    from vivek.cli.render.tables import age_of

    now = time.time()
    lines = [f"{what} {one.id}  {age_of(now - one.updated)}  {one_line(one.title, 60)}" for one in threads[:most]]
    return [*lines, *([f"{what} {len(threads) - most} more"] if len(threads) > most else [])]


def _age(text: str) -> float:
    """Return an age in seconds.

    Raises:
        ConfigError: If it is none.
    """
    number, unit = text[:-1], text[-1:]
    if number.isascii() and number.isdigit() and unit in _SECONDS:
        return int(number) * _SECONDS[unit]
    msg = f"{text!r} is no age."
    raise ConfigError(msg, hint="Write hours, days or weeks: 12h, 90d, 8w.")


def _number(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    msg = f"{text!r} is no number of threads."
    raise ConfigError(msg, hint="`--keep 50` keeps the newest 50.")


def _print_json(value: dict[str, object], code: int) -> int:
    from vivek.cli.render.jsonl import VERSION, dump

    sys.stdout.write(dump({"version": VERSION, **value}) + "\n")
    return _INCOMPLETE if code else 0
