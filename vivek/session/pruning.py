"""Which checkpoints of a thread are kept, and how the others go: SQL only, no LangGraph."""

from pathlib import Path

from vivek.workspace.database import open_database

NEWEST_KEPT = 20
"""Checkpoints of a thread that are kept besides the one at every turn's end."""

MIGRATIONS = (
    """CREATE TABLE IF NOT EXISTS turn_ends (
        thread_id TEXT NOT NULL, turn INTEGER NOT NULL, checkpoint_id TEXT NOT NULL,
        PRIMARY KEY (thread_id, turn)
    ) WITHOUT ROWID""",
)

_PRUNE = """DELETE FROM {table} WHERE thread_id = :thread AND checkpoint_ns = ''
    AND checkpoint_id NOT IN (SELECT checkpoint_id FROM turn_ends WHERE thread_id = :thread)
    AND checkpoint_id < (SELECT min(checkpoint_id) FROM (
        SELECT checkpoint_id FROM checkpoints WHERE thread_id = :thread AND checkpoint_ns = ''
        ORDER BY checkpoint_id DESC LIMIT :newest))"""

PRUNE_EVERY = 5
"""Turns between two prunings: one that deletes a few turns at once writes a third of the pages."""

KEEP_TURN_END = "INSERT OR REPLACE INTO turn_ends VALUES (:thread, :turn, :id)"

# Writes first: what belongs together is found by the checkpoints that are still there.
PRUNE = (_PRUNE.format(table="writes"), _PRUNE.format(table="checkpoints"))
"""Delete what is neither new nor the end of a turn."""


def forget_thread(path: Path, thread_id: str) -> None:
    """Delete a thread's checkpoints without LangGraph; nothing happens when there are none."""
    if not path.exists():
        return
    connection = open_database(path, migrations=MIGRATIONS).connection
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in ("writes", "checkpoints", "turn_ends"):
            if table in tables:
                connection.execute(f"DELETE FROM {table} WHERE thread_id = ?", (thread_id,))
        connection.commit()
    finally:
        connection.close()
