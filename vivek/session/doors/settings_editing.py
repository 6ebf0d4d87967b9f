"""Edits a file of settings as a whole: what is wrong with the new text is told before it counts."""

from pathlib import Path

from vivek.config.formats import read_text
from vivek.config.writing import ended_like, store_settings
from vivek.schema.configuration import Fault
from vivek.session.origins import project_file, user_file
from vivek.session.place import Place, prepare_data
from vivek.session.validating import faults_of


def begin_edit(place: Place, *, project: bool) -> tuple[Path, str]:
    """Return the user's file of settings, or the project's, and its text to begin an edit with.

    Raises:
        ConfigError: If it is there and cannot be read.
    """
    path = project_file(place) if project else user_file()
    return path, read_text(path)


def finish_edit(place: Place, path: Path, text: str, *, project: bool) -> tuple[Fault, ...]:
    r"""Put an edited text in force; return what is wrong with it instead, and then nothing is written.

    Its lines end with `\n`; in the file they end as they did.

    Raises:
        ConfigError: If it cannot be written.
    """
    faults = faults_of(text, path, "project" if project else "user", place)
    before = read_text(path)
    if not faults and text != before.replace("\r\n", "\n"):
        if project:
            prepare_data(place)
        store_settings(path, ended_like(before, text), private=not project)
    return faults


def keep_rejected(path: Path, text: str) -> Path:
    """Keep a text that is not to count beside its file, and return where.

    Raises:
        ConfigError: If it cannot be written.
    """
    kept = path.with_name(f"{path.name}.rejected")
    store_settings(kept, text)
    return kept
