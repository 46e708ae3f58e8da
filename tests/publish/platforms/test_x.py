"""X: what is uploaded, what is sent, and what each answer says of the post."""

from __future__ import annotations

import hashlib
import logging
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import pytest
from oauthlib.oauth1.rfc5849 import signature  # type: ignore[import-untyped]

from kit.errors import InputError
from kit.model.post import Post
from kit.publish.platforms import ADAPTERS
from kit.publish.platforms.uploads import UPLOAD_LIVES
from kit.publish.platforms.x import CHUNK, X
from kit.publish.protocol import (
    Duplicate,
    Notes,
    NotPrepared,
    NotSent,
    Posted,
    RemoteRef,
    Unknown,
    Unreadable,
)
from tests.publish.harness.fakes.x import TOKEN, FakeX
from tests.publish.harness.faulty import PATIENT_S, TIME_LIMIT_S, Said
from tests.publish.harness.rows import make_post
from tests.publish.harness.with_media import CAPTIONS, CLIP, FILES, PICTURE, with_clip, with_picture
from tests.publish.moments import DUE
from tests.publish.platforms.platform_helpers import answering, attempt, forget, left_open, prepared, sent
from tests.publish.world_of_posts import SetClock

SECRETS = {
    "consumer_key": "ck", "consumer_secret": "cs-secret", "access_token": TOKEN,
    "access_token_secret": "ats-secret",
}  # fmt: skip
TEXT = "Victime ou témoin ? 3919 & arretonslesviolences.gouv.fr\nPar SMS : le 114. https://nrlp.fr/aide"
POST = make_post("x").model_copy(update={"text": TEXT})


@pytest.fixture(scope="module")
def running() -> Iterator[FakeX]:
    made = FakeX(DUE)
    yield made
    made.stop()


@pytest.fixture
def server(running: FakeX, monkeypatch: pytest.MonkeyPatch) -> FakeX:
    """The one server, begun anew; what a test changes of it is put back."""
    running.clear([])
    for name in ("answer", "filters", "late"):
        monkeypatch.setattr(running, name, getattr(running, name))
    return running


class Naps(list[float]):
    """Waits that nobody sits through."""


@pytest.fixture
def sleeps() -> Naps:
    return Naps()


@pytest.fixture
def x(server: FakeX, folder: Path, sleeps: Naps) -> X:
    return X(SECRETS, folder, base=server.base, now=lambda: DUE, sleep=sleeps.append, time_limit_s=PATIENT_S)


def paths(server: FakeX) -> list[str]:
    return [f"{asked.method} {asked.path.replace('/2/media/', '')}" for asked in server.asked]


# what goes out


def test_a_picture_goes_out_with_its_alternative_text(x: X, server: FakeX) -> None:
    result = sent(x, with_picture(POST))
    assert isinstance(result, Posted)
    assert result.ref.url == f"https://x.com/one/status/{result.ref.remote_id}"
    assert server.count(TEXT) == 1
    (upload,) = server.uploads.values()
    assert upload["data"] == FILES[PICTURE] and upload["alt"] == "Le 3919, gratuit, 24 h/24"
    assert server.out[0]["attachments"]["media_keys"] == [upload["key"]]
    assert server.surprises == []


def test_a_clip_goes_out_in_pieces_once_it_is_processed_with_captions_in_the_posts_language(
    x: X, server: FakeX, sleeps: Naps
) -> None:
    server.pending = 3
    assert isinstance(sent(x, with_clip(POST)), Posted)
    clip, captions = server.uploads.values()
    assert len(clip["pieces"]) == 2 and max(map(len, clip["pieces"].values())) == CHUNK
    assert clip["data"] == FILES[CLIP]
    assert clip["alt"] == "Quatre numéros, l’un après l’autre"
    assert clip["tracks"] == [("FR", "Français", FILES[CAPTIONS])] and captions["type"] == "text/vtt"
    assert sleeps == [5.0, 5.0, 5.0]


def test_a_clip_goes_out_even_where_x_takes_no_alternative_text_for_it_and_that_is_told(
    x: X, server: FakeX, caplog: pytest.LogCaptureFixture
) -> None:
    answering(server, "/2/media/metadata", Said({"detail": "images only"}, 400))
    assert isinstance(sent(x, with_clip(POST)), Posted)
    assert "without alternative text: 400: images only" in caplog.text


