"""The clip contract, fact by fact: a good file passes all of it, each fault is found under its code."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

import kit.check.clip_file
from kit.check.clip import CLIP_CHECKS
from kit.check.runner import run_checks
from kit.check.subject import Subject
from kit.media.h264 import Colour
from kit.media.mp4 import Clip, read_clip
from kit.model.artifact import Artifact, Finding, Level, Report
from kit.model.campaign import Campaign
from kit.tables.formats import CLIP_MAX_BYTES
from tests.support.clips import shipped_spec

_ID = "clip/fr/x/main"
_CLIP_CODES = {check.code for check in CLIP_CHECKS if check.code.startswith("clip-")}


def subject(path: Path, artifact_id: str = _ID, **changes: Any) -> Subject:
    """A clip, or whatever `changes` make of it."""
    fields = {"kind": "clip", "format": artifact_id.split("/")[2], "media_type": "video/mp4"} | changes
    artifact = Artifact(
        id=artifact_id,
        language="fr",
        direction="ltr",
        path=path.name,
        bytes=1,
        sha256="0",
        digest="0",
        **fields,
    )
    return Subject(
        artifact, path, Campaign.model_construct(), date(2026, 11, 25), (), shipped_spec(artifact_id)
    )


def check(made: Subject) -> Report:
    """All clip checks on one subject."""
    return run_checks([made], CLIP_CHECKS)


def codes(report: Report, level: Level = Level.FAIL) -> list[str]:
    """Codes of that level, each once, in the report's order."""
    return list(dict.fromkeys(f.code for f in report.findings if f.level is level))


def ffmpeg(*arguments: str) -> None:
    """Run the kit's own ffmpeg."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments]
    subprocess.run(command, check=True, timeout=120)


@pytest.fixture(scope="session")
def good_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real thing: 25 s in format x, with the options of the kit's encoder and tagged frames."""
    target = tmp_path_factory.mktemp("clip") / "main.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "color=c=0x160A26:size=720x1280:rate=30",
        "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
        "-vf", "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv",
        "-af", "atrim=end_sample=1198080", "-frames:v", "750",
        "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p",
        "-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-threads", "2",
        "-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2",
        "-use_editlist", "0", "-movflags", "+faststart+negative_cts_offsets", str(target),
    )  # fmt: skip
    return target


@pytest.fixture(scope="session")
def good(good_path: Path) -> Clip:
    """What the good file says about itself."""
    return read_clip(good_path)


Found = Callable[..., list[Finding]]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    """Findings on a clip that says this about itself, without a file."""

    def findings(clip: Clip, artifact_id: str = _ID, **changes: Any) -> list[Finding]:
        monkeypatch.setattr(kit.check.clip_file, "read_clip", lambda _: clip)
        return list(check(subject(Path("main.mp4"), artifact_id, **changes)).findings)

    return findings


def with_video(clip: Clip, **changes: Any) -> Clip:
    """The clip with another picture track."""
    assert clip.video is not None
    return replace(clip, video=replace(clip.video, **changes))


def with_sps(clip: Clip, **changes: Any) -> Clip:
    """The clip with another stream description."""
    assert clip.video is not None
    assert clip.video.sps is not None
    return with_video(clip, sps=replace(clip.video.sps, **changes))


def with_audio(clip: Clip, **changes: Any) -> Clip:
    """The clip with another sound track."""
    assert clip.audio is not None
    return replace(clip, audio=replace(clip.audio, **changes))


# --- the file ------------------------------------------------------------------------------------


def test_a_clip_made_with_the_contract_s_options_passes_all_checks(good_path: Path) -> None:
    """750 frames, 25.000 s, tagged BT.709, no edit list; the captions' checks do not apply."""
    report = check(subject(good_path))
    assert report.findings == ()
    assert report.passed == len(_CLIP_CODES)


def test_a_file_of_ffmpeg_s_defaults_fails_where_platforms_would_refuse_it(tmp_path: Path) -> None:
    """One second, no option at all: what a person would write first."""
    path = tmp_path / "main.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc=size=128x128:rate=24", "-f", "lavfi", "-i", "sine=sample_rate=44100",
        "-t", "1", "-preset", "veryfast", str(path),
    )  # fmt: skip
    assert codes(check(subject(path))) == [
        "clip-audio", "clip-codec", "clip-colour", "clip-container", "clip-dimensions", "clip-duration",
        "clip-edit-list", "clip-frame-rate", "clip-pixel-format",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"not a clip at all", b"\0\0\0\x18ftypisom"])
