"""The sound of a clip: calm synthesised background music, under a voice where there is one.

Two soft chords, the second growing out of the first. Each note is a narrow band of a spectrum
rather than a sine, so it moves by itself as a choir does. The same bytes every time: phases come
from a fixed seed.

A voice is a recording that a team made: `assets/audio/<lang>.wav` in the campaign folder, else the
kit's own. Its zero is the clip's zero. While somebody speaks the music is 20 LU quieter than they are
(WCAG 2.2, 1.4.7).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.media.aac import samples_to_encode
from kit.media.loudness import RATE as RATE
from kit.media.loudness import SOCIAL_LUFS, integrated_loudness, measured, oversampled_peaks
from kit.render.clip.voice import VOICE_LUFS, spoken, voice_stamp

PEAK_DBTP = -3.0
"""2 dB below the limit of −1: AAC overshoots where a voice has been limited (1.1 dB measured, ffmpeg 9.0.2)."""

_SEED = 25
_FIRST = (110.0, 164.81, 220.0, 277.18, 329.63, 493.88)
_SECOND = (92.5, 138.59, 220.0, 277.18, 329.63, 415.3)
"""A major with an added ninth, then F sharp minor with a ninth: three notes stay."""
_FADE_IN_S = 1.2
_FADE_OUT_S = 2.5
_SPREAD = 0.0022
_BED_LU, _DUCKED_LU = -6.0, -20.0
"""The bed against the voice, in pauses and in speech."""
_WINDOW = RATE // 50
_BREATH_WINDOWS = 20
_QUIETER_THAN_SPEECH_DB = 24.0
_LOOK_MS = 5
_ROUNDS = 8
_NEAR_ENOUGH_LU = 0.02
_MOST_BENT_DB = 12.0
"""Bent further, a voice sounds crushed and its room grows loud."""
_PARTIALS = (1.0, 0.34, 0.12, 0.05)

Sound = NDArray[np.float32]
"""(samples, 2), −1 to 1."""


def soundtrack(
    duration_s: float,
    target_lufs: float = SOCIAL_LUFS,
    voice: Path | None = None,
) -> bytes:
    """The finished sound as interleaved 16-bit samples, `samples_to_encode` of them.

    `target_lufs` is SOCIAL_LUFS, or BROADCAST_LUFS for the role `ebu`; `voice` what `voice_of`
    found, or None. A silent clip (role `silent`, signage) asks for no soundtrack and has no track.
    Clips of one length, target and voice share it. Raises InputError for a recording that cannot
    be used, naming the file.
    """
    return _finished(duration_s, target_lufs, voice, voice_stamp(voice))


@lru_cache(maxsize=4)
def _finished(duration_s: float, target_lufs: float, voice: Path | None, _stamp: tuple[int, int]) -> bytes:
    samples = samples_to_encode(duration_s, RATE)
    tracks = [bed(samples)]
    if voice is not None:
        said = spoken(voice, samples)
        tracks = [_under(tracks[0], said), said]
    sound = levelled(mixed(tracks), target_lufs)
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


def _under(music: Sound, said: Sound) -> Sound:
    """The bed at its place under a voice: 6 LU below in pauses, 20 LU below speech."""
    loudness = integrated_loudness(music)
    if loudness == float("-inf"):  # shorter than the meter's window
        return music
    level = 10 ** ((VOICE_LUFS + _BED_LU - loudness) / 20)
    duck = 10 ** ((_DUCKED_LU - _BED_LU) / 20)
    return (music * (level * (1 - (1 - duck) * _speaking(said)))[:, None]).astype(np.float32)


def _speaking(said: Sound) -> NDArray[np.float32]:
    """0 in pauses, 1 in speech, per sample: it begins before the first word and bridges a breath."""
    count = -(-len(said) // _WINDOW)
    padded = np.zeros((count * _WINDOW, 2), np.float32)
    padded[: len(said)] = said
    power = (padded**2).mean(axis=1).reshape(count, _WINDOW).mean(axis=1)
    active = power > 10 ** ((VOICE_LUFS - _QUIETER_THAN_SPEECH_DB) / 10)
    bridge = np.ones(2 * _BREATH_WINDOWS + 1)
    held = np.convolve(active, bridge, "same")[:count] > 0
    slope = np.hanning(2 * _BREATH_WINDOWS + 1)
    curve = np.convolve(
        np.pad(held.astype(float), _BREATH_WINDOWS, mode="edge"), slope / slope.sum(), "valid"
    )
    places = (np.arange(count) + 0.5) * _WINDOW
    return np.interp(np.arange(len(said)), places, curve).astype(np.float32)


def levelled(sound: Sound, target_lufs: float = SOCIAL_LUFS) -> Sound:
    """The same sound at its target, its few highest peaks bent down to PEAK_DBTP.

    Bending costs loudness, so the gain is corrected until both hold. A sound without loudness (silence, or
    under 0.4 s) only has its peak limited. What cannot reach its target comes out as near as its peaks allow.
    """
    heard = measured(sound)
    if heard.integrated_lufs == float("-inf"):
        return sound * np.float32(10 ** (min(0.0, PEAK_DBTP - heard.true_peak_dbtp) / 20))
    gain_db = target_lufs - heard.integrated_lufs
    most_db = gain_db + _MOST_BENT_DB
    result = sound
    for _ in range(_ROUNDS):
        result = _limited(sound * np.float32(10 ** (gain_db / 20)))
        missing = target_lufs - integrated_loudness(result)
        if abs(missing) < _NEAR_ENOUGH_LU:
            break
        gain_db = min(gain_db + missing, most_db)
    return result


def _limited(sound: Sound) -> Sound:
    """No true peak above PEAK_DBTP: a gain that dips smoothly around each peak that would be.

    The lowest gain within 5 ms to either side, averaged over the same span, is never above what
    its middle needs. Both channels dip together, so that the picture does not sway.
    """
    ceiling = np.float32(10 ** (PEAK_DBTP / 20))
    highest = oversampled_peaks(sound).max(axis=1)
    if highest.max(initial=0) <= ceiling:
        return sound
    gain = np.minimum(1, ceiling / np.maximum(highest, ceiling))
    reach = RATE * _LOOK_MS // 1000
    wide = np.pad(gain, 2 * reach, mode="edge")
    lowest, span = wide, 1
    while span < 2 * reach + 1:
        step = min(span, 2 * reach + 1 - span)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        span += step
    total = np.concatenate(([0.0], np.cumsum(lowest, dtype=np.float64)))
    smooth = (total[2 * reach + 1 :] - total[: -2 * reach - 1]) / (2 * reach + 1)
    return (sound * smooth[:, None]).astype(np.float32)


def measure(sound: Sound) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP)."""
    heard = measured(sound)
    return heard.integrated_lufs, heard.true_peak_dbtp
