"""The rules that a finished post meets on any platform."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kit.publish.fits import UPLOAD_LIVES, misfits, outlived
from kit.publish.protocol import Limits
from kit.tables.platforms import PLATFORMS
from tests.publish.harness.rows import make_post
from tests.publish.harness.with_media import with_clip, with_picture

NOW = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
WIDE = Limits(10_000, 10)


def test_a_text_may_be_short_in_characters_and_too_long_in_bytes() -> None:
    post = make_post("bluesky").model_copy(update={"text": "漢" * 1001})
    assert misfits(post, PLATFORMS["bluesky"], WIDE, len) == [
        "the text is 3003 bytes long, and 3000 is Bluesky's limit"
    ]


def test_where_a_picture_is_a_must_its_absence_is_told() -> None:
    post = make_post("instagram")
    assert misfits(post, PLATFORMS["instagram"], WIDE, len) == [
        "Instagram takes no post without a picture or a clip"
    ]
    assert misfits(with_picture(post), PLATFORMS["instagram"], WIDE, len) == []


def test_captions_are_captions() -> None:
    clip = with_clip(make_post("x")).media[0]
    assert clip.captions is not None
    wrong = clip.model_copy(update={"captions": clip.captions.model_copy(update={"media_type": "text/html"})})
    post = make_post("x").model_copy(update={"media": (wrong,)})
    assert misfits(post, PLATFORMS["x"], WIDE, len) == [
        "clips/one.vtt is text/html, which is no file of captions"
    ]


@pytest.mark.parametrize(
    ("age", "old"), [(timedelta(), False), (UPLOAD_LIVES, False), (timedelta(hours=24), True)]
)
def test_one_upload_past_its_time_makes_all_of_them_old(age: timedelta, old: bool) -> None:
    notes = {"0.id": "1", "0.at": NOW.isoformat(), "1.id": "2", "1.at": (NOW - age).isoformat()}
    assert outlived(notes, NOW) is old
    assert not outlived({}, NOW)
