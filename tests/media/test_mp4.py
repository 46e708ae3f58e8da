"""Real files from the kit's own ffmpeg, good and bad: the reader says what each of them is."""

from __future__ import annotations

import struct
import subprocess
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kit.media.h264 import Colour
from kit.media.mp4 import Audio, Clip, NotAClip, Video, read_clip

_BT709 = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
_WEB = ("-use_editlist", "0", "-movflags", "+faststart+negative_cts_offsets")

Make = Callable[..., Clip]


def encode(
    target: Path, *options: str, seconds: str = "1", sound: bool = True, size: str = "128x128"
) -> Path:
    """One small clip: a moving picture at 30 a second, a tone, and the options under test."""
    inputs = ["-f", "lavfi", "-i", f"testsrc=size={size}:rate=30"]
    if sound:
        inputs += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *inputs, "-t", seconds,
        "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2",
        "-threads", "2", *options, str(target),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=60)
    return target


def video_of(clip: Clip) -> Video:
    """The picture track, which every file of these tests has."""
    assert clip.video is not None
    return clip.video


def audio_of(clip: Clip) -> Audio:
    """The sound track."""
    assert clip.audio is not None
    return clip.audio


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Encode with these options and read the boxes."""

    def made(*options: str, seconds: str = "1", sound: bool = True) -> Clip:
        return read_clip(encode(tmp_path / "clip.mp4", *options, seconds=seconds, sound=sound))

    return made


@pytest.fixture(scope="session")
def web_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip as the kit writes them, one second long."""
    target = tmp_path_factory.mktemp("clips") / "web.mp4"
    return encode(
        target, "-profile:v", "high", "-vf", _BT709, "-g", "15", "-af", "atrim=end_sample=45056", *_WEB
    )


def test_a_web_clip_is_read_whole(web_clip: Path) -> None:
    """Every field once, against what the options asked for."""
    clip = read_clip(web_clip)
    video, audio = video_of(clip), audio_of(clip)
    assert clip.tracks == ("vide", "soun")
    assert clip.size_bytes == web_clip.stat().st_size
    assert (clip.moov_first, clip.has_edit_list, clip.duration_s) == (True, False, 1.0)
    assert (video.codec, video.width, video.height) == ("avc1", 128, 128)
    assert (video.duration_s, video.starts_at_s, video.frame_count) == (1.0, 0.0, 30)
    assert (video.fps, video.keyframe_gap) == (Fraction(30), 15)
    assert (video.starts_with_keyframe, video.closed_gops) == (True, True)
    assert video.sample_aspect == 1
    assert video.sps is not None
    assert (video.sps.profile_idc, video.sps.chroma_format_idc, video.sps.bit_depth) == (100, 1, 8)
    assert (video.sps.width, video.sps.height, video.sps.progressive) == (128, 128, True)
    assert video.sps.colour == video.colour == Colour(1, 1, 1, full_range=False)
    assert (audio.codec, audio.object_type, audio.sample_rate, audio.channels) == ("mp4a", 2, 48000, 2)
    assert audio.duration_samples == 45056 + 1024


def test_ffmpeg_writes_an_edit_list_unless_told_not_to(make: Make) -> None:
    """And puts the index last: both are what Instagram refuses."""
    clip = make()
    assert clip.has_edit_list
    assert not clip.moov_first


def test_without_negative_offsets_the_first_picture_comes_late(make: Make) -> None:
    """A trap of ffmpeg's: 25.067 s instead of 25.000."""
    clip = make("-use_editlist", "0", "-movflags", "+faststart")
    assert not clip.has_edit_list
    assert clip.duration_s == pytest.approx(1 + 2 / 30, abs=0.001)
    assert video_of(clip).starts_at_s == pytest.approx(2 / 30)


