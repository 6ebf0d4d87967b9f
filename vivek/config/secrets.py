"""Finds secrets in a text, with what they are: the shapes of `redaction`, and those that detect-secrets knows.

Slower to load than `redaction` (a tenth of a second, once), so it is for what a model writes and for what leaves this
machine. Nothing is verified over the network: only the expressions of the library are used.
"""

import importlib
import re
from dataclasses import dataclass
from functools import cache

from vivek.config.redaction import MARK, merged, replaced, secret_spans

# Left out: what `redaction` knows itself, plain addresses, and expressions whose time grows with the square of a line.
_PLUGINS = (
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("cloudant", "CloudantDetector"),
    ("discord", "DiscordBotTokenDetector"),
    ("gitlab_token", "GitLabTokenDetector"),
    ("ibm_cloud_iam", "IbmCloudIamDetector"),
    ("ibm_cos_hmac", "IbmCosHmacDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("softlayer", "SoftlayerDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("telegram_token", "TelegramBotTokenDetector"),
    ("twilio", "TwilioKeyDetector"),
)


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A secret in a text; its value is not repeated here.

    Attributes:
        kind: What it seems to be.
        line: Its line, from 1.
        start: Where it begins in the text.
        end: Where it ends.
    """

    kind: str
    line: int
    start: int
    end: int


def find_secrets(text: str) -> tuple[FoundSecret, ...]:
    """Return the secrets in a text, in its order; what overlaps counts as one."""
    kinds = dict.fromkeys(secret_spans(text), "")
    for kind, expressions in _expressions():
        for expression in expressions:
            for match in expression.finditer(text):
                inner = [match.span(group) for group in range(1, expression.groups + 1) if match[group]]
                kinds[max(inner, key=lambda span: span[1] - span[0], default=match.span())] = kind
    found = []
    for start, end in merged(kinds):
        named = [kind for (first, last), kind in kinds.items() if kind and start <= first and last <= end]
        found.append(FoundSecret(named[0] if named else "a secret", text.count("\n", 0, start) + 1, start, end))
    return tuple(found)


def scrub(text: str) -> str:
    """Return a text with every secret in it replaced by the mark of `redaction`."""
    return replaced(text, ((each.start, each.end) for each in find_secrets(text)), lambda _: MARK)


@cache
def _expressions() -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    plugins = [
        getattr(importlib.import_module(f"detect_secrets.plugins.{module}"), name)() for module, name in _PLUGINS
    ]
    return tuple((plugin.secret_type, tuple(plugin.denylist)) for plugin in plugins)
