"""Python's collector is kept away while there is work without circles, and always comes back."""

import gc

import pytest

from vivek.project.collecting import kept_from_collector


def test_the_collector_comes_back_whatever_happens() -> None:
    with kept_from_collector():
        assert not gc.isenabled()
        with kept_from_collector():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), kept_from_collector():
        raise KeyError
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        with kept_from_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