def test_output_options_alone_do_not_tag_primaries_and_transfer(make: Make) -> None:
    """ffmpeg 9 takes them from the frames: the matrix arrives, the other two are dropped."""
    options = [
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-colorspace",
        "bt709",
        "-color_range",
        "tv",
    ]
    sps = video_of(make(*options)).sps
    assert sps is not None
    assert sps.colour == Colour(primaries=2, transfer=2, matrix=1)


@pytest.mark.parametrize(
    ("options", "field", "expected"),
    [
        pytest.param(["-profile:v", "baseline"], "profile_idc", 66, id="baseline"),
        pytest.param(["-profile:v", "main"], "profile_idc", 77, id="main"),
        pytest.param(["-pix_fmt", "yuv444p"], "chroma_format_idc", 3, id="444"),
        pytest.param(["-pix_fmt", "yuv422p"], "chroma_format_idc", 2, id="422"),
        pytest.param(["-pix_fmt", "yuv420p10le"], "bit_depth", 10, id="10-bit"),
        pytest.param(["-x264-params", "interlaced=1"], "progressive", False, id="interlaced"),
        pytest.param(["-vf", "setsar=16/11"], "sample_aspect", (16, 11), id="aspect"),
        pytest.param(["-vf", "setsar=7/5"], "sample_aspect", (7, 5), id="odd-aspect"),
    ],
)
def test_the_stream_describes_itself(make: Make, options: list[str], field: str, expected: object) -> None:
    """Fields of the SPS, and its size is found behind all of them."""
    sps = video_of(make(*options)).sps
    assert sps is not None
    assert getattr(sps, field) == expected
    assert (sps.width, sps.height) == (128, 128)


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv422p", "yuv444p"])
@pytest.mark.parametrize("interlaced", [0, 1])
def test_a_cropped_size_is_the_size_that_is_seen(tmp_path: Path, pixels: str, interlaced: int) -> None:
    """1080 is no multiple of 16: the stream is coded larger and cropped, each format in its own unit."""
    options = ("-pix_fmt", pixels, "-x264-params", f"interlaced={interlaced}")
    video = video_of(read_clip(encode(tmp_path / "c.mp4", *options, seconds="0.2", size="132x76")))
    assert video.sps is not None
    assert (video.sps.width, video.sps.height) == (video.width, video.height) == (132, 76)


def test_full_range_is_seen_in_stream_and_container(make: Make) -> None:
    """Full range without a tag is what a browser shows too dark."""
    video = video_of(make("-vf", _BT709.replace("range=tv", "range=pc"), "-color_range", "pc", *_WEB))
    assert video.sps is not None
    assert video.sps.colour.full_range
    assert video.colour is not None
    assert video.colour.full_range


def test_a_variable_frame_rate_has_no_fps(make: Make) -> None:
    """Ten frames were dropped and the gap kept."""
    video = video_of(make("-vf", "select='not(between(n,5,14))'", "-fps_mode", "vfr"))
    assert video.fps is None
    assert video.frame_count == 20


def test_a_long_gop_is_measured_to_the_end(make: Make) -> None:
    """One key frame in two seconds: 60 frames, although there is no second one to count to."""
    assert video_of(make("-g", "250", seconds="2")).keyframe_gap == 60


def test_a_clip_of_key_frames_only_needs_no_table_of_them(make: Make) -> None:
    """ffmpeg leaves `stss` out then; that means all of them, not none."""
    video = video_of(make("-g", "1"))
    assert (video.keyframe_gap, video.starts_with_keyframe) == (1, True)


def test_an_open_gop_is_told_from_a_closed_one(make: Make) -> None:
    """By frames that are shown before the key frame they are stored behind."""
    assert video_of(make("-g", "15", *_WEB, seconds="2")).closed_gops
    assert not video_of(make("-g", "15", "-x264-params", "open-gop=1", *_WEB, seconds="2")).closed_gops


