"""Finds narratives that were told already: no model, no graph, no network."""

from dataclasses import replace

from vivek.analysis.citations.evidence_whole import gather
from vivek.flows.piecewise import NARRATIVE
from vivek.prompts.narrative import prompts_version
from vivek.schema.architecture import Architecture
from vivek.schema.narrative import Narrative
from vivek.session.doors.kept_reports import kept_report, texts_of_finished
from vivek.session.doors.outlines import open_outline
from vivek.session.pages.templates import load_templates
from vivek.session.place import Place
from vivek.session.trust import Trust


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
    kept = kept_report(Narrative, f"{known.key}{prompts}", model)
    return None if kept is None else replace(kept, thread_id="")


def finished_narrative(place: Place, thread: str) -> Narrative | None:
    """Return the narrative of a thread, None where it is not at its end.

    Args:
        place: The project.
        thread: Id or unique prefix.

    Raises:
        ThreadError: If there is no such thread, it is no narrative, or it cannot be read.
        WorkspaceError: If a database cannot be used.
    """
    texts = texts_of_finished(place, thread, NARRATIVE, "report")
    return None if texts is None else NARRATIVE.unpack(Narrative, texts[0])
