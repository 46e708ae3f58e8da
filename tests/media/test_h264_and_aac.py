"""What an H.264 and an AAC stream say of themselves, bit by bit."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.media.aac import parse_esds
from kit.media.h264 import Bits, Colour, parse_sps


@given(data=st.binary(max_size=80))
def test_codec_descriptions_raise_nothing_but_value_errors(data: bytes) -> None:
    """The two parsers on their own; the caller turns ValueError into NotAClip."""
    for parse in (lambda: parse_sps(b"\x67\x64" + data), lambda: parse_esds(bytes(4) + data)):
        with suppress(ValueError):
            parse()


def ue(number: int) -> str:
    """Exp-Golomb bits, unsigned."""
    code = f"{number + 1:b}"
    return "0" * (len(code) - 1) + code


def se(number: int) -> str:
    """Exp-Golomb bits, signed."""
    return ue(2 * number - 1 if number > 0 else -2 * number)


def sps_of(*bits: str) -> bytes:
    """A High profile SPS of these bits after its first three bytes, with a stop bit."""
    stream = "".join((*bits, "1"))
    stream += "0" * (-len(stream) % 8)
    body = b"\x64\x00\x28" + int(stream, 2).to_bytes(len(stream) // 8, "big")
    return b"\x67" + body.replace(b"\0\0\0", b"\0\0\3\0").replace(b"\0\0\1", b"\0\0\3\1")


_VUI_AT = -1  # the last bit of _SIZE says whether usability information follows
_SIZE = ue(1) + "0" + ue(67) + ue(119) + "1" + "1" + "0" + "0"  # 1088 by 1920, progressive, no crop, no VUI


def test_scaling_lists_are_stepped_over() -> None:
    """One is written out, one stops early (its next scale is 0), six are absent; the size stands behind."""
    written = "1" + se(1) * 16
    stopped = "1" + se(1) + se(-9)
    lists = "1" + written + "0" * 5 + stopped + "0"
    sps = parse_sps(sps_of(ue(0), ue(1), ue(0), ue(0), "0", lists, ue(0), ue(2), _SIZE))
    assert (sps.width, sps.height) == (1088, 1920)


def test_emulation_prevention_bytes_are_taken_out() -> None:
    """30 zero bits in a row cannot stand in a stream as they are, wherever they begin."""
    usability = "1" + "1" + f"{255:08b}" + f"{32768:016b}" + f"{1:016b}" + "0" + "0"
    nal = sps_of(ue(0), ue(1), ue(0), ue(0), "0", "0", ue(0), ue(2), _SIZE[:_VUI_AT], usability)
    assert b"\0\0\3" in nal
    assert parse_sps(nal).sample_aspect == (32768, 1)


def test_picture_order_by_a_cycle_is_stepped_over() -> None:
    """Type 1 lists its offsets; no encoder of today writes it, a file of yesterday may."""
    cycle = ue(1) + "0" + se(-1) + se(2) + ue(3) + se(1) * 3
    sps = parse_sps(sps_of(ue(0), ue(1), ue(0), ue(0), "0", "0", ue(0), cycle, _SIZE))
    assert (sps.width, sps.height, sps.colour) == (1088, 1920, Colour())


def test_an_endless_exp_golomb_number_is_refused() -> None:
    """40 zeros and no one."""
    with pytest.raises(ValueError, match="endless"):
        Bits(bytes(5)).ue()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("1190", (2, 48000, 2), id="plain"),
        pytest.param("119056e500", (2, 48000, 2), id="hint-says-no"),
        pytest.param("131056e598", (5, 24000, 2), id="he-aac-by-hint"),
        pytest.param("2b11880800", (5, 24000, 2), id="he-aac"),
        pytest.param("11b8", (2, 48000, 8), id="7.1"),
        pytest.param("17805dc010", (2, 48000, 2), id="rate-written-out"),
    ],
)
def test_aac_headers_are_told_apart(header: str, expected: tuple[int, int, int]) -> None:
    """HE-AAC looks like AAC-LC to a reader that stops at the first five bits."""
    specific = bytes.fromhex(header)
    decoder = b"\x40" + bytes(12) + b"\x05" + bytes([len(specific)]) + specific
    stream = bytes(3) + b"\x04" + b"\x80\x80\x80" + bytes([len(decoder)]) + decoder
    assert parse_esds(bytes(4) + b"\x03" + bytes([len(stream)]) + stream) == expected
