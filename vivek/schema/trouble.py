"""What is known of a message of vivek's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """One message, and what there is to know of it.

    Attributes:
        topic: The heading that it stands under, as a link to it is written: `no-model-answers`.
        heading: That heading.
        message: What vivek says; words in capitals and numbers stand for what is known only when it happens.
        why: Why it is said and what to do, in Markdown.
    """

    topic: str
    heading: str
    message: str
    why: str
