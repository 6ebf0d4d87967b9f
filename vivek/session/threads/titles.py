"""What a thread is called in lists: the beginning of what was asked first, secrets masked."""

LONGEST = 72
"""Characters of a title."""

_READ = 1_000  # of the request


def short_title(text: str) -> str:
    """Return a text as a title: one line, shortened."""
    from vivek.config.redaction import redact  # a list of threads does without its expressions

    short = redact(" ".join(text.split())[:_READ])
    return short if len(short) <= LONGEST else short[: LONGEST - 1] + "…"
