"""Typst draws every layer of a clip once: texts and shapes as pixels, with their places.

One compile gives one transparent page for each layer, cut to its ink. Why not for each frame: a clip
has hundreds of frames and about thirty layers, and only their places change.
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kit.errors import WorkError
from kit.model.artifact import BoxRole
from kit.model.plan import ClipJob
from kit.render.pictogram import GROUPS
from kit.render.template_data import common_data
from kit.render.typeset import Typesetter
from kit.resources import Resources
from kit.tables.languages import LANGUAGES

Pixels = NDArray[np.uint8]
Box4 = tuple[int, int, int, int]
"""x, y, w, h in px, all even: chroma has one sample for two by two pixels."""

TEMPLATE = "clips/clip.typ"


@dataclass(frozen=True, eq=False)
class Layer:
    """One thing that is drawn. `rgba` is None for a rectangle of one colour.

    `ground` marks a panel or a frame, which other layers stand on.
    `mask` is the window it comes through when it rises: its own rectangle, or that of the box
    around it, so that a label and its box move as one. `ink` is where its pixels are, exactly.
    """

    id: str
    scene: str | None
    at: Box4
    mask: Box4
    ink: tuple[float, float, float, float]
    colour: str
    rgba: Pixels | None
    role: BoxRole | None
    text: str
    size_px: float
    font: str | None
    tick: int | None
    ground: bool

    @property
    def same_as(self) -> tuple[object, ...]:
        """Equal for layers of two scenes that look the same: they stand through the cut."""
        return (self.at, self.colour, self.text, self.size_px, self.font, self.rgba is None)


@dataclass(frozen=True)
class ClipLayout:
    """All layers of a clip in drawing order, bottom first, and the size of the picture.

    `signer` is the interpreter's place, where there is footage of one: nothing else stands there.
    `signer_round` says that it is cut to a circle.
    """

    width: int
    height: int
    layers: tuple[Layer, ...]
    signer: Box4 | None = None
    signer_round: bool = False


def set_layers(job: ClipJob, resources: Resources, scale: float = 1.0) -> ClipLayout:
    """Set all layers of `job`. `scale` shrinks the finished picture, for quick looks and tests.

    Raises InputError naming the string that does not fit at its smallest size.
    """
    screen = job.screen
    width, height = (_even(side * scale) for side in (screen.width_px, screen.height_px))
    rows, pages = _compile(job, resources, scale)
    stack = iter(pages)
    rtl = LANGUAGES[job.language].direction == "rtl"
    layers = [_layer(row, None if row["kind"] == "fill" else next(stack), scale, rtl) for row in rows]
    place = screen.area(job.signer, rtl)[2]
    signer = _even_box(place.x, place.y, place.w, place.h, scale) if place else None
    is_round = bool(signer and screen.signer and screen.signer.round)
    return ClipLayout(width, height, tuple(layers), signer, is_round)


def _compile(job: ClipJob, resources: Resources, scale: float) -> tuple[list[dict[str, Any]], list[bytes]]:
    # the fonts of all clips, the templates as they are now
    setter = Typesetter(resources, typesetter(resources).fonts)
    setter.check_families(job.theme)
    pages, values = setter.compile(TEMPLATE, _data(job, resources), job, label="layers", scale=scale)
    return values[0], pages


@lru_cache(maxsize=4)
def typesetter(resources: Resources) -> Typesetter:
    """The kit's fonts, loaded once; they also know which letters they lack."""
    return Typesetter(resources)


def _data(job: ClipJob, resources: Resources) -> dict[str, Any]:
    """What the template is given. A hook shows its own tool, or the first one of the clip."""
    screen, language = job.screen, LANGUAGES[job.language]
    scenes = [scene.model_dump(mode="json") for scene in job.scenes]
    for scene in scenes:
        scene["tool"] = scene["tool"] or job.tools[0].model_dump(mode="json")
    safe, family, signer = screen.area(job.signer, language.direction == "rtl")
    return {
        **common_data(job, resources, "clip", set(GROUPS)),
        "width": screen.width_px,
        "height": screen.height_px,
        "family": family,
        "safe": asdict(safe),
        "signer": asdict(signer) if signer else None,
        "signer_round": bool(signer and screen.signer and screen.signer.round),
        "floors": {
            "number": screen.floor_px("number"),
            "address": screen.floor_px("number", address=True),
            "body": screen.floor_px("body"),
            "constants": screen.floor_px("date"),
        },
        "tools": [tool.model_dump(mode="json") for tool in job.tools],
        "scenes": scenes,
        "hashtag": job.hashtag,
        "day": job.day,
        "sources": job.sources,
    }


def _layer(row: dict[str, Any], page: bytes | None, scale: float, rtl: bool) -> Layer:
    nominal = _even_box(row["x"], row["y"], row["w"], row["h"], scale)
    rgba, at, ink = None, nominal, (0.0, 0.0, 0.0, 0.0)
    if page is not None:
        left, top = ((row[axis] - row["pad"]) * scale for axis in ("x", "y"))
        margin = (row["x"] + (row["w"] if rtl else 0)) * scale if row["hang"] else None
        rgba, at, ink = _cut(page, left, top, margin, rtl)
    mask = row["mask"]
    return Layer(
        id=row["id"],
        scene=row["scene"],
        at=at,
        mask=_even_box(mask["x"], mask["y"], mask["w"], mask["h"], scale) if mask else at,
        ink=ink if page is not None else (at[0], at[1], at[2], at[3]),
        colour=row["colour"],
        rgba=rgba,
        role=row["role"],
        text=row["text"].replace("\n", "" if row["role"] == "number" else " "),
        size_px=row["size"] * scale,
        font=row["font"],
        tick=row.get("tick"),
        ground=row["kind"] != "words" and mask is None and row.get("tick") is None,
    )


def _cut(
    page: bytes, left: float, top: float, margin: float | None, rtl: bool
) -> tuple[Pixels, Box4, tuple[float, float, float, float]]:
    """The page's ink on an even grid; with `margin` the ink itself, not the advance, starts there."""
    image = Image.open(io.BytesIO(page)).convert("RGBA")
    box = image.getchannel("A").getbbox()
    if box is None:
        raise WorkError("a layer of the clip is empty", "a font of the theme may lack these letters")
    x0, y0 = round(left) + box[0], round(top) + box[1]
    w, h = box[2] - box[0], box[3] - box[1]
    if margin is not None:
        x0 = round(margin) - (w if rtl else 0)
    x, y = x0 - x0 % 2, y0 - y0 % 2
    at = (x, y, _even(x0 - x + w, up=True), _even(y0 - y + h, up=True))
    rgba = np.zeros((at[3], at[2], 4), np.uint8)
    rgba[y0 - y : y0 - y + h, x0 - x : x0 - x + w] = np.asarray(image.crop(box))
    return rgba, at, (float(x0), float(y0), float(w), float(h))


def _even(value: float, up: bool = False) -> int:
    return 2 * (-int(-value // 2) if up else round(value / 2))


def _even_box(x: float, y: float, w: float, h: float, scale: float) -> Box4:
    left, top = _even(x * scale), _even(y * scale)
    return left, top, _even((x + w) * scale) - left, _even((y + h) * scale) - top
