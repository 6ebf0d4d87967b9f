"""Placeholders for secrets in what is sent to a model in the cloud; what each stands for is kept in memory only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vivek.config.redaction import replaced
from vivek.config.secrets import find_secrets
from vivek.schema.placeholders import PLACEHOLDER, placeholder_of


@dataclass(slots=True)
class Veil:
    """The placeholders of one conversation: the same secret always gets the same one, so a prompt's beginning stays.

    Attributes:
        hidden: Placeholder of each secret.
    """

    hidden: dict[str, str] = field(default_factory=dict, repr=False)

    def hide(self, text: str) -> str:
        """Return a text with a placeholder for each secret in it."""
        spans = [(each.start, each.end) for each in find_secrets(text)]
        return replaced(text, [span for span in spans if not PLACEHOLDER.fullmatch(text, *span)], self._placeholder)

    def lift(self, text: str) -> str:
        """Return a text with the secrets back in their places; for the user's eyes only."""
        secrets = {placeholder: secret for secret, placeholder in self.hidden.items()}
        return PLACEHOLDER.sub(lambda found: secrets.get(found[0], found[0]), text)

    def _placeholder(self, secret: str) -> str:
        return self.hidden.setdefault(secret, placeholder_of(len(self.hidden) + 1))


def veil(text: str) -> tuple[str, Mapping[str, str]]:
    """Return a text with a placeholder for each secret in it, and the secret of each placeholder."""
    mine = Veil()
    hidden = mine.hide(text)
    return hidden, {placeholder: secret for secret, placeholder in mine.hidden.items()}
