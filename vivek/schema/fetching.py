"""A download of a model: what it will bring, told before anything is fetched, and how far it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What fetching a model means; None and "" mean unknown.

    Attributes:
        name: What was asked for, as it can be typed again.
        title: Its name for people.
        model: `provider/model`, by which it can be used afterwards.
        source: Where it comes from.
        target: Where it goes.
        files: Number of files.
        size_bytes: Bytes of all files.
        present_bytes: Bytes of them that are here already, from a download that was broken off.
        free_bytes: Bytes that are free where it goes.
        licence: Its licence.
        limits: What the licence forbids, in a few words.
        checksum: How the bytes are proven to be the right ones, in a few words.
        done: Whether all of it is here and proven.
        notes: What else to know before saying yes.
    """

    name: str
    title: str
    model: str
    source: str
    target: str
    files: int = 1
    size_bytes: int | None = None
    present_bytes: int = 0
    free_bytes: int | None = None
    licence: str = ""
    limits: str = ""
    checksum: str = ""
    done: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far a download is.

    Attributes:
        doing: What happens now, in a word or two.
        done: Bytes that are here, of all files together.
        total: Bytes of all files together, None when unknown.
        notice: Something to tell in a line of its own, "" when there is nothing.
    """

    doing: str
    done: int = 0
    total: int | None = None
    notice: str = ""
