"""Quantities of Kubernetes, and durations."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.checks.quantities import quantity, seconds


@given(st.integers(0, 10**6), st.sampled_from(["m", "", "k", "M", "G", "T"]))
def test_a_decimal_suffix_is_a_power_of_ten(number: int, suffix: str) -> None:
    power = {"m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12}[suffix]
    assert quantity(f"{number}{suffix}") == Decimal(number).scaleb(power)
    assert quantity(f"{number}e{power}") == Decimal(number).scaleb(power)


@given(st.integers(0, 10**6), st.sampled_from("KMGTP"))
def test_a_binary_suffix_is_a_power_of_1024(number: int, letter: str) -> None:
    assert quantity(f"{number}{letter}i") == number * 1024 ** ("KMGTP".index(letter) + 1)


@pytest.mark.parametrize("text", ["", "Gi", "1 Gi", "4GB", "0x1"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a Kubernetes quantity"):
        quantity(text)


@pytest.mark.parametrize(("text", "value"), [("15s", 15), ("500ms", 0.5), ("2m", 120), ("1h30m", 5400), ("1d", 86400)])
def test_durations_are_read(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "15", "1mo", "1.5s", "s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        seconds(text)