@pytest.mark.parametrize(("options", "rate", "channels"), [("-ac 1", 48000, 1), ("-ar 44100", 44100, 2)])
def test_mono_and_44100_are_read_from_aac_itself(make: Make, options: str, rate: int, channels: int) -> None:
    """Why: the sample entry may say two channels all the same."""
    audio = audio_of(make(*options.split()))
    assert (audio.object_type, audio.sample_rate, audio.channels) == (2, rate, channels)


def test_mp3_in_mp4_is_no_aac(make: Make) -> None:
    """It also calls itself mp4a; only the object type inside tells."""
    audio = audio_of(make("-c:a", "libmp3lame"))
    assert (audio.codec, audio.object_type, audio.sample_rate) == ("mp4a", None, 48000)


def test_another_codec_is_named_and_not_parsed(make: Make) -> None:
    """MPEG-4 part 2."""
    video = video_of(make("-c:v", "mpeg4"))
    assert (video.codec, video.sps) == ("mp4v", None)


def test_a_clip_without_sound_has_no_audio(make: Make) -> None:
    """Signage."""
    clip = make(sound=False)
    assert (clip.tracks, clip.audio) == (("vide",), None)


def test_a_quicktime_file_keeps_its_brand(tmp_path: Path) -> None:
    """Its boxes read the same; the brand is what tells them apart, and its sound is still AAC-LC."""
    clip = read_clip(encode(tmp_path / "clip.mov"))
    assert clip.brand == "qt  "
    assert audio_of(clip).codec == "mp4a"


# --- hostile files -------------------------------------------------------------------------------


def test_a_truncated_file_says_that_it_is_cut_short(web_clip: Path, tmp_path: Path) -> None:
    """A copy that stopped half way."""
    half = tmp_path / "half.mp4"
    half.write_bytes(web_clip.read_bytes()[:-100])
    with pytest.raises(NotAClip, match="cut short: mdat"):
        read_clip(half)


@pytest.mark.parametrize("options", [("-movflags", "+frag_keyframe+empty_moov")])
def test_a_fragmented_file_is_refused(make: Make, options: tuple[str, ...]) -> None:
    """Its index is scattered, so nothing of the contract can be read from `moov`."""
    with pytest.raises(NotAClip, match="fragmented"):
        make(*options)


def test_a_text_file_renamed_is_no_clip(tmp_path: Path) -> None:
    """And neither is an empty one."""
    path = tmp_path / "clip.mp4"
    for content in ("", "x", "WEBVTT\n\n00:00.000 --> 00:01.000\n3919\n"):
        path.write_text(content)
        with pytest.raises(NotAClip, match="ftyp"):
            read_clip(path)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    """It says nothing about clips."""
    with pytest.raises(FileNotFoundError):
        read_clip(tmp_path / "clip.mp4")


def box(kind: bytes, body: bytes = b"") -> bytes:
    """A box with a 32-bit size."""
    return struct.pack(">I4s", 8 + len(body), kind) + body


