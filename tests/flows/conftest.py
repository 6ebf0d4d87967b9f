"""A transcript to talk in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vivek.prompts.transcript import Transcript
from vivek.workspace.store import Store


@pytest.fixture
def transcript(tmp_path: Path) -> Iterator[Transcript]:
    """Return an empty transcript."""
    with Store.open(tmp_path) as store:
        yield Transcript(store)


@pytest.fixture
def head(transcript: Transcript) -> str:
    """Return the head of a transcript that has begun."""
    return transcript.begin_generation("Rules.")
