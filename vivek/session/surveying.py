"""What `vivek init` finds: languages and commands in the project's files, servers and models on this machine.

Nothing is run, and nobody is asked but servers on loopback.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from vivek.config.layers import environment
from vivek.errors import VivekError, WorkspaceError
from vivek.project.first_page import Survey, page_of, survey_files
from vivek.project.tooling.commands import Root
from vivek.project.tooling.finding import detect_tooling
from vivek.schema.events import Notice
from vivek.schema.first_page import Insight, Outcome
from vivek.schema.listing import ListedModel, ModelList
from vivek.session.listing import list_project
from vivek.session.place import Place
from vivek.session.project_page import PAGE
from vivek.session.spec import ModelChoice
from vivek.workspace.files import Files

_DISK = ("local", "mlx")  # what is listed of them are folders, no servers


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What was found.

    Attributes:
        survey: In the project's files.
        models: Models that can be used here, the best first.
        servers: Model servers that answer.
        notices: What to tell.
    """

    survey: Survey
    models: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()

    def page(
        self,
        about: str = "",
        insight: Insight | None = None,
        outcomes: Mapping[tuple[str, ...], Outcome] | None = None,
    ) -> str:
        """Return the page that is to be written.

        Args:
            about: What the user says of the project.
            insight: What was measured of it, None where nobody looked.
            outcomes: What became of its commands, by program and arguments; None where none was to be run.
        """
        return page_of(self.survey, about=about, models=self.models, insight=insight, outcomes=outcomes)


async def survey_project(place: Place) -> Surveyed:
    """Look at a project and at this machine.

    Raises:
        WorkspaceError: If this is the home folder or `/`.
        ConfigError: If the settings cannot be read.
    """
    if place.restricted:
        msg = f"{place.root} is no project: `{PAGE}` belongs into one."
        raise WorkspaceError(msg, hint="Change into your project first.")
    files = Files(place.root)
    listed = list_project(place)
    survey = survey_files(place.root.name, Root(listed, files.read), detect_tooling(listed, files.read))
    found, notices = await _models()
    models = tuple(each.name for each in _best(found)) if found else ()
    answering = [each for each in found.servers if not each.problem and each.provider not in _DISK] if found else []
    servers = tuple(f"{each.title} at {each.place}" for each in answering)
    return Surveyed(survey, models, servers, notices)


def existing_page(place: Place) -> bool:
    """Tell whether the project has such a page, or anything of its name."""
    path = place.root / PAGE
    return path.is_symlink() or path.exists()


def write_page(place: Place, text: str) -> None:
    """Write the page.

    Raises:
        WorkspaceError: If there is one by now, or it cannot be written.
    """
    if existing_page(place):
        msg = f"There is a `{PAGE}` already; it is left as it is."
        raise WorkspaceError(msg, hint="`vivek init --print` shows what would be written.")
    Files(place.root).write(PAGE, text.encode())


async def _models() -> tuple[ModelList | None, tuple[Notice, ...]]:
    from vivek.providers.wire.address import is_loopback, ollama_url, parse_address
    from vivek.session.models.listing import list_models

    named = environment("OLLAMA_HOST")
    try:
        if named and not is_loopback(parse_address(ollama_url(named)).host):
            return None, (Notice("OLLAMA_HOST is another machine, so no models are looked for."),)
        return await list_models(ModelChoice(), services=False), ()
    except VivekError as error:
        return None, (Notice(f"No models are looked for: {error.message}", hint=error.hint or ""),)


def _best(found: ModelList) -> tuple[ListedModel, ...]:
    from vivek.session.models.picking import ranked

    return ranked(found)
