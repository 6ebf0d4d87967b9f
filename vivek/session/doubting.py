"""What is doubtful about a change: by its texts, by the project around it, and by the files it would touch."""

from collections.abc import Collection

from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.validate import validate
from vivek.config.secrets import find_secrets
from vivek.edits.codec import Undecodable, decode
from vivek.errors import WorkspaceError
from vivek.flows.bench import Staged
from vivek.project.packages import installed_names, locked_names, named_hosts
from vivek.schema.concerns import Concern
from vivek.session.place import Place
from vivek.workspace.doubts import find_doubts
from vivek.workspace.files import Files


def find_concerns(
    place: Place, files: Files, listed: Collection[str], before: Staged, after: Staged, *, request: str, reply: str
) -> tuple[Concern, ...]:
    """Return what is doubtful about a change set, what blocks it first.

    Args:
        place: The project.
        files: The user's files.
        listed: Their paths.
        before: The bytes of each changed file as it is.
        after: Its bytes as they would be, None for a file that goes.
        request: The user's words.
        reply: The prose of the model.
    """

    def text_of(path: str) -> str | None:
        try:
            data = files.read(path)
        except WorkspaceError:
            return None
        text = None if data is None else decode(data)
        return None if text is None or isinstance(text, Undecodable) else text.plain

    known = frozenset(listed)
    facts = ProjectFacts(
        files=known,
        request=request,
        reply=reply,
        installed=installed_names(place.root),
        locked=locked_names(known, files.read),
        hosts=named_hosts(known, text_of),
        read=text_of,
        find_secrets=lambda text: [(each.line, each.kind) for each in find_secrets(text)],
    )
    by_text = validate({path: (before.get(path), data) for path, data in after.items()}, facts)
    return (*find_doubts(files, after), *by_text)
