"""A theme: a palette and fonts as data. A designer adds one without touching Python."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from kit.model.base import Line, Model, Version

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Weight = Annotated[int, Field(ge=100, le=900)]


class Palette(Model):
    """`#RRGGBB` each. Text on its ground must reach 4.5:1, numbers 7:1 (checked on the pixels).

    `ink` is the ground, `paper` the text on it; `accent` is for ticks and marks, `accent_text` for
    words in the accent; `field` is the solid ground of emergency with `field_ink` on it; `quiet` is
    for unlit ticks and rules, never for text.
    """

    ink: Colour
    paper: Colour
    accent: Colour
    accent_text: Colour
    field: Colour
    field_ink: Colour
    quiet: Colour


class Face(Model):
    """A font family of `fonts/` and the weights it is used in."""

    family: Line
    weight: Weight
    bold: Weight | None = None


class Fonts(Model):
    """`display` for numbers and headlines, `text` for everything that is read."""

    display: Face
    text: Face


class Theme(Model):
    """One file of `templates/themes`."""

    theme: Version
    name: Line
    palette: Palette
    fonts: Fonts
