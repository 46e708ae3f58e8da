"""Against a real Bluesky server on loopback: `make pds` installs it and sets KIT_TEST_PDS to where it is."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from atproto import Client, Request  # type: ignore[import-untyped]
from PIL import Image

from kit.media.ffmpeg import ffmpeg_path
from kit.model.post import Post, PostMedia
from kit.publish.platforms.bluesky import Bluesky
from kit.publish.platforms.bluesky_record import record_key
from kit.publish.protocol import Attempt, NotPrepared, NotSent, Posted, Prepared, RemoteRef, Result, Unknown
from kit.publish.records import State, send_key
from tests.publish.harness.fakes.bluesky import HANDLE, PASSWORD, cid_of
from tests.publish.harness.rows import ROWS, make_post
from tests.publish.harness.scenario import Harness
from tests.publish.moments import DUE
from tests.publish.pds.real import POSTS, Proxy, RealBluesky, served

MODULES = os.environ.get("KIT_TEST_PDS", "")
if not MODULES:
    pytest.skip("KIT_TEST_PDS names no installed server: make pds", allow_module_level=True)

KILLS = 30
TEXT = "«À l’aide» 👩‍👩‍👧‍👦 : arretonslesviolences.gouv.fr ou https://arretonslesviolences.gouv.fr. #NeRienLaisserPasser"
LINK = "https://arretonslesviolences.gouv.fr"
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:00.900\nAppelez le 3919.\n"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBluesky]:
    with served(Path(MODULES), tmp_path_factory.mktemp("pds")) as server:
        yield server


@pytest.fixture
def proxy(real: RealBluesky) -> Iterator[Proxy]:
    made = Proxy(real)
    yield made
    made.stop()
    assert made.surprises == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture, a clip and its captions, as small as they may be and whole."""
    home = tmp_path_factory.mktemp("kit")
    Image.linear_gradient("L").resize((108, 135)).convert("RGB").save(home / "one.jpg")
    (home / "one.vtt").write_text(CAPTIONS, encoding="utf-8")
    subprocess.run(
        [ffmpeg_path(), "-v", "error", "-f", "lavfi", "-i", "testsrc=size=108x136:rate=30", "-t", "1",
         "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart", home / "one.mp4"],
        check=True,
    )  # fmt: skip
    return home


@pytest.fixture
def bluesky(proxy: Proxy, folder: Path) -> Bluesky:
    return Bluesky(proxy.base, HANDLE, PASSWORD, folder, lambda: DUE)


def medium(folder: Path, name: str, kind: str, width: int, height: int, **more: object) -> PostMedia:
    data = (folder / name).read_bytes()
    values: dict[str, object] = {
        "artifact": name, "path": name, "sha256": sha256(data).hexdigest(), "media_type": kind,
        "bytes": len(data), "width": width, "height": height, "alt": "Un dégradé « gris ».",
    }  # fmt: skip
    return PostMedia.model_validate(values | more)


def saying(text: str, *media: PostMedia) -> Post:
    return make_post("bluesky").model_copy(update={"text": text, "links": (LINK,), "media": media})


def clip(folder: Path) -> PostMedia:
    captions = medium(folder, "one.vtt", "text/vtt", 1, 1)
    return medium(folder, "one.mp4", "video/mp4", 108, 136, duration_s=1.0, captions=captions)


def attempt(post: Post) -> Attempt:
    return Attempt(1, send_key(post.key), DUE, {})


def publish(bluesky: Bluesky, post: Post) -> Result:
    assert bluesky.validate(post, bluesky.limits()) == []
    return bluesky.send(post, bluesky.prepare(post, {}, lambda notes: None), attempt(post))


def the_record(real: RealBluesky) -> dict[str, Any]:
    (record,) = real.records()
    return dict(record["value"])


def test_a_picture_with_alternative_text_links_and_hashtags_is_out_as_it_was_meant(
    real: RealBluesky, bluesky: Bluesky, folder: Path
) -> None:
    picture = medium(folder, "one.jpg", "image/jpeg", 108, 135)
    post = saying(TEXT, picture)
    result = publish(bluesky, post)
    key = record_key(post.edition, send_key(post.key))
    assert result == Posted(
        RemoteRef(f"at://{real.did}/{POSTS}/{key}", f"https://bsky.app/profile/{HANDLE}/post/{key}")
    )
    record = the_record(real)
    assert (record["text"], record["langs"]) == (TEXT, ["fr"])
    assert record["createdAt"] == "2026-11-25T07:00:00.000Z"
    (image,) = record["embed"]["images"]
    assert image["alt"] == picture.alt
    assert image["aspectRatio"] == {"$type": "app.bsky.embed.defs#aspectRatio", "width": 108, "height": 135}
    assert real.blob(image["image"]["ref"]["$link"]) == (folder / "one.jpg").read_bytes()
    pieces = []
    for facet in record["facets"]:
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        (feature,) = facet["features"]
        pieces.append((TEXT.encode()[start:end].decode(), feature.get("uri") or feature["tag"]))
    assert pieces == [(LINK[8:], LINK), (LINK, LINK), ("#NeRienLaisserPasser", "NeRienLaisserPasser")]


