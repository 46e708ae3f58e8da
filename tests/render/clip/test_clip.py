"""Clips: frames are pure, ticks keep time, the file is what platforms take, trouble is explained."""

from __future__ import annotations

import re
import stat
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from kit.errors import InputError, WorkError
from kit.media.aac import samples_to_encode
from kit.media.ffmpeg import ffmpeg_path
from kit.model.storyboard import Storyboard
from kit.render.clip import film_to, render_clip
from kit.render.clip.audio import RATE, bed, levelled, measure, mixed, soundtrack
from kit.render.clip.compose import ClipFilm
from kit.render.clip.encode import FrameFormat, encoder
from kit.render.clip.layers import set_layers
from kit.render.clip.motion import eased
from kit.render.clip.report import boxes_of
from tests.render.clip.clip_job import RESOURCES, full_job, short_job, storyboard

SCALE = 0.25


@pytest.fixture(scope="module")
def film() -> ClipFilm:
    job = full_job()
    return ClipFilm(job, set_layers(job, RESOURCES, SCALE))


# --- frames -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 2.8, 3.2, 7.6, 12.1, 16.4, 21.3, 24.9])
def test_a_frame_is_the_same_alone_as_in_the_film(film: ClipFilm, seconds: float) -> None:
    for before in (23.0, seconds - 0.1, seconds + 0.04, 12.2):
        film.frame(max(0, before))
        in_film = film.frame(seconds)
        alone = ClipFilm(full_job(), film.layout).frame(seconds)
        assert np.array_equal(in_film, alone)


def test_a_frame_that_was_given_out_never_changes(film: ClipFilm) -> None:
    frame = film.frame(3.2)
    kept = frame.copy()
    film.frame(3.3)
    assert np.array_equal(frame, kept)
    assert not frame.flags.writeable


def test_planes_are_limited_range(film: ClipFilm) -> None:
    frame = film.frame(14.0)
    luma, chroma = frame[: film.layout.height], frame[film.layout.height :]
    assert luma.min() >= 16 and luma.max() <= 235
    assert chroma.min() >= 16 and chroma.max() <= 240


def test_most_of_the_time_nothing_moves(film: ClipFilm) -> None:
    frames = [film.placed(number / 30) for number in range(750)]
    still = sum(a == b for a, b in pairwise(frames))
    assert still / 750 >= 0.6


def test_texts_never_overlap(film: ClipFilm) -> None:
    for seconds in (1, 5, 10, 14, 19, 24):
        inks = [
            film.layout.layers[p.layer].ink for p in film.placed(seconds) if film.layout.layers[p.layer].role
        ]
        for index, (ax, ay, aw, ah) in enumerate(inks):
            for bx, by, bw, bh in inks[index + 1 :]:
                assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay


def test_texts_stay_in_the_safe_box_and_above_their_floors() -> None:
    job = full_job()
    full = ClipFilm(job, set_layers(job, RESOURCES))
    safe = job.screen.safe
    for box in boxes_of(job, full):
        if box.role == "ticks":
            continue
        assert safe.x <= box.x and box.x + box.w <= safe.x + safe.w, box
        assert safe.y <= box.y and box.y + box.h <= safe.y + safe.h, box
        assert box.size >= job.screen.floor_px(box.role, address="." in box.text), box


def test_frame_0_and_the_poster_show_a_number(film: ClipFilm) -> None:
    job = full_job()
    for seconds in (0.0, job.poster_s):
        numbers = [p for p in film.placed(seconds) if film.layout.layers[p.layer].role == "number"]
        assert numbers and all(p.clip == film.layout.layers[p.layer].at for p in numbers)
    first = next(p for p in film.placed(0) if film.layout.layers[p.layer].text == "3919")
    x, y, w, h = first.clip
    assert film.frame(0)[y : y + h, x : x + w].max() > 200


def test_the_first_number_holds_still_from_the_hook_to_its_own_scene(film: ClipFilm) -> None:
    stand = next(s for s in film.stands if film.layout.layers[s.layer].id == "hook.number")
    assert (stand.from_s, stand.to_s) == (0, 7.5)


# --- time -------------------------------------------------------------------------------------