def test_a_picture_never_goes_out_without_its_alternative_text(x: X, server: FakeX) -> None:
    answering(server, "/2/media/metadata", Said({"detail": "too long"}, 400))
    with pytest.raises(NotPrepared) as caught:
        x.prepare(with_picture(POST), {}, forget)
    assert caught.value.result == NotSent("400: too long", permanent=True, status=400)


def test_a_large_picture_is_sent_in_pieces_too(x: X, server: FakeX, folder: Path) -> None:
    data = b"\xff\xd8" + bytes(CHUNK)
    (folder / PICTURE).write_bytes(data)
    post = with_picture(POST, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    assert isinstance(sent(x, post), Posted)
    assert [len(piece) for piece in next(iter(server.uploads.values()))["pieces"].values()] == [CHUNK, 2]


def test_a_post_without_media_names_none(x: X, server: FakeX) -> None:
    assert isinstance(sent(x, POST), Posted)
    assert server.asked[-1].json == {"text": TEXT}


def test_the_signature_is_that_of_the_public_address(x: X, server: FakeX) -> None:
    sent(x, POST)
    header = server.asked[-1].headers["Authorization"].removeprefix("OAuth ")
    given = [part.strip().split("=", 1) for part in header.split(",")]
    params = [(name, unquote(value.strip('"'))) for name, value in given]
    base = signature.signature_base_string(
        "POST",
        "https://api.twitter.com/2/tweets",
        signature.normalize_parameters([pair for pair in params if pair[0] != "oauth_signature"]),
    )
    expected = signature.sign_hmac_sha1_with_client(base, _Client())
    assert dict(params)["oauth_signature"] == expected


class _Client:
    client_secret = SECRETS["consumer_secret"]
    resource_owner_secret = SECRETS["access_token_secret"]


# preparing again


def test_what_was_noted_is_not_done_again(x: X, server: FakeX) -> None:
    notes, saved = prepared(x, with_clip(POST))
    calls = len(server.asked)
    assert prepared(x, with_clip(POST), notes) == (notes, [])
    assert len(server.asked) == calls
    assert {name: value for each in saved for name, value in each.items()} == notes


@pytest.mark.parametrize("step", range(4))
def test_a_runner_that_died_while_preparing_goes_on_where_it_was(x: X, server: FakeX, step: int) -> None:
    """The clip itself is uploaded once; only what was under way is done again."""
    saved: list[Notes] = []

    def dying(notes: Notes) -> None:
        saved.append(notes)
        if len(saved) == step + 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        x.prepare(with_clip(POST), {}, dying)
    known = {name: value for each in saved for name, value in each.items()}
    notes, _ = prepared(x, with_clip(POST), known)
    assert isinstance(
        x.send(with_clip(POST), x.prepare(with_clip(POST), notes, saved.append), attempt(notes)), Posted
    )
    assert paths(server).count("POST upload/initialize") == 1
    assert server.out[0]["attachments"]["media_keys"] == [notes["0.key"]]
    assert len(server.uploads[notes["0.id"]]["tracks"]) == 1


def test_a_clip_that_is_never_ready_is_left_for_the_next_pass_with_its_upload_kept(
    x: X, server: FakeX, sleeps: Naps
) -> None:
    server.pending = 1000
    saved: list[Notes] = []
    with pytest.raises(NotPrepared) as caught:
        x.prepare(with_clip(POST), {}, saved.append)
    assert not caught.value.result.permanent and caught.value.result.stale == ()
    assert sum(sleeps) <= 60
    assert saved[0]["0.state"] == "pending"


def test_a_clip_that_cannot_be_processed_is_uploaded_anew_next_time(x: X, server: FakeX) -> None:
    saved: list[Notes] = []

    def save(notes: Notes) -> None:
        saved.append(notes)
        server.uploads[notes["0.id"]]["broken"] = True

    with pytest.raises(NotPrepared) as caught:
        x.prepare(with_clip(POST), {}, save)
    assert caught.value.result == NotSent("Unsupported video format", stale=("0.id",))


def test_uploads_past_their_day_are_not_posted_with_and_are_made_anew(
    x: X, server: FakeX, folder: Path
) -> None:
    post = with_picture(POST)
    notes, _ = prepared(x, post)
    later = X(SECRETS, folder, base=server.base, now=lambda: DUE + UPLOAD_LIVES + timedelta(seconds=1))
    result = later.send(post, x.prepare(post, notes, forget), attempt(notes))
    assert isinstance(result, NotSent) and set(result.stale) == set(notes)
    assert server.calls == 0
    again, _ = prepared(later, post, notes)
    assert again["0.id"] != notes["0.id"] and again["0.alt"] == "given"


def test_uploads_that_x_no_longer_knows_are_made_anew(x: X, server: FakeX) -> None:
    notes, _ = prepared(x, with_picture(POST))
    server.uploads.clear()
    result = x.send(with_picture(POST), x.prepare(with_picture(POST), notes, forget), attempt(notes))
    assert isinstance(result, NotSent) and "media IDs are invalid" in result.why
    assert set(result.stale) == set(notes) and not result.permanent


# what an answer means


@pytest.mark.parametrize(
    "fault", ["drop", "reset", "cut", "garbage", "500", "503", "drop-first", "500-first"]
)
def test_an_answer_that_says_nothing_leaves_it_open_and_is_not_followed_by_a_second_call(
    x: X, server: FakeX, fault: str
) -> None:
    server.clear([fault])
    assert isinstance(sent(x, POST), Unknown)
    assert server.calls == 1
    assert server.count(TEXT) == (0 if fault.endswith("first") else 1)


def test_a_call_that_hangs_is_given_up_and_left_open(server: FakeX, folder: Path) -> None:
    x = X(SECRETS, folder, base=server.base, now=lambda: DUE, time_limit_s=TIME_LIMIT_S)
    server.clear(["hang"])
    result = sent(x, POST)
    assert isinstance(result, Unknown) and "timed out" in result.why
    assert server.calls == 1


def test_without_a_connection_it_is_not_out(folder: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        x = X(SECRETS, folder, base=f"http://127.0.0.1:{held.getsockname()[1]}", now=lambda: DUE)
        result = x.send(POST, x.prepare(POST, {}, forget), attempt())
        assert isinstance(result, NotSent) and not result.permanent
        with pytest.raises(NotPrepared):
            x.prepare(with_picture(POST), {}, forget)
        assert isinstance(x.find(POST, attempt()), Unreadable)


def test_the_same_words_again_are_a_duplicate_that_is_then_found(x: X, server: FakeX) -> None:
    first = sent(x, POST)
    assert isinstance(first, Posted)
    result = sent(x, POST)
    assert isinstance(result, Duplicate) and result.status == 403 and result.hint is None
    assert x.find(POST, attempt()) == first.ref
    assert server.count(TEXT) == 1


@pytest.mark.parametrize(
    ("status", "permanent"), [(400, True), (401, True), (402, True), (403, True), (413, True)]
)
def test_what_x_turns_down_is_not_out_and_says_why(x: X, server: FakeX, status: int, permanent: bool) -> None:
    answering(server, "/2/tweets", Said({"title": "No", "detail": "not like this", "status": status}, status))
    result = sent(x, POST)
    assert result == NotSent(f"{status}: not like this; No", permanent=permanent, status=status)


def test_a_token_that_was_taken_back_is_told_before_anything_is_sent(server: FakeX, folder: Path) -> None:
    x = X(SECRETS | {"access_token": "9-other"}, folder, base=server.base, now=lambda: DUE)
    with pytest.raises(NotPrepared) as caught:
        x.prepare(with_picture(POST), {}, forget)
    assert caught.value.result.permanent and caught.value.result.status == 401


def test_of_the_windows_of_a_rate_limit_the_latest_is_waited_for(x: X, server: FakeX) -> None:
    soon, late = (int((DUE + timedelta(minutes=n)).timestamp()) for n in (7, 300))
    headers = {
        "x-rate-limit-reset": str(soon), "x-rate-limit-remaining": "0",
        "x-user-limit-24hour-reset": str(late), "x-user-limit-24hour-remaining": "0",
    }  # fmt: skip
    answering(server, "/2/tweets", Said({"title": "Too Many Requests"}, 429, headers))
    result = sent(x, POST)
    assert isinstance(result, NotSent) and result.not_before == DUE + timedelta(minutes=300)


def test_a_reset_that_the_client_cannot_read_is_still_a_rate_limit(x: X, server: FakeX) -> None:
    answering(server, "/2/tweets", Said({}, 429, {"x-rate-limit-reset": "soon", "Retry-After": "60"}))
    result = sent(x, POST)
    assert isinstance(result, NotSent) and result.not_before == DUE + timedelta(seconds=60)
    assert [asked.path for asked in server.asked] == ["/2/tweets"]


def test_a_redirect_is_not_followed(x: X, server: FakeX) -> None:
    answering(server, "/2/tweets", Said({}, 307, {"Location": f"{server.base}/2/tweets"}))
    assert isinstance(sent(x, POST), Unknown)
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [{}, {"data": {}}, {"data": None}, [], {"errors": [{"message": "?"}]}])
def test_a_success_without_a_number_leaves_it_open(x: X, server: FakeX, body: object) -> None:
    answering(server, "/2/tweets", Said(body, 201))
    assert isinstance(sent(x, POST), Unknown)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/2/media/upload", Said({"title": "Service Unavailable"}, 503)),
        ("/2/media/upload", Said(b"<html>", 200)),
        ("/2/media/upload", Said({}, 429, {"Retry-After": "60"})),
        ("/2/media/metadata", Said({"detail": "no"}, 500)),
    ],
)
def test_an_upload_that_fails_may_be_tried_again(x: X, server: FakeX, path: str, said: Said) -> None:
    answering(server, path, said)
    with pytest.raises(NotPrepared) as caught:
        x.prepare(with_picture(POST), {}, forget)
    assert not caught.value.result.permanent
    assert caught.value.result.not_before == (DUE + timedelta(seconds=60) if said.status == 429 else None)


