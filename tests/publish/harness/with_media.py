"""A picture and a clip for posts, as the manifest would list them. No decoder sees them: the bytes say what they are."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from kit.model.post import Post, PostMedia

PICTURE, CLIP, CAPTIONS = "visuals/one.jpg", "clips/one.mp4", "clips/one.vtt"
FILES: Mapping[str, bytes] = {
    PICTURE: b"\xff\xd8\xff\xe0 a picture",
    CLIP: b"\0\0\0\x18ftypmp42 a clip " * 60_000,  # more than one megabyte, so that it is sent in pieces
    CAPTIONS: "WEBVTT\n\n00:00.000 --> 00:02.000\n3919, c’est gratuit\n".encode(),
}


def medium(path: str, media_type: str, alt: str = "", **more: object) -> PostMedia:
    data = FILES[path]
    values = {
        "artifact": path, "path": path, "sha256": sha256(data).hexdigest(), "media_type": media_type,
        "bytes": len(data), "alt": alt,
    }  # fmt: skip
    return PostMedia.model_validate(values | more)


def with_picture(post: Post, **more: object) -> Post:
    """The post with one picture of 1600 × 900."""
    picture = medium(PICTURE, "image/jpeg", "Le 3919, gratuit, 24 h/24", width=1600, height=900)
    return post.model_copy(update={"media": (picture.model_copy(update=more),)})


def with_clip(post: Post, **more: object) -> Post:
    """The post with one clip of 25 seconds and its captions."""
    clip = medium(
        CLIP, "video/mp4", "Quatre numéros, l’un après l’autre", width=720, height=1280, duration_s=25.0,
        captions=medium(CAPTIONS, "text/vtt"),
    )  # fmt: skip
    return post.model_copy(update={"media": (clip.model_copy(update=more),)})


SMALL_FILES: Mapping[str, bytes] = {CLIP: b"ftypmp42 a small clip", CAPTIONS: FILES[CAPTIONS]}


def small_clip(post: Post) -> Post:
    """The post with a clip of a few bytes: a thousand runs upload it."""
    data = SMALL_FILES[CLIP]
    return with_clip(post, bytes=len(data), sha256=sha256(data).hexdigest())
