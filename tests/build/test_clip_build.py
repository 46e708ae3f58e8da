"""Clips in a build: over the workers, one encoder at a time, stopped without a trace, other sounds."""

from __future__ import annotations

import shutil
import threading
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

import kit.render.clip
from kit.build import Request, build_loaded
from kit.errors import InputError
from kit.load import load
from kit.media.mp4 import read_clip
from kit.model.artifact import Artifact
from kit.plan import plan
from tests.cli.test_cli import run
from tests.support.campaign import narrowed

TODAY = date(2026, 11, 25)
SECONDS = 11.5
FRAMES = 345
SHORT = """\
storyboard: 1
duration_s: 11.5
cuts: [{formats: [x, square], fps: 30}]
poster_s: 10
tick_s: 0.4
scenes:
  - {id: hook, layout: hook, from_s: 0, to_s: 1.5, text: hook}
  - {id: a, layout: tool, tool: "3919", from_s: 1.5, to_s: 3, text: "3919"}
  - {id: b, layout: tool, tool: web, from_s: 3, to_s: 4.5, text: web}
  - {id: c, layout: tool, tool: "17", from_s: 4.5, to_s: 6, text: "17"}
  - {id: d, layout: tool, tool: "114", from_s: 6, to_s: 7.5, text: "114"}
  - {id: end, layout: end, from_s: 7.5, to_s: 11.5, text: end, enter: {duration_s: 0.5}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One piece of each kind, and a short clip in two shapes instead of the real ones."""
    folder = narrowed(tmp_path / "campaign", clip_languages=["fr"])
    text = (folder / "campaign.yaml").read_text(encoding="utf-8")
    text = text.replace("formats: [story, feed-4x5, square, wide, x]", "formats: [x, square]")
    (folder / "campaign.yaml").write_text(text.replace("  loops: [loop]", "  loops: []"), encoding="utf-8")
    board = folder / "templates/clips/main.yaml"
    board.parent.mkdir(parents=True)
    board.write_text(SHORT, encoding="utf-8")
    for file in (Path(__file__).parents[2] / "templates/clips").glob("*.typ"):
        shutil.copy(file, board.parent)
    return folder


class Stopped(BaseException):
    """What Ctrl-C is to the program, raised at a place of our choice."""


def test_ctrl_c_stops_all_encoders_and_leaves_no_half_file(folder: Path) -> None:
    def progress(label: str, done: int, _of: int) -> None:
        if label == "clips" and done > 10:
            raise Stopped

    with pytest.raises(Stopped):
        build_loaded(load(folder), Request(out=folder / "dist", today=TODAY, workers=2), progress)
    assert [p for p in (folder / "dist").rglob("*") if "clips" in p.parts and p.is_file()] == []
    assert not [t.name for t in threading.enumerate() if t.name.startswith("ThreadPool")]


