"""The captions of the shipped clip, in every language, under the rule that holds for them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kit.check.captions import CAPTIONS_CHECKS, reading_time_s
from kit.check.runner import run_checks
from kit.check.subject import Subject
from kit.load import load
from kit.model.artifact import Artifact
from kit.model.plan import ClipJob
from kit.plan.clips import clip
from kit.render.clip.captions import description, srt, vtt
from tests.support.campaign import SHIPPED

_LOADED = load(SHIPPED)
LANGUAGES = _LOADED.campaign.languages


def job(language: str) -> ClipJob:
    """The shipped clip in that language, whether or not clips are made in it."""
    return clip(_LOADED.campaign, _LOADED.theme, "main", _LOADED.storyboards["main"], language, "story")


def faults(path: Path, text: str) -> list[str]:
    """What the caption checks say about a file of that text."""
    path.write_text(text, encoding="utf-8")
    artifact = Artifact(
        id=f"clip/fr/story/main{path.suffix}", kind="captions", language="fr", direction="ltr",
        format="story", path=path.name, media_type="text/vtt", bytes=1, sha256="0", digest="0",
    )  # fmt: skip
    subject = Subject(artifact, path, _LOADED.campaign, date(2026, 11, 25), ())
    return [str(finding) for finding in run_checks([subject], CAPTIONS_CHECKS).findings]


def test_all_nine_languages_are_looked_at() -> None:
    assert len(LANGUAGES) == 9


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_captions_can_be_read_in_time(tmp_path: Path, language: str) -> None:
    """Reading speed, line length, no overlap, inside the clip, and both files small enough.

    One rule for all scripts: the source gives no other for Arabic or Chinese.
    """
    made = job(language)
    assert faults(tmp_path / "main.vtt", vtt(made)) == []
    assert faults(tmp_path / "main.srt", srt(made)) == []
    assert len(vtt(made).encode()) <= 20_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clip_twice_as_fast_could_not_be_read(tmp_path: Path, language: str) -> None:
    """The same words in half the time: the check would have noticed."""
    made = job(language)
    fast = [s.model_copy(update={"from_s": s.from_s / 2, "to_s": s.to_s / 2}) for s in made.scenes]
    found = faults(tmp_path / "main.vtt", vtt(made.model_copy(update={"scenes": tuple(fast)})))
    assert any("gone before it can be read" in line for line in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_audio_description_says_all_that_is_seen(language: str) -> None:
    """Every scene with its time, sentence, number and group; no reference left open."""
    made, script = job(language), description(job(language))
    for scene in made.scenes:
        assert f"{int(scene.from_s):02d}." in script
        assert scene.layout == "end" or scene.line in script
        assert scene.tool is None or scene.tool.group_label in script
    end = script.split("\n\n")[-1]
    assert all(tool.name in end and tool.group_label in end for tool in made.tools)
    assert made.hashtag in script and made.day in script
    assert "{" not in script and len(script.split("\n\n")) == len(made.scenes) + 1


@pytest.mark.parametrize(
    ("characters", "seconds"), [(0, 1), (12, 1), (20, 2), (28, 2.5), (36, 3), (60, 4), (72, 4.5)]
)
def test_the_reading_rule_goes_straight_between_its_points(characters: int, seconds: float) -> None:
    assert reading_time_s(characters) == pytest.approx(seconds)
