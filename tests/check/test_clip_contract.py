"""The contract of a clip follows its storyboard, at any length and rate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kit.check import check_artifacts
from kit.check.clip_contract import clip_specs, spec_for
from kit.files import sha256_of
from kit.load import load
from kit.media.mp4 import read_clip
from kit.model.artifact import Alt, Artifact
from kit.model.storyboard import Storyboard
from kit.tables.clips import CLIPS
from tests.check.test_clip import ffmpeg
from tests.support.campaign import SHIPPED
from tests.support.clips import shipped_spec

DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("artifact_id", "expected"),
    [
        ("clip/fr/story/main", (750, 30, "wanted")),
        ("clip/fr/story/main.ebu", (750, 30, "wanted")),
        ("clip/fr/story/main.silent", (750, 30, "refused")),
        ("clip/fr/signage-portrait/main", (625, 25, "refused")),
        ("clip/fr/square/loop-3919", (180, 30, "either")),
        ("clip/fr/wide/loop-web.vtt", (180, 30, "either")),
        ("clip/fr/square/loop-17.srt", (180, 30, "either")),
        ("clip/fr/story/main.ad", (750, 30, "wanted")),
    ],
)
def test_a_file_is_judged_by_the_storyboard_of_its_clip(
    artifact_id: str, expected: tuple[int, int, str]
) -> None:
    spec = shipped_spec(artifact_id)
    assert spec and (spec.frames, spec.fps, spec.sound) == expected


@pytest.mark.parametrize(
    "artifact_id", ["clip/fr/signage/loop-17", "clip/fr/story/other", "visual/fr/square/main", "clip/fr/main"]
)
def test_what_no_storyboard_makes_has_no_contract(artifact_id: str) -> None:
    assert shipped_spec(artifact_id) is None


def test_weight_and_size_are_those_of_the_format() -> None:
    for shape in ("story", "signage"):
        spec = shipped_spec(f"clip/fr/{shape}/main")
        assert spec and spec.row is CLIPS[shape]


def board(duration_s: float, fps: int, shape: str) -> Storyboard:
    """A storyboard of a hook and an end card."""
    return Storyboard.model_validate(
        {
            "storyboard": 1, "duration_s": duration_s, "poster_s": 1, "tick_s": 0.2,
            "cuts": [{"formats": [shape], "fps": fps}],
            "scenes": [
                {"id": "hook", "layout": "hook", "from_s": 0, "to_s": 2, "text": "hook"},
                {"id": "end", "layout": "end", "from_s": 2, "to_s": duration_s, "text": "end"},
            ],
        }
    )  # fmt: skip


def clip_of(path: Path, shape: str, fps: int, frames: int, sound_s: float | None) -> Path:
    """A finished file: black pictures and a tone, with the options of the encoder."""
    row = CLIPS[shape]
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"] if sound_s else []
    cut = (round((sound_s or 0) * 48000) // 1024 - 1) * 1024
    tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    level = f"atrim=end_sample={cut},volume=7.9dB"
    ffmpeg(
        "-f", "lavfi", "-i", f"color=c=0x160A26:size={row.width_px}x{row.height_px}:rate={fps}", *sound,
        "-vf", tags, *(("-af", level, "-c:a", "aac", "-b:a", "128k", "-ac", "2") if sound else ()),
        "-frames:v", str(frames), "-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "high",
        "-x264-params", "cabac=1:8x8dct=1", "-pix_fmt", "yuv420p", "-g", str(2 * fps),
        "-keyint_min", str(2 * fps), "-sc_threshold", "0", "-threads", "2",
        "-use_editlist", "0", "-movflags", "+faststart+negative_cts_offsets", str(path),
    )  # fmt: skip
    return path


Codes = Callable[[Storyboard, Path, float], list[str]]


@pytest.fixture
def codes() -> Codes:
    """Every finding on a file as the clip `main` of this storyboard, whatever the manifest says of it."""
    loaded = load(SHIPPED)

    def found(storyboard: Storyboard, path: Path, claimed_s: float) -> list[str]:
        shape = storyboard.cuts[0].shapes[0]
        artifact = Artifact(
            id=f"clip/fr/{shape}/main", kind="clip", language="fr", direction="ltr", format=shape,
            path=path.name, media_type="video/mp4", bytes=path.stat().st_size, sha256=sha256_of(path),
            duration_s=claimed_s, fps=60, alt=Alt(short="Court", full="Complet"), digest="0",
        )  # fmt: skip
        report = check_artifacts(loaded.campaign, {"main": storyboard}, [artifact], path.parent, DAY)
        return [finding.code for finding in report.findings]

    return found


@pytest.mark.parametrize(
    ("seconds", "fps", "shape", "sound"), [(12, 30, "x", True), (6, 25, "signage", False)]
)
def test_a_storyboard_of_another_length_and_rate_checks_clean_and_one_missing_frame_is_found(
    tmp_path: Path, codes: Codes, seconds: int, fps: int, shape: str, sound: bool
) -> None:
    frames, sound_s = seconds * fps, float(seconds) if sound else None
    storyboard = board(seconds, fps, shape)
    whole = clip_of(tmp_path / "whole.mp4", shape, fps, frames, sound_s)
    assert codes(storyboard, whole, seconds) == []
    short = clip_of(tmp_path / "short.mp4", shape, fps, frames - 1, sound_s)
    measured = read_clip(short).video
    assert measured and measured.frame_count == frames - 1
    # the manifest agrees with the short file, and is not believed
    found = set(codes(storyboard, short, (frames - 1) / fps))
    assert found - {"clip-audio"} == {
        "clip-duration",
        "clip-frame-rate",
    }  # ffmpeg ends the sound with the pictures


def test_a_retimed_storyboard_no_longer_takes_the_old_clip(tmp_path: Path, codes: Codes) -> None:
    old = clip_of(tmp_path / "old.mp4", "signage", 25, 150, None)
    assert codes(board(6, 25, "signage"), old, 6) == []
    assert codes(board(7, 25, "signage"), old, 6) == ["clip-duration", "clip-duration", "clip-frame-rate"]


def test_a_loop_s_clips_are_named_by_the_storyboard_and_the_tool() -> None:
    loaded = load(SHIPPED)
    specs = clip_specs(loaded.campaign, {"fast": loaded.storyboards["loop"]})
    assert {name for _, name in specs} == {f"fast-{tool.id}" for tool in loaded.campaign.tools}
    assert spec_for("clip/fr/square/fast-17", specs) and not spec_for("clip/fr/square/fast", specs)
