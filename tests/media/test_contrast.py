"""The WCAG formula against ratios that were computed elsewhere."""

from __future__ import annotations

import pytest

from kit.media.contrast import channels, contrast_ratio

KNOWN = (
    ("#000091", "#FFFFFF", 14.9),
    ("#E1000F", "#FFFFFF", 4.99),
    ("#E1000F", "#000091", 2.99),
    ("#C9191E", "#FFFFFF", 5.77),
    ("#5B2A86", "#FFFFFF", 9.9),
    ("#F58220", "#000000", 8.1),
    ("#F58220", "#5B2A86", 3.82),
    ("#F58220", "#FFFFFF", 2.59),
    ("#000000", "#5B2A86", 2.12),
)


@pytest.mark.parametrize(("one", "other", "ratio"), KNOWN)
def test_known_ratios_come_out_in_either_order(one: str, other: str, ratio: float) -> None:
    assert contrast_ratio(one, other) == pytest.approx(ratio, abs=0.05 if ratio > 6 else 0.005)
    assert contrast_ratio(one, other) == contrast_ratio(other, one)


def test_the_scale_runs_from_1_to_21() -> None:
    assert contrast_ratio("#777777", "#777777") == 1
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("text", ["red", "#fff", "160A26", "#160A2G", "#160A2677"])
def test_only_six_hex_digits_are_a_colour(text: str) -> None:
    with pytest.raises(ValueError):
        channels(text)
