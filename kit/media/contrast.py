"""Contrast of two colours as WCAG 2 computes it, and how much of it is asked. Colours are `#RRGGBB`, sRGB."""

from __future__ import annotations

LOGO_MIN = 3.0
"""What a drawn logo should reach on the ground or plate it stands on: as graphics do (WCAG 2.2, 1.4.11, 2023-10).

Both criteria exempt logotypes, and nobody recolours a partner's: below it a plate is put under it, and where
none helps the check warns. A plate and the check therefore ask for the same.
"""
_TEXT_MIN = 4.5
"""WCAG 2.2, 1.4.3, 2023-10. No discount for large type: a phone is read in the sun."""
_LEAST = {"number": 7.0}
"""WCAG 2.2, 1.4.6, 2023-10: a number or an address is what the whole picture is for."""


def least_contrast(role: str) -> float:
    """The ratio asked of text in a box of this role (`model.artifact.BoxRole`); of a drawn logo, `LOGO_MIN`."""
    return _LEAST.get(role, _TEXT_MIN)


def channels(colour: str) -> tuple[int, int, int]:
    """`#160A26` as (22, 10, 38). ValueError for anything else: a model has checked it before."""
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"{colour!r} is not a colour; write it as #160A26")
    value = int(colour[1:], 16)
    return value >> 16, value >> 8 & 255, value & 255


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance, 0 (black) to 1 (white), of three channels from 0 to 255.

    Why 0.04045: WCAG 2 long printed 0.03928; no 8-bit channel lies between the two.
    """
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio_of(one: float, other: float) -> float:
    """Contrast of two luminances, 1 to 21, whichever is the lighter."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def contrast_ratio(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21, in either order."""
    return ratio_of(luminance(channels(one)), luminance(channels(other)))
