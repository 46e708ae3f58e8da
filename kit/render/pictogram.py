"""Pictograms: SVG files of `assets/pictograms` as drawing steps that Typst sets as curves, or as they are.

Why not embed the SVG everywhere: Typst writes an embedded SVG in RGB, and print pieces hold no RGB
object. A curve takes whatever colour the layout gives it, on screen and on paper. A clip knows no
paper: it embeds the SVG, whose edges differ from the curve's by a few levels.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.svgLib.path import SVGPath

from kit.errors import InputError
from kit.resources import Resources

GROUPS = ("group-help", "group-emergency")
_GRID = 24.0
_STEPS = {"moveTo": "move", "lineTo": "line", "curveTo": "cubic", "closePath": "close", "endPath": "end"}


def pictogram_files(names: set[str]) -> list[str]:
    """The files behind pictogram names: each is drawn filled (emergency) and outlined (help)."""
    return [f"pictograms/{name}-{way}.svg" for name in sorted(names) for way in ("filled", "outlined")]


def pictograms(names: set[str], resources: Resources, *, embedded: bool = False) -> dict[str, Any]:
    """Each by `<name>-<filled|outlined>`: drawing steps on a grid of 24, or the SVG itself.

    Raises InputError when a file is no SVG of shapes on a square viewBox.
    """
    made = {}
    for file in pictogram_files(names):
        svg = resources.find("assets", file).read_bytes()
        drawing = _drawing(file, svg)
        made[file.removeprefix("pictograms/").removesuffix(".svg")] = (
            {"svg": svg.decode()} if embedded else drawing
        )
    return made


@cache
def _drawing(name: str, svg: bytes) -> dict[str, Any]:
    """`stroke` is the line's width on the grid, or None for a filled shape."""
    if b"<!" in svg.replace(b"<!--", b""):
        raise InputError(f"assets/{name}: a document type has no place in a pictogram", "draw shapes only")
    try:
        root = ElementTree.fromstring(svg)
        box = [float(part) for part in re.split(r"[ ,]+", root.attrib["viewBox"].strip())]
        pen = DecomposingRecordingPen(None)
        SVGPath.fromstring(svg).draw(pen)
    except (ElementTree.ParseError, KeyError, ValueError, TypeError, AssertionError) as error:
        raise InputError(
            f"assets/{name}: no SVG of simple shapes with a viewBox ({error})",
            "draw it as paths, rectangles and circles on a square of 24",
        ) from error
    if len(box) != 4 or box[2] != box[3] or box[2] <= 0:
        raise InputError(f"assets/{name}: the viewBox is not square", "draw it on 0 0 24 24")
    scale = _GRID / box[2]
    steps = [
        [
            _STEPS[step],
            *(
                [round((x - box[0]) * scale, 3), round((y - box[1]) * scale, 3)]
                for x, y in (point for point in points if point)
            ),
        ]
        for step, points in pen.value
    ]
    stroked = root.attrib.get("stroke", "none") != "none"
    return {"stroke": float(root.attrib.get("stroke-width", 2)) * scale if stroked else None, "steps": steps}
