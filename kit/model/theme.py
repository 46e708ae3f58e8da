"""A theme: a palette and fonts as data. A designer adds one without touching Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from kit.model.base import Line, Model, Version, Violation
from kit.tables.languages import OtherScript
from kit.tables.prints import MAX_INK_PERCENT

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Percent = Annotated[float, Field(ge=0, le=100)]
Weight = Annotated[int, Field(ge=100, le=900)]


class Palette(Model):
    """`#RRGGBB` each. Text on its background must reach 4.5:1, numbers 7:1 (checked on the pixels).

    `ink` is the background and `paper` the text, in a light theme too: the two names are a contract
    of theme files and say nothing of dark and light. `accent` is for ticks and marks, `accent_text`
    for words in the accent; `field` is the solid background of emergency with `field_ink` as its
    text; `quiet` is for unlit ticks and rules, never for text.
    """

    ink: Colour
    paper: Colour
    accent: Colour
    accent_text: Colour
    field: Colour
    field_ink: Colour
    quiet: Colour


class Ink(Model):
    """One CMYK colour for print, in per cent. More than 280 % in all does not dry (MAX_INK_PERCENT)."""

    c: Percent
    m: Percent
    y: Percent
    k: Percent

    @classmethod
    def violations(cls, given: Mapping[str, Any]) -> Iterable[Violation]:
        """Ink coverage, said at the colour that is to be changed."""
        try:
            total = sum(float(given[key]) for key in ("c", "m", "y", "k"))
        except (KeyError, TypeError, ValueError):
            return
        if total > MAX_INK_PERCENT:
            yield (), f"{total:g} % of ink in all; {MAX_INK_PERCENT} % is the most that dries"


class Inks(Model):
    """The palette for print, named like the screen's. Tints are named values, never transparencies."""

    ink: Ink
    paper: Ink
    accent: Ink
    accent_text: Ink
    field: Ink
    field_ink: Ink
    quiet: Ink


class Face(Model):
    """A font family of `fonts/` and the weights it is used in."""

    family: Line
    weight: Weight
    bold: Weight | None = None


class Fonts(Model):
    """`display` for numbers and headlines, `text` for everything that is read.

    `address` for web addresses that stand large: people type them letter by letter, and a display
    face may draw a `g` that a tired eye (and text recognition) takes for an `s`.
    `scripts` names the family of each other script, at the same weights. Numbers keep the display
    face in every language, so that 3919 is the same picture everywhere.
    """

    display: Face
    text: Face
    address: Face
    scripts: dict[OtherScript, Line] = {}


class Theme(Model):
    """One file of `templates/themes`."""

    theme: Version
    name: Line
    palette: Palette
    inks: Inks
    fonts: Fonts
