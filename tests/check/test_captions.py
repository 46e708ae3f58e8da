"""Caption files: the shipped clip's in every language pass the rules, and each fault is found under its code."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kit.check.captions import CAPTIONS_CHECKS, reading_time_s
from kit.check.runner import run_checks
from kit.check.subject import Subject
from kit.load import load
from kit.model.artifact import Artifact, Level, Report
from kit.model.plan import ClipJob
from kit.plan.clips import clip
from kit.render.clip.captions import description, srt, vtt
from tests.check.test_clip import check, codes, subject
from tests.support.campaign import SHIPPED
from tests.support.clips import shipped_spec

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
    spec = shipped_spec(artifact.id)
    subject = Subject(artifact, path, _LOADED.campaign, date(2026, 11, 25), (), spec)
    return [str(finding) for finding in run_checks([subject], CAPTIONS_CHECKS).findings]


def test_all_languages_of_the_campaign_are_looked_at() -> None:
    assert len(LANGUAGES) >= 9


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
    ("characters", "seconds"),
    [(0, 1), (1, 1), (12, 1), (16, 1.5), (20, 2), (28, 2.5), (36, 3), (48, 3.5), (60, 4), (72, 4.5)],
)
def test_the_reading_rule_goes_straight_between_its_points(characters: int, seconds: float) -> None:
    assert reading_time_s(characters) == pytest.approx(seconds)


# --- fault by fault ---

_GOOD_VTT = """\
WEBVTT - 25 secondes
Kind: captions

NOTE nobody reads this

premier
00:00.000 --> 00:03.000 line:80%
25 secondes pour 4 outils vitaux

00:00:03.000 --> 00:00:07.500
<v Voix>Appel gratuit et anonyme,
24&nbsp;h/24, 7 j/7</v>
"""
_GOOD_SRT = """\
1
00:00:00,000 --> 00:00:03,000
25 secondes pour 4 outils vitaux

2
00:00:03,000 --> 00:00:07,500
<i>Appel gratuit et anonyme,</i>
24 h/24, 7 j/7
"""


def captions(folder: Path, text: str | bytes, suffix: str = ".vtt", **changes: Any) -> Report:
    """The report on a caption file of that text."""
    path = folder / f"main{suffix}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check(subject(path, f"clip/fr/x/main{suffix}", kind="captions", media_type="text/vtt", **changes))


def vtt_of(*cues: str) -> str:
    """A WebVTT file of these blocks."""
    return "\n\n".join(("WEBVTT", *cues)) + "\n"


@pytest.mark.parametrize(("suffix", "text"), [(".vtt", _GOOD_VTT), (".srt", _GOOD_SRT)])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_good_captions_pass(tmp_path: Path, suffix: str, text: str, line_end: str, mark: str) -> None:
    """With names, notes, tags, settings, either line end and a byte order mark."""
    report = captions(tmp_path, mark + text.replace("\n", line_end), suffix)
    assert report.findings == ()
    assert report.passed == len(CAPTIONS_CHECKS)


@pytest.mark.parametrize(
    ("suffix", "text", "measured"),
    [
        (".vtt", "", "does not begin with WEBVTT"),
        (".vtt", _GOOD_SRT, "does not begin with WEBVTT"),
        (".vtt", _GOOD_VTT.replace("WEBVTT", "WEBVTTX"), "does not begin with WEBVTT"),
        (".vtt", "WEBVTT\n", "no cue"),
        (".vtt", vtt_of("00:00,000 --> 00:03,000\nune virgule"), "no times"),
        (".vtt", vtt_of("00:00.000 -> 00:03.000\nune flèche trop courte"), "no times"),
        (".vtt", vtt_of("00:00.000 --> 00:63.000\nsoixante-trois"), "no times"),
        (".vtt", b"WEBVTT\n\n00:00.000 --> 00:03.000\n\xe9t\xe9\n", "not UTF-8 at byte 32"),
        (".vtt", "WEBVTT\n" + "x" * 1_000_000, "far too many"),
        (".srt", _GOOD_SRT.replace(",000", ".000"), "no times"),
        (".srt", "", "no cue"),
        (".txt", _GOOD_SRT, "neither .vtt nor .srt"),
    ],
)
def test_a_file_that_is_no_caption_file_says_why(
    tmp_path: Path, suffix: str, text: str | bytes, measured: str
) -> None:
    """One FAIL, and the cues' own checks are skipped, not passed."""
    report = captions(tmp_path, text, suffix)
    (finding,) = (f for f in report.findings if f.code == "captions-format")
    assert measured in finding.measured
    assert codes(report, Level.SKIP) == ["captions-lines", "captions-speed", "captions-times"]


def test_captions_over_20000_bytes_fail(tmp_path: Path) -> None:
    """Bytes, not characters; exactly 20,000 is allowed."""
    note = "\nNOTE "
    room = 20_000 - len((_GOOD_VTT + note).encode())
    assert captions(tmp_path, _GOOD_VTT + note + "x" * room).findings == ()
    assert codes(captions(tmp_path, _GOOD_VTT + note + "x" * (room - 1) + "é")) == ["captions-size"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\nc", ["captions-lines"]),
        ("a" * 37, ["captions-lines"]),
        ("a" * 36, []),
        ("<b>" + "a" * 36 + "</b>", []),
        ("\u2066" + "\u0661" * 36 + "\u2069", []),
        ("e\u0301" * 36, []),
        ("", ["captions-lines"]),
    ],
    ids=["three-lines", "37", "36", "tags", "isolates", "combining", "empty"],
)
def test_two_lines_of_36_seen_characters(tmp_path: Path, text: str, expected: list[str]) -> None:
    """Tags, direction isolates and combining marks take no room."""
    assert codes(captions(tmp_path, vtt_of(f"00:00.000 --> 00:10.000\n{text}"))) == expected


@pytest.mark.parametrize(("end", "expected"), [("00:02.400", []), ("00:02.399", ["captions-speed"])])
def test_a_cue_may_be_a_fifth_quicker_than_the_charter(tmp_path: Path, end: str, expected: list[str]) -> None:
    """36 characters want 3 s; 2.4 s is the least."""
    report = captions(tmp_path, vtt_of(f"00:00.000 --> {end}\n{'a' * 36}"))
    assert codes(report) == expected


def test_a_line_break_is_read_as_a_space(tmp_path: Path) -> None:
    """36 characters in two lines want as long as 36 in one."""
    text = "a" * 17 + "\n" + "a" * 18
    (finding,) = captions(tmp_path, vtt_of(f"00:00.000 --> 00:02.000\n{text}")).findings
    assert "36 characters" in finding.limit


@pytest.mark.parametrize(
    "cues",
    [
        ["00:04.000 --> 00:07.000\nb", "00:00.000 --> 00:03.000\na"],
        ["00:00.000 --> 00:03.001\na", "00:03.000 --> 00:05.000\nb"],
        ["00:22.000 --> 00:25.001\na"],
    ],
    ids=["out-of-order", "overlap", "past-the-end"],
)
def test_cues_stand_in_order_one_at_a_time_within_the_clip(tmp_path: Path, cues: list[str]) -> None:
    """25.000 s is the end, and two cues may touch."""
    assert codes(captions(tmp_path, vtt_of(*cues))) == ["captions-times"]


def test_a_cue_that_ends_before_it_begins_fails(tmp_path: Path) -> None:
    """It can be neither shown nor read."""
    report = captions(tmp_path, vtt_of("00:03.000 --> 00:01.000\na"))
    assert codes(report) == ["captions-speed", "captions-times"]
