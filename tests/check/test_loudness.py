"""The loudness check on real files: what is too loud, too quiet or too sharp does not get out."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kit.check.loudness import LOUDNESS_CHECKS, target_lufs
from kit.check.runner import run_checks
from kit.check.subject import Subject
from kit.media.ffmpeg import ffmpeg_path
from kit.media.loudness import RATE, Sound
from kit.model.artifact import Artifact, Report
from kit.model.campaign import Campaign
from kit.render.clip.audio import bed, levelled
from tests.support.clips import shipped_spec


def subject(path: Path, artifact_id: str = "clip/fr/x/main", kind: str = "clip") -> Subject:
    """A clip of that id."""
    values: dict[str, Any] = {
        "id": artifact_id, "kind": kind, "language": "fr", "direction": "ltr", "format": "x", "path": path.name,
        "media_type": "video/mp4", "bytes": 1, "sha256": "0", "digest": "0",
    }  # fmt: skip
    artifact, campaign = Artifact(**values), Campaign.model_construct()
    return Subject(artifact, path, campaign, date(2026, 11, 25), (), shipped_spec(artifact_id))


def check(made: Subject) -> Report:
    return run_checks([made], LOUDNESS_CHECKS)


def codes(report: Report) -> list[tuple[str, str]]:
    return [(f.level.value, f.code) for f in report.findings]


def clip(path: Path, sound: Sound | None) -> Path:
    """Five seconds of a small black picture with that sound."""
    raw = path.with_suffix(".raw")
    command = [ffmpeg_path(), "-v", "error", "-y", "-f", "lavfi", "-i", "color=c=black:s=64x64:r=30:d=5"]
    if sound is not None:
        raw.write_bytes(sound.astype("<f4").tobytes())
        command += [
            "-f",
            "f32le",
            "-ar",
            str(RATE),
            "-ac",
            "2",
            "-i",
            str(raw),
            "-c:a",
            "aac",
            "-b:a",
            "192k",
        ]
    subprocess.run([*command, "-c:v", "libx264", "-preset", "ultrafast", str(path)], check=True)
    return path


def at(lufs: float) -> Sound:
    """The kit's own bed at that loudness."""
    return levelled(bed(5 * RATE), lufs)


@pytest.mark.parametrize(("artifact_id", "lufs"), [
    ("clip/fr/x/main", -14), ("clip/fr/x/main.ebu", -23), ("clip/fr/x/main", -14.4), ("clip/fr/x/loop-17", -14),
])  # fmt: skip
def test_a_clip_at_the_target_of_its_row_passes(tmp_path: Path, artifact_id: str, lufs: float) -> None:
    report = check(subject(clip(tmp_path / "main.mp4", at(lufs)), artifact_id))
    assert (report.findings, report.passed) == ((), 1)


@pytest.mark.parametrize(("artifact_id", "lufs", "says"), [
    ("clip/fr/x/main", -13, "too loud"), ("clip/fr/x/main", -15, "too quiet"),
    ("clip/fr/x/main.ebu", -14, "too loud"), ("clip/fr/x/main", -23, "too quiet"),
])  # fmt: skip
def test_a_clip_off_its_target_fails(tmp_path: Path, artifact_id: str, lufs: float, says: str) -> None:
    (finding,) = check(subject(clip(tmp_path / "main.mp4", at(lufs)), artifact_id)).findings
    assert (finding.level, finding.code) == ("FAIL", "sound-loudness")
    assert says in finding.message
    assert f"{lufs:g}" in finding.measured.replace(".0", "")


def test_a_peak_above_the_limit_fails_even_at_the_right_loudness(tmp_path: Path) -> None:
    sound = at(-14)
    tone = np.sin(np.pi * 2 * 1000 * np.arange(480) / RATE)
    sound[RATE : RATE + 480] = (1.2 * tone * np.hanning(480))[:, None]
    assert codes(check(subject(clip(tmp_path / "main.mp4", sound)))) == [("FAIL", "sound-peak")]


def test_a_silent_sound_track_is_too_quiet(tmp_path: Path) -> None:
    path = clip(tmp_path / "main.mp4", np.zeros((5 * RATE, 2), np.float32))
    assert codes(check(subject(path))) == [("FAIL", "sound-loudness")]


def test_rows_without_sound_are_exempt_and_a_missing_sound_is_not_a_pass(tmp_path: Path) -> None:
    """`.silent` and signage are not asked; a main clip without sound is a blind spot of this check."""
    path = clip(tmp_path / "main.mp4", None)
    for exempt in ("clip/fr/x/main.silent", "clip/fr/signage/main"):
        assert check(subject(path, exempt)) == Report()
    assert codes(check(subject(path))) == [("SKIP", "sound-loudness")]
    assert check(subject(path, "clip/fr/square/loop-3919", "loop")).passed == 1


@pytest.mark.parametrize("content", [b"", b"no clip"])
def test_what_cannot_be_read_is_skipped(tmp_path: Path, content: bytes) -> None:
    """`clip-container` fails it."""
    path = tmp_path / "main.mp4"
    path.write_bytes(content)
    assert codes(check(subject(path))) == [("SKIP", "sound-loudness")]


def test_only_the_broadcast_role_has_the_broadcast_target() -> None:
    targets = {
        name: target_lufs(subject(Path("x"), f"clip/fr/x/main{name}").artifact) for name in ("", ".ebu")
    }
    assert targets == {"": -14, ".ebu": -23}