def test_a_clip_is_out_with_its_captions(real: RealBluesky, bluesky: Bluesky, folder: Path) -> None:
    assert isinstance(publish(bluesky, saying("Un clip", clip(folder))), Posted)
    embed = the_record(real)["embed"]
    assert (embed["$type"], embed["alt"]) == ("app.bsky.embed.video", "Un dégradé « gris ».")
    assert real.blob(embed["video"]["ref"]["$link"]) == (folder / "one.mp4").read_bytes()
    (captions,) = embed["captions"]
    assert (captions["lang"], captions["file"]["mimeType"]) == ("fr", "text/vtt")
    assert real.blob(captions["file"]["ref"]["$link"]).decode() == CAPTIONS


def test_captions_uploaded_without_their_type_are_refused(real: RealBluesky, proxy: Proxy) -> None:
    """Why the publisher says `text/vtt`: the SDK's own upload does not."""
    client = signed_in(proxy)
    captions = client.com.atproto.repo.upload_blob(b"WEBVTT\n\nnever typed\n").blob
    video = client.com.atproto.repo.upload_blob(
        b"\x00\x00\x00\x18ftypmp42", headers={"Content-Type": "video/mp4"}
    ).blob
    embed = {
        "$type": "app.bsky.embed.video",
        "video": video,
        "captions": [{"$type": "app.bsky.embed.video#caption", "lang": "fr", "file": captions}],
    }
    with pytest.raises(Exception, match="text/vtt"):
        client.com.atproto.repo.put_record(
            {"repo": real.did, "collection": POSTS, "rkey": record_key(2026, "typed"),
             "record": {"$type": POSTS, "text": "x", "createdAt": "2026-11-25T07:00:00.000Z", "embed": embed}}
        )  # fmt: skip


def signed_in(proxy: Proxy) -> Client:
    client = Client(proxy.base, request=Request(timeout=30, limits=httpx.Limits(max_keepalive_connections=0)))
    client.login(HANDLE, PASSWORD, fetch_bsky_profile=False)
    return client


# once


@pytest.mark.parametrize("fault", ["drop", "reset", "cut", "garbage", "500"])
def test_two_lost_answers_and_a_third_try_make_one_record(
    real: RealBluesky, proxy: Proxy, bluesky: Bluesky, folder: Path, fault: str
) -> None:
    proxy.clear([fault, fault])
    post = saying(TEXT, medium(folder, "one.jpg", "image/jpeg", 108, 135))
    results = [publish(bluesky, post) for _ in range(3)]
    assert [type(each) for each in results] == [Unknown, Unknown, Posted]
    assert proxy.calls == 3
    assert len(real.records()) == 1


def test_the_client_s_own_way_of_posting_makes_three(real: RealBluesky, proxy: Proxy) -> None:
    """The contrast, and the referee's own test: if it could not see three, one would prove nothing."""
    client = signed_in(proxy)
    proxy.clear(["drop", "drop"])
    for expected in (httpx.RemoteProtocolError, httpx.RemoteProtocolError, None):
        try:
            client.send_post("trois fois", profile_identify=real.did)
        except httpx.RemoteProtocolError as error:
            assert expected is type(error)
        else:
            assert expected is None
    assert len(real.records()) == 3


def test_a_post_that_reached_nobody_is_not_found_and_one_that_did_is(proxy: Proxy, bluesky: Bluesky) -> None:
    post = saying("perdu")
    proxy.clear(["drop-first", "drop"])
    assert isinstance(publish(bluesky, post), Unknown)
    assert bluesky.find(post, attempt(post)) is None
    assert isinstance(publish(bluesky, post), Unknown)
    assert isinstance(bluesky.find(post, attempt(post)), RemoteRef)


def test_a_killed_runner_leaves_one_record_on_the_real_server(proxy: Proxy, tmp_path: Path) -> None:
    harness = Harness(tmp_path, {"bluesky": proxy})
    try:
        lines = harness.lines("bluesky")
        verdicts = [harness.scenario("bluesky", seed, lines) for seed in range(KILLS)]
        forgetful = [harness.scenario("bluesky", seed, lines, forget=True) for seed in range(5)]
    finally:
        harness.close()
    print(f"{lines} lines, {sum(verdict.killed for verdict in verdicts)} kills in {len(verdicts)} scenarios")
    assert sum(verdict.killed for verdict in verdicts) >= KILLS // 2
    assert [v for v in verdicts if (v.state, v.seen) != (State.POSTED, 1)] == []
    assert [v for v in forgetful if v.seen > 1] == []  # not even when each run begins with no ledger
    assert ROWS["bluesky"].post.media, "with a picture, so that an upload is killed too"


