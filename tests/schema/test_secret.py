import copy
import json
import logging
import pickle
import pprint
import traceback
from dataclasses import asdict, dataclass, replace

import pytest

from vivek.schema.plain import as_plain
from vivek.schema.secret import Secret

TEXT = "sk-very-secret-0123456789"


@dataclass(frozen=True)
class Holder:
    name: str
    key: Secret


@pytest.mark.parametrize(
    "shown",
    [
        str(Secret(TEXT)),
        repr(Secret(TEXT)),
        f"{Secret(TEXT)}",
        f"{Secret(TEXT):>40}",
        f"{Secret(TEXT)!r}",
        "{}".format(Secret(TEXT)),  # noqa: UP032 - the method is what is tried
        "%s %r" % (Secret(TEXT), Secret(TEXT)),  # noqa: UP031 - as logging does
        repr([Secret(TEXT)]),
        repr(Holder("a", Secret(TEXT))),
        pprint.pformat({"key": Secret(TEXT)}),
        json.dumps({"key": Secret(TEXT)}, default=str),
        str(as_plain(Holder("a", Secret(TEXT)))),
        str(asdict(Holder("a", Secret(TEXT)))),
        str(dir(Secret(TEXT))),
    ],
)
def test_whatever_turns_it_into_text_shows_a_mask(shown: str) -> None:
    assert TEXT not in shown
    assert "very" not in shown


def test_it_is_given_away_when_asked_for_and_only_then() -> None:
    assert Secret(TEXT).reveal() == TEXT


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="pickled") as caught:
        pickle.dumps(Holder("a", Secret(TEXT)), protocol)
    assert TEXT not in str(caught.value)
    with pytest.raises(TypeError, match="pickled"):
        Secret(TEXT).__getstate__()


def test_it_is_not_put_in_json() -> None:
    with pytest.raises(TypeError, match="Secret"):
        json.dumps({"key": Secret(TEXT)})


@pytest.mark.parametrize("taken", [bytes, list, len, "".join], ids=["bytes", "list", "len", "join"])
def test_it_is_no_text(taken: object) -> None:
    with pytest.raises(TypeError):
        taken(Secret(TEXT))  # type: ignore[operator]  # that it does not fit is what is tried


def test_a_traceback_with_its_variables_shows_a_mask() -> None:
    key = Secret(TEXT)
    try:
        raise ValueError(key)
    except ValueError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "key = [secret]" in told
    assert "ValueError: [secret]" in told
    assert key.reveal() not in told


def test_the_log_shows_a_mask(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("vivek.test").warning("sent %s to %r", Secret(TEXT), [Secret(TEXT)])
    assert "sent [secret] to [[secret]]" in caplog.text


def test_equal_keys_are_equal_and_a_text_is_none() -> None:
    assert Secret(TEXT) == Secret(TEXT, source="elsewhere")
    assert hash(Secret(TEXT)) == hash(Secret(TEXT))
    assert Secret(TEXT) != Secret(TEXT + "x")
    assert Secret(TEXT) != TEXT
    assert Secret("\ud800") == Secret("\ud800")


def test_it_cannot_be_changed() -> None:
    key = Secret(TEXT, source="A")
    with pytest.raises(AttributeError):
        key.source = "B"
    with pytest.raises(AttributeError):
        del key.source
    with pytest.raises(AttributeError):
        key.other = 1
    assert key.source == "A"


def test_copies_and_replacements_keep_it() -> None:
    holder = Holder("a", Secret(TEXT, source="A"))
    assert copy.copy(holder.key) is holder.key
    assert copy.deepcopy(holder).key is holder.key
    assert replace(holder, name="b").key.reveal() == TEXT


def test_it_can_be_bound_to_an_address() -> None:
    bound = Secret(TEXT, source="A").bound_to("https://models.example")
    assert (bound.reveal(), bound.source, bound.entered_for) == (TEXT, "A", "https://models.example")


def test_what_a_caller_gives_becomes_one() -> None:
    key = Secret(TEXT)
    assert Secret.of(key) is key
    assert Secret.of(None) is None
    assert Secret.of("") is None
    assert Secret.of(Secret("")) is None
    made = Secret.of(TEXT, source="the caller")
    assert made is not None
    assert (made.reveal(), made.source) == (TEXT, "the caller")