def test_an_unreadable_file_fails_once_and_skips_the_rest(tmp_path: Path, content: bytes) -> None:
    """What could not be looked at has not passed."""
    path = tmp_path / "main.mp4"
    path.write_bytes(content)
    report = check(subject(path))
    assert codes(report) == ["clip-container"]
    assert set(codes(report, Level.SKIP)) == _CLIP_CODES - {"clip-container"}
    assert report.passed == 0


def test_a_missing_file_fails_too(tmp_path: Path) -> None:
    """Somebody deleted it: no traceback, that is not our bug."""
    assert codes(check(subject(tmp_path / "main.mp4"))) == ["clip-container"]
    assert codes(check(subject(tmp_path / "main.vtt", kind="captions", media_type="text/vtt"))) == [
        "captions-format"
    ]


_BROKEN: list[tuple[str, Callable[[Clip], Clip]]] = [
    ("clip-container", lambda clip: replace(clip, brand="qt  ")),
    ("clip-container", lambda clip: replace(clip, moov_first=False)),
    ("clip-container", lambda clip: replace(clip, tracks=("vide", "soun", "soun"))),
    ("clip-container", lambda clip: replace(clip, tracks=("vide", "soun", "tmcd"))),
    ("clip-edit-list", lambda clip: replace(clip, has_edit_list=True)),
    ("clip-size-bytes", lambda clip: replace(clip, size_bytes=CLIP_MAX_BYTES + 1)),
    ("clip-duration", lambda clip: replace(clip, duration_s=25.067)),
    ("clip-duration", lambda clip: replace(clip, duration_s=24.9985)),
    ("clip-duration", lambda clip: with_video(clip, duration_s=25.0333)),
    ("clip-duration", lambda clip: with_video(clip, starts_at_s=2 / 30)),
    ("clip-frame-rate", lambda clip: with_video(clip, fps=None)),
    ("clip-frame-rate", lambda clip: with_video(clip, fps=Fraction(30000, 1001))),
    ("clip-frame-rate", lambda clip: with_video(clip, frame_count=751)),
    ("clip-gop", lambda clip: with_video(clip, keyframe_gap=61)),
    ("clip-gop", lambda clip: with_video(clip, starts_with_keyframe=False)),
    ("clip-gop", lambda clip: with_video(clip, closed_gops=False)),
    ("clip-codec", lambda clip: with_video(clip, codec="hvc1", sps=None)),
    ("clip-codec", lambda clip: with_video(clip, codec="avc3")),
    ("clip-codec", lambda clip: with_sps(clip, profile_idc=66)),
    ("clip-codec", lambda clip: with_sps(clip, profile_idc=77)),
    ("clip-pixel-format", lambda clip: with_sps(clip, chroma_format_idc=3)),
    ("clip-pixel-format", lambda clip: with_sps(clip, bit_depth=10)),
    ("clip-pixel-format", lambda clip: with_sps(clip, progressive=False)),
    ("clip-pixel-format", lambda clip: with_video(clip, sample_aspect=Fraction(16, 11))),
    ("clip-colour", lambda clip: with_sps(clip, colour=Colour())),
    ("clip-colour", lambda clip: with_sps(clip, colour=Colour(2, 2, 1))),
    ("clip-colour", lambda clip: with_sps(clip, colour=Colour(1, 1, 1, full_range=True))),
    ("clip-colour", lambda clip: with_video(clip, colour=Colour(9, 16, 9))),
    ("clip-dimensions", lambda clip: with_video(clip, width=722)),
    ("clip-dimensions", lambda clip: with_sps(clip, height=1278)),
    ("clip-audio", lambda clip: replace(clip, audio=None, tracks=("vide",))),
    ("clip-audio", lambda clip: with_audio(clip, object_type=5)),
    ("clip-audio", lambda clip: with_audio(clip, codec="ac-3", object_type=None)),
    ("clip-audio", lambda clip: with_audio(clip, channels=1)),
    ("clip-audio", lambda clip: with_audio(clip, sample_rate=44100, duration_samples=25 * 44100)),
    ("clip-audio", lambda clip: with_audio(clip, duration_samples=1_200_000 + 1025)),
    ("clip-audio", lambda clip: with_audio(clip, duration_samples=1_200_000 - 1025)),
]


@pytest.mark.parametrize(("code", "broken"), _BROKEN)
def test_one_broken_fact_is_one_finding_that_says_what_to_do(
    good: Clip, found: Found, code: str, broken: Callable[[Clip], Clip]
) -> None:
    """Measured, limit and fix are all there, and no other check is disturbed."""
    (finding,) = found(broken(good))
    assert (finding.level, finding.code, finding.artifact) == (Level.FAIL, code, _ID)
    assert all((finding.message, finding.measured, finding.limit, finding.fix))
    assert finding.measured != finding.limit


