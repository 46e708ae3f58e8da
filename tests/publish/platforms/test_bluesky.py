"""The Bluesky publisher against a server that answers as a real one does; the real one is asked by `make pds`."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from kit.errors import InputError
from kit.model.post import Post, PostMedia
from kit.publish.platforms.bluesky import Bluesky, connect
from kit.publish.platforms.bluesky_record import record_key, rich_text
from kit.publish.protocol import (
    Attempt,
    NotPrepared,
    NotSent,
    Posted,
    Prepared,
    RemoteRef,
    Result,
    Unknown,
    Unreadable,
)
from kit.publish.records import send_key
from tests.publish.harness import faulty
from tests.publish.harness.fakes.bluesky import DID, HANDLE, MOST_BLOB, PASSWORD, RESET, FakeBluesky
from tests.publish.harness.faulty import Said
from tests.publish.harness.rows import make_post
from tests.publish.harness.with_media import FILES, PICTURE, with_picture
from tests.publish.moments import DUE

CLIP = b"\x00\x00\x00\x18ftypmp42 a clip"
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:04.000\n3919\n"


def medium(path: str, data: bytes, kind: str, **more: object) -> PostMedia:
    values: dict[str, object] = {
        "artifact": path, "path": path, "sha256": sha256(data).hexdigest(), "media_type": kind,
        "bytes": len(data), "width": 1080, "height": 1350, "alt": "Quatre façons d'agir.",
    }  # fmt: skip
    return PostMedia.model_validate(values | more)


def pictured() -> Post:
    return with_picture(make_post("bluesky"), width=1080, height=1350, alt="Quatre façons d'agir.")


def with_clip() -> Post:
    captions = medium("one.vtt", CAPTIONS, "text/vtt", alt="")
    clip = medium("one.mp4", CLIP, "video/mp4", duration_s=25.0, captions=captions)
    return make_post("bluesky").model_copy(update={"media": (clip,)})


def saying(text: str, *links: str) -> Post:
    return make_post("bluesky").model_copy(update={"text": text, "links": links})


def attempt(post: Post, notes: dict[str, str] | None = None) -> Attempt:
    return Attempt(1, send_key(post.key), DUE, notes or {})


@pytest.fixture
def server() -> Iterator[FakeBluesky]:
    made = FakeBluesky()
    yield made
    made.stop()
    assert made.surprises == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in {PICTURE: FILES[PICTURE], "one.mp4": CLIP, "one.vtt": CAPTIONS}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.fixture
def bluesky(server: FakeBluesky, folder: Path) -> Bluesky:
    return Bluesky(server.base, f"@{HANDLE}", PASSWORD, folder, lambda: DUE)


def publish(bluesky: Bluesky, post: Post) -> Result:
    prepared = bluesky.prepare(post, {}, lambda notes: None)
    return bluesky.send(post, prepared, attempt(post, dict(prepared.notes)))


def the_record(server: FakeBluesky) -> dict[str, object]:
    (record,) = server.records.values()
    return record


# what goes out


def test_a_picture_goes_out_with_its_alternative_text_shape_and_language(
    server: FakeBluesky, bluesky: Bluesky
) -> None:
    post = pictured()
    key = record_key(post.edition, send_key(post.key))
    assert publish(bluesky, post) == Posted(
        RemoteRef(f"at://{DID}/app.bsky.feed.post/{key}", f"https://bsky.app/profile/{HANDLE}/post/{key}")
    )
    record = the_record(server)
    assert (record["text"], record["langs"]) == (post.text, ["fr"])
    assert record["createdAt"] == "2026-11-25T07:00:00.000Z"
    (image,) = record["embed"]["images"]  # type: ignore[index]
    assert image["alt"] == "Quatre façons d'agir."
    assert (image["aspectRatio"]["width"], image["aspectRatio"]["height"]) == (1080, 1350)
    assert (image["image"]["mimeType"], image["image"]["size"]) == ("image/jpeg", len(FILES[PICTURE]))


def test_a_clip_goes_out_with_captions_that_were_uploaded_as_such(
    server: FakeBluesky, bluesky: Bluesky
) -> None:
    assert isinstance(publish(bluesky, with_clip()), Posted)
    embed: dict[str, Any] = the_record(server)["embed"]  # type: ignore[assignment]
    assert embed["$type"] == "app.bsky.embed.video"
    assert embed["alt"] == "Quatre façons d'agir."
    assert embed["video"]["mimeType"] == "video/mp4"
    (captions,) = embed["captions"]
    assert (captions["lang"], captions["file"]["mimeType"]) == ("fr", "text/vtt")
    kinds = [asked.headers["Content-Type"] for asked in server.asked if asked.path.endswith("uploadBlob")]
    assert kinds == ["video/mp4", "text/vtt"]


def marked(text: str, *links: str) -> list[tuple[str, str]]:
    """What is marked, cut out of the bytes as a reader's app does, and what it leads to."""
    found = []
    for facet in rich_text(text, links).build_facets():
        piece = text.encode()[facet.index.byte_start : facet.index.byte_end].decode()
        feature = facet.features[0]
        found.append((piece, getattr(feature, "uri", None) or f"#{feature.tag}"))
    return found