_FTYP = box(b"ftyp", b"isom\0\0\2\0")
_MDAT = box(b"mdat", b"x")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(_FTYP, "no moov", id="nothing-else"),
        pytest.param(_FTYP + _MDAT, "no moov", id="no-moov"),
        pytest.param(_FTYP + box(b"moov"), "no mdat", id="no-mdat"),
        pytest.param(_FTYP + box(b"moov") + _MDAT, "no mvhd", id="empty-moov"),
        pytest.param(_FTYP + _FTYP, "a second ftyp", id="two-ftyp"),
        pytest.param(_FTYP + struct.pack(">I4s", 4, b"free"), "a box of 4 bytes", id="too-small"),
        pytest.param(_FTYP + struct.pack(">I4sQ", 1, b"free", 2), "a box of 2 bytes", id="64-bit-too-small"),
        pytest.param(_FTYP + struct.pack(">I4sQ", 1, b"mdat", 2**63), "cut short", id="64-bit-too-large"),
        pytest.param(_FTYP + struct.pack(">I4s", 1, b"mdat"), "ends in the middle", id="64-bit-missing"),
        pytest.param(_FTYP + b"\0\0\0", "ends in the middle", id="half-a-header"),
        pytest.param(_FTYP + box(b"free") * 1001, "more than 1000 boxes", id="many-boxes"),
        pytest.param(_FTYP + box(b"moov", box(b"free") * 1001) + _MDAT, "more than 1000", id="many-inside"),
        pytest.param(_FTYP + box(b"moov", bytes(4_000_000)), "an index of", id="huge-index"),
        pytest.param(_FTYP + box(b"moov", box(b"mvhd", bytes(20))) + _MDAT, "zero ticks", id="no-clock"),
    ],
)
def test_malformed_boxes_are_named(tmp_path: Path, data: bytes, message: str) -> None:
    """Sizes that lie, boxes that repeat, levels without end."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    with pytest.raises(NotAClip, match=message):
        read_clip(path)


def test_64_bit_sizes_and_a_last_box_without_size_are_read(web_clip: Path, tmp_path: Path) -> None:
    """Both are legal, and both are how a broken reader loops for ever."""
    data = web_clip.read_bytes()
    at = data.index(b"mdat") - 4
    body = data[at + 8 :]
    path = tmp_path / "clip.mp4"
    for header in (struct.pack(">I4s", 0, b"mdat"), struct.pack(">I4sQ", 1, b"mdat", 16 + len(body))):
        path.write_bytes(data[:at] + header + body)
        assert read_clip(path).video == read_clip(web_clip).video


@pytest.mark.parametrize(
    ("table", "at"), [(b"stsz", 12), (b"stts", 12), (b"stts", 8), (b"ctts", 8), (b"stss", 8)]
)
def test_tables_that_promise_four_billion_rows_cost_nothing(
    web_clip: Path, tmp_path: Path, table: bytes, at: int
) -> None:
    """The number is compared before anything of that size is made."""
    data = bytearray(web_clip.read_bytes())
    start = data.index(table) + at
    data[start : start + 4] = b"\xff\xff\xff\xff"
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    before = time.perf_counter()
    with pytest.raises(NotAClip):
        read_clip(path)
    assert time.perf_counter() - before < 1


def attempt(path: Path, data: bytes) -> None:
    """Read these bytes; the only exception that may come out is NotAClip."""
    path.write_bytes(data)
    try:
        read_clip(path)
    except NotAClip as error:
        assert str(error)


@settings(max_examples=150, deadline=2000)
@given(data=st.binary(max_size=400), begins_well=st.booleans())
@example(data=b"", begins_well=True)
def test_random_bytes_are_never_anything_but_not_a_clip(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, begins_well: bool
) -> None:
    """With and without the beginning of an MP4 file."""
    path = tmp_path_factory.getbasetemp() / "random.mp4"
    path.write_bytes(_FTYP + data if begins_well else data)
    with pytest.raises(NotAClip):
        read_clip(path)


@settings(max_examples=300, deadline=2000)
@given(
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8
    )
)
def test_a_damaged_index_is_read_or_refused_and_nothing_else(
    web_clip: Path, tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[float, int]]
) -> None:
    """Some bytes of `moov` changed at random: deeper in than random bytes ever get."""
    data = bytearray(web_clip.read_bytes())
    end = data.index(b"mdat")
    for place, value in changes:
        data[int(place * end)] = value
    attempt(tmp_path_factory.getbasetemp() / "damaged.mp4", bytes(data))


@settings(max_examples=60, deadline=2000)
@given(length=st.integers(0, 2500))
def test_a_file_cut_anywhere_is_never_a_clip(
    web_clip: Path, tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    """Whatever stands at the cut."""
    path = tmp_path_factory.getbasetemp() / "cut.mp4"
    path.write_bytes(web_clip.read_bytes()[:length])
    with pytest.raises(NotAClip):
        read_clip(path)
