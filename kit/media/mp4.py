"""What an MP4 file says about itself, read from its own boxes.

Why not ask ffmpeg: a player, Instagram's ingest and a QuickTime decoder each trust the boxes, and
ffmpeg hides some of what they refuse (it applies an edit list without a word). Only the index
(`moov`) is read into memory, so a clip costs milliseconds. Layout: ISO/IEC 14496-12:2022, -14 and
-15; AAC's own header from 14496-3.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path
from typing import BinaryIO

from kit.media.aac import parse_esds
from kit.media.h264 import Colour, Sps, parse_sps

MAX_INDEX_BYTES = 4_000_000
MAX_BOXES = 1_000
MAX_FRAMES = 100_000
"""Limits against malicious files; a clip of 25 s at 30 frames a second needs 30 kB and a few dozen boxes."""


class NotAClip(ValueError):
    """The file is no MP4 clip, or a broken one; the message says where it goes wrong."""


@dataclass(frozen=True)
class Video:
    """The picture track. `fps` is None when frames do not all stand equally long.

    `keyframe_gap` is the longest way from one key frame to the next, or to the end, in frames.
    `colour` is the container's own tag (`colr`), where it has one beside the stream's. `sps` is
    None for codecs other than H.264.
    """

    codec: str
    width: int
    height: int
    duration_s: float
    starts_at_s: float
    frame_count: int
    fps: Fraction | None
    keyframe_gap: int
    starts_with_keyframe: bool
    closed_gops: bool
    sample_aspect: Fraction
    colour: Colour | None
    sps: Sps | None


@dataclass(frozen=True)
class Audio:
    """The sound track. `object_type` 2 is AAC-LC, 5 is HE-AAC, None is no AAC at all."""

    codec: str
    object_type: int | None
    sample_rate: int
    channels: int
    duration_s: float
    duration_samples: int


@dataclass(frozen=True)
class Clip:
    """One MP4 file. `tracks` are the handlers of all tracks in order: `vide`, `soun`, …"""

    brand: str
    size_bytes: int
    moov_first: bool
    has_edit_list: bool
    duration_s: float
    tracks: tuple[str, ...]
    video: Video | None
    audio: Audio | None


def read_clip(path: Path) -> Clip:
    """Read a clip's boxes. Raises `NotAClip` for anything malformed; a missing file is an OSError."""
    with path.open("rb") as file:
        try:
            return _clip(file)
        except NotAClip:
            raise
        except ValueError as error:
            raise NotAClip(str(error)) from error
        except (struct.error, IndexError) as error:
            raise NotAClip("a box ends in the middle") from error


def _clip(file: BinaryIO) -> Clip:
    """The top level: `ftyp` first, one `moov`, one or more `mdat`, nothing cut short."""
    end = os.fstat(file.fileno()).st_size
    if file.read(8)[4:] != b"ftyp":
        raise NotAClip("it does not begin as an MP4 file does (ftyp)")
    order: list[str] = []
    index: dict[str, bytes] = {}
    offset = 0
    while offset < end:
        if len(order) == MAX_BOXES:
            raise NotAClip(f"more than {MAX_BOXES} boxes")
        file.seek(offset)
        kind, head, size = _header(file.read(16), end - offset)
        if kind in ("ftyp", "moov"):
            if kind in index or size > MAX_INDEX_BYTES:
                raise NotAClip(f"a second {kind} box" if kind in index else f"an index of {size} bytes")
            file.seek(offset + head)
            index[kind] = file.read(size - head)
        order.append(kind)
        offset += size
    for kind in ("moov", "mdat"):
        if kind not in order:
            raise NotAClip(f"no {kind} box")
    moov_first = order.index("moov") < order.index("mdat")
    return _movie(index["moov"], _name(index["ftyp"][:4]), end, moov_first)


