"""Finds narratives that were told already: no model, no graph, no network."""

import json
from dataclasses import replace

from vivek.analysis.citations.evidence_whole import gather
from vivek.errors import ThreadError
from vivek.flows.piecewise import NARRATIVE
from vivek.prompts.narrative import prompts_version
from vivek.schema.architecture import Architecture
from vivek.schema.narrative import Narrative
from vivek.schema.plain import from_plain
from vivek.session.doors.outlines import open_outline
from vivek.session.pages.templates import load_templates
from vivek.session.place import Place
from vivek.session.reviewing.answers import open_answers
from vivek.session.threads.heads import open_heads
from vivek.session.threads.index import ThreadIndex
from vivek.session.trust import Trust
from vivek.workspace.store import Store


def kept_narrative(place: Place, architecture: Architecture, model: str | None) -> Narrative | None:
    """Return the whole narrative of the same facts and questions from earlier, or None.

    Args:
        place: The project.
        architecture: What was measured.
        model: `provider/model`, None for whoever told it last.

    Raises:
        ConfigError: If a template that counts cannot be used.
        IndexingError: If the index cannot be opened.
    """
    with open_outline(place) as outline:
        known = gather(architecture, outline)
    prompts = prompts_version(load_templates(place, Trust.open()).templates)
    with open_answers() as answers:
        text = answers.report(f"{known.key}{prompts}", model)
    try:
        return None if text is None else replace(from_plain(Narrative, json.loads(text)), thread_id="")
    except (ValueError, RecursionError):
        return None  # of another vivek


def finished_narrative(place: Place, thread: str) -> Narrative | None:
    """Return the narrative of a thread, None where it is not at its end.

    Args:
        place: The project.
        thread: Id or unique prefix.

    Raises:
        ThreadError: If there is no such thread, it is no narrative, or it cannot be read.
        WorkspaceError: If a database cannot be used.
    """
    with ThreadIndex.open() as index:
        found = index.find(thread, place.root)
    if found.kind != "analyze":
        msg = f"Thread {found.id} tells of no project."
        raise ThreadError(msg, hint=f"`vivek threads resume {found.id}` goes on with it.")
    with open_heads(place.data) as heads:
        ids = heads.ids(found.id)
        saved = heads.head(ids[-1], found.id).saved(found.id) if ids else None
    report = saved.turn.get("report") if saved is not None else None
    if not isinstance(report, str):
        return None
    with Store.open(place.data) as store:
        return NARRATIVE.unpack(Narrative, store.get_text(report))