def test_addresses_and_hashtags_are_marked_in_bytes() -> None:
    text = "«À l’aide» 👩‍👩‍👧‍👦 : arretonslesviolences.gouv.fr, https://a.example/é. #NeRienLaisserPasser #25novembre!"
    assert marked(text, "https://arretonslesviolences.gouv.fr") == [
        ("arretonslesviolences.gouv.fr", "https://arretonslesviolences.gouv.fr"),
        ("https://a.example/é", "https://a.example/é"),
        ("#NeRienLaisserPasser", "#NeRienLaisserPasser"),
        ("#25novembre", "#25novembre"),
    ]
    assert rich_text(text, ()).build_text() == text


def test_an_address_with_its_scheme_is_marked_once() -> None:
    url = "https://arretonslesviolences.gouv.fr"
    assert marked(f"{url} et {url}/", url) == [(url, url), (f"{url}/", f"{url}/")]


@pytest.mark.parametrize("text", ["la nuit.la suite", "appelez le 3919.Et", "x@3919.fr", "#3919", "#25"])
def test_nothing_becomes_a_link_or_a_hashtag_by_chance(text: str) -> None:
    assert marked(text, "https://arretonslesviolences.gouv.fr") == []


@pytest.mark.parametrize(
    "text", ["www.gouv.fr.example", "mon-www.gouv.fr", "a.www.gouv.fr", "moi@www.gouv.fr"]
)
def test_an_address_is_not_marked_within_another(text: str) -> None:
    assert marked(text, "https://www.gouv.fr") == []


def test_arabic_text_is_marked_where_it_stands() -> None:
    text = "اتصلوا بـ\u20683919\u2069 #لا_ندع_شيئا_يمر arretonslesviolences.gouv.fr"
    assert [piece for piece, _ in marked(text, "https://arretonslesviolences.gouv.fr")] == [
        "#لا_ندع_شيئا_يمر",
        "arretonslesviolences.gouv.fr",
    ]


# once


def test_the_key_is_made_of_the_slot_alone() -> None:
    post = make_post("bluesky")
    later = post.model_copy(update={"due": DUE + timedelta(minutes=5), "text": "Autre"})
    other = post.model_copy(update={"slot": "day-3919"})
    keys = [record_key(each.edition, send_key(each.key)) for each in (post, later, other)]
    assert keys[0] == keys[1] != keys[2]


def test_keys_differ_and_are_such_as_the_server_takes() -> None:
    keys = {record_key(2026, str(n)) for n in range(5000)}
    assert len(keys) == 5000
    alphabet = set("234567abcdefghijklmnopqrstuvwxyz")
    assert all(len(key) == 13 and set(key) <= alphabet and key[0] in "234567abcdefghij" for key in keys)
    assert "3mbd" < min(keys) < max(keys) < "3mbg"  # the first of January 2026


