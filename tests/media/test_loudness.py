"""Loudness and true peak beside ffmpeg's own EBU R128 meter, and on signals whose answer is known."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import numpy as np
import pytest

from kit.media.ffmpeg import ffmpeg_path
from kit.media.loudness import RATE, Sound, integrated_loudness, measured, true_peak


def tone(hertz: float, decibels: float, seconds: float, phase: float = 0.0) -> Sound:
    """A sine in both channels; `decibels` is its peak under full scale."""
    wave = 10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE + phase)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def noise(seconds: float, share: float) -> Sound:
    """White noise, the two sides different."""
    wave = np.random.default_rng(7).normal(0, share, (int(seconds * RATE), 2))
    return wave.clip(-1, 1).astype(np.float32)


def speech_like() -> Sound:
    """Bursts with pauses and one far quieter half: both gates have work to do."""
    sound = noise(12, 0.2)
    sound[:, 1] *= 0.3
    sound *= (np.sin(2 * np.pi * 0.7 * np.arange(len(sound)) / RATE) > 0)[:, None]
    sound[6 * RATE :] *= 0.02
    return sound.astype(np.float32)


def one_sided() -> Sound:
    """A low tone on the left alone."""
    sound = tone(60, -6, 5)
    sound[:, 1] = 0
    return sound


_SIGNALS: dict[str, Callable[[], Sound]] = {
    "tone of 997 Hz": lambda: tone(997, -20, 8),
    "low tone": lambda: tone(40, -10, 8),
    "high tone": lambda: tone(9000, -18, 8),
    "one side": one_sided,
    "noise": lambda: noise(10, 0.1),
    "bursts": speech_like,
    "steps": lambda: np.concatenate([tone(1000, level, 3) for level in (-36, -23, -16, -60)]),
    "odd length": lambda: tone(500, -12, 3.217),
}


def by_ffmpeg(sound: Sound) -> tuple[float, float]:
    """LUFS and dBTP as the `ebur128` filter reports them, to 0.001 and 0.1."""
    run = subprocess.run(
        [
            ffmpeg_path(), "-hide_banner", "-nostats", "-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:0",
            "-af", "ebur128=peak=true:metadata=1:framelog=quiet,ametadata=print:key=lavfi.r128.I:file=-",
            "-f", "null", "-",
        ],
        input=sound.tobytes(), capture_output=True, check=True,
    )  # fmt: skip
    loudness = re.findall(r"lavfi\.r128\.I=(-?[\d.]+)", run.stdout.decode())[-1]
    peak = re.findall(r"Peak:\s+(-?[\d.]+) dBFS", run.stderr.decode())[-1]
    return float(loudness), float(peak)


@pytest.mark.parametrize("name", _SIGNALS)
def test_loudness_and_peak_are_those_of_ffmpeg(name: str) -> None:
    """Within 0.1 LU. The peak is never read lower, and up to 0.5 dB higher: ffmpeg's filter is short.

    Faded at its ends: what a wave does where it is cut off is each filter's own affair.
    """
    sound = _SIGNALS[name]()
    ends = np.minimum(1, np.minimum(np.arange(len(sound)), np.arange(len(sound))[::-1]) / 960)
    sound = (sound * ends[:, None]).astype(np.float32)
    loudness, peak = by_ffmpeg(sound)
    assert integrated_loudness(sound) == pytest.approx(loudness, abs=0.1)
    assert peak - 0.1 <= true_peak(sound) <= peak + 0.5


def test_a_full_scale_tone_on_one_side_is_minus_three() -> None:
    """BS.1770-4, annex 1: 997 Hz at 0 dBFS in one front channel reads −3.01 LKFS."""
    sound = tone(997, 0, 10)
    sound[:, 1] = 0
    assert integrated_loudness(sound) == pytest.approx(-3.01, abs=0.02)


def test_a_pause_does_not_make_speech_quieter() -> None:
    """Both gates: silence (−70 LUFS) and what is 10 LU below the rest."""
    loud = tone(997, -20, 10)
    for pause in (np.zeros_like(loud), tone(997, -45, 10)):
        whole = integrated_loudness(np.concatenate([loud, pause]))
        assert whole == pytest.approx(integrated_loudness(loud), abs=0.15)


def test_a_quiet_part_inside_the_gate_does() -> None:
    """Otherwise the gate would be a filter for anything below the loudest."""
    loud = tone(997, -20, 10)
    both = integrated_loudness(np.concatenate([loud, tone(997, -26, 10)]))
    assert both == pytest.approx(integrated_loudness(loud) + 10 * np.log10((1 + 10**-0.6) / 2), abs=0.1)


def test_a_true_peak_lies_between_the_samples() -> None:
    """A quarter of the rate, 45° off: samples stand 3.01 dB below the wave they describe."""
    sound = tone(RATE / 4, 0, 2, phase=np.pi / 4)[RATE // 2 :]
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-3.01, abs=0.01)
    middle = sound * np.hanning(len(sound))[:, None].astype(np.float32)
    assert true_peak(middle) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("samples", [0, 1, 1000, 5 * RATE])
def test_silence_and_what_is_too_short_have_no_loudness(samples: int) -> None:
    """No warning, no zero that looks like a result."""
    heard = measured(np.zeros((samples, 2), np.float32))
    assert heard.integrated_lufs == heard.true_peak_dbtp == float("-inf")
