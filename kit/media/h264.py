"""What an H.264 stream says about itself: its sequence parameter set, and nothing further in.

Only what a platform may refuse a clip for is kept. Layout: Rec. ITU-T H.264 (08/2021), 7.3.2.1
and annex E.
"""

from __future__ import annotations

from dataclasses import dataclass

_HIGH_PROFILES = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244})
_EXTENDED_SAR = 255
_SAR = (
    (1, 1), (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11),
    (80, 33), (18, 11), (15, 11), (64, 33), (160, 99), (4, 3), (3, 2), (2, 1),
)  # fmt: skip


@dataclass(frozen=True)
class Colour:
    """How the numbers of a pixel become light; 2 is "unspecified", 1 is BT.709 (ITU-T H.273)."""

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    full_range: bool = False


@dataclass(frozen=True)
class Sps:
    """One sequence parameter set. `constraints` are the eight flags after the profile, as a byte."""

    profile_idc: int
    constraints: int
    level_idc: int
    chroma_format_idc: int
    bit_depth: int
    width: int
    height: int
    progressive: bool
    sample_aspect: tuple[int, int]
    colour: Colour


class Bits:
    """Reads bits from the left; every read past the end is a ValueError, never a guess."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def u(self, count: int) -> int:
        """`count` bits as an unsigned number."""
        self._left -= count
        if self._left < 0:
            raise ValueError("a codec description ends in the middle")
        return self._value >> self._left & ((1 << count) - 1)

    def flag(self) -> bool:
        """One bit."""
        return self.u(1) == 1

    def ue(self) -> int:
        """Exp-Golomb, unsigned. No valid number has more than 32 leading zeros."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > 32:
                raise ValueError("a codec description holds an endless number")
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """Exp-Golomb, signed."""
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def parse_sps(nal: bytes) -> Sps:
    """Read one SPS NAL unit; anything malformed is a ValueError.

    Why the emulation bytes go first: 00 00 03 stands for 00 00 in the stream, and a reader that
    keeps the 03 gets wrong colours for some sizes only.
    """
    if len(nal) < 4 or nal[0] & 0x1F != 7:
        raise ValueError("the H.264 description holds no sequence parameter set")
    bits = Bits(nal[1:].replace(b"\0\0\3", b"\0\0"))
    profile_idc, constraints, level_idc = bits.u(8), bits.u(8), bits.u(8)
    bits.ue()  # seq_parameter_set_id
    chroma_format_idc, bit_depth = _pixel_format(bits) if profile_idc in _HIGH_PROFILES else (1, 8)
    bits.ue()  # log2_max_frame_num
    _picture_order(bits)
    bits.ue()  # max_num_ref_frames
    bits.u(1)  # gaps_in_frame_num_value_allowed
    width, height = 16 * (bits.ue() + 1), 16 * (bits.ue() + 1)
    progressive = bits.flag()
    fields = 1 if progressive else 2
    if not progressive:
        bits.u(1)  # mb_adaptive_frame_field
    bits.u(1)  # direct_8x8_inference
    left, right, top, bottom = (bits.ue() for _ in range(4)) if bits.flag() else (0, 0, 0, 0)
    crop_x = 2 if chroma_format_idc in (1, 2) else 1
    crop_y = fields * (2 if chroma_format_idc == 1 else 1)
    sample_aspect, colour = _usability(bits) if bits.flag() else ((1, 1), Colour())
    return Sps(
        profile_idc, constraints, level_idc, chroma_format_idc, bit_depth,
        width - crop_x * (left + right), fields * height - crop_y * (top + bottom),
        progressive, sample_aspect, colour,
    )  # fmt: skip


def _pixel_format(bits: Bits) -> tuple[int, int]:
    """Chroma format and the larger bit depth, past the scaling lists."""
    chroma_format_idc = bits.ue()
    if chroma_format_idc > 3:
        raise ValueError("the H.264 description holds an unknown chroma format")
    if chroma_format_idc == 3:
        bits.u(1)  # separate_colour_plane
    bit_depth = 8 + max(bits.ue(), bits.ue())
    bits.u(1)  # qpprime_y_zero_transform_bypass
    if bits.flag():
        for index in range(12 if chroma_format_idc == 3 else 8):
            if bits.flag():
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma_format_idc, bit_depth


def _skip_scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def _picture_order(bits: Bits) -> None:
    kind = bits.ue()
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.u(1)
        bits.se()
        bits.se()
        for _ in range(min(bits.ue(), 255)):
            bits.se()


def _usability(bits: Bits) -> tuple[tuple[int, int], Colour]:
    """Sample aspect and colour of the video usability information; the rest is not read."""
    aspect = (1, 1)
    if bits.flag():
        code = bits.u(8)
        if code == _EXTENDED_SAR:
            aspect = (bits.u(16), bits.u(16))
        elif code < len(_SAR):
            aspect = _SAR[code]
    if bits.flag():
        bits.u(1)  # overscan_appropriate
    if not bits.flag():
        return aspect, Colour()
    bits.u(3)  # video_format
    full_range = bits.flag()
    if not bits.flag():
        return aspect, Colour(full_range=full_range)
    return aspect, Colour(bits.u(8), bits.u(8), bits.u(8), full_range)
