"""Frames at scene middles as golden pictures; captions and scene timing as text."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from kit.check.captions import reading_time_s
from kit.render.clip.captions import cues, srt
from kit.render.clip.compose import ClipFilm
from kit.render.clip.layers import set_layers
from tests.render.clip.test_clip_shapes import job_of, loaded
from tests.render.test_golden import ENVIRONMENT, GOLDEN
from tests.support.golden import assert_same

SCALE = 0.15  # a quarter would weigh over 20 kB a picture
FILMED = [(language, shape) for language in ("fr", "ar", "zh") for shape in ("story", "wide")]
FILMED += [("fr", "square"), ("ar", "square"), ("fr", "feed-4x5")]
SCENES = ("hook", "tool-3919", "tool-web", "tool-17", "tool-114", "end")
FOLDER = GOLDEN / "clips"


@cache
def film(language: str, shape: str) -> ClipFilm:
    job = job_of(language, shape)
    return ClipFilm(job, set_layers(job, loaded().resources, SCALE))


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(("language", "shape"), FILMED)
def test_the_middle_of_a_scene_is_the_one_that_was_looked_at(
    language: str, shape: str, scene: str, tmp_path: Path, update_golden: bool
) -> None:
    if json.loads((GOLDEN / "ENV.json").read_text()) != ENVIRONMENT:
        pytest.skip(f"goldens belong to {(GOLDEN / 'ENV.json').read_text()}, this is {ENVIRONMENT}")
    span = next(one for one in job_of(language, shape).scenes if one.id == scene)
    actual = tmp_path / "actual.png"
    film(language, shape).still((span.from_s + span.to_s) / 2).save(actual, optimize=True)
    expected = FOLDER / f"{language}-{shape}-{scene}.png"
    if update_golden:
        FOLDER.mkdir(exist_ok=True)
        expected.write_bytes(actual.read_bytes())
    assert_same(actual, expected)


def test_no_golden_frame_is_unused_or_heavy() -> None:
    wanted = {f"{language}-{shape}-{scene}.png" for language, shape in FILMED for scene in SCENES}
    assert {path.name for path in FOLDER.iterdir()} == wanted
    assert max(path.stat().st_size for path in FOLDER.iterdir()) <= 20_000


def test_captions_and_timing_are_as_they_were(update_golden: bool) -> None:
    """All nine languages: what is said and when; and when each text of the film stands still."""
    lines: list[str] = []
    for language in loaded().campaign.languages:
        lines += [f"# {language}", srt(job_of(language, "story")).rstrip(), ""]
    shown = film("fr", "story")
    for stand in shown.stands:
        layer = shown.layout.layers[stand.layer]
        if layer.role or layer.id.endswith("-lit"):
            name = f"{layer.scene or 'throughout'} {layer.id}"
            lines.append(
                f"{stand.from_s:6.2f} {stand.hold_from:6.2f} {stand.hold_to:6.2f} {stand.to_s:6.2f}  {name}"
            )
    path = GOLDEN / "clips.txt"
    text = "\n".join(lines) + "\n"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("language", sorted(loaded().campaign.languages))
@pytest.mark.parametrize("name", ["main", "loop-3919", "loop-web", "loop-17", "loop-114"])
def test_every_caption_stands_as_long_as_it_takes_to_read(language: str, name: str) -> None:
    """The rule that the check holds on files, for all nine languages, four fifths of it at least."""
    for cue in cues(job_of(language, "square", name)):
        seen = sum(map(len, cue.lines)) + len(cue.lines) - 1
        assert cue.to_s - cue.from_s >= 0.8 * reading_time_s(seen) - 1e-6, cue