# looking for it


def test_a_post_is_found_by_its_upload_even_when_x_changes_its_words(x: X, server: FakeX) -> None:
    notes, _ = prepared(x, with_picture(POST))
    other = server.add("another post", [{"key": "3_1"}])
    number = server.add("words that X has changed", [server.uploads[notes["0.id"]]])
    server.add("the latest post")
    found = x.find(with_picture(POST), attempt(notes))
    assert isinstance(found, RemoteRef) and found.remote_id == number != other


def test_a_post_is_found_by_its_words_through_shortened_links_and_escapes(x: X, server: FakeX) -> None:
    number = server.add(TEXT, [{"key": "3_1"}])
    server.add("the latest post")
    shown = server.out[0]["text"]
    assert shown.count("https://t.co/") == 3 and "&amp;" in shown
    assert x.find(POST, attempt()) == RemoteRef(number, f"https://x.com/one/status/{number}")


def test_decomposed_letters_are_the_same_letters(x: X, server: FakeX) -> None:
    number = server.add("e\u0301coute")
    found = x.find(POST.model_copy(update={"text": "écoute"}), attempt())
    assert isinstance(found, RemoteRef) and found.remote_id == number


def test_the_latest_post_is_not_ours_and_last_years_is_not_either(x: X, server: FakeX) -> None:
    server.add(TEXT, at=DUE - timedelta(days=365))
    server.add("the latest post")
    assert x.find(POST, attempt()) is None


