"""Loops: no seam, a number in the first frame, ticks that light, animations that mail servers take."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kit.check import check_artifacts
from kit.errors import WorkError
from kit.media.mp4 import read_clip
from kit.model.artifact import Artifact, Level
from kit.render.clip import render_clip
from kit.render.clip.compose import ClipFilm
from kit.render.clip.layers import set_layers
from kit.render.clip.loop import animations
from tests.build.test_build import TODAY
from tests.render.clip.test_clip_shapes import job_of, loaded

TOOLS = ("3919", "web", "17", "114")
SCALE = 0.25


def film_of(tool: str, language: str = "fr", shape: str = "square") -> ClipFilm:
    job = job_of(language, shape, f"loop-{tool}")
    return ClipFilm(job, set_layers(job, loaded().resources, SCALE))


def shown(film: ClipFilm, seconds: float) -> set[tuple[object, ...]]:
    return {(film.layout.layers[p.layer].id, p.dx, p.dy, p.clip) for p in film.placed(seconds)}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(("language", "shape"), [("fr", "square"), ("ar", "wide")])
def test_the_last_moment_leads_into_the_first_frame(tool: str, language: str, shape: str) -> None:
    film = film_of(tool, language, shape)
    assert shown(film, 6.0 - 1e-4) == shown(film, 0.0)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_first_frame_shows_the_number_whole(tool: str) -> None:
    film = film_of(tool)
    numbers = [p for p in film.placed(0.0) if film.layout.layers[p.layer].role == "number"]
    assert [p.clip for p in numbers] == [film.layout.layers[p.layer].at for p in numbers] != []


def test_ticks_light_all_and_settle_back_to_one() -> None:
    film = film_of("17")

    def lit(seconds: float) -> int:
        return sum(film.layout.layers[p.layer].id.endswith("-lit") for p in film.placed(seconds))

    assert [lit(s) for s in (0.0, 0.2, 1.0, 4.8, 5.1)] == [1, 2, 6, 25, 25]
    assert lit(5.55) == 1


def test_its_line_stands_as_long_as_nothing_else_moves_it() -> None:
    film = film_of("3919")
    line = next(s for s in film.stands if film.layout.layers[s.layer].id == "tool.line")
    assert (line.from_s, line.to_s) == (0, 5.5) and line.hold_to == pytest.approx(5.15)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Artifact]]:
    """One real loop, as the kit has it."""
    out = tmp_path_factory.mktemp("loop")
    return out, render_clip(job_of("fr", "square", "loop-114"), loaded().resources, out, "d" * 64)


def test_a_loop_is_six_seconds_silent_and_passes_every_check(made: tuple[Path, list[Artifact]]) -> None:
    out, artifacts = made
    kinds = {a.id.removeprefix("clip/fr/square/"): a.kind for a in artifacts}
    assert kinds == {
        "loop-114": "loop", "loop-114.webp": "loop", "loop-114.gif": "loop", "loop-114.srt": "captions",
        "loop-114.vtt": "captions", "loop-114.txt": "transcript", "loop-114.ad": "data", "loop-114.jpg": "poster",
    }  # fmt: skip
    clip = read_clip(out / artifacts[0].path)
    assert clip.video and clip.video.frame_count == 180
    assert clip.video.fps == 30 and clip.audio is None
    assert clip.duration_s == pytest.approx(6.0, abs=0.001)
    report = check_artifacts(loaded().campaign, loaded().storyboards, artifacts, out, TODAY)
    assert [str(f) for f in report.findings if f.level is Level.FAIL] == []


@pytest.mark.parametrize("ending", ["webp", "gif"])
def test_animations_are_light_endless_and_as_long_as_the_film(
    made: tuple[Path, list[Artifact]], ending: str
) -> None:
    artifact = next(a for a in made[1] if a.id.endswith(ending))
    assert artifact.bytes <= 1_000_000 and artifact.of == "clip/fr/square/loop-114"
    with Image.open(made[0] / artifact.path) as image:
        assert image.size == (artifact.width, artifact.height) == (540, 540)
        lengths = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            lengths.append(image.info["duration"])
        assert (sum(lengths), image.info["loop"]) == (6000, 0)
        image.seek(0)
        first = np.asarray(image.convert("RGB"), int)
    job = job_of("fr", "square", "loop-114")
    meant = np.asarray(ClipFilm(job, set_layers(job, loaded().resources, 0.5)).still(0.0), int)
    assert np.abs(first - meant).mean() < 1


def test_the_same_loop_gives_the_same_bytes(made: tuple[Path, list[Artifact]]) -> None:
    again = animations(job_of("fr", "square", "loop-114"), loaded().resources)
    for ending, data in again.items():
        path = next(a.path for a in made[1] if a.id.endswith(ending))
        assert (made[0] / path).read_bytes() == data


def test_an_animation_that_is_too_heavy_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.render.clip.loop.LOOP_MAX_BYTES", 1000)
    with pytest.raises(WorkError, match=r"loop-17\.webp is \d+ bytes, the limit is 1000"):
        animations(job_of("fr", "square", "loop-17"), loaded().resources, 0.2)


def picture(count: int, each_ms: int, **more: Any) -> bytes:
    target = io.BytesIO()
    frames = [Image.new("L", (16, 16), 10 * number) for number in range(count)]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=each_ms, **more)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (picture(1, 6000, loop=0), "it does not move"),
        (picture(3, 1000, loop=0), "not as long as its film"),
        (picture(3, 2000, loop=2), "it stops after some rounds"),
        (picture(3, 2000), "it stops after some rounds"),
        (b"GIF89a but no picture", "not a whole picture"),
        (picture(3, 2000, loop=0) + bytes(5_000_000), "too heavy for a mail"),
    ],
)
def test_the_check_finds_what_is_wrong_with_an_animation(
    made: tuple[Path, list[Artifact]], tmp_path: Path, data: bytes, said: str
) -> None:
    from kit.files import sha256_of

    whole = next(a for a in made[1] if a.id.endswith(".gif"))
    (tmp_path / "x.gif").write_bytes(data)
    sums = {"path": "x.gif", "bytes": len(data), "sha256": sha256_of(tmp_path / "x.gif")}
    changed = [whole.model_copy(update=sums)]
    found = check_artifacts(loaded().campaign, loaded().storyboards, changed, tmp_path, TODAY).findings
    assert [f.code for f in found] == ["loop-animation"]
    assert said in found[0].message