def test_progress_counts_all_frames_of_all_clips(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    request = Request(out=folder / "dist", today=TODAY, only=("clip/*",), workers=2)
    build_loaded(
        load(folder), request, lambda label, n, of: seen.append((n, of)) if label == "clips" else None
    )
    assert {of for _, of in seen} == {2 * FRAMES}
    assert seen[-1] == (2 * FRAMES, 2 * FRAMES)
    assert seen == sorted(seen)


def test_encoders_take_turns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers on two cores: one encoder at a time, whose fixed threads fill both."""
    running, most, both = 0, 0, threading.Barrier(2, timeout=60)
    lock = threading.Lock()

    def counted(job, resources, out, digest, progress, turn):  # type: ignore[no-untyped-def]
        nonlocal running, most
        both.wait()  # both are under way, whoever encodes
        with turn:
            with lock:
                running += 1
                most = max(most, running)
            with lock:
                running -= 1
        return real(job, resources, out, digest, scale=0.1)

    real = kit.render.clip.render_clip
    monkeypatch.setattr(kit.render.clip, "render_clip", counted)
    build_loaded(load(folder), Request(out=folder / "dist", today=TODAY, only=("clip/*",), workers=2))
    assert most == 1


def test_every_text_that_does_not_fit_is_named_in_one_run(folder: Path) -> None:
    path = folder / "campaign.yaml"
    text = path.read_text(encoding="utf-8").replace("Danger immédiat : police et gendarmerie", "Danger" * 30)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as found:
        build_loaded(load(folder), Request(out=folder / "dist", today=TODAY, only=("clip/*",), workers=2))
    assert "clip/fr/x/main" in str(found.value) and "clip/fr/square/main" in str(found.value)


def test_extras_add_sounds_and_a_plain_build_takes_them_away(folder: Path) -> None:
    """The other sounds have the master's very pictures, and no edit list comes back with them."""

    def clips(extras: bool) -> tuple[dict[str, Artifact], Path, list[str]]:
        built = build_loaded(
            load(folder), Request(out=folder / "dist", today=TODAY, workers=2, extras=extras)
        )
        assert [str(f) for f in built.report.findings if f.code.startswith("clip-")] == []  # 11.5 s, not 25
        return (
            {a.id: a for a in built.manifest.artifacts if a.media_type == "video/mp4"},
            built.folder,
            built.made,
        )

    plain, _, _ = clips(False)
    assert set(plain) == {"clip/fr/x/main", "clip/fr/square/main"}
    more, at, made = clips(True)
    roles = {f"{name}.{role}" for name in plain for role in ("ebu", "silent")}
    assert set(more) == set(plain) | roles
    assert set(made) == roles  # the pictures were not encoded again
    master = read_clip(at / more["clip/fr/x/main"].path)
    for role, sound in (("ebu", True), ("silent", False)):
        copy = more[f"clip/fr/x/main.{role}"]
        assert (copy.of, copy.path) == ("clip/fr/x/main", f"clips/fr/main-x.{role}.mp4")
        read = read_clip(at / copy.path)
        assert (read.audio is not None, read.has_edit_list, read.moov_first) == (sound, False, True)
        assert read.duration_s == pytest.approx(SECONDS, abs=0.001)
        assert read.video == master.video
    again, at, _ = clips(False)
    assert set(again) == set(plain)
    assert not list(at.rglob("*.ebu.mp4"))


def test_a_sound_that_is_asked_for_by_name_has_its_clip_made_first(folder: Path) -> None:
    request = Request(out=folder / "dist", today=TODAY, only=("clip/fr/x/main.silent",), extras=True)
    assert sorted(build_loaded(load(folder), request).made) == ["clip/fr/x/main", "clip/fr/x/main.silent"]


def test_one_word_adds_a_language_and_all_nine_can_be_planned() -> None:
    loaded = load(Path(__file__).parents[2])
    spoken = loaded.campaign.clips.model_copy(update={"languages": loaded.campaign.languages})
    campaign = loaded.campaign.model_copy(update={"clips": spoken})
    assert len(plan(campaign, loaded.theme, loaded.storyboards).clips) == 9 * 5
    extras = plan(campaign, loaded.theme, loaded.storyboards, extras=True)
    assert len(extras.clips) == 9 * (5 + 2 + 4 * 2)
    assert len(extras.sounds) == 9 * 5 * 2
    assert {(c.fps, c.silent) for c in extras.clips if c.format.startswith("signage")} == {(25, True)}
    assert [job.id for job in extras.jobs[: len(extras.visuals)]] == [job.id for job in extras.visuals]


# --- kit clip ---------------------------------------------------------------------------------


def test_a_frame_is_one_png_of_the_shape(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "frame.png"
    result = run("clip", "frame", "--at", "1.2", "--campaign", folder, "--format", "square", "-o", target)
    assert (result.exit_code, result.output) == (0, f"clip/fr/square/main: wrote {target}\n")
    with Image.open(target) as picture:
        assert (picture.size, picture.format) == ((1080, 1080), "PNG")


def test_fast_is_a_third_of_the_size(folder: Path, tmp_path: Path) -> None:
    frame, film = tmp_path / "frame.png", tmp_path / "film.mp4"
    assert run("clip", "frame", "--at", "5", "--fast", "--campaign", folder, "-q", "-o", frame).exit_code == 0
    assert run("clip", "film", "--fast", "--campaign", folder, "-q", "-o", film).exit_code == 0
    with Image.open(frame) as picture:
        assert picture.size == (240, 426)
    clip = read_clip(film)
    assert clip.video and (clip.video.width, clip.video.height, clip.video.frame_count) == (240, 426, FRAMES)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--at", "11.5"), "--at 11.5: the clip lasts 11.5 s"),
        (("--at", "-1"), "--at -1: the clip lasts 11.5 s"),
        (("--at", "1", "--clip", "mian"), "--clip mian: no such clip (did you mean main?)"),
        (("--at", "1", "--format", "sqare"), "--format sqare: main is not made in it (did you mean square?)"),
        (("--at", "1", "--lang", "uk"), "--lang uk: no clip in this language (known: fr)"),
    ],
)
def test_a_clip_that_is_not_there_is_explained(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run("clip", "frame", *arguments, "--campaign", folder)
    assert result.exit_code == 2
    assert said in result.output
