"""AAC: what a stream says about itself (the `esds` box of an MP4, ISO/IEC 14496-1, -3), and how long it lasts."""

from __future__ import annotations

from kit.media.h264 import Bits

_ES, _DECODER = 3, 4
_MPEG4_AUDIO = 0x40
_ESCAPE = 31
_SBR = 5
_SYNC_EXTENSION = 0x2B7
_FREQUENCIES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_EXPLICIT_FREQUENCY = 15


FRAME = 1024
"""Samples of one AAC frame."""


def samples_to_encode(duration_s: float, rate: int) -> int:
    """How much sound to give the encoder for a clip of that length: whole frames, one left out.

    25 s at 48 kHz: 1,198,080. Why: ffmpeg puts one frame in front; a longer sound would make the
    file outlast its pictures, and no edit list may hide that (measured, 9.0.2).
    """
    return max(1, int(duration_s * rate) // FRAME - 1) * FRAME


def parse_esds(body: bytes) -> tuple[int, int, int] | None:
    """Object type, sample rate and channels; None if the stream is no MPEG-4 audio.

    Why not the numbers of the sample entry: they say two channels for mono and the base rate for
    HE-AAC. Anything malformed is a ValueError.
    """
    tag, stream = _descriptor(body[4:])
    if tag != _ES or len(stream) < 3 or stream[2] & 0xE0:  # optional fields, never seen in MP4
        raise ValueError("an unknown description of the sound")
    tag, decoder = _descriptor(stream[3:])
    if tag != _DECODER or len(decoder) < 13:
        raise ValueError("an unknown description of the sound")
    if decoder[0] != _MPEG4_AUDIO:
        return None
    bits = Bits(_descriptor(decoder[13:])[1])
    object_type = _object_type(bits)
    index = bits.u(4)
    if index == _EXPLICIT_FREQUENCY:
        sample_rate = bits.u(24)
    else:
        sample_rate = _FREQUENCIES[index] if index < len(_FREQUENCIES) else 0
    channels = bits.u(4)
    channels = 8 if channels == 7 else channels
    return (_SBR if _hints_at_sbr(bits) else object_type), sample_rate, channels


def _hints_at_sbr(bits: Bits) -> bool:
    """Whether a plain header ends with the hint that the stream is HE-AAC all the same."""
    try:
        bits.u(3)  # frame length and two flags
        return bits.u(11) == _SYNC_EXTENSION and _object_type(bits) == _SBR and bits.flag()
    except ValueError:
        return False


def _object_type(bits: Bits) -> int:
    value = bits.u(5)
    return 32 + bits.u(6) if value == _ESCAPE else value


def _descriptor(data: bytes) -> tuple[int, bytes]:
    """Tag and body of a descriptor; its length is up to four bytes of seven bits each."""
    length = 0
    for at in range(1, min(5, len(data))):
        length = length << 7 | data[at] & 0x7F
        if data[at] < 0x80:
            if at + 1 + length > len(data):
                break
            return data[0], data[at + 1 : at + 1 + length]
    raise ValueError("the description of the sound ends in the middle")
