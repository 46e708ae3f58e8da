"""What the layouts of stills and print pieces are given: strings, sizes, a theme; nothing to execute."""

from __future__ import annotations

from typing import Any

from kit.model.artifact import Box
from kit.model.plan import Composition, ToolView
from kit.render.pictogram import GROUPS, pictograms
from kit.resources import Resources
from kit.tables.formats import PHONE_WIDTH_PX, Floors
from kit.tables.languages import LANGUAGES

_SHOWN = {
    "tools", "schemes", "headline", "body", "aside", "hashtag", "day", "sources", "lit", "layout", "theme", "links",
}  # fmt: skip


def pictogram_names(tools: tuple[ToolView, ...]) -> set[str]:
    """Names of the pictograms that a sheet may draw: its tools' own, and those of the two groups."""
    return {tool.pictogram for tool in tools} | set(GROUPS)


def sheet_data(job: Composition, resources: Resources, width: float, floors: Floors) -> dict[str, Any]:
    """What every layout is given. Lengths are units of a grid `width` wide; a screen's unit is a pixel.

    Paper, bleed and marks are added by who prints; a still has none of them.
    """
    language = LANGUAGES[job.language]
    share = width / PHONE_WIDTH_PX
    return {
        **job.model_dump(mode="json", include=_SHOWN),
        "format": job.format,
        "floors": {
            "number": floors.number * share,
            "address": floors.address * share,
            "body": floors.body * share,
            "constants": floors.constants * share,
        },
        "pictograms": pictograms(pictogram_names(job.tools), resources),
        "lang": language.primary_subtag,
        "script": language.script,
        "dir": language.direction,
        "unit": 1,
        "per_pt": 1,
        "origin": 0,
        "bleed": 0,
        "quiet_zone": 0,
        "pages": 1,
        "press": False,
        "legal": None,
        "qr": None,
        "qr_side": 0,
        "marks": [],
        "photo": None,
        "covered": None,
    }


def box_of(raw: dict[str, Any]) -> Box:
    """A box as Typst laid it out, to a hundredth."""
    rounded = {key: round(raw[key], 2) for key in ("x", "y", "w", "h")}
    return Box(
        role=raw["role"], text=raw["text"], font=raw.get("font"), page=raw.get("page"),
        size=round(raw["size_px"], 2), **rounded,
    )  # fmt: skip
