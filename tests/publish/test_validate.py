"""The rules that a finished post meets are the same for every publisher; only limits differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kit.model.post import Post, PostMedia
from kit.publish.platforms import ADAPTERS
from kit.publish.protocol import Limits, Publisher
from kit.publish.validate import limits_of, validate
from kit.tables.platforms import PLATFORMS
from tests.publish.harness.rows import make_post
from tests.publish.harness.with_media import with_clip, with_picture

WIDE = Limits(10_000, 10)
AWKWARD = 'a "quoted" word, 3919 & <b>, 👩‍👩‍👧‍👦 e\u0301 \u202f\n\n#NeRienLaisserPasser'


def publisher(platform: str, folder: Path) -> Publisher:
    """Of the real file of the platform; nothing is asked of a network."""
    values = {"author": "urn:li:person:1", "base_url": "https://social.example"}
    secrets = {role.suffix: values.get(role.name, "1234567") for role in PLATFORMS[platform].roles}
    return ADAPTERS[platform].connect(secrets, folder, "https://kit.example/nrlp/")


def post_with(platform: str, *media: PostMedia, **more: object) -> Post:
    pictured = with_picture(make_post(platform), width=1080, height=1080)
    return pictured.model_copy(update={"media": media or pictured.media, **more})


def picture_of(platform: str, **more: object) -> PostMedia:
    return post_with(platform).media[0].model_copy(update=more)


def clip_of(platform: str, **more: object) -> PostMedia:
    return with_clip(make_post(platform), **more).media[0]


@pytest.fixture(params=[name for name in sorted(ADAPTERS) if not PLATFORMS[name].text_only])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_publisher_finds_the_same_in_the_same_awkward_post(platform: str, tmp_path: Path) -> None:
    row = PLATFORMS[platform]
    limits = replace(limits_of(platform), max_alt=25)
    many = limits.max_media + 1
    found = {
        "fit": post_with(platform, text=AWKWARD),
        "no text": post_with(platform, text=" \n\u00a0"),
        "no words for the picture": post_with(platform, picture_of(platform, alt=" ")),
        # one family is one grapheme and seven characters: alternative text is counted in characters
        "many words": post_with(platform, picture_of(platform, alt="👩‍👩‍👧‍👦" * 4)),
        "too many": post_with(platform, *[picture_of(platform)] * many),
        "no picture": post_with(platform, picture_of(platform, media_type="image/tiff")),
        "heavy": post_with(platform, picture_of(platform, bytes=row.max_image_bytes + 1)),
        "no clip": post_with(platform, clip_of(platform, media_type="video/webm", alt="Un film")),
        "no captions": post_with(
            platform,
            clip_of(
                platform, alt="Un film",
                captions=picture_of(platform, path="one.html", media_type="text/html", alt=""),
            ),
        ),
    }  # fmt: skip
    said = {name: publisher(platform, tmp_path).validate(post, limits) for name, post in found.items()}
    path, takes = "visuals/one.jpg", ", ".join(row.image_types)
    assert said == {
        "fit": [],
        "no text": ["the text is empty"],
        "no words for the picture": [f"{path} has no alternative text"],
        "many words": [f"the alternative text of {path} has 28 characters, and 25 is the limit"],
        "too many": [
            f"there are {many} files, and {row.name} takes {limits.max_media}",
        ],
        "no picture": [
            f"{path} is image/tiff, and {row.name} takes {takes}",
        ],
        "heavy": [
            f"{path} has {row.max_image_bytes + 1:,} bytes, and {row.max_image_bytes:,} is the limit",
        ],
        "no clip": [f"clips/one.mp4 is video/webm, and {row.name} takes video/mp4"],
        "no captions": [
            f"one.html is text/html, and {row.name} takes captions as {', '.join(row.media.caption_types)}"
        ],
    }


def test_a_text_that_is_empty_is_refused_also_beside_a_picture(platform: str) -> None:
    """After a lost answer a post is looked for by its words: two without any would be taken for one."""
    assert validate(post_with(platform, text=""), limits_of(platform)) == ["the text is empty"]


def test_a_clip_stands_alone_where_the_row_says_so(platform: str) -> None:
    post = post_with(platform, picture_of(platform), clip_of(platform))
    row = PLATFORMS[platform]
    alone = [] if row.media.mixed else [f"{row.name} takes one clip alone, or pictures"]
    assert validate(post, limits_of(platform)) == alone


@pytest.mark.parametrize(
    ("platform", "seconds", "said"),
    [("x", 140.5, "lasts 140.5 s, and X takes 0.5 to 140 s"), ("instagram", 2, "lasts 2 s, and Instagram takes 3 to 900 s")],
)  # fmt: skip
def test_a_clip_lasts_as_long_as_the_row_says(platform: str, seconds: float, said: str) -> None:
    (found,) = validate(post_with(platform, clip_of(platform, duration_s=seconds)), limits_of(platform))
    assert said in found


def test_a_text_may_be_short_in_characters_and_too_long_in_bytes() -> None:
    post = make_post("bluesky").model_copy(update={"text": "漢" * 1001})
    assert validate(post, WIDE) == ["the text has 3003 bytes, and 3000 is the limit"]


def test_where_a_picture_is_a_must_its_absence_is_told() -> None:
    assert validate(make_post("instagram"), WIDE) == ["Instagram takes no post without a picture or a clip"]
    assert validate(post_with("instagram"), WIDE) == []


def test_captions_are_captions() -> None:
    clip = clip_of("x")
    assert clip.captions is not None
    wrong = clip.model_copy(update={"captions": clip.captions.model_copy(update={"media_type": "text/html"})})
    (found,) = validate(post_with("x", wrong), WIDE)
    assert found.startswith("clips/one.vtt is text/html, and X takes captions as ")


def test_a_limit_of_the_server_is_stricter_than_the_row_and_holds() -> None:
    server = replace(limits_of("mastodon"), max_text=10, extra={"url_length": "30", "types": "image/png"})
    text = "https://arretonslesviolences.gouv.fr"
    assert validate(post_with("mastodon", text=text), server) == [
        "the text has 30 characters as Mastodon counts, and 10 is the limit",
        "visuals/one.jpg is image/jpeg, which this server does not take",
    ]