def test_tick_k_lights_at_k_minus_1_seconds(film: ClipFilm) -> None:
    for number in range(750):
        lit = [p for p in film.placed(number / 30) if film.layout.layers[p.layer].id.endswith("-lit")]
        assert len(lit) == number // 30 + 1
    layer = next(one for one in film.layout.layers if one.id == "tick-9-lit")
    x, bottom = layer.at[0] + layer.at[2] // 2, layer.at[1] + layer.at[3] - 2
    assert film.frame(239 / 30)[bottom, x] < 80 < film.frame(8.0)[bottom, x]


@pytest.mark.parametrize("ease", ["out", "in", "in-out"])
def test_easing_starts_at_0_ends_at_1_and_never_goes_back(ease: Any) -> None:
    way = [eased(ease, step / 50) for step in range(-5, 56)]
    assert way[0] == 0 and way[-1] == 1
    assert eased(ease, 1) == 1 and eased(ease, 0) == 0
    assert way == sorted(way)


def test_movement_settles(film: ClipFilm) -> None:
    job = full_job()
    for scene in job.scenes[1:]:
        placed = film.placed(scene.from_s + 0.5)
        inside = [p for p in placed if film.layout.layers[p.layer].scene == scene.id]
        assert inside and all(p.clip == film.layout.layers[p.layer].at for p in inside)


@pytest.mark.parametrize(
    "change",
    [
        {"duration_s": 24},
        {"poster_s": 30},
        {"scenes": []},
        {"captoin": 1},
    ],
)
def test_a_storyboard_with_a_gap_or_a_typo_is_refused(change: dict[str, Any]) -> None:
    body = storyboard().model_dump()
    with pytest.raises(ValidationError):
        Storyboard.model_validate({**body, **change})


# --- sound ------------------------------------------------------------------------------------


def test_the_sound_has_the_length_that_needs_no_edit_list() -> None:
    assert samples_to_encode(25.0, RATE) == 1_198_080
    assert len(soundtrack(25.0)) == 1_198_080 * 2 * 2


def test_the_sound_is_as_loud_as_platforms_want_and_always_the_same() -> None:
    sound = np.frombuffer(soundtrack(25.0), "<i2").reshape(-1, 2).astype(np.float32) / np.float32(32767)
    loudness, peak = measure(sound)
    assert loudness == pytest.approx(-14, abs=0.3)
    assert peak <= -1
    assert np.abs(sound[:200]).max() < 0.01 and np.abs(sound[-200:]).max() < 0.01
    assert np.array_equal(bed(48_000), bed(48_000))


def test_a_voice_joins_the_bed_sample_by_sample() -> None:
    one, two = bed(RATE), bed(RATE)[::-1].copy()
    assert np.allclose(mixed([one, two]), one + two, atol=1e-5)


def test_a_spiky_sound_keeps_its_peak_below_the_limit() -> None:
    sound = np.zeros((RATE * 3, 2), np.float32)
    sound[::4800] = 1
    assert measure(levelled(sound))[1] <= -1


# --- files ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    out = tmp_path_factory.mktemp("dist")
    return out, render_clip(short_job(), RESOURCES, out, "d" * 64, scale=SCALE)


def test_every_file_has_its_artifact(made: tuple[Path, list[Any]]) -> None:
    out, artifacts = made
    assert {a.id: a.kind for a in artifacts} == {
        "clip/fr/story/main": "clip",
        "clip/fr/story/main.srt": "captions",
        "clip/fr/story/main.vtt": "captions",
        "clip/fr/story/main.txt": "transcript",
        "clip/fr/story/main.ad": "data",
        "clip/fr/story/main.jpg": "poster",
    }
    for artifact in artifacts:
        assert (out / artifact.path).stat().st_size == artifact.bytes
    assert {a.of for a in artifacts[1:]} == {"clip/fr/story/main"}
    assert sorted(p.name for p in (out / "clips" / "fr").iterdir()) == sorted(
        f"main-story.{ending}" for ending in ("mp4", "srt", "vtt", "txt", "ad.txt", "jpg")
    )


def test_the_clip_says_what_it_shows(made: tuple[Path, list[Any]]) -> None:
    clip = made[1][0]
    assert {"3919", "17", "114", "par SMS", "arretonslesviolences.gouv.fr"} <= set(clip.text)
    assert all(text in clip.alt.full for text in clip.text)
    assert len(clip.alt.full) <= 1000
    assert all(box.from_s < box.to_s for box in clip.boxes)


