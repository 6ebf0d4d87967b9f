"""How a model is treated: its profile and its thinking, as measured, set by the user, or told by its server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from vivek.flows.asking import Asker
from vivek.flows.replying import Thinks
from vivek.providers.profiles import profile_for
from vivek.schema.models import Profile
from vivek.session.models.serving import Served
from vivek.session.settings import Settings


@dataclass(slots=True)
class Treatment:
    """How the models of a thread are treated at present; settings may change between two turns.

    Attributes:
        settings: Those in force.
        models: The models.
        askers: What asks each of them, by the id of its model.
    """

    settings: Settings
    models: Sequence[Served]
    askers: Mapping[int, Asker] = field(default_factory=dict)

    def profile(self, served: Served) -> Profile:
        """Return the profile of one of the models."""
        return profile_of(served, self.settings)

    def adopt(self, settings: Settings) -> None:
        """Treat the models by other settings from now on."""
        self.settings = settings
        for served in self.models:
            if (asker := self.askers.get(id(served))) is not None:
                asker.think, asker.aids = think_of(served, settings), settings.aids


def profile_of(served: Served, settings: Settings) -> Profile:
    """Return the profile of a model, with what the user and the probe say."""
    profile = profile_for(served.info, user=settings.sampling, probed=served.known.sampling)
    room = settings.model.reply_tokens
    return profile if room is None else replace(profile, prose_tokens=max(1, room))


def think_of(served: Served, settings: Settings) -> bool | None:
    """Return what is asked of a model; some servers refuse one that cannot think when it is told to."""
    wanted = settings.model.think
    return None if wanted and thinks_of(served) == "no" else wanted


def thinks_of(served: Served) -> Thinks:
    """Return whether a model thinks: as measured, else as its server says."""
    match served.known.thinking:
        case "always":
            return "always"
        case "switchable":
            return "yes"
        case "none":
            return "no"
        case None:
            return "yes" if "thinking" in served.info.abilities else "no"
