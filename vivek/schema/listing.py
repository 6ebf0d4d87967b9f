"""Every model that can be reached, and who was asked for them."""

from dataclasses import dataclass

from vivek.schema.models import ModelInfo


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One model.

    Attributes:
        provider: Who serves it.
        info: What is known of it.
        base_url: Where its server answers, None for what runs inside vivek.
        near: Whether it runs on this machine or one of its own network, and costs nothing.
        reason: Why it cannot be used, or is no model to talk to; "" when it can.
        chosen: Whether the settings name it.
    """

    provider: str
    info: ModelInfo
    base_url: str | None = None
    near: bool = True
    reason: str = ""
    chosen: bool = False

    @property
    def name(self) -> str:
        """`provider/model`, as it is typed."""
        return f"{self.provider}/{self.info.name}"


@dataclass(frozen=True, slots=True)
class ListedServer:
    """Somebody who was asked for models.

    Attributes:
        provider: Its name in `provider/model`.
        title: Its name for people.
        place: Where it was asked.
        problem: Why it gave none, "" when it answered.
        hint: What to do about that.
        models: How many it has.
    """

    provider: str
    title: str
    place: str
    problem: str = ""
    hint: str = ""
    models: int = 0


@dataclass(frozen=True, slots=True)
class ModelList:
    """The answers of all.

    Attributes:
        models: In the order of the providers, the best of each first.
        servers: In the same order.
    """

    models: tuple[ListedModel, ...]
    servers: tuple[ListedServer, ...]

    def usable(self) -> tuple[ListedModel, ...]:
        """Return the models a chat may begin with unasked, in the same order: near, and with nothing against them."""
        return tuple(model for model in self.models if model.near and not model.reason)
