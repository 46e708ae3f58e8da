"""The sound of a clip: a calm bed made from nothing but numbers, brought to −14 LUFS.

Two soft chords, the second growing out of the first. Each note is a narrow band of a spectrum
rather than a sine, so it moves by itself as a choir does. The same bytes every time: phases come
from a fixed seed.
"""

from __future__ import annotations

import re
import subprocess
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.errors import WorkError

RATE = 48_000
FRAME = 1024
"""Samples of one AAC frame."""
LOUDNESS_LUFS = -14.0
PEAK_DBTP = -1.5
"""Half a decibel below the limit of −1: AAC overshoots a little."""

_SEED = 25
_FIRST = (110.0, 164.81, 220.0, 277.18, 329.63, 493.88)
_SECOND = (92.5, 138.59, 220.0, 277.18, 329.63, 415.3)
"""A major with an added ninth, then F sharp minor with a ninth: three notes stay."""
_FADE_IN_S = 1.2
_FADE_OUT_S = 2.5
_SPREAD = 0.0022
_PARTIALS = (1.0, 0.34, 0.12, 0.05)

Sound = NDArray[np.float32]
"""(samples, 2), −1 to 1."""


def sample_count(duration_s: float) -> int:
    """How many samples the sound has: whole AAC frames, one left out for the encoder's own.

    25 s: 1,198,080. Why: the encoder adds a frame in front; a longer sound would make the file
    outlast its picture, and no edit list may hide that.
    """
    return max(1, int(duration_s * RATE) // FRAME - 1) * FRAME


@lru_cache(maxsize=2)
def soundtrack(duration_s: float) -> bytes:
    """The finished sound as interleaved 16-bit samples. All clips of one length share it."""
    sound = levelled(mixed([bed(sample_count(duration_s))]))
    return np.round(sound * 32767).astype("<i2").tobytes()


def bed(samples: int) -> Sound:
    """The pad: two chords across the whole time, faded in and out."""
    chance = np.random.default_rng(_SEED)
    way = np.linspace(0, 1, samples, dtype=np.float32)
    share = 0.5 - 0.5 * np.cos(np.pi * np.clip((way - 0.35) / 0.3, 0, 1))
    sound = np.empty((samples, 2), np.float32)
    for side in range(2):
        first, second = (_chord(notes, samples, chance) for notes in (_FIRST, _SECOND))
        sound[:, side] = first * np.sqrt(1 - share) + second * np.sqrt(share)
    sound *= _fades(samples)[:, None]
    return sound / np.float32(np.abs(sound).max())


def _chord(notes: tuple[float, ...], samples: int, chance: np.random.Generator) -> Sound:
    """One inverse transform holds all notes: a bell-shaped band of random phases each."""
    spectrum = np.zeros(samples // 2 + 1, np.complex64)
    step = RATE / samples
    for note in notes:
        for order, weight in enumerate(_PARTIALS, 1):
            middle = note * order / step
            width = max(1.0, middle * _SPREAD)
            low, high = int(middle - 4 * width), int(middle + 4 * width) + 2
            if high > len(spectrum):
                continue
            bins = np.arange(low, high)
            shape = np.exp(-(((bins - middle) / width) ** 2)) * weight / np.sqrt(width) / note**0.35
            spectrum[low:high] += shape * np.exp(2j * np.pi * chance.random(len(bins)))
    wave: Sound = np.fft.irfft(spectrum, samples).astype(np.float32)
    return wave / np.float32(np.sqrt(np.mean(wave**2)))


def _fades(samples: int) -> NDArray[np.float32]:
    curve = np.ones(samples, np.float32)
    for seconds, turned in ((_FADE_IN_S, False), (_FADE_OUT_S, True)):
        length = min(samples // 3, int(seconds * RATE))
        ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)).astype(np.float32)
        if turned:
            curve[samples - length :] *= ramp[::-1]
        else:
            curve[:length] *= ramp
    return curve


def mixed(tracks: list[Sound]) -> Sound:
    """Several tracks as one, through moviepy, as long as the first: where a voice joins the bed.

    One track is its own mix; moviepy is then not even imported (0.6 s). All samples are asked for
    at once: moviepy's own chunks count their times by adding, and drift.
    """
    if len(tracks) == 1:
        return tracks[0]
    from moviepy.audio.AudioClip import AudioArrayClip, CompositeAudioClip

    samples = len(tracks[0])
    clips: list[Any] = [AudioArrayClip(track, fps=RATE) for track in tracks]
    mix = CompositeAudioClip(clips).with_duration(samples / RATE)
    return np.asarray(mix.get_frame(np.arange(samples) / RATE), np.float32)


def levelled(sound: Sound) -> Sound:
    """The same sound at −14 LUFS integrated, softer where its true peak would pass the limit."""
    loudness, peak = measure(sound)
    gain_db = min(LOUDNESS_LUFS - loudness, PEAK_DBTP - peak)
    return sound * np.float32(10 ** (gain_db / 20))


def measure(sound: Sound) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP), by ffmpeg's EBU R128 meter."""
    from kit.render.clip.encode import ffmpeg_path

    run = subprocess.run(
        [
            ffmpeg_path(), "-hide_banner", "-nostats", "-f", "f32le", "-ar", str(RATE), "-ac", "2",
            "-i", "pipe:0", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-",
        ],
        input=np.ascontiguousarray(sound, np.float32).tobytes(), capture_output=True, check=False,
    )  # fmt: skip
    said = run.stderr.decode(errors="replace")
    found = re.search(r"I:\s+(-?[\d.]+) LUFS.*Peak:\s+(-?[\d.]+) dBFS", said, re.S)
    if run.returncode != 0 or found is None:
        raise WorkError(f"the loudness could not be measured: {' '.join(said.splitlines()[-2:])}")
    return float(found[1]), float(found[2])
