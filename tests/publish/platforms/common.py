"""What the tests of the platforms behind httpx share: one post, one attempt, one clip."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import pytest

from kit.model.post import Post, PostMedia
from kit.publish.protocol import Attempt, Notes, NotPrepared, NotSent, Prepared, Publisher, Result
from tests.publish.harness.fakes.files import picture
from tests.publish.harness.faulty import PATIENT_S, TIME_LIMIT_S, Faulty
from tests.publish.harness.rows import DUE, make_post

NOW = DUE


def limit_for(fault: str) -> float:
    """Short only where the limit is what is tested."""
    return TIME_LIMIT_S if fault == "hang" else PATIENT_S


Fake = TypeVar("Fake", bound=Faulty)
CLIP = bytes(range(256)) * 10  # 2560 bytes: three parts of the fakes
VTT = (
    "WEBVTT\n\n00:01.000 --> 00:03.500\nAppelez le 3919 &amp; parlez\n\n"
    "00:00:04.000 --> 00:00:06.000\nou le 17\nen urgence\n\n"
)
SRT = (
    "1\n00:00:01,000 --> 00:00:03,500\nAppelez le 3919 & parlez\n\n"
    "2\n00:00:04,000 --> 00:00:06,000\nou le 17\nen urgence\n\n"
)
CLIP_PATH = "clips/fr/feed-4x5/main.mp4"


def clip(captions: bool = True, **more: object) -> PostMedia:
    vtt = PostMedia(
        artifact="clip/fr/feed-4x5/main.vtt", path="clips/fr/feed-4x5/main.vtt",
        sha256=hashlib.sha256(VTT.encode()).hexdigest(), media_type="text/vtt", bytes=len(VTT), alt="",
    )  # fmt: skip
    values = {
        "artifact": "clip/fr/feed-4x5/main", "path": CLIP_PATH, "media_type": "video/mp4", "bytes": len(CLIP),
        "sha256": hashlib.sha256(CLIP).hexdigest(), "width": 1080, "height": 1350, "duration_s": 25.0,
        "alt": "Un film : quatre numéros", "captions": vtt if captions else None,
    }  # fmt: skip
    return PostMedia.model_validate(values | more)


def post_of(platform: str, *media: PostMedia, **more: object) -> Post:
    return make_post(platform).model_copy(update={"media": media, **more})


def second_picture() -> PostMedia:
    return picture("visuals/fr/feed-4x5/witness.jpg", b"\xff\xd8 another \xff\xd9")


def files_of(*media: PostMedia) -> dict[str, bytes]:
    """The bytes of the files above, by path."""
    known = {
        picture().path: b"\xff\xd8 a picture of four numbers \xff\xd9",
        second_picture().path: b"\xff\xd8 another \xff\xd9",
        CLIP_PATH: CLIP,
        "clips/fr/feed-4x5/main.vtt": VTT.encode(),
    }
    return known if not media else {medium.path: known[medium.path] for medium in media}


def attempt(notes: Notes, number: int = 1) -> Attempt:
    return Attempt(number, "key", NOW, dict(notes))


def prepared(publisher: Publisher, post: Post, known: Notes | None = None) -> tuple[Prepared, list[Notes]]:
    saved: list[Notes] = []
    return publisher.prepare(post, known or {}, saved.append), saved


def sent(publisher: Publisher, post: Post, number: int = 1) -> tuple[Result, Prepared]:
    ready, _ = prepared(publisher, post)
    return publisher.send(post, ready, attempt(ready.notes, number)), ready


@contextmanager
def refused() -> Iterator[Callable[[], NotSent]]:
    """The result with which preparing is given up."""
    with pytest.raises(NotPrepared) as caught:
        yield lambda: caught.value.result


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@contextmanager
def served(fake: Fake) -> Iterator[Fake]:
    """A fake that met no path it does not have."""
    try:
        yield fake
        assert fake.surprises == []
    finally:
        fake.stop()