def test_the_same_post_put_three_times_is_one_record(server: FakeBluesky, bluesky: Bluesky) -> None:
    post = pictured()
    results = {publish(bluesky, post) for _ in range(3)}
    assert len(results) == 1 and len(server.records) == 1


def test_what_was_uploaded_is_not_uploaded_again(server: FakeBluesky, bluesky: Bluesky) -> None:
    saved: dict[str, str] = {}
    first = bluesky.prepare(with_clip(), {}, saved.update)
    assert saved == first.notes and set(saved) == {"created", "file-0", "file-0.vtt"}
    before = len(server.asked)
    assert bluesky.prepare(with_clip(), saved, saved.update) == first
    assert len(server.asked) == before


def test_a_post_that_was_held_up_carries_the_moment_it_was_prepared(
    server: FakeBluesky, folder: Path
) -> None:
    late = Bluesky(server.base, HANDLE, PASSWORD, folder, lambda: DUE + timedelta(hours=2))
    notes = late.prepare(make_post("bluesky"), {}, lambda notes: None).notes
    assert notes["created"] == "2026-11-25T09:00:00.000Z"
    later = Bluesky(server.base, HANDLE, PASSWORD, folder, lambda: DUE + timedelta(hours=3))
    assert later.prepare(make_post("bluesky"), notes, lambda notes: None).notes == notes


def test_what_is_out_is_found_and_can_be_taken_back(server: FakeBluesky, bluesky: Bluesky) -> None:
    post = make_post("bluesky")
    assert bluesky.find(post, attempt(post)) is None
    posted = publish(bluesky, post)
    assert isinstance(posted, Posted)
    assert bluesky.find(post, attempt(post)) == posted.ref
    assert bluesky.delete(posted.ref) is None
    assert server.records == {}
    assert bluesky.delete(posted.ref) is None  # gone is gone


# what goes wrong


@pytest.mark.parametrize(
    "fault", ["drop", "reset", "hang", "cut", "garbage", "500", "503", "drop-first", "500-first"]
)
def test_without_a_clear_answer_the_post_may_be_out(
    server: FakeBluesky, bluesky: Bluesky, fault: str
) -> None:
    post = pictured()
    server.clear([fault])
    result = publish(bluesky, post)
    assert isinstance(result, Unknown) and result.why.partition(": ")[2], result
    assert server.calls == 1
    out = not fault.endswith("first")
    assert isinstance(bluesky.find(post, attempt(post)), RemoteRef) == out == bool(server.records)


def test_a_call_ends_at_its_time_limit(
    server: FakeBluesky, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faulty, "HANG_S", 5.0)
    impatient = Bluesky(server.base, HANDLE, PASSWORD, folder, lambda: DUE, time_limit_s=1.0)
    post = make_post("bluesky")
    prepared = impatient.prepare(post, {}, lambda notes: None)
    server.faults = ["hang"]
    started = time.monotonic()
    assert impatient.send(post, prepared, attempt(post)) == Unknown("ReadTimeout: timed out")
    assert time.monotonic() - started < 4.0