def test_every_clip_check_has_been_seen_to_fail() -> None:
    """A check that no fault trips is decoration."""
    assert {code for code, _ in _BROKEN} == _CLIP_CODES


_X264 = ("-c:a", "copy", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "40", "-bf", "2", "-g", "60",
         "-keyint_min", "60", "-sc_threshold", "0", "-x264-params", "cabac=1:8x8dct=1")  # fmt: skip
_INDEX = ("-use_editlist", "0", "-movflags", "+faststart+negative_cts_offsets")
_CUT = ("-af", "atrim=end=24.94")
_TAGS = "h264_metadata=colour_primaries={0}:transfer_characteristics={0}:matrix_coefficients={0}"
_FILES: list[tuple[str, tuple[str, ...], set[str]]] = [
    ("untouched", ("-c", "copy", *_INDEX), set()),
    ("index behind", ("-c", "copy", *_INDEX[:2], "-movflags", "+negative_cts_offsets"), {"clip-container"}),
    ("edit list", ("-c", "copy", "-movflags", "+faststart"), {"clip-edit-list", "clip-duration"}),
    ("seven times: X takes 140 s", ("-c", "copy", *_INDEX), {"clip-duration", "clip-frame-rate", "clip-audio"}),
    ("BT.601", ("-c", "copy", "-bsf:v", _TAGS.format(6), *_INDEX), {"clip-colour"}),
    ("untagged", ("-c", "copy", "-bsf:v", _TAGS.format(2), *_INDEX), {"clip-colour"}),
    ("full range", ("-c", "copy", "-bsf:v", "h264_metadata=video_full_range_flag=1", *_INDEX), {"clip-colour"}),
    ("half a frame late", ("-c", "copy", "-bsf:v", "setts=ts='TS+if(gt(N,300),256,0)'", *_INDEX),
     {"clip-frame-rate", "clip-duration"}),
    ("mono", ("-c:v", "copy", "-c:a", "aac", "-ac", "1", *_CUT, *_INDEX), {"clip-audio"}),
    ("44.1 kHz", ("-c:v", "copy", "-c:a", "aac", "-ar", "44100", *_CUT, *_INDEX), {"clip-audio"}),
    ("MP3", ("-c:v", "copy", "-c:a", "libmp3lame", *_CUT, *_INDEX), {"clip-audio"}),
    ("no sound", ("-c:v", "copy", "-an", *_INDEX), {"clip-audio"}),
    ("sound half as long", ("-c:v", "copy", "-c:a", "aac", "-af", "atrim=end=12", *_INDEX), {"clip-audio"}),
    ("Main profile", (*_X264[:-2], "-profile:v", "main", *_INDEX), {"clip-codec"}),
    ("4:4:4", (*_X264, "-pix_fmt", "yuv444p", *_INDEX), {"clip-codec", "clip-pixel-format"}),
    ("group of three seconds", (*_X264, "-g", "90", "-keyint_min", "90", *_INDEX), {"clip-gop"}),
    ("open groups", (*_X264, "-x264-params", "cabac=1:8x8dct=1:open-gop=1:b-adapt=0", "-force_key_frames", "0", *_INDEX), {"clip-gop"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "expected"), _FILES, ids=[row[0] for row in _FILES])
def test_a_broken_file_fails_under_its_code(
    good_path: Path, tmp_path: Path, name: str, options: tuple[str, ...], expected: set[str]
) -> None:
    """The good file with one thing wrong: remade, and read from its bytes."""
    path = tmp_path / "main.mp4"
    again = ("-stream_loop", "6") if name.startswith("seven") else ()
    ffmpeg(*again, "-i", str(good_path), *options, str(path))
    assert set(codes(check(subject(path)))) == expected


def test_a_file_over_16_000_000_bytes_fails(good_path: Path, tmp_path: Path) -> None:
    """A `free` box at its end: whole, and too heavy for WhatsApp by one byte."""
    data = good_path.read_bytes()
    size = CLIP_MAX_BYTES + 1 - len(data)
    path = tmp_path / "main.mp4"
    path.write_bytes(data + size.to_bytes(4, "big") + b"free" + bytes(size - 8))
    assert codes(check(subject(path))) == ["clip-size-bytes"]


@pytest.mark.parametrize(
    "allowed",
    [
        lambda clip: replace(clip, size_bytes=CLIP_MAX_BYTES),
        lambda clip: replace(clip, duration_s=25.001),
        lambda clip: with_audio(clip, duration_samples=1_200_000 - 1024),
        lambda clip: with_video(clip, keyframe_gap=1),
        lambda clip: with_video(clip, colour=Colour(1, 1, 1)),
        lambda clip: with_video(clip, colour=None),
    ],
)
def test_the_limit_itself_is_allowed(good: Clip, found: Found, allowed: Callable[[Clip], Clip]) -> None:
    """At the limit is inside."""
    assert found(allowed(good)) == []


def test_a_clip_without_pictures_skips_what_looks_at_pictures(good: Clip, found: Found) -> None:
    """And fails as a container."""
    findings = found(replace(good, video=None, tracks=("soun",)))
    assert [f.code for f in findings if f.level is Level.FAIL] == ["clip-container"]
    assert {f.code for f in findings if f.level is Level.SKIP} == {
        "clip-codec", "clip-pixel-format", "clip-colour", "clip-dimensions", "clip-frame-rate", "clip-gop",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("format_id", "size"),
    [("story", (1080, 1920)), ("feed-4x5", (1080, 1350)), ("square", (1080, 1080)), ("wide", (1920, 1080))],
)
def test_each_format_has_its_own_size(
    good: Clip, found: Found, format_id: str, size: tuple[int, int]
) -> None:
    """The same clip is right in one format and wrong in another."""
    artifact_id = f"clip/fr/{format_id}/main"
    assert [f.code for f in found(good, artifact_id)] == ["clip-dimensions"]
    other = with_sps(with_video(good, width=size[0], height=size[1]), width=size[0], height=size[1])
    assert found(other, artifact_id) == []


def test_an_unknown_format_fails(good: Clip, found: Found) -> None:
    """A clip that no row describes cannot be let out unseen; what it should be is not guessed."""
    findings = found(good, "clip/fr/imax/main")
    assert [f.code for f in findings if f.level is Level.FAIL] == ["clip-dimensions"]
    assert {f.code for f in findings if f.level is Level.SKIP} == _CLIP_CODES - {
        "clip-container",
        "clip-dimensions",
    }


def test_a_clip_that_no_storyboard_has_fails(good: Clip, found: Found) -> None:
    """A storyboard was taken out of the campaign, and its clip still lies in the kit."""
    (failed,) = (f for f in found(good, "clip/fr/x/teaser") if f.level is Level.FAIL)
    assert failed.code == "clip-dimensions" and "storyboard" in failed.message


def test_a_silent_copy_must_have_no_sound(good: Clip, found: Found) -> None:
    """`.silent` is for places where sound is forbidden."""
    assert [f.code for f in found(good, f"{_ID}.silent")] == ["clip-audio"]
    assert found(replace(good, audio=None, tracks=("vide",)), f"{_ID}.silent") == []


def test_signage_is_625_frames_at_25_without_sound(good: Clip, found: Found) -> None:
    """Its own row, and a heavier file is allowed."""
    clip = with_video(good, fps=Fraction(25), frame_count=625, keyframe_gap=50, width=1920, height=1080)
    clip = replace(with_sps(clip, width=1920, height=1080), audio=None, size_bytes=90_000_000)
    assert found(clip, "clip/fr/signage/main") == []
    assert [f.code for f in found(with_video(clip, keyframe_gap=51), "clip/fr/signage/main")] == ["clip-gop"]


def test_a_loop_is_180_frames_at_30(good: Clip, found: Found) -> None:
    """Six seconds, with or without sound."""
    clip = replace(with_sps(good, width=1080, height=1080), duration_s=6.0, audio=None)
    clip = with_video(clip, frame_count=180, duration_s=6.0, width=1080, height=1080)
    assert found(clip, "clip/fr/square/loop-3919", kind="loop") == []
    assert "clip-duration" in {f.code for f in found(clip, "clip/fr/square/main")}


def test_a_shape_of_stills_only_is_no_clip_format(good: Clip, found: Found) -> None:
    """`landscape` is a picture's shape; a clip of it is called `wide`."""
    findings = found(good, "clip/fr/landscape/main")
    assert [f.code for f in findings if f.level is Level.FAIL] == ["clip-dimensions"]


def test_clip_checks_leave_other_artifacts_alone(good_path: Path) -> None:
    """A poster is neither passed nor skipped."""
    report = check(subject(good_path, kind="poster", media_type="image/jpeg"))
    assert (report.passed, report.findings) == (0, ())


# --- all of them ---------------------------------------------------------------------------------


def test_every_check_says_why_and_has_a_code_of_its_own() -> None:
    """A rationale is a whole sentence, and a code names the kind of file it is about."""
    names = [check.code for check in CLIP_CHECKS]
    assert len(set(names)) == len(names)
    for clip_check in CLIP_CHECKS:
        assert clip_check.may_yield == (clip_check.code,)
        assert re.fullmatch(r"(clip|captions)-[a-z]+(-[a-z]+)*", clip_check.code)
        assert clip_check.rationale.endswith(".")