def _movie(moov: bytes, brand: str, size_bytes: int, moov_first: bool) -> Clip:
    boxes = list(_boxes(moov))
    if any(kind == "mvex" for kind, _ in boxes):
        raise NotAClip("a fragmented MP4: its index is scattered over the file")
    timescale, duration = _times(_child(moov, "mvhd"))
    traks = [body for kind, body in boxes if kind == "trak"]
    handlers = tuple(_name(_child(trak, "mdia", "hdlr")[8:12]) for trak in traks)
    tracks = dict(zip(reversed(handlers), reversed(traks), strict=True))  # the first of each kind
    return Clip(
        brand=brand,
        size_bytes=size_bytes,
        moov_first=moov_first,
        has_edit_list=any(_find(trak, "edts", "elst") is not None for trak in traks),
        duration_s=duration / timescale,
        tracks=handlers,
        video=_video(tracks["vide"]) if "vide" in tracks else None,
        audio=_audio(tracks["soun"]) if "soun" in tracks else None,
    )


def _video(trak: bytes) -> Video:
    timescale, duration = _times(_child(trak, "mdia", "mdhd"))
    tables = _child(trak, "mdia", "minf", "stbl")
    codec, entry = _sample_entry(tables)
    width, height = struct.unpack_from(">2H", entry, 24)
    inner = entry[78:]
    sps = _first_sps(_child(inner, "avcC")) if codec in ("avc1", "avc3") else None
    (frame_count,) = struct.unpack_from(">I", _child(tables, "stsz"), 8)
    if not 0 < frame_count <= MAX_FRAMES:
        raise NotAClip(f"{frame_count} frames")
    steps = _runs(_child(tables, "stts"), frame_count)
    begins = [0, *accumulate(steps[:-1])]
    offsets = _find(tables, "ctts")
    if offsets is not None:
        shifts = _runs(offsets, frame_count, signed=offsets[0] == 1)
        begins = [begin + shift for begin, shift in zip(begins, shifts, strict=True)]
    keys = _keyframes(_find(tables, "stss"), frame_count)
    groups = list(pairwise([*keys, frame_count]))
    return Video(
        codec=codec,
        width=width,
        height=height,
        duration_s=duration / timescale,
        starts_at_s=min(begins) / timescale,
        frame_count=frame_count,
        fps=_constant_rate(timescale, steps, sorted(begins)),
        keyframe_gap=max(after - key for key, after in groups),
        starts_with_keyframe=keys[0] == 0,
        closed_gops=all(min(begins[key:after]) == begins[key] for key, after in groups),
        sample_aspect=_sample_aspect(_find(inner, "pasp"), sps),
        colour=_container_colour(_find(inner, "colr")),
        sps=sps,
    )


def _audio(trak: bytes) -> Audio:
    timescale, duration = _times(_child(trak, "mdia", "mdhd"))
    tables = _child(trak, "mdia", "minf", "stbl")
    codec, entry = _sample_entry(tables)
    version, channels = struct.unpack_from(">H6xH", entry, 8)
    (sample_rate,) = struct.unpack_from(">H", entry, 24)
    esds = _find(entry[28 + {1: 16, 2: 36}.get(version, 0) :], "esds") if codec == "mp4a" else None
    aac = parse_esds(esds) if esds is not None else None
    object_type, sample_rate, channels = aac or (None, sample_rate, channels)
    samples = sum(count * step for count, step in _pairs(_child(tables, "stts")))
    return Audio(codec, object_type, sample_rate, channels, duration / timescale, samples)


def _header(raw: bytes, left: int) -> tuple[str, int, int]:
    """Name, header length and whole size of a box with `left` bytes to the end of its parent."""
    size, name = struct.unpack_from(">I4s", raw)
    head = 8
    if size == 1:
        (size,) = struct.unpack_from(">Q", raw, 8)
        head = 16
    elif size == 0:
        size = left
    if size > left:
        raise NotAClip(f"cut short: {_name(name)} wants {size} bytes, {left} are left")
    if size < head:
        raise NotAClip(f"a box of {size} bytes")
    return _name(name), head, size