def test_a_long_timeline_is_read_to_its_end(x: X, server: FakeX) -> None:
    server.page = 10
    number = server.add(TEXT)
    for each in range(25):
        server.add(f"post {each}")
    found = x.find(POST, attempt())
    assert isinstance(found, RemoteRef) and found.remote_id == number


def test_a_timeline_that_was_not_read_to_its_end_says_nothing(x: X, server: FakeX) -> None:
    server.page = 10
    for each in range(60):
        server.add(f"post {each}")
    assert isinstance(x.find(POST, attempt()), Unreadable)


@pytest.mark.parametrize(
    "said",
    [
        Said({}, 500),
        Said({}, 429),
        Said({"errors": [{"detail": "not allowed"}]}, 200),
        Said(b"<html>", 200),
    ],
)
def test_a_timeline_that_cannot_be_read_says_nothing(x: X, server: FakeX, said: Said) -> None:
    notes, _ = prepared(x, with_picture(POST))
    answering(server, "/2/users/2244994945/tweets", said)
    assert isinstance(x.find(with_picture(POST), attempt(notes)), Unreadable)


def test_a_post_is_taken_back_once_and_gone_is_gone(x: X, server: FakeX) -> None:
    result = sent(x, POST)
    assert isinstance(result, Posted)
    assert x.delete(result.ref) is None and server.count(TEXT) == 0
    assert x.delete(result.ref) is None
    path = f"/2/tweets/{result.ref.remote_id}"
    answering(server, path, Said({"detail": "no"}, 403))
    assert isinstance(x.delete(result.ref), NotSent)
    bodies: tuple[object, ...] = ({"data": {"deleted": False}}, {}, [])
    for body in bodies:
        answering(server, path, Said(body))
        assert isinstance(x.delete(result.ref), Unknown)


