"""Limits of one run as they are typed."""

import pytest

from vivek.cli.limits import LimitOptions
from vivek.errors import ConfigError
from vivek.schema.limits import Limits


def test_limits_are_read_from_what_is_typed() -> None:
    options = LimitOptions("1.5", "3", "2000")

    assert options.limits() == Limits(calls=3, tokens=2000)
    assert options.seconds() == 1.5
    assert options.given


def test_without_options_there_are_no_limits() -> None:
    assert LimitOptions().limits() == Limits()
    assert LimitOptions().seconds() is None
    assert not LimitOptions().given


@pytest.mark.parametrize("typed", ["0", "-1", "nan", "inf", "1e9", "soon", ""])
def test_what_is_no_time_is_a_usage_error(typed: str) -> None:
    with pytest.raises(ConfigError, match="no limit for `--timeout`") as caught:
        LimitOptions(timeout=typed).seconds()

    assert caught.value.hint == "Write it in digits: `--timeout 90`."


@pytest.mark.parametrize("typed", ["0", "-1", "1.5", "٣", "many", "", "9" * 11])
@pytest.mark.parametrize("option", ["calls", "tokens"])
def test_what_is_no_number_is_a_usage_error(option: str, typed: str) -> None:
    with pytest.raises(ConfigError, match=f"no limit for `--max-{option}`"):
        LimitOptions(**{option: typed}).limits()