def test_the_file_decodes_to_the_planned_frames(made: tuple[Path, list[Any]]) -> None:
    file = made[0] / made[1][0].path
    run = subprocess.run(
        [ffmpeg_path(), "-hide_banner", "-i", file, "-map", "0:v", "-f", "rawvideo", "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert len(run.stdout) == 12 * 270 * 480 * 3 // 2
    said = run.stderr.decode()
    assert re.search(r"h264 \(High\).*yuv420p\(tv, bt709, progressive\), 270x480.*6 fps", said)
    assert "aac (LC)" in said and "48000 Hz, stereo" in said
    decoded = np.frombuffer(run.stdout, np.uint8).reshape(12, 720, 270)
    job = short_job()
    meant = ClipFilm(job, set_layers(job, RESOURCES, SCALE))
    for number in (0, 11):
        difference = decoded[number].astype(int) - meant.frame(number / 6)
        assert np.abs(difference).mean() < 2


def test_the_file_has_its_index_first_and_no_edit_list(made: tuple[Path, list[Any]]) -> None:
    data = (made[0] / made[1][0].path).read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert b"elst" not in data and b"Lavf" not in data


def test_the_poster_is_sharp_in_colour(made: tuple[Path, list[Any]]) -> None:
    with Image.open(made[0] / made[1][-1].path) as poster:
        assert poster.size == (270, 480) and poster.mode == "RGB"
        assert all(layer[1:3] == (1, 1) for layer in poster.layer)  # 4:4:4
        assert not poster.getexif()
        assert poster.info["icc_profile"] and b"digitalCreation" in poster.info["xmp"]


def test_the_same_job_gives_the_same_bytes(made: tuple[Path, list[Any]], tmp_path: Path) -> None:
    again = render_clip(short_job(), RESOURCES, tmp_path, "d" * 64, scale=SCALE)
    assert [a.sha256 for a in again] == [a.sha256 for a in made[1]]


# --- trouble ----------------------------------------------------------------------------------


def fake_encoder(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    fake = folder / "ffmpeg"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr("kit.render.clip.encode.ffmpeg_path", lambda: str(fake))


def test_an_encoder_that_dies_is_explained_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_encoder(tmp_path, monkeypatch, "head -c 300000 >/dev/null; echo 'no such codec' >&2; exit 3")
    out = tmp_path / "dist"
    with pytest.raises(WorkError, match="no such codec"):
        render_clip(short_job(silent=True), RESOURCES, out, "d" * 64, scale=SCALE)
    assert not list(out.rglob("*.*"))


def test_an_encoder_that_fails_at_the_end_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a megabyte of complaints: an undrained stderr would hang here for ever
    complaints = "cat >/dev/null; head -c 1000000 /dev/zero >&2; echo bad >&2; exit 1"
    fake_encoder(tmp_path, monkeypatch, complaints)
    with (
        pytest.raises(WorkError, match="bad"),
        encoder(tmp_path / "x.mp4", FrameFormat(16, 16, 6), "veryfast", None) as running,
    ):
        running.write(memoryview(bytes(384)))


def test_a_clip_may_weigh_what_its_format_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """17 MB: players of signage take it, WhatsApp does not."""
    heavy = 'for last; do :; done; cat >/dev/null; truncate -s 17000000 "$last"'
    fake_encoder(tmp_path, monkeypatch, heavy)
    film_to(short_job(silent=True, format="signage"), RESOURCES, tmp_path / "signage.mp4", scale=SCALE)
    with pytest.raises(WorkError, match="17000000 bytes, the limit is 16000000"):
        film_to(short_job(silent=True), RESOURCES, tmp_path / "story.mp4", scale=SCALE)


def test_a_missing_encoder_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.render.clip.encode.ffmpeg_path", lambda: str(tmp_path / "none"))
    with pytest.raises(WorkError, match="cannot be started"):
        render_clip(short_job(silent=True), RESOURCES, tmp_path, "d" * 64, scale=SCALE)


def test_a_text_that_cannot_fit_is_named() -> None:
    job = short_job()
    hook = job.scenes[0].model_copy(update={"line": "Anticonstitutionnellement" * 3})
    with pytest.raises(InputError, match="Anticonstitutionnellement"):
        set_layers(job.model_copy(update={"scenes": (hook, *job.scenes[1:])}), RESOURCES)
