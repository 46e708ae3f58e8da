"""Flashes that can cause a seizure: the thresholds of WCAG 2.2, success criterion 2.3.1, on frames.

A general flash is a pair of opposing changes of relative luminance of 0.10 or more whose darker
state is below 0.80. A red flash is a pair of changes to or from a saturated red (R/(R+G+B) of 0.8
or more) of more than 0.2 in CIE 1976 u'v'. More than three of either in any one second, on a
quarter or more of any field of ten degrees, is refused. The field is 341 × 256 px of 1024 × 768: a
third of the width by a third of the height (w3.org, read 2026-11-23).

Where the rule leaves room the stricter reading is taken: a seventh change in a second already
counts as more than three flashes, and black is neutral, so red to black is a red flash as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

LONG_SIDE = 96
"""Cells along the longer side of a frame that is judged.

Why so few are safe: a cell is a thirty-second of the field, so the smallest area that counts is
some 144 to 192 cells, and only the cells on its edge are blurred. A pattern finer than a cell
averages out, and the criterion exempts exactly that (fine balanced patterns below 0.1°).
"""
MAX_CHANGES = 6
"""Opposing changes in a second: three flashes."""
FIELD_SHARE = 0.25

_LEAST_CHANGE = 0.10
_DARK = 0.80
_RED_SHARE = 0.8
_RED_CHANGE = 0.2
_BLACK = 0.01
_NEUTRAL = (0.1978, 0.4683)
_RED = (0.4507, 0.5229)

Kind = Literal["general", "red"]
Cells = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Flashing:
    """The first second that breaks the rule: when it ends, how many changes, on what share of the field."""

    kind: Kind
    at_s: float
    changes: int
    share: float


def judged_size(width: int, height: int) -> tuple[int, int]:
    """Width and height in cells of a frame to be judged; a small frame is taken as it is."""
    longest = max(width, height)
    if longest <= LONG_SIDE:
        return width, height
    return max(3, round(width * LONG_SIDE / longest)), max(3, round(height * LONG_SIDE / longest))


def flashing(frames: Iterable[NDArray[np.uint8]], fps: float) -> tuple[Flashing, ...]:
    """What breaks the rule in these sRGB frames (height, width, 3), at most one entry a kind.

    `fps` is frames a second of a constant rate. Frames are read once, one at a time.
    """
    second = max(1, round(fps))
    general, red = _General(), _Red()
    watches: dict[Kind, _Watch] = {}
    found: dict[Kind, Flashing] = {}
    for number, frame in enumerate(frames):
        linear = _LINEAR[frame]
        masks: dict[Kind, tuple[Mask, Mask]] = {"general": general(linear), "red": red(linear)}
        for kind, (up, down) in masks.items():
            if kind in found:
                continue
            watch = watches.setdefault(kind, _Watch(second, up.shape))
            if broken := watch(up, down):
                found[kind] = Flashing(kind, number / fps, *broken)
    return tuple(found.values())


_STEPS = np.arange(256) / 255
_LINEAR = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4).astype(np.float32)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


class _General:
    """Changes of luminance, each counted from the last turning point: a slow ramp is one change."""

    def __init__(self) -> None:
        self._side: NDArray[np.int8] | None = None

    def __call__(self, linear: Cells) -> tuple[Mask, Mask]:
        light = linear @ _LUMINANCE
        if self._side is None:
            self._side = np.zeros(light.shape, np.int8)
            self._high, self._low = light.copy(), light.copy()
        # a hair of tolerance: float32, and 8-bit steps that were rounded
        least = _LEAST_CHANGE - 1e-4
        up = (self._side <= 0) & (light - self._low >= least) & (self._low < _DARK)
        down = (self._side >= 0) & (self._high - light >= least) & (light < _DARK) & ~up
        self._side[up], self._side[down] = 1, -1
        self._high = np.where(up, light, np.maximum(self._high, light))
        self._low = np.where(down, light, np.minimum(self._low, light))
        return up, down


class _Red:
    """Changes to and from saturated red, each counted from the reddest or least red state since the last."""

    def __init__(self) -> None:
        self._anchor: Cells | None = None

    def __call__(self, linear: Cells) -> tuple[Mask, Mask]:
        total = linear.sum(axis=2)
        lit = total > _BLACK
        is_red = lit & (linear[..., 0] >= _RED_SHARE * total)
        colour = _chromaticity(linear, lit)
        away = np.hypot(colour[..., 0] - _RED[0], colour[..., 1] - _RED[1])
        if self._anchor is None:
            self._anchor, self._away, self._is_red = colour, away, is_red
        distance = np.hypot(*np.moveaxis(colour - self._anchor, 2, 0))
        changed = (distance > _RED_CHANGE) & (is_red | self._is_red)
        further = np.where(self._is_red, is_red & (away < self._away), ~is_red & (away > self._away))
        moved = changed | further
        self._anchor = np.where(moved[..., None], colour, self._anchor)
        self._away = np.where(moved, away, self._away)
        self._is_red = np.where(changed, is_red, self._is_red)
        return changed & is_red, changed & ~is_red


def _chromaticity(linear: Cells, lit: Mask) -> Cells:
    """CIE 1976 u'v' of linear sRGB; what is nearly black is neutral, since noise has any hue there."""
    red, green, blue = np.moveaxis(linear, 2, 0)
    x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = 0.0193 * red + 0.1192 * green + 0.9505 * blue
    below = np.where(lit, x + 15 * y + 3 * z, 1)
    u, v = np.where(lit, 4 * x / below, _NEUTRAL[0]), np.where(lit, 9 * y / below, _NEUTRAL[1])
    return np.stack([u, v], axis=2).astype(np.float32)


class _Watch:
    """Counts changes over the last second, in each cell and in each field.

    By cell it finds an area that flashes out of step; by field, flashes that move from place to
    place and return to no cell often enough.
    """

    def __init__(self, second: int, shape: tuple[int, ...]) -> None:
        self._second = second
        self._recent: deque[Mask] = deque()
        self._count = np.zeros(shape, np.int16)
        self._field = (max(1, round(shape[0] / 3)), max(1, round(shape[1] / 3)))
        self._least = FIELD_SHARE * self._field[0] * self._field[1]
        places = (shape[0] - self._field[0] + 1, shape[1] - self._field[1] + 1)
        self._side = np.zeros(places, np.int8)
        self._events: deque[Mask | None] = deque()
        self._event_count = np.zeros(places, np.int16)

    def __call__(self, up: Mask, down: Mask) -> tuple[int, float] | None:
        """Changes and share of the field where the rule is broken, None where it is not."""
        changed = up | down
        self._count += changed
        self._recent.append(changed)
        if len(self._recent) > self._second:
            self._count -= self._recent.popleft()
        too_often = self._count > MAX_CHANGES
        if np.count_nonzero(too_often) >= self._least:
            share = float(self._shares(too_often).max())
            if share >= FIELD_SHARE:
                return int(self._count.max()), share
        return self._by_field(up, down)

    def _by_field(self, up: Mask, down: Mask) -> tuple[int, float] | None:
        event: Mask | None = None
        share = 0.0
        for mask, side in ((up, 1), (down, -1)):
            if np.count_nonzero(mask) < self._least:
                continue
            shares = self._shares(mask)
            now = (shares >= FIELD_SHARE) & (self._side != side)
            if now.any():
                self._side[now] = side
                share = max(share, float(shares[now].max()))
                event = now if event is None else event | now
        self._events.append(event)
        if event is not None:
            self._event_count += event
        if len(self._events) > self._second and (gone := self._events.popleft()) is not None:
            self._event_count -= gone
        worst = int(self._event_count.max())
        return (worst, share) if event is not None and worst > MAX_CHANGES else None

    def _shares(self, mask: Mask) -> NDArray[np.float64]:
        """For every place of the field, the share of it that is set."""
        high, wide = self._field
        total = np.pad(mask.astype(np.int32).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        inside = total[high:, wide:] - total[:-high, wide:] - total[high:, :-wide] + total[:-high, :-wide]
        shares: NDArray[np.float64] = inside / (high * wide)
        return shares