# what it takes

FAMILY = "👩‍👩‍👧‍👦"
PROBES = {
    "plain letters": ("a" * 300, "a" * 301),
    "combining marks": ("e\u0301" * 300, "e\u0301" * 301),
    "families, by bytes": (FAMILY * 120, FAMILY * 121),
    "flags": ("🇫🇷" * 300, "🇫🇷" * 301),
    "Hangul in parts": ("\u1112\u1161\u11ab" * 300, "\u1112\u1161\u11ab" * 301),
    "Devanagari clusters": ("क्षि" * 250, "क्षि" * 251),
    "keycaps and skin": ("3\ufe0f\u20e3" * 150 + "👍🏽" * 150, "3\ufe0f\u20e3" * 150 + "👍🏽" * 151),
    "Arabic and isolates": ("\u2066ع\u064e\u2069" * 100, "\u2066ع\u064e\u2069" * 101),
    "line ends and narrow spaces": ("\r\n\u202f" * 149 + "17", "\r\n\u202f" * 149 + "114"),
}


@pytest.mark.parametrize("name", PROBES)
def test_the_server_takes_what_we_say_fits_and_no_more(
    real: RealBluesky, bluesky: Bluesky, name: str
) -> None:
    fits, too_long = (make_post("bluesky").model_copy(update={"text": text}) for text in PROBES[name])
    assert bluesky.validate(fits, bluesky.limits()) == []
    assert bluesky.validate(too_long, bluesky.limits()) != []
    assert isinstance(publish(bluesky, fits), Posted)
    result = bluesky.send(too_long, bluesky.prepare(too_long, {}, lambda notes: None), attempt(too_long))
    assert isinstance(result, NotSent) and result.permanent and "too big" in result.why, result


# what it says


def test_an_app_password_signs_in(real: RealBluesky, proxy: Proxy, folder: Path) -> None:
    made = real.call("com.atproto.server.createAppPassword", {"name": "kit"}, real.token())
    publisher = Bluesky(proxy.base, f"@{HANDLE}", made["password"], folder, lambda: DUE)
    assert isinstance(publish(publisher, saying("mot de passe d’application")), Posted)


def test_a_wrong_password_is_for_a_person(proxy: Proxy, folder: Path) -> None:
    publisher = Bluesky(proxy.base, HANDLE, "wrong-wrong-wrong", folder, lambda: DUE)
    with pytest.raises(NotPrepared, match="Invalid identifier or password") as caught:
        publisher.prepare(saying("x"), {}, lambda notes: None)
    assert caught.value.result.permanent and caught.value.result.status == 401


def test_a_session_that_is_not_believed_is_begun_anew(bluesky: Bluesky) -> None:
    post = saying("session")
    prepared = bluesky.prepare(post, {}, lambda notes: None)
    session = bluesky._client._session  # type: ignore[union-attr]
    session.access_jwt = session.access_jwt[:-4] + "AAAA"
    result = bluesky.send(post, prepared, attempt(post))
    assert isinstance(result, NotSent) and not result.permanent, result
    assert isinstance(bluesky.send(post, prepared, attempt(post)), Posted)


def test_a_file_that_was_never_uploaded_is_to_be_made_anew(bluesky: Bluesky, folder: Path) -> None:
    post = saying("oublié", medium(folder, "one.jpg", "image/jpeg", 108, 135))
    prepared = bluesky.prepare(post, {}, lambda notes: None)
    gone = json.loads(prepared.notes["file-0"]) | {"ref": {"$link": cid_of(b"never uploaded")}}
    result = bluesky.send(post, Prepared({**prepared.notes, "file-0": json.dumps(gone)}), attempt(post))
    assert isinstance(result, NotSent) and result.stale and not result.permanent, result


def test_a_file_too_large_for_the_server_is_named(bluesky: Bluesky, folder: Path) -> None:
    (folder / "large.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(5_300_000))
    post = saying("grand", medium(folder, "large.mp4", "video/mp4", 108, 136))
    with pytest.raises(NotPrepared, match=r"large\.mp4: 413") as caught:
        bluesky.prepare(post, {}, lambda notes: None)
    assert caught.value.result.permanent


def test_a_post_is_taken_back(real: RealBluesky, bluesky: Bluesky) -> None:
    result = publish(bluesky, saying("repris"))
    assert isinstance(result, Posted) and len(real.records()) == 1
    assert bluesky.delete(result.ref) is None
    assert real.records() == []
    assert bluesky.delete(result.ref) is None
