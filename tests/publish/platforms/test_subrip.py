"""The captions that were approved, in the form that Facebook and LinkedIn take."""

from __future__ import annotations

import pytest

from kit.publish.platforms.subrip import locale, subrip
from tests.publish.platforms.common import SRT, VTT


def test_webvtt_of_the_kit_becomes_subrip() -> None:
    assert subrip(VTT) == SRT
    assert subrip(VTT.replace("\n", "\r\n")) == SRT


def test_what_is_no_cue_is_left_out() -> None:
    assert subrip("WEBVTT\n\nNOTE by hand\n\nSTYLE\n::cue {}\n\n") == ""


@pytest.mark.parametrize(
    ("tag", "found"),
    [("fr", ("fr", "FR")), ("zh-Hans", ("zh", "CN")), ("en", ("en", "US")), ("uk", ("uk", "UA"))],
)
def test_each_language_has_a_country(tag: str, found: tuple[str, str]) -> None:
    assert locale(tag) == found
