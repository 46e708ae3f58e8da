"""Platform limits and picture files, each measured on a real file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from kit.check.picture import PICTURE_CHECKS
from kit.check.runner import run_checks
from kit.check.subject import Subject
from kit.check.text import TEXT_CHECKS
from kit.load import load
from kit.model.artifact import Artifact
from kit.model.campaign import Campaign

ROOT = Path(__file__).parent.parent.parent
DAY = date(2026, 11, 25)
BASE = {"language": "fr", "direction": "ltr", "bytes": 0, "sha256": "", "digest": ""}


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load(ROOT).campaign


def post_codes(
    campaign: Campaign, folder: Path, platform: str, text: str, media: tuple[str, ...] = ("v",)
) -> set[str]:
    path = folder / "t.txt"
    path.write_text(text + "\n", encoding="utf-8")
    artifact = Artifact.model_validate(
        {**BASE, "id": f"post/fr/{platform}/t", "kind": "post", "platforms": (platform,), "path": "t.txt",
         "media_type": "text/plain", "media": media}
    )  # fmt: skip
    return {f.code for f in run_checks([Subject(artifact, path, campaign, DAY, ())], TEXT_CHECKS).findings}


@pytest.mark.parametrize(("platform", "limit"), [("x", 280), ("bluesky", 300), ("mastodon", 500), ("threads", 500),
                                                 ("instagram", 2200), ("linkedin", 3000)])  # fmt: skip
def test_the_last_allowed_character_passes_and_the_next_fails(
    campaign: Campaign, tmp_path: Path, platform: str, limit: int
) -> None:
    tag = campaign.hashtag
    filling = "a" * (limit - len(tag) - 1)
    assert post_codes(campaign, tmp_path, platform, f"{filling} {tag}") == set()
    assert post_codes(campaign, tmp_path, platform, f"{filling}a {tag}") == {"text-too-long"}


def test_bluesky_also_counts_bytes(campaign: Campaign, tmp_path: Path) -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
    assert post_codes(campaign, tmp_path, "bluesky", f"{family * 121} {campaign.hashtag}") == {
        "text-too-long"
    }


def test_threads_takes_one_tag_and_instagram_five(campaign: Campaign, tmp_path: Path) -> None:
    assert post_codes(campaign, tmp_path, "threads", f"a #Deux {campaign.hashtag}") == {"too-many-hashtags"}
    tags = "#Un #Deux #Trois #Quatre"
    assert post_codes(campaign, tmp_path, "instagram", f"{tags} {campaign.hashtag}") == set()
    assert post_codes(campaign, tmp_path, "instagram", f"{tags} #Cinq {campaign.hashtag}") == {
        "too-many-hashtags"
    }


def test_a_post_without_hashtag_or_picture_is_named(campaign: Campaign, tmp_path: Path) -> None:
    assert post_codes(campaign, tmp_path, "x", "rien", media=()) == {
        "hashtag-missing",
        "post-without-picture",
    }


@pytest.mark.parametrize("text", ["", " \n", "\u200b\n"])
def test_an_empty_post_fails(campaign: Campaign, tmp_path: Path, text: str) -> None:
    assert "text-empty" in post_codes(campaign, tmp_path, "mastodon", text)


def picture_codes(campaign: Campaign, path: Path, **fields: object) -> set[str]:
    artifact = Artifact.model_validate(
        {**BASE, "id": "visual/fr/square/t", "kind": "visual", "format": "square", "path": path.name,
         "media_type": "image/jpeg", "alt": {"short": "3919", "full": "3919."}, "text": ("3919",), **fields}
    )  # fmt: skip
    return {f.code for f in run_checks([Subject(artifact, path, campaign, DAY, ())], PICTURE_CHECKS).findings}


def jpeg(folder: Path, size: tuple[int, int] = (1080, 1080), **options: object) -> Path:
    path = folder / "p.jpg"
    Image.new("RGB", size, "#160A26").save(path, "JPEG", **{"quality": 90, "subsampling": 0, **options})
    return path


def box(**fields: object) -> dict[str, object]:
    return {
        "role": "number",
        "text": "3919",
        "x": 100,
        "y": 100,
        "w": 300,
        "h": 100,
        "size": 200,
        **fields,
    }


def test_a_good_jpeg_passes(campaign: Campaign, tmp_path: Path) -> None:
    assert picture_codes(campaign, jpeg(tmp_path), boxes=[box()]) == set()


def test_a_wrong_size_fails(campaign: Campaign, tmp_path: Path) -> None:
    assert picture_codes(campaign, jpeg(tmp_path, (1080, 1082))) == {"picture-size"}


def test_subsampled_colour_fails(campaign: Campaign, tmp_path: Path) -> None:
    assert picture_codes(campaign, jpeg(tmp_path, subsampling=2)) == {"picture-encoding"}


def test_exif_fails(campaign: Campaign, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "somewhere"
    assert picture_codes(campaign, jpeg(tmp_path, exif=exif)) == {"picture-metadata"}


def test_a_file_over_a_million_bytes_fails(campaign: Campaign, tmp_path: Path) -> None:
    path = jpeg(tmp_path)
    path.write_bytes(path.read_bytes() + bytes(1_000_000))
    assert picture_codes(campaign, path) == {"picture-too-heavy"}


def test_what_is_no_picture_fails(campaign: Campaign, tmp_path: Path) -> None:
    path = tmp_path / "p.jpg"
    path.write_text("no picture")
    assert picture_codes(campaign, path) == {"picture-unreadable"}


@pytest.mark.parametrize(
    ("alt", "code"),
    [
        (None, "alt-missing"),
        ({"short": " ", "full": "3919"}, "alt-missing"),
        ({"short": "a" * 121, "full": "3919"}, "alt-too-long"),
        ({"short": "a", "full": "3919" + "a" * 1000}, "alt-too-long"),
        ({"short": "a", "full": "autre chose"}, "alt-incomplete"),
    ],
)
def test_poor_alternative_text_fails(campaign: Campaign, tmp_path: Path, alt: object, code: str) -> None:
    assert picture_codes(campaign, jpeg(tmp_path), alt=alt) == {code}


@pytest.mark.parametrize(
    ("boxes", "code"),
    [
        ([box(x=0)], "box-outside-safe-area"),
        ([box(y=1000)], "box-outside-safe-area"),
        ([box(size=119)], "text-too-small"),
        ([box(role="body", size=41.9)], "text-too-small"),
        ([box(role="hashtag", size=26.9)], "text-too-small"),
        ([box(text="arretonslesviolences.gouv.fr", size=47.9)], "text-too-small"),
        ([box(), box(text="17", y=190)], "boxes-overlap"),
    ],
)
def test_layouts_that_cannot_be_read_fail(
    campaign: Campaign, tmp_path: Path, boxes: list[dict[str, object]], code: str
) -> None:
    assert picture_codes(campaign, jpeg(tmp_path), boxes=boxes) == {code}


def test_layouts_at_their_floor_pass(campaign: Campaign, tmp_path: Path) -> None:
    boxes = [
        box(size=120), box(text="17", y=200), box(role="body", text="mot", y=400, size=42),
        box(text="arretonslesviolences.gouv.fr", y=600, size=48), box(role="headline", text="par SMS", y=800, size=42),
    ]  # fmt: skip
    assert picture_codes(campaign, jpeg(tmp_path), boxes=boxes) == set()


def test_boxes_that_stand_at_different_times_may_share_a_place(campaign: Campaign, tmp_path: Path) -> None:
    one, other = box(from_s=0, to_s=3), box(text="17", from_s=3, to_s=7)
    assert picture_codes(campaign, jpeg(tmp_path), boxes=[one, other]) == set()
