"""Instagram alone: reels, its own errors, and what it does not take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.publish.protocol import Posted, Unknown
from tests.publish.harness.fakes.files import picture
from tests.publish.harness.fakes.instagram import FakeInstagram
from tests.publish.platforms.common import attempt, clip, files_of, post_of, prepared, sent, served
from tests.publish.platforms.container_platform import ContainerPlatform


@pytest.fixture
def instagram() -> Iterator[ContainerPlatform]:
    with served(FakeInstagram(files_of())) as server:
        yield ContainerPlatform("instagram", server)


def test_instagram_action_blocked_is_unknown(instagram: ContainerPlatform) -> None:
    post = post_of("instagram", picture())
    ready, _ = prepared(instagram.publisher(), post)
    instagram.server.faults = ["403"]
    result = instagram.publisher().send(post, ready, attempt(ready.notes))
    assert isinstance(result, Unknown) and "2207051" in result.why


def test_instagram_takes_a_clip_as_a_reel_without_alternative_text(instagram: ContainerPlatform) -> None:
    post = post_of("instagram", clip())
    result, _ = sent(instagram.publisher(), post)
    assert isinstance(result, Posted)
    (made,) = instagram.server.made()
    assert made["media_type"] == "REELS" and made["video_url"].endswith("main.mp4") and "alt_text" not in made


def test_instagram_and_a_clip_in_a_carousel(instagram: ContainerPlatform) -> None:
    result, _ = sent(instagram.publisher(), post_of("instagram", picture(), clip()))
    assert isinstance(result, Posted)
    assert [made.get("media_type") for made in instagram.server.made()] == [None, "VIDEO", "CAROUSEL"]


def test_instagram_speaks_to_the_host_that_the_token_belongs_to(tmp_path: Path) -> None:
    from kit.publish.platforms.instagram import connect

    def host(token: str) -> str:
        made = connect({"IG_USER_ID": "1", "IG_ACCESS_TOKEN": token}, tmp_path, None)
        return made._graph._calls._base

    assert host("IGAAabc") == "https://graph.instagram.com/v26.0"
    assert host("EAAabc") == "https://graph.facebook.com/v26.0"


def test_instagram_needs_a_picture_and_takes_jpeg_of_its_shapes(instagram: ContainerPlatform) -> None:
    publisher = instagram.publisher()
    limits = publisher.limits()
    assert publisher.validate(post_of("instagram"), limits) == [
        "Instagram takes no post without a picture or a clip"
    ]
    for change in (
        {"media_type": "image/png"},
        {"width": 1080, "height": 1920},
        {"width": 1000, "height": 400},
    ):
        bad = picture().model_copy(update=change)
        assert len(publisher.validate(post_of("instagram", bad), limits)) == 1
