"""How loud a sound is: integrated loudness and true peak by ITU-R BS.1770-4 and EBU R128.

In numpy alone. The two filters of the K curve are applied to the spectrum of the whole sound,
which gives what the recursive filters give once their tail has room to die away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
"""Hz: BS.1770-4 prints the coefficients of its filters for this rate only."""
SOCIAL_LUFS = -14.0
"""Integrated loudness that social networks play unchanged (read 2026-11-23)."""
BROADCAST_LUFS = -23.0
"""EBU R128: broadcast and signage, the role `ebu` of a clip."""
OVERSAMPLING = 4
"""True peak is read at 192 kHz (BS.1770-4, annex 2: at least four times 48 kHz)."""

Sound = NDArray[np.float32]
"""(samples, channels), −1 to 1, at 48 kHz, one or two channels."""

_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
"""BS.1770-4, tables 1 and 2: the head as a sphere, then what low tones do not add."""
_TAIL = RATE
"""A second of room behind the sound: the slower filter has fallen by 200 dB long before."""
_BLOCK, _STEP = RATE * 4 // 10, RATE // 10
_OFFSET_DB = -0.691
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP; both −inf for silence."""

    integrated_lufs: float
    true_peak_dbtp: float


def measured(sound: Sound) -> Loudness:
    """Loudness of a whole sound. A sound under 0.4 s has no block to measure, so −inf."""
    return Loudness(integrated_loudness(sound), true_peak(sound))


def integrated_loudness(sound: Sound) -> float:
    """LUFS over blocks of 400 ms that overlap by 75 %, gated at −70 LUFS and 10 LU below the rest.

    Why gated: silence between words would otherwise make speech look quieter than it is heard.
    """
    blocks = _block_powers(sound)
    blocks = blocks[_lufs(blocks) > _ABSOLUTE_GATE_LUFS]
    if len(blocks) == 0:
        return float("-inf")
    gate = float(_lufs(blocks.mean())) + _RELATIVE_GATE_LU
    return float(_lufs(blocks[_lufs(blocks) > gate].mean()))


def true_peak(sound: Sound) -> float:
    """dBTP: the highest point of the wave between the samples, over all channels."""
    highest = max((float(side.max(initial=0)) for side in oversampled_peaks(sound).T), default=0.0)
    return 20 * float(np.log10(highest)) if highest > 0 else float("-inf")


def oversampled_peaks(sound: Sound) -> Sound:
    """For each sample, the highest of the four points from it to the next, as magnitudes.

    Through the spectrum: exact for a band-limited wave, where a short filter reads up to 0.5 dB low.
    """
    samples, channels = sound.shape
    length = _easy(samples + RATE // 10)
    peaks = np.empty((samples, channels), np.float32)
    for side in range(channels):
        spectrum = np.fft.rfft(np.ascontiguousarray(sound[:, side], np.float32), length)
        wave = np.fft.irfft(spectrum, length * OVERSAMPLING)[: samples * OVERSAMPLING]
        peaks[:, side] = np.abs(wave).reshape(samples, OVERSAMPLING).max(axis=1) * OVERSAMPLING
    return peaks


def _block_powers(sound: Sound) -> NDArray[np.float64]:
    """Mean square of each block after the K curve, channels added (left and right weigh 1)."""
    samples = len(sound)
    count = (samples - _BLOCK) // _STEP + 1
    if count < 1:
        return np.zeros(0)
    length = _easy(samples + _TAIL)
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(length))
    curve = _response(_SHELF, turn) * _response(_HIGH_PASS, turn)
    power = np.zeros(samples)
    for side in range(sound.shape[1]):
        wave = np.fft.irfft(np.fft.rfft(sound[:, side].astype(np.float64), length) * curve, length)
        power += wave[:samples] ** 2
    total = np.concatenate(([0.0], np.cumsum(power)))
    starts = np.arange(count) * _STEP
    blocks: NDArray[np.float64] = (total[starts + _BLOCK] - total[starts]) / _BLOCK
    return np.maximum(blocks, 0)


def _response(
    filter_: tuple[tuple[float, float, float], tuple[float, float, float]], turn: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    above, below = filter_
    upper: NDArray[np.complex128] = above[0] + turn * (above[1] + turn * above[2])
    return upper / (below[0] + turn * (below[1] + turn * below[2]))


def _lufs(power: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.asarray(_OFFSET_DB + 10 * np.log10(power))


def _easy(samples: int) -> int:
    """The next length that a fast transform likes: a multiple of 4,800."""
    return -(-samples // 4800) * 4800