def test_a_redirect_is_not_followed(
    server: FakeBluesky, bluesky: Bluesky, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_post("bluesky")
    prepared = bluesky.prepare(post, {}, lambda notes: None)
    before = len(server.asked)
    there = {"Location": f"{server.base}/xrpc/com.atproto.repo.putRecord"}
    monkeypatch.setattr(server, "answer", lambda asked: Said({}, 307, there))
    assert isinstance(bluesky.send(post, prepared, attempt(post)), Unknown)
    assert len(server.asked) == before + 1


def test_a_server_that_is_not_there_was_not_sent_anything(folder: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        nowhere = Bluesky(f"http://127.0.0.1:{held.getsockname()[1]}", HANDLE, PASSWORD, folder)
        post = make_post("bluesky")
        result = nowhere.send(post, Prepared({"created": "2026-11-25T07:00:00.000Z"}), attempt(post))
        assert isinstance(result, NotSent) and not result.permanent
        assert isinstance(nowhere.find(post, attempt(post)), Unreadable)
        with pytest.raises(NotPrepared, match="signing in: "):
            nowhere.prepare(post, {}, lambda notes: None)


def test_a_rate_limit_is_waited_out(server: FakeBluesky, bluesky: Bluesky) -> None:
    server.clear(["429"])
    result = publish(bluesky, make_post("bluesky"))
    assert isinstance(result, NotSent) and (result.status, result.permanent) == (429, False)
    assert result.not_before == RESET


def test_a_session_that_ended_is_begun_anew(server: FakeBluesky, bluesky: Bluesky) -> None:
    server.clear(["403"])  # ExpiredToken
    result = publish(bluesky, make_post("bluesky"))
    assert isinstance(result, NotSent) and not result.permanent
    assert isinstance(publish(bluesky, make_post("bluesky")), Posted)
    assert server.sessions == 2


def test_a_session_about_to_end_is_renewed_before_the_call(server: FakeBluesky, bluesky: Bluesky) -> None:
    server.lives_s = 60
    assert isinstance(publish(bluesky, make_post("bluesky")), Posted)
    assert any(asked.path.endswith("refreshSession") for asked in server.asked)


def test_a_wrong_password_is_for_a_person_and_is_not_repeated(server: FakeBluesky, folder: Path) -> None:
    wrong = Bluesky(server.base, HANDLE, "not-the-password", folder, lambda: DUE)
    post = make_post("bluesky")
    with pytest.raises(NotPrepared) as caught:
        wrong.prepare(post, {}, lambda notes: None)
    assert caught.value.result.permanent and caught.value.result.status == 401
    assert "Invalid identifier or password" in caught.value.result.why
    assert "not-the-password" not in repr(caught.value.result)
    result = wrong.send(post, Prepared({"created": "2026-11-25T07:00:00.000Z"}), attempt(post))
    assert isinstance(result, NotSent) and result.permanent


def test_a_file_that_the_server_has_forgotten_is_uploaded_anew(server: FakeBluesky, bluesky: Bluesky) -> None:
    post = with_clip()
    prepared = bluesky.prepare(post, {}, lambda notes: None)
    server.blobs.clear()
    result = bluesky.send(post, prepared, attempt(post))
    assert isinstance(result, NotSent) and not result.permanent
    assert {"file-0", "file-0.vtt"} <= set(result.stale)
    kept = {name: note for name, note in prepared.notes.items() if name not in result.stale}
    again = bluesky.prepare(post, kept, lambda notes: None)
    assert isinstance(bluesky.send(post, again, attempt(post)), Posted)


def test_a_file_too_large_for_this_server_is_named(
    server: FakeBluesky, bluesky: Bluesky, folder: Path
) -> None:
    data = bytes(MOST_BLOB + 1)
    (folder / "one.mp4").write_bytes(data)
    post = with_clip()
    large = post.media[0].model_copy(update={"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    with pytest.raises(NotPrepared, match=r"one\.mp4: 413: PayloadTooLarge") as caught:
        bluesky.prepare(post.model_copy(update={"media": (large,)}), {}, lambda notes: None)
    assert caught.value.result.permanent


def test_a_record_that_is_refused_would_be_refused_again(server: FakeBluesky, bluesky: Bluesky) -> None:
    result = publish(bluesky, saying("é" * 1501))
    assert isinstance(result, NotSent) and result.permanent and result.status == 400
    assert "string too big" in result.why


def test_an_upload_that_fails_on_the_way_is_repeated(
    server: FakeBluesky, bluesky: Bluesky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "publishes", lambda asked: asked.path.endswith("uploadBlob"))
    server.clear(["drop", "500"])
    saved: dict[str, str] = {}
    for _ in range(2):
        with pytest.raises(NotPrepared) as caught:
            bluesky.prepare(with_clip(), saved, saved.update)
        assert not caught.value.result.permanent
    assert set(bluesky.prepare(with_clip(), saved, saved.update).notes) == {"created", "file-0", "file-0.vtt"}


def test_no_note_holds_a_token(server: FakeBluesky, bluesky: Bluesky) -> None:
    notes = bluesky.prepare(with_clip(), {}, lambda notes: None).notes
    tokens = {a.headers["Authorization"].split()[1] for a in server.asked if "Authorization" in a.headers}
    assert tokens and not any(token in note for token in (*tokens, PASSWORD) for note in notes.values())


# what is refused before anything is sent


def faults_of(bluesky: Bluesky, post: Post) -> list[str]:
    return bluesky.validate(post, bluesky.limits())


def test_what_the_kit_makes_is_fit(bluesky: Bluesky, server: FakeBluesky) -> None:
    assert [faults_of(bluesky, post) for post in (pictured(), with_clip())] == [[], []]
    assert server.asked == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("é" * 301, "the text has 301 characters as Bluesky counts, and 300 is the limit"),
        ("👩‍👩‍👧‍👦" * 121, "the text has 3025 bytes, and 3000 is the limit"),
        (" ", "the text is empty"),
        ("#" + "a" * 65, f"the hashtag #{'a' * 65} has more than 64 characters"),
    ],
)
def test_a_text_that_does_not_fit_is_refused(bluesky: Bluesky, text: str, said: str) -> None:
    assert faults_of(bluesky, saying(text)) == [said]


def test_three_hundred_graphemes_fit(bluesky: Bluesky) -> None:
    assert faults_of(bluesky, saying("é" * 300)) == faults_of(bluesky, saying("👩‍👩‍👧‍👦" * 120)) == []


PHOTO = medium("a.jpg", FILES[PICTURE], "image/jpeg")
FILM = medium("a.mp4", CLIP, "video/mp4", duration_s=25.0)


@pytest.mark.parametrize(
    ("media", "said"),
    [
        ([PHOTO.model_copy(update={"alt": " "})], "a.jpg has no alternative text"),
        ([FILM.model_copy(update={"alt": ""})], "a.mp4 has no alternative text"),
        ([PHOTO] * 5, "there are 5 files, and Bluesky takes 4"),
        ([PHOTO, FILM], "takes one clip alone"),
        ([PHOTO.model_copy(update={"bytes": 1_000_001})], "a.jpg has 1,000,001 bytes"),
        ([PHOTO.model_copy(update={"media_type": "image/webp"})], "a.jpg is image/webp"),
        ([PHOTO.model_copy(update={"alt": "a" * 2001})], "2001 characters, and 2000 is the limit"),
        ([FILM.model_copy(update={"alt": "a" * 1001})], "1001 characters, and 1000 is the limit"),
        ([FILM.model_copy(update={"bytes": 50_000_001})], "a.mp4 has 50,000,001 bytes"),
        ([FILM.model_copy(update={"duration_s": 181.0})], "a.mp4 lasts 181 s"),
        ([FILM.model_copy(update={"media_type": "video/webm"})], "a.mp4 is video/webm"),
        ([FILM.model_copy(update={"captions": medium("a.srt", CAPTIONS, "application/x-subrip")})], "a.srt is app"),
        ([FILM.model_copy(update={"captions": medium("a.vtt", CAPTIONS * 600, "text/vtt")})], "bytes, and 20,000 is the limit of captions"),
    ],
)  # fmt: skip
def test_media_that_do_not_fit_are_refused(bluesky: Bluesky, media: list[PostMedia], said: str) -> None:
    (fault,) = faults_of(bluesky, make_post("bluesky").model_copy(update={"media": tuple(media)}))
    assert said in fault


# credentials


def test_credentials_are_found_by_what_they_are_for(tmp_path: Path, server: FakeBluesky) -> None:
    made = connect(
        {
            "BLUESKY_FR_HANDLE": HANDLE,
            "BLUESKY_FR_APP_PASSWORD": PASSWORD,
            "BLUESKY_FR_BASE_URL": server.base,
        },
        tmp_path,
        None,
    )
    assert isinstance(publish(made, make_post("bluesky")), Posted)


def test_a_credential_that_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="_APP_PASSWORD"):
        connect({"BLUESKY_HANDLE": HANDLE}, tmp_path, None)
