"""What a clip shows, for the manifest: its texts in reading order and where each one stands."""

from __future__ import annotations

from kit.model.artifact import Box
from kit.model.plan import ClipJob
from kit.render.clip.compose import ClipFilm
from kit.render.clip.motion import Stand


def all_text(job: ClipJob, film: ClipFilm) -> tuple[str, ...]:
    """Every string that is shown, each time it newly comes into the picture."""
    return tuple(box.text for box in boxes_of(job, film) if box.text)


def boxes_of(job: ClipJob, film: ClipFilm, still_s: float | None = None) -> tuple[Box, ...]:
    """One box for each text, with the time it stands still; `still_s` keeps that moment's only.

    Ink bounds come from the drawn pixels. The ticks are one box: they are one figure.
    """
    layers = film.layout.layers
    shown = [s for s in film.stands if layers[s.layer].role and _stands(s, still_s)]
    boxes = [_box(film, stand, timed=still_s is None) for stand in _in_reading_order(film, shown)]
    return (*boxes, _ticks(job, film, timed=still_s is None))


def _stands(stand: Stand, still_s: float | None) -> bool:
    return still_s is None or stand.from_s <= still_s < stand.to_s


def _in_reading_order(film: ClipFilm, shown: list[Stand]) -> list[Stand]:
    """By the time it arrives, then as it is drawn; what stands throughout comes with the first."""
    return sorted(shown, key=lambda stand: (stand.from_s, film.layout.layers[stand.layer].scene is None))


def _box(film: ClipFilm, stand: Stand, timed: bool) -> Box:
    layer = film.layout.layers[stand.layer]
    assert layer.role is not None
    x, y, w, h = layer.ink
    return Box(
        role=layer.role, text=layer.text, x=x, y=y, w=w, h=h,
        size=round(layer.size_px, 2), font=layer.font,
        from_s=round(stand.hold_from, 3) if timed else None,
        to_s=round(stand.hold_to, 3) if timed else None,
    )  # fmt: skip


def _ticks(job: ClipJob, film: ClipFilm, timed: bool) -> Box:
    places = [layer.at for layer in film.layout.layers if layer.tick is not None]
    x, y = min(place[0] for place in places), min(place[1] for place in places)
    right = max(place[0] + place[2] for place in places)
    bottom = max(place[1] + place[3] for place in places)
    return Box(
        role="ticks", text="", x=x, y=y, w=right - x, h=bottom - y, size=0,
        from_s=0.0 if timed else None, to_s=job.duration_s if timed else None,
    )  # fmt: skip