def _boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The boxes of one level; levels are walked by name, so nothing can nest without end."""
    offset = 0
    for _ in range(MAX_BOXES):
        if len(data) - offset < 8:  # QuickTime ends some lists with four zero bytes
            return
        kind, head, size = _header(data[offset : offset + 16], len(data) - offset)
        yield kind, data[offset + head : offset + size]
        offset += size
    raise NotAClip(f"more than {MAX_BOXES} boxes")


def _find(data: bytes, *path: str) -> bytes | None:
    """Body of the first box on that path, if there is one."""
    for name in path:
        body = next((body for kind, body in _boxes(data) if kind == name), None)
        if body is None:
            return None
        data = body
    return data


def _child(data: bytes, *path: str) -> bytes:
    body = _find(data, *path)
    if body is None:
        raise NotAClip(f"no {'/'.join(path)} box")
    return body


def _name(raw: bytes) -> str:
    return raw.decode("latin-1")


def _times(body: bytes) -> tuple[int, int]:
    """Ticks a second and duration in ticks, of `mvhd` or `mdhd`; version 1 has 64-bit times."""
    timescale, duration = struct.unpack_from(">20xIQ" if body[:1] == b"\1" else ">12xII", body)
    if not timescale:
        raise NotAClip("a clock of zero ticks a second")
    return timescale, duration


def _pairs(body: bytes, signed: bool = False) -> list[tuple[int, int]]:
    """(count, value) rows of `stts` and `ctts`. The count of rows is checked before any is read."""
    (rows,) = struct.unpack_from(">4xI", body)
    if rows * 8 > len(body) - 8:
        raise NotAClip("a table is shorter than it says")
    return list(struct.iter_unpack(">Ii" if signed else ">II", body[8 : 8 + rows * 8]))


def _runs(body: bytes, frame_count: int, signed: bool = False) -> list[int]:
    """One value a frame. Counts are added up before they are expanded: a file may declare too many."""
    pairs = _pairs(body, signed)
    if sum(count for count, _ in pairs) != frame_count:
        raise NotAClip("the tables disagree about the number of frames")
    return [value for count, value in pairs for _ in range(count)]


def _keyframes(body: bytes | None, frame_count: int) -> list[int]:
    """Frames that can be begun from, counted from 0; without a table all of them are."""
    if body is None:
        return list(range(frame_count))
    (rows,) = struct.unpack_from(">4xI", body)
    if not 0 < rows <= (len(body) - 8) // 4:
        raise NotAClip("the table of key frames is empty or shorter than it says")
    keys = [number - 1 for number in struct.unpack_from(f">{rows}I", body, 8)]
    if keys[0] < 0 or keys[-1] >= frame_count or any(b <= a for a, b in pairwise(keys)):
        raise NotAClip("the table of key frames is out of order")
    return keys


def _constant_rate(timescale: int, steps: list[int], begins: list[int]) -> Fraction | None:
    """Frames a second, if both decoding and showing go at one pace."""
    shown = {after - before for before, after in pairwise(begins)}
    if len(set(steps)) != 1 or not steps[0] or not shown <= {steps[0]}:
        return None
    return Fraction(timescale, steps[0])


def _sample_entry(tables: bytes) -> tuple[str, bytes]:
    entries = list(_boxes(_child(tables, "stsd")[8:]))
    if len(entries) != 1:
        raise NotAClip(f"{len(entries)} codecs in one track")
    return entries[0]


def _first_sps(record: bytes) -> Sps:
    (length,) = struct.unpack_from(">6xH", record)
    return parse_sps(record[8 : 8 + length])


def _sample_aspect(pasp: bytes | None, sps: Sps | None) -> Fraction:
    """The container's word, else the stream's; a zero means "not said", which is square."""
    across, down = struct.unpack_from(">2I", pasp) if pasp else (sps.sample_aspect if sps else (1, 1))
    return Fraction(across, down) if across and down else Fraction(1)


def _container_colour(colr: bytes | None) -> Colour | None:
    if colr is None or colr[:4] != b"nclx":
        return None
    primaries, transfer, matrix, flags = struct.unpack_from(">4x3HB", colr)
    return Colour(primaries, transfer, matrix, flags >= 128)
