"""When each layer is shown, and where: pure functions of the time, independent of the frame before.

A layer that looks the same in two scenes that follow each other (the first number, the field of
emergency) is one `Stand`: it holds still through the cut instead of leaving and coming back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kit.model.plan import ClipJob
from kit.model.storyboard import Ease, Motion
from kit.render.clip.layers import Box4, ClipLayout, Layer

STAGGER_S = 0.06
"""Between the label, the number and the line of a scene: they start one after the other and settle
together."""
TICK_RISE_S = 0.2
"""A tick is lit in full colour at once; only its height takes this long to settle."""
_INSTANT = 1e-6


@dataclass(frozen=True)
class Stand:
    """A layer from `from_s` to `to_s`. `delay_s` is how long it waits before it starts to enter."""

    layer: int
    from_s: float
    to_s: float
    enter: Motion | None
    leave: Motion | None
    delay_s: float

    @property
    def hold_from(self) -> float:
        """When it has settled."""
        return self.from_s + (self.enter.duration_s if self.enter else 0)

    @property
    def hold_to(self) -> float:
        """When it starts to leave."""
        return self.to_s - (self.leave.duration_s if self.leave else 0)


@dataclass(frozen=True)
class Placed:
    """A layer in one frame: moved by (dx, dy), seen only inside `clip` (picture coordinates)."""

    layer: int
    dx: int
    dy: int
    clip: Box4


def eased(ease: Ease, share: float) -> float:
    """Share of the way done after `share` of the time; 0 gives 0 and 1 gives 1 exactly."""
    share = min(1.0, max(0.0, share))
    if ease == "out":
        return float(1 - (1 - share) ** 4)
    if ease == "in":
        return share**3
    return 4 * share**3 if share < 0.5 else 1 - (2 - 2 * share) ** 3 / 2


def stands(job: ClipJob, layout: ClipLayout) -> tuple[Stand, ...]:
    """Every stand of the clip in drawing order. Constants and unlit ticks stand throughout."""
    if job.loop:
        return _loop_stands(job, layout)
    found: list[Stand] = []
    scenes = {scene.id: scene for scene in job.scenes}
    ranks: dict[str, int] = {}
    open_at: dict[tuple[object, ...], int] = {}
    for index, layer in enumerate(layout.layers):
        if layer.scene is None:
            found.append(_constant(index, layer, job))
            continue
        scene = scenes[layer.scene]
        before = open_at.get(layer.same_as)
        if before is not None and found[before].to_s == scene.from_s:
            found[before] = replace(found[before], to_s=scene.to_s, leave=_leave(layer, scene.leave))
            continue
        rank = ranks.get(layer.scene, 0)
        ranks[layer.scene] = rank + (layer.role is not None)
        delay = min(STAGGER_S * min(rank, 2), scene.enter.duration_s / 2) if scene.enter else 0.0
        open_at[layer.same_as] = len(found)
        enter, leave = _enter(layer, scene.enter), _leave(layer, scene.leave)
        found.append(Stand(index, scene.from_s, scene.to_s, enter, leave, delay))
    return tuple(found)


def _constant(index: int, layer: Layer, job: ClipJob) -> Stand:
    if layer.tick is None or layer.id.endswith("quiet"):
        return Stand(index, 0, job.duration_s, None, None, 0)
    rise = Motion(move="rise", duration_s=TICK_RISE_S) if layer.tick > 1 else None
    return Stand(index, (layer.tick - 1) * job.tick_s, job.duration_s, rise, None, 0)


def _loop_stands(job: ClipJob, layout: ClipLayout) -> tuple[Stand, ...]:
    """A loop's one scene: it stands in frame 0, leaves, and has settled again when frame 0 follows.

    What it stands on holds still (panel, address bar, the label in its box), so that only words
    move; the lit ticks settle back while they are away, all but the first.
    """
    (scene,) = job.scenes
    assert scene.enter and scene.leave
    end, back = job.duration_s, job.duration_s - scene.enter.duration_s
    found: list[Stand] = []
    rank = 0
    for index, layer in enumerate(layout.layers):
        if layer.scene is None:
            stand = _constant(index, layer, job)
            if layer.tick is not None and layer.tick > 1 and stand.enter:
                stand = replace(stand, to_s=back, leave=scene.leave)
            found.append(stand)
        elif layer.ground or layer.mask != layer.at:
            found.append(Stand(index, 0, end, None, None, 0))
        else:
            delay = min(STAGGER_S * min(rank, 2), scene.enter.duration_s / 2)
            rank += 1
            found.append(Stand(index, 0, back, None, scene.leave, 0))
            found.append(Stand(index, back, end, scene.enter, None, delay))
    return tuple(found)


def _enter(layer: Layer, motion: Motion | None) -> Motion | None:
    """A panel or frame is uncovered, never moved, so that it stays the ground of its texts."""
    return motion.model_copy(update={"move": "wipe"}) if motion and layer.ground else motion


_leave = _enter


def placed_at(
    seconds: float, all_stands: Sequence[Stand], layout: ClipLayout, rtl: bool
) -> tuple[Placed, ...]:
    """What stands at this time, bottom first."""
    found = (_place(stand, seconds + _INSTANT, layout, rtl) for stand in all_stands)
    return tuple(placed for placed in found if placed is not None)


def _place(stand: Stand, now: float, layout: ClipLayout, rtl: bool) -> Placed | None:
    if not stand.from_s <= now < stand.to_s:
        return None
    layer = layout.layers[stand.layer]
    if stand.enter and now < stand.hold_from:
        share = (now - stand.from_s - stand.delay_s) / (stand.enter.duration_s - stand.delay_s)
        if layer.tick is not None:
            return _raise_tick(stand.layer, layer, layout, eased(stand.enter.ease, share))
        return _moved(stand.layer, layer, layout, stand.enter.move, eased(stand.enter.ease, share) - 1, rtl)
    if stand.leave and now >= stand.hold_to:
        share = (now - stand.hold_to) / stand.leave.duration_s
        if layer.tick is not None:
            return _raise_tick(stand.layer, layer, layout, 1 - eased(stand.leave.ease, share))
        return _moved(stand.layer, layer, layout, stand.leave.move, eased(stand.leave.ease, share), rtl)
    return Placed(stand.layer, 0, 0, layer.at)


def _raise_tick(index: int, layer: Layer, layout: ClipLayout, done: float) -> Placed:
    """A lit tick covers its unlit one from its first frame on, then grows to its full height."""
    x, y, w, h = layer.at
    unlit = next(other.at[1] for other in layout.layers if other.tick == layer.tick)
    top = _even(unlit + (y - unlit) * done)
    return Placed(index, 0, 0, (x, top, w, y + h - top))


def _moved(index: int, layer: Layer, layout: ClipLayout, move: str, way: float, rtl: bool) -> Placed | None:
    """`way` runs from −1 (not yet there) over 0 (stands) to 1 (gone)."""
    x, y, w, h = layer.mask
    forward = -1 if rtl else 1
    if move == "rise":
        dy = _even(-way * h)
        return _visible(index, 0, dy, (x, y, w, h), layer, layout)
    if move == "slide":
        dx = _even(-way * forward * layout.width)
        return _visible(index, dx, 0, (0, 0, layout.width, layout.height), layer, layout)
    # wipe: uncovered in reading order, covered in the same order
    x, y, w, h = layer.at
    shown = _even(w * (1 - abs(way)))
    from_left = (way <= 0) != rtl
    return _visible(index, 0, 0, (x if from_left else x + w - shown, y, shown, h), layer, layout)


def _visible(index: int, dx: int, dy: int, window: Box4, layer: Layer, layout: ClipLayout) -> Placed | None:
    x, y, w, h = layer.at
    clip = intersection(window, (x + dx, y + dy, w, h))
    clip = intersection(clip, (0, 0, layout.width, layout.height)) if clip else None
    return Placed(index, dx, dy, clip) if clip else None


def intersection(a: Box4, b: Box4) -> Box4 | None:
    """Where two boxes overlap, or None."""
    x, y = max(a[0], b[0]), max(a[1], b[1])
    right, bottom = min(a[0] + a[2], b[0] + b[2]), min(a[1] + a[3], b[1] + b[3])
    return (x, y, right - x, bottom - y) if right > x and bottom > y else None


def _even(value: float) -> int:
    return 2 * round(value / 2)
