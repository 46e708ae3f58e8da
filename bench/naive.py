"""The same storyboard as one would first write it: moviepy's CompositeVideoClip over ImageClips.

Honest in the slow one's favour: the layers come ready from Typst (their setting is counted on both
sides), nothing is a TextClip, the sound is the same, and a text that rises or is uncovered through a
window simply moves, without a mask.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kit.model.plan import ClipJob
from kit.render.clip.audio import RATE, soundtrack
from kit.render.clip.compose import ClipFilm
from kit.render.clip.encode import QUALITY, THREADS
from kit.render.clip.layers import set_layers
from kit.render.clip.motion import Stand, placed_at
from kit.resources import Resources
from kit.tables.languages import LANGUAGES


def naive(job: ClipJob, resources: Resources, target: Path, preset: str) -> None:
    """Write the clip with moviepy alone."""
    from moviepy import AudioArrayClip, ColorClip, CompositeVideoClip, ImageClip

    film = ClipFilm(job, set_layers(job, resources))
    layout = film.layout
    parts: list[Any] = [ColorClip((layout.width, layout.height), _rgb(job.theme.ink))]
    for stand in film.stands:
        layer = layout.layers[stand.layer]
        pixels = layer.rgba
        if pixels is None:
            pixels = np.full((layer.at[3], layer.at[2], 3), _rgb(layer.colour), np.uint8)
        part = ImageClip(pixels, transparent=layer.rgba is not None, duration=stand.to_s - stand.from_s)
        parts.append(part.with_start(stand.from_s).with_position(_way(job, film, stand)))
    sound = np.frombuffer(soundtrack(job.duration_s), "<i2").reshape(-1, 2) / 32767
    whole = CompositeVideoClip(parts, size=(layout.width, layout.height)).with_duration(job.duration_s)
    whole.with_audio(AudioArrayClip(sound, fps=RATE)).write_videofile(
        str(target), fps=job.fps, codec="libx264", preset=preset, threads=THREADS, audio_codec="aac",
        ffmpeg_params=["-crf", str(QUALITY)], temp_audiofile_path=str(target.parent), logger=None,
    )  # fmt: skip


def _way(job: ClipJob, film: ClipFilm, stand: Stand) -> Callable[[float], tuple[int, int]]:
    """Where the layer's left upper corner is, `seconds` after it came."""
    x, y, _, _ = film.layout.layers[stand.layer].at
    rtl = LANGUAGES[job.language].direction == "rtl"

    def place(seconds: float) -> tuple[int, int]:
        found = placed_at(stand.from_s + seconds, (stand,), film.layout, rtl)
        return (x + found[0].dx, y + found[0].dy) if found else (x, y)

    return place


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
