"""Captions: the line rule holds for any text, and cues never leave their scene."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import WorkError
from kit.media.captions import LINE_LENGTH, LINES_A_CUE
from kit.model.plan import ClipJob
from kit.render.clip.captions import (
    blocks_of,
    cues,
    description,
    srt,
    transcript,
    vtt,
)
from tests.render.clip.clip_job import full_job

WORDS = st.lists(
    st.from_regex(r"[aàéœç’0-9]([aàéœç’?:\u00a0\u202f.0-9]{0,33}[aé?.0-9])?", fullmatch=True),
    min_size=1, max_size=40,
).map(" ".join)  # fmt: skip


def saying(caption: str) -> ClipJob:
    whole = full_job()
    first = whole.scenes[0].model_copy(update={"caption": caption})
    return whole.model_copy(update={"scenes": (first, *whole.scenes[1:])})


@given(WORDS)
def test_lines_are_short_and_no_word_is_lost_or_broken(text: str) -> None:
    blocks = blocks_of(text)
    lines = [line for block in blocks for line in block]
    assert all(len(line) <= LINE_LENGTH for line in lines)
    assert all(1 <= len(block) <= LINES_A_CUE for block in blocks)
    # split at plain spaces: no-break spaces must come back inside the same line
    assert [word for line in lines for word in line.split(" ") if word] == [w for w in text.split(" ") if w]


@given(st.text("危险时拨打求助电话，。", min_size=1, max_size=200))
def test_chinese_breaks_without_spaces(text: str) -> None:
    lines = [line for block in blocks_of(text) for line in block]
    assert "".join(lines) == text
    # closing punctuation is never first in a line
    assert all(line[0] not in "，。" for line in lines[1:])


def test_an_address_longer_than_a_line_is_not_broken() -> None:
    address = "https://www.service-public.gouv.fr/particuliers"
    assert blocks_of(f"Voir {address}") == [("Voir", address)]


@given(WORDS)
def test_cues_follow_each_other_inside_their_scene(text: str) -> None:
    job = saying(text)
    times = [(cue.from_s, cue.to_s) for cue in cues(job)]
    assert times[0][0] == 0
    assert times[-1][1] == pytest.approx(25)
    assert all(start < end for start, end in times)
    assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(times))


def test_a_long_caption_becomes_several_cues() -> None:
    job = saying("Danger immédiat, écoute, signalement : retenez ces quatre outils pour vous ou une autre")
    assert len([cue for cue in cues(job) if cue.to_s <= 3]) == 2


def test_srt_and_vtt_are_written_as_their_formats_want() -> None:
    job = saying("Un <b> & deux")
    assert srt(job).startswith("1\n00:00:00,000 --> 00:00:03,000\nUn <b> & deux\n\n2\n")
    assert vtt(job).startswith("WEBVTT\n\n00:00:00.000 --> 00:00:03.000\nUn &lt;b&gt; &amp; deux\n\n")
    assert not re.search(r"\n\n\n", vtt(job))


def test_a_vtt_that_bluesky_would_refuse_is_an_error() -> None:
    with pytest.raises(WorkError, match="20000"):
        vtt(saying("mot " * 6000))


def test_the_transcript_holds_every_caption() -> None:
    job = full_job()
    assert all(scene.caption in transcript(job) for scene in job.scenes)


def test_an_audio_description_without_words_is_an_error_and_no_empty_file() -> None:
    with pytest.raises(WorkError, match="no words"):
        description(full_job(description_title=""))


def test_the_audio_description_gives_each_scene_its_time() -> None:
    job = full_job()
    scenes = tuple(s.model_copy(update={"described": (f"vu {s.id}", "et lu")}) for s in job.scenes)
    script = description(job.model_copy(update={"scenes": scenes, "description_title": "Audiodescription"}))
    assert script.startswith("Audiodescription\n\n00:00:00.000 --> 00:00:03.000\nvu hook\net lu\n\n")
    assert script.endswith("00:00:21.000 --> 00:00:25.000\nvu end\net lu\n")
