"""What templates are given: strings, sizes, a theme; data only, never code."""

from __future__ import annotations

from typing import Any, Literal

from kit.model.plan import ClipJob, Composition, ToolView
from kit.render.pictogram import GROUPS, pictograms
from kit.resources import Resources
from kit.tables.clips import TICKS
from kit.tables.formats import PHONE_WIDTH_PX, Floors
from kit.tables.languages import LANGUAGES

_SHOWN = {
    "tools", "schemes", "headline", "body", "aside", "hashtag", "day", "sources", "lit", "layout", "links",
}  # fmt: skip


def pictogram_names(tools: tuple[ToolView, ...]) -> set[str]:
    """Names of the pictograms that a layout may draw: its tools' own, and those of the two groups."""
    return {tool.pictogram for tool in tools} | set(GROUPS)


def common_data(
    job: Composition | ClipJob, resources: Resources, medium: Literal["still", "clip"], pictured: set[str]
) -> dict[str, Any]:
    """What `templates/base/` reads, whatever is made with it. `pictured` are names of pictograms.

    `medium` chooses the values that differ between stills (print pieces among them) and clips.
    """
    language = LANGUAGES[job.language]
    return {
        "medium": medium,
        "theme": job.theme.model_dump(mode="json"),
        "lang": language.primary_subtag,
        "script": language.script,
        "dir": language.direction,
        "press": False,
        "ticks": TICKS,
        "pictograms": pictograms(pictured, resources, embedded=medium == "clip"),
    }


def sheet_data(job: Composition, resources: Resources, width: float, floors: Floors) -> dict[str, Any]:
    """What every layout of a still or print piece is given.

    Lengths are units of a grid `width` wide; a screen's unit is a pixel. Paper, bleed and marks are
    added by who prints; a still has none of them.
    """
    share = width / PHONE_WIDTH_PX
    return {
        **common_data(job, resources, "still", pictogram_names(job.tools)),
        **job.model_dump(mode="json", include=_SHOWN),
        "format": job.format,
        "floors": {
            "number": floors.number * share,
            "address": floors.address * share,
            "body": floors.body * share,
            "constants": floors.constants * share,
        },
        "unit": 1,
        "per_pt": 1,
        "origin": 0,
        "bleed": 0,
        "quiet_zone": 0,
        "pages": 1,
        "legal": None,
        "qr": None,
        "qr_side": 0,
        "marks": [],
        "photo": None,
        "covered": None,
    }
