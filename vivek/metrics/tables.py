"""The tables of `metrics.db`: one row a turn, one a model call, one a verdict. What is unknown is NULL, never 0."""

from pathlib import Path
from sqlite3 import Connection

from vivek.metrics.tally import CallRow, Tally
from vivek.workspace.database import Opened, open_database

FILE_NAME = "metrics.db"

MOST_TURNS = 100_000
"""Turns of a project that are kept, however new they are."""

_WAIT = 2.0  # seconds; nobody waits long for figures
_DAY = 86_400.0
_MIGRATIONS = (
    """CREATE TABLE turns (
        id INTEGER PRIMARY KEY, started REAL NOT NULL, thread TEXT NOT NULL, model TEXT NOT NULL, status TEXT NOT NULL,
        seconds REAL NOT NULL, first_text REAL, steps INTEGER NOT NULL,
        staged INTEGER NOT NULL, applied INTEGER NOT NULL, refused INTEGER NOT NULL,
        passed INTEGER NOT NULL, failed INTEGER NOT NULL, skipped INTEGER NOT NULL
    );
    CREATE INDEX turns_by_age ON turns (started);
    CREATE INDEX turns_by_thread ON turns (thread);
    CREATE TABLE calls (
        turn INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE, step INTEGER NOT NULL, node TEXT NOT NULL,
        model TEXT NOT NULL, prompt INTEGER, cached INTEGER, completion INTEGER, thinking INTEGER,
        load REAL, prefill REAL, decode REAL, seconds REAL NOT NULL, first_token REAL, finish TEXT, cost REAL
    );
    CREATE INDEX calls_by_turn ON calls (turn);
    CREATE TABLE verdicts (
        turn INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE, iteration INTEGER NOT NULL, score REAL,
        needs_work INTEGER NOT NULL
    );
    CREATE INDEX verdicts_by_turn ON verdicts (turn);""",
)
_TURN = f"INSERT INTO turns VALUES (NULL, {', '.join('?' * 13)})"
_WAITING = "SELECT id, steps FROM turns WHERE thread = ? AND status = 'needs_approval' ORDER BY id DESC LIMIT 1"
_GO_ON = (
    "UPDATE turns SET status = ?, first_text = coalesce(first_text, ?), seconds = seconds + ?, steps = steps + ?, "
    "staged = staged + ?, applied = applied + ?, refused = refused + ?, "
    "passed = passed + ?, failed = failed + ?, skipped = skipped + ? WHERE id = ?"
)
_CALL = f"INSERT INTO calls VALUES ({', '.join('?' * 15)})"
_VERDICT = "INSERT INTO verdicts VALUES (?, ?, ?, ?)"


def open_metrics(folder: Path) -> Opened:
    """Open a project's metrics, made where there are none; a damaged file is kept aside.

    Args:
        folder: The project's data folder.

    Raises:
        WorkspaceError: If the file cannot be used.
    """
    opened = open_database(folder / FILE_NAME, migrations=_MIGRATIONS, synchronous="NORMAL", wait=_WAIT)
    # What another program wrote into it must not stop a report.
    opened.connection.text_factory = lambda text: text.decode("utf-8", "replace")
    return opened


def prune(db: Connection, *, now: float, keep_days: int) -> None:
    """Forget what is older than so many days, and the oldest of too many turns.

    Args:
        db: The open metrics.
        now: Seconds since the epoch.
        keep_days: Days that are kept.
    """
    db.execute("DELETE FROM turns WHERE started < ?", (now - max(0, keep_days) * _DAY,))
    db.execute("DELETE FROM turns WHERE id <= (SELECT max(id) FROM turns) - ?", (MOST_TURNS,))


def write(db: Connection, tally: Tally) -> None:
    """Add a turn; the rest of one that waited for an answer joins its row."""
    with db:
        db.execute("BEGIN IMMEDIATE")
        waiting = db.execute(_WAITING, (tally.thread,)).fetchone() if tally.goes_on else None
        if waiting is not None:
            turn, before = waiting
            db.execute(_GO_ON, (tally.status, tally.first_text, tally.seconds, tally.steps, *_counts(tally), turn))
        else:
            before = 0
            begin = (tally.started, tally.thread, tally.model, tally.status, tally.seconds, tally.first_text)
            turn = db.execute(_TURN, (*begin, tally.steps, *_counts(tally))).lastrowid
        db.executemany(_CALL, [_call(turn, before, call) for call in tally.calls])
        db.executemany(_VERDICT, [(turn, said.iteration, said.score, said.needs_work) for said in tally.verdicts])


def _counts(tally: Tally) -> tuple[int, ...]:
    return (*tally.edits.values(), *tally.checks.values())


def _call(turn: int, before: int, call: CallRow) -> tuple[object, ...]:
    usage = call.usage
    tokens = (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens, usage.thinking_tokens)
    times = (usage.load_seconds, usage.prefill_seconds, usage.decode_seconds, call.seconds, call.first_token)
    return (turn, before + call.step, call.node, call.model, *tokens, *times, call.finish, usage.cost)
