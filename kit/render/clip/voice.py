"""A recorded voice: found, opened, and brought to the level the mix expects.

Why so strict: nobody listens to nine languages before sending them. A recording that is cut short,
empty or too long is an error that names the file, never a clip that ends in the middle of a number.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kit.errors import InputError
from kit.media.ffmpeg import Undecodable, decoded_sound
from kit.media.loudness import RATE, integrated_loudness
from kit.resources import MAX_VOICE_BYTES, Resources

VOICE_LUFS = -18.0
"""Level of the voice before the mix: room above it for what is added."""

_HEAD = 12
_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
_LONGEST_S = 600.0
_QUIET = 10 ** (-50 / 20)
_MOST_ABOVE_DB = 24.0
"""Peak over loudness; clear speech has 12 to 20 (general knowledge, unverified)."""
_SILENT = 10 ** (-70 / 20)

Sound = NDArray[np.float32]


def voice_of(resources: Resources, language: str) -> Path | None:
    """The recording of a language, None where nobody made one."""
    name = f"audio/{language}.wav"
    return resources.find("assets", name) if name in resources.names("assets", "audio/*.wav") else None


def voice_stamp(voice: Path | None) -> tuple[int, int]:
    """What changes when somebody replaces the file: its time and size. InputError if it is gone."""
    if voice is None:
        return 0, 0
    try:
        status = voice.stat()
    except OSError as error:
        raise _unusable(voice, error.strerror or "it cannot be read") from error
    return status.st_mtime_ns, status.st_size


def spoken(voice: Path, samples: int) -> Sound:
    """The recording as exactly `samples` stereo samples at 48 kHz and VOICE_LUFS.

    Any rate, bit depth and number of channels. Silence behind it is cut, and silence is added to
    the clip's end. Raises InputError, naming the file, for what is no WAV, is cut short, holds
    nothing to hear, or speaks longer than the clip lasts.
    """
    _whole(voice)
    try:
        sound = decoded_sound(voice, "wav", _LONGEST_S)
    except Undecodable as error:
        raise _unusable(voice, f"it cannot be decoded ({error})") from error
    if not np.isfinite(sound).all():
        raise _unusable(voice, "some of its samples are no numbers")
    level = np.abs(sound).max(axis=1, initial=0)
    highest = float(level.max(initial=0))
    if highest < _SILENT:
        raise _unusable(voice, "there is nothing to hear in it")
    end = int(np.flatnonzero(level > highest * _QUIET)[-1]) + 1
    if end > samples:
        raise _unusable(
            voice, f"it speaks until {end / RATE:.1f} s, the clip has room for {samples / RATE:.1f} s",
            "shorten the text or speak a little faster, and record it again",
        )  # fmt: skip
    cut = np.zeros((samples, 2), np.float32)
    length = min(len(sound), samples)
    cut[:length] = sound[:length]
    loudness = integrated_loudness(cut)
    if loudness == float("-inf"):
        raise _unusable(voice, "what is heard in it is too short or too quiet to be a voice")
    if 20 * np.log10(highest) - loudness > _MOST_ABOVE_DB:
        raise _unusable(
            voice, f"single bangs stand {20 * np.log10(highest) - loudness:.0f} dB above the voice",
            "remove clicks and knocks from the recording, or compress it",
        )  # fmt: skip
    return cut * np.float32(10 ** ((VOICE_LUFS - loudness) / 20))


def _whole(voice: Path) -> None:
    """A WAV whose sound is all there. ffmpeg plays a file that was cut short without a word."""
    try:
        size = voice.stat().st_size
        if size > MAX_VOICE_BYTES:
            raise _unusable(voice, f"{size} bytes, far too many for a clip")
        data = voice.read_bytes()
    except OSError as error:
        raise _unusable(voice, error.strerror or "it cannot be read") from error
    if not data:
        raise _unusable(voice, "it is empty")
    if data[:4] not in (b"RIFF", b"RF64") or data[8:_HEAD] != b"WAVE":
        raise _unusable(voice, "it is not a WAV file, whatever its name says")
    at = _HEAD
    while at + 8 <= len(data):
        name, claimed = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8
        if name == b"data":
            if claimed in _UNKNOWN_SIZES:  # written to a pipe: it ends where the file ends
                claimed = len(data) - at
            if claimed == 0:
                raise _unusable(voice, "there is no sound in it")
            if at + claimed > len(data):
                raise _unusable(voice, f"it is cut short: {len(data) - at} of {claimed} bytes of sound")
            return
        at += claimed + claimed % 2
    raise _unusable(voice, "there is no sound in it")


def _unusable(voice: Path, why: str, hint: str = "record or export it again as a WAV file") -> InputError:
    return InputError(f"{voice}: {why}", hint)
