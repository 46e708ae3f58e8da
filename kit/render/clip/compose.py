"""Frames as YUV 4:2:0 planes, BT.709 limited range, as a pure function of the time.

Layers are converted once; the encoder's own colour conversion (a third of an encode) never runs.
A frame is made from the last one by redrawing what differs between the two. Every pixel is drawn
by the same operations whatever the last frame was, so frame 317 alone is frame 317 of the film.
Where a person signs, their place is drawn last, and is all that is redrawn while nothing else moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kit.model.plan import ClipJob
from kit.render.clip.interpreter import Interpreter
from kit.render.clip.layers import Box4, ClipLayout
from kit.render.clip.motion import Placed, intersection, placed_at, stands
from kit.tables.languages import LANGUAGES

Plane = NDArray[np.uint8]
Weighted = NDArray[np.uint16]

_KR, _KG, _KB = 0.2126, 0.7152, 0.0722
"""BT.709 luma weights. With limited range, Y is 16–235 and chroma 16–240."""
_HALF = 128
"""Half of the 256 that a mix is divided by: it rounds instead of cutting off."""


@dataclass(frozen=True)
class _Planes:
    """Y, U, V of a sprite: already multiplied by alpha, beside what remains of the ground."""

    weighted: tuple[Weighted, Weighted, Weighted]
    remain: tuple[Weighted, Weighted, Weighted]


class ClipFilm:
    """All frames of a clip. `frame(t)` returns I420 bytes, (height · 3/2, width), read only.

    `signer` is the film in `layout.signer`; whoever opened it closes it.
    """

    def __init__(self, job: ClipJob, layout: ClipLayout, signer: Interpreter | None = None) -> None:
        self.layout = layout
        self._signer = signer
        self.stands = stands(job, layout)
        self._rtl = LANGUAGES[job.language].direction == "rtl"
        self._ground = _yuv(_rgb(job.theme.ink))
        self._flat = [None if layer.rgba is not None else _yuv(_rgb(layer.colour)) for layer in layout.layers]
        self._planes = [None if layer.rgba is None else _convert(layer.rgba) for layer in layout.layers]
        self._ink = _rgb(job.theme.ink)
        self._last: tuple[tuple[Placed, ...], Plane | None, Plane] | None = None

    def placed(self, seconds: float) -> tuple[Placed, ...]:
        """What stands in the frame at this time; equal for frames that are equal."""
        return placed_at(seconds, self.stands, self.layout, self._rtl)

    def frame(self, seconds: float) -> Plane:
        """The frame at this time. The very same array again while nothing has moved."""
        placed = self.placed(seconds)
        signed = self._signer.frame(seconds) if self._signer else None
        if self._last is None:
            whole = (0, 0, self.layout.width, self.layout.height)
            picture, dirty = np.empty((self.layout.height * 3 // 2, self.layout.width), np.uint8), [whole]
        else:
            before, signed_before, last = self._last
            changed = [p.clip for p in set(before) ^ set(placed)]
            if self._signer and signed is not signed_before:
                changed.append(self._signer.at)
            if not changed:
                return last
            picture, dirty = last.copy(), _apart(changed)
        planes = _views(picture, self.layout.height, self.layout.width)
        for box in dirty:
            self._draw(planes, box, placed)
            if self._signer and signed is not None:
                _draw_signer(planes, box, self._signer, signed)
        picture.flags.writeable = False
        self._last = (placed, signed, picture)
        return picture

    def _draw(self, planes: tuple[Plane, Plane, Plane], box: Box4, placed: tuple[Placed, ...]) -> None:
        for plane, value, half in zip(planes, self._ground, (1, 2, 2), strict=True):
            plane[_slices(box, half)] = value
        for item in placed:
            seen = intersection(item.clip, box)
            if seen is None:
                continue
            layer, flat, sprite = (
                self.layout.layers[item.layer], self._flat[item.layer], self._planes[item.layer],
            )  # fmt: skip
            for index, half in enumerate((1, 2, 2)):
                target = planes[index][_slices(seen, half)]
                if flat is not None:
                    target[...] = flat[index]
                elif sprite is not None:
                    x, y, w, h = seen
                    source = _slices((x - layer.at[0] - item.dx, y - layer.at[1] - item.dy, w, h), half)
                    mixed = target * sprite.remain[index][source]
                    mixed += sprite.weighted[index][source]
                    np.right_shift(mixed, 8, out=mixed)
                    target[...] = mixed

    def still(self, seconds: float) -> Image.Image:
        """The same frame in RGB at full colour resolution, for the poster."""
        picture = Image.new("RGBA", (self.layout.width, self.layout.height), (*self._ink, 255))
        for item in self.placed(seconds):
            layer = self.layout.layers[item.layer]
            x, y, w, h = item.clip
            if layer.rgba is None:
                picture.paste((*_rgb(layer.colour), 255), (x, y, x + w, y + h))
                continue
            left, top = x - layer.at[0] - item.dx, y - layer.at[1] - item.dy
            part = Image.fromarray(layer.rgba).crop((left, top, left + w, top + h))
            picture.alpha_composite(part, (x, y))
        if self._signer:
            person = Image.fromarray(_to_rgb(self._signer.frame(seconds), *self._signer.at[2:]))
            shares = self._signer.shares
            edge = None if shares is None else Image.fromarray(np.minimum(shares[0], 255).astype(np.uint8))
            picture.paste(person, self._signer.at[:2], edge)
        return picture.convert("RGB")


def _draw_signer(planes: tuple[Plane, Plane, Plane], box: Box4, signer: Interpreter, signed: Plane) -> None:
    """The part of the film that is seen in `box`, its round edge mixed with what stands below it."""
    x, y, w, h = signer.at
    seen = intersection(signer.at, box)
    if seen is None:
        return
    inside = (seen[0] - x, seen[1] - y, seen[2], seen[3])
    for index, (plane, film) in enumerate(zip(planes, _views(signed, h, w), strict=True)):
        half = 2 if index else 1
        target, source = plane[_slices(seen, half)], _slices(inside, half)
        if signer.shares is None:
            target[...] = film[source]
            continue
        share = signer.shares[min(index, 1)][source]
        mixed = target * (256 - share) + film[source] * share + _HALF
        target[...] = np.right_shift(mixed, 8)


def _to_rgb(signed: Plane, w: int, h: int) -> NDArray[np.uint8]:
    """A frame of the film as RGB, its colour doubled to full resolution."""
    y, u, v = (
        (plane.repeat(half, 0).repeat(half, 1).astype(np.float32) - low) / span
        for plane, half, low, span in zip(
            _views(signed, h, w), (1, 2, 2), (16, 128, 128), (219, 224, 224), strict=True
        )
    )
    red, blue = y + 2 * (1 - _KR) * v, y + 2 * (1 - _KB) * u
    green = (y - _KR * red - _KB * blue) / _KG
    return np.round(np.clip(np.stack([red, green, blue], -1), 0, 1) * 255).astype(np.uint8)


def _views(picture: Plane, height: int, width: int) -> tuple[Plane, Plane, Plane]:
    chroma = picture[height:].reshape(2, height // 2, width // 2)
    return picture[:height], chroma[0], chroma[1]


def _slices(box: Box4, half: int) -> tuple[slice, slice]:
    x, y, w, h = (side // half for side in box)
    return slice(y, y + h), slice(x, x + w)


def _apart(boxes: list[Box4]) -> list[Box4]:
    """The same area as boxes that do not overlap much: overlapping ones become their hull."""
    found: list[Box4] = []
    for box in sorted(boxes):
        touching = [other for other in found if intersection(other, box)]
        for other in touching:
            found.remove(other)
        found.append(reduce(_hull, touching, box))
    return found


def _hull(a: Box4, b: Box4) -> Box4:
    x, y = min(a[0], b[0]), min(a[1], b[1])
    return x, y, max(a[0] + a[2], b[0] + b[2]) - x, max(a[1] + a[3], b[1] + b[3]) - y


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _yuv(rgb: tuple[int, int, int]) -> tuple[int, int, int]:
    y, u, v = _matrix(*(np.asarray(value / 255) for value in rgb))
    return round(float(y)), round(float(u)), round(float(v))


def _matrix(
    red: NDArray[np.floating], green: NDArray[np.floating], blue: NDArray[np.floating]
) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]:
    luma = _KR * red + _KG * green + _KB * blue
    u = (blue - luma) / (2 * (1 - _KB))
    v = (red - luma) / (2 * (1 - _KR))
    return 16 + 219 * luma, 128 + 224 * u, 128 + 224 * v


def _convert(rgba: NDArray[np.uint8]) -> _Planes:
    """Straight RGBA to weighted planes. Chroma is averaged after weighting: edges keep their colour."""
    share = rgba.astype(np.float32) / 255
    alpha = share[..., 3] * 256
    y, u, v = _matrix(share[..., 0], share[..., 1], share[..., 2])
    coarse = _quarter(alpha)
    remain, remain_coarse = _whole(256 - alpha), _whole(256 - coarse)
    return _Planes(
        (_whole(y * alpha + _HALF), _whole(_quarter(u * alpha) + _HALF), _whole(_quarter(v * alpha) + _HALF)),
        (remain, remain_coarse, remain_coarse),
    )


def _quarter(plane: NDArray[np.floating]) -> NDArray[np.floating]:
    halved: NDArray[np.floating] = plane[::2] + plane[1::2]
    return (halved[:, ::2] + halved[:, 1::2]) / 4


def _whole(plane: NDArray[np.floating]) -> Weighted:
    return np.round(plane).astype(np.uint16)