# with the engine: the answer to the first call is lost


@pytest.mark.parametrize(
    ("late", "on_unknown", "filters", "state", "calls", "seen"),
    [
        (1, "hold", False, "posted", 1, 1),  # the second look finds it
        (2, "hold", False, "needs_review", 1, 1),  # neither does
        (2, "retry", True, "posted", 2, 1),  # X refuses the same words, and then it is found
        (2, "retry", False, "posted", 2, 2),  # the risk that `retry` takes
    ],
)
def test_an_unanswered_post_is_looked_for_and_sent_again_only_where_a_person_wants_it(
    server: FakeX, folder: Path, late: int, on_unknown: Literal["hold", "retry"], filters: bool, state: str,
    calls: int, seen: int,
) -> None:  # fmt: skip
    server.filters, server.late = filters, (late,)
    server.clear(["drop"])

    def made(clock: SetClock) -> X:
        return X(SECRETS, folder, base=server.base, now=clock.now, sleep=clock.sleep, time_limit_s=PATIENT_S)

    entry = left_open(folder, made, with_picture(POST), on_unknown)
    assert (entry.state.value, server.calls, server.count(TEXT)) == (state, calls, seen)


# before anything is sent


@pytest.mark.parametrize(
    ("post", "words"),
    [
        (POST.model_copy(update={"text": "a" * 281}), "281 characters"),
        (POST.model_copy(update={"text": "漢" * 141}), "282 characters"),
        (POST.model_copy(update={"text": " "}), "empty"),
        (with_picture(POST, alt=""), "no alternative text"),
        (with_picture(POST, alt="a" * 1001), "1001 characters"),
        (with_picture(POST, media_type="image/avif"), "image/avif"),
        (with_picture(POST, bytes=5_000_001), "5,000,001 bytes"),
        (with_clip(POST, bytes=512_000_001), "512,000,001 bytes"),
        (with_clip(POST, duration_s=140.5), "lasts 140.5 s"),
        (with_clip(POST, duration_s=0.4), "lasts 0.4 s"),
        (with_clip(POST, width=300, height=1000), "300 × 1000"),
        (POST.model_copy(update={"media": with_picture(POST).media * 5}), "5 files"),
        (
            POST.model_copy(update={"media": with_picture(POST).media + with_clip(POST).media}),
            "one clip alone",
        ),
    ],
)
def test_what_x_would_refuse_is_said_in_words(x: X, server: FakeX, post: Post, words: str) -> None:
    (fault,) = x.validate(post, x.limits())
    assert words in fault
    assert server.asked == []


def test_what_x_takes_is_not_refused(x: X, server: FakeX) -> None:
    for post in (POST, with_picture(POST), with_clip(POST)):
        assert x.validate(post, x.limits()) == []
    assert server.asked == []


def test_credentials_are_found_by_what_their_names_end_in_and_what_lacks_is_named(tmp_path: Path) -> None:
    names = ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET")
    given = {f"X_RE_{name}": f"secret of {name}" for name in names}
    assert ADAPTERS["x"].connect(given, tmp_path, None).platform == "x"
    del given["X_RE_ACCESS_TOKEN_SECRET"]
    with pytest.raises(InputError, match="ACCESS_TOKEN_SECRET") as caught:
        ADAPTERS["x"].connect(given, tmp_path, None)
    assert "secret of" not in str(caught.value)


def test_no_secret_is_in_a_reason_or_in_a_debug_log(
    x: X, server: FakeX, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.filters = False
    server.clear(["reset", "garbage", "503"])
    reasons = [result.why for result in (sent(x, POST) for _ in range(3)) if isinstance(result, Unknown)]
    assert len(reasons) == 3
    for secret in SECRETS.values():
        if len(secret) > 2:
            assert secret not in "".join(reasons) + caplog.text
