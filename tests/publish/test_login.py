"""Logging in, over real sockets: what is brought home, and that a login which goes wrong brings nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from kit.errors import InputError, KitError, WorkError
from kit.publish.login.callback import Callback
from kit.publish.login.login_http import LoginHttp, Refused
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.platforms import ADAPTERS
from kit.publish.secret_store import Secret
from kit.tables.platforms import PLATFORMS
from kit.text.web_address import server_address
from tests.publish.login_servers import SECRET, SHORT, TOKEN, Person, Platforms, running

NOW = datetime(2026, 11, 1, tzinfo=UTC)
IN_60_DAYS = NOW + timedelta(days=60)
BROWSER = ("linkedin", "instagram", "threads", "facebook")


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    with running() as made:
        yield made


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def person(platforms: Platforms) -> Person:
    return Person(
        {
            "The app's API key secret": SECRET, "The app's API key": "hush-hush-key", "PIN": "123456",
            "The server's address": platforms.base, "Code": "the-code", "App password": TOKEN,
            "The id of the": "app", "Its secret": SECRET, "The page's number": "77",
            "Access token": TOKEN,
        },
        platforms=platforms,
    )  # fmt: skip


def given(platforms: Platforms, prompter: Person, **more: Any) -> LoginRequest:
    start = LoginRequest(
        "@exemple",
        prompter,
        platforms.http(),
        NOW,
        callback=Callback(free_port(), wait_s=10),
    )
    return replace(start, **more)


def log_in(platform: str, platforms: Platforms, prompter: Person | None = None, **more: Any) -> LoginResult:
    handle = {"bluesky": "exemple.bsky.social", "mastodon": "@exemple@social.example"}.get(
        platform, "@exemple"
    )
    known = {"base_url": platforms.base} if platform == "bluesky" else {}
    more = {"handle": handle, "known": known} | more
    return ADAPTERS[platform].log_in(given(platforms, prompter or person(platforms), **more))


@pytest.mark.parametrize("platform", sorted(ADAPTERS))
def test_a_login_brings_all_that_the_publisher_needs(platform: str, platforms: Platforms) -> None:
    grant = log_in(platform, platforms)
    assert {role.name for role in PLATFORMS[platform].roles} >= set(grant.values)
    assert {role.name for role in PLATFORMS[platform].roles if not role.optional} <= set(grant.values)
    assert any(secret.value == TOKEN for secret in grant.values.values())
    assert grant.who in (None, "Exemple", "exemple", "exemple.bsky.social")


def test_x_brings_tokens_that_do_not_expire_for_the_pin_that_was_shown(platforms: Platforms) -> None:
    prompter = person(platforms)
    grant = log_in("x", platforms, prompter)
    assert grant.values["access_token_secret"] == Secret(TOKEN)
    assert prompter.opened == {"oauth_token": "half"}
    (first, second) = [call for call in platforms.calls if call[1].startswith("/oauth/")]
    assert 'oauth_callback="oob"' in first[3]["authorization"]
    assert (
        'oauth_verifier="123456"' in second[3]["authorization"]
        and 'oauth_token="half"' in second[3]["authorization"]
    )


def test_x_asks_only_for_what_is_not_there_yet(platforms: Platforms) -> None:
    prompter = person(platforms)
    del prompter.replies["The app's API key secret"], prompter.replies["The app's API key"]
    known = {"consumer_key": "hush-hush-key", "consumer_secret": SECRET}
    assert log_in("x", platforms, prompter, known=known).values["consumer_key"] == Secret("hush-hush-key")


def test_mastodon_asks_for_no_more_than_it_uses_and_proves_itself_with_pkce(platforms: Platforms) -> None:
    grant = log_in("mastodon", platforms)
    assert grant.values == {"base_url": Secret(platforms.base), "access_token": Secret(TOKEN)}
    assert (
        platforms.asked("/api/v1/apps")["scopes"] == "read:accounts read:statuses write:media write:statuses"
    )
    assert platforms.asked("/oauth/token")["redirect_uri"] == "urn:ietf:wg:oauth:2.0:oob"


@pytest.mark.parametrize(
    ("platform", "expires"),
    [("linkedin", IN_60_DAYS), ("instagram", IN_60_DAYS), ("threads", IN_60_DAYS),
     ("facebook", datetime.fromtimestamp(1_800_000_000, UTC))],
)  # fmt: skip
def test_when_a_token_ends_is_kept_beside_it(platform: str, expires: datetime, platforms: Platforms) -> None:
    grant = log_in(platform, platforms)
    assert [secret.expires for secret in grant.values.values() if secret.value == TOKEN] == [expires]


@pytest.mark.parametrize("platform", BROWSER)
def test_the_browser_comes_back_to_a_page_of_this_machine_that_says_so(
    platform: str, platforms: Platforms
) -> None:
    prompter = person(platforms)
    log_in(platform, platforms, prompter)
    assert prompter.pages == [404, 200], "what is not the callback is not taken for it"
    assert len(prompter.opened["state"]) >= 32


@pytest.mark.parametrize("platform", BROWSER)
def test_the_address_may_be_pasted_where_only_https_is_allowed(platform: str, platforms: Platforms) -> None:
    prompter = person(platforms)
    callback = Callback(redirect_uri="https://ville.example/retour")
    log_in(platform, platforms, prompter, callback=callback)
    assert prompter.opened["redirect_uri"] == "https://ville.example/retour"
    sent = [call[2] for call in platforms.calls if "redirect_uri" in call[2]]
    assert sent and all(each["redirect_uri"] == "https://ville.example/retour" for each in sent)


@pytest.mark.parametrize("platform", BROWSER)
def test_a_person_who_declines_is_told_and_nothing_is_asked_of_the_server_address(
    platform: str, platforms: Platforms
) -> None:
    prompter = person(platforms)
    prompter.come_back = lambda asked: {
        "error": "access_denied", "error_description": "The user\x1b[31m denied it", "state": asked["state"],
    }  # fmt: skip
    with pytest.raises(WorkError, match="not allowed: The user") as error:
        log_in(platform, platforms, prompter)
    assert "\x1b" not in str(error.value)
    assert platforms.calls == []


@pytest.mark.parametrize("platform", BROWSER)
@pytest.mark.parametrize("state", ["someone-elses", ""])
def test_an_answer_with_another_state_is_not_taken(platform: str, state: str, platforms: Platforms) -> None:
    prompter = person(platforms)
    prompter.come_back = lambda _: {"code": "the-code", "state": state}
    with pytest.raises(WorkError, match="its state is not ours"):
        log_in(platform, platforms, prompter, callback=Callback(redirect_uri="https://ville.example/retour"))
    assert platforms.calls == []


@pytest.mark.parametrize("platform", BROWSER)
def test_only_the_answer_with_our_state_ends_the_wait(platform: str, platforms: Platforms) -> None:
    """Any page that is open in the browser can ask for the callback's address."""
    talk = person(platforms)
    strangers: list[dict[str, str]] = [
        {}, {"state": ""}, {"error": "access_denied"}, {"code": "a-stranger's", "state": "someone-elses"},
        {"code": "x", "state": "\ud800"},
    ]  # fmt: skip
    pages: list[int] = []
    real = talk._open

    def after_strangers(address: str) -> None:
        back = dict(parse_qsl(urlsplit(address).query)).get("redirect_uri", "")
        for query in strangers if back else ():
            asked = urlencode(query, errors="surrogatepass")
            pages.append(httpx.get(f"{back}?{asked}").status_code)
        real(address)

    talk._open = after_strangers  # type: ignore[method-assign]
    assert log_in(platform, platforms, talk).values
    assert pages == [404] * len(strangers)
    assert all("stranger" not in value for call in platforms.calls for value in call[2].values())


def test_an_answer_without_a_code_is_none(platforms: Platforms) -> None:
    prompter = person(platforms)
    prompter.come_back = lambda asked: {"state": asked["state"]}
    with pytest.raises(WorkError, match="holds no code"):
        log_in("linkedin", platforms, prompter)


def test_nobody_who_comes_back_is_waited_for_for_ever(platforms: Platforms) -> None:
    prompter = person(platforms)
    prompter.say = lambda text: None  # type: ignore[method-assign]
    with pytest.raises(WorkError, match="no answer came back"):
        log_in("linkedin", platforms, prompter, callback=Callback(free_port(), wait_s=0.05))


def test_a_connection_that_says_nothing_does_not_keep_the_browser_out(platforms: Platforms) -> None:
    port = free_port()
    prompter = person(platforms)
    real = prompter._open

    def after_a_silent_one(address: str) -> None:
        silent = socket.create_connection(("127.0.0.1", port))
        try:
            real(address)
        finally:
            silent.close()

    prompter._open = after_a_silent_one  # type: ignore[method-assign]
    assert log_in("linkedin", platforms, prompter, callback=Callback(port, wait_s=10)).values


def test_a_port_in_use_is_said_with_what_to_do(platforms: Platforms) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(InputError, match="cannot be used") as error,
    ):
        log_in("linkedin", platforms, callback=Callback(taken.getsockname()[1]))
    assert "--port" in error.value.hint


def test_the_callback_listens_on_this_machine_only(platforms: Platforms) -> None:
    assert Callback(4000).address == "http://127.0.0.1:4000/callback"


@pytest.mark.parametrize("platform", sorted(ADAPTERS))
def test_a_server_that_is_down_is_said_and_nothing_is_brought(platform: str, platforms: Platforms) -> None:
    prompter = person(platforms)
    down = f"http://127.0.0.1:{free_port()}"
    prompter.replies["The server's address"] = down
    http = LoginHttp(5, down)
    known = {"base_url": down} if platform == "bluesky" else {}
    with pytest.raises(WorkError, match="did not answer: ConnectError") as error:
        log_in(platform, platforms, prompter, http=http, known=known)
    assert "nothing was stored" in error.value.hint


@pytest.mark.parametrize(
    ("platform", "path"),
    [
        ("x", "/oauth/request_token"), ("x", "/oauth/access_token"), ("mastodon", "/oauth/token"),
        ("bluesky", "/xrpc/com.atproto.server.createSession"), ("linkedin", "/oauth/v2/accessToken"),
        ("instagram", "/oauth/access_token"), ("instagram", "/access_token"), ("threads", "/access_token"),
        ("facebook", "/v26.0/oauth/access_token"), ("facebook", "/v26.0/me/accounts"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, '{"error": {"message": "Bad hush-hush-app-secret for long-and-secret-token and the-code"}}', Refused),
        (503, "<html>busy</html>", WorkError),
        (307, "", WorkError),
        (200, "[]", WorkError),
        (200, "", WorkError),
        (200, "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), WorkError),
    ],
)  # fmt: skip
def test_whatever_a_server_answers_is_an_error_in_words_that_holds_no_secret(
    platform: str, path: str, status: int, body: str, kind: type[KitError], platforms: Platforms
) -> None:
    platforms.answers[path] = (status, body, {"Location": f"{platforms.base}/elsewhere"})
    with pytest.raises(kind) as error:
        log_in(platform, platforms)
    said = f"{error.value} {error.value.hint}"
    for secret in (TOKEN,) if platform == "bluesky" else (SECRET, SHORT, "user-token-hush"):
        assert secret not in said
    assert error.value.__cause__ is None
    assert [call[1] for call in platforms.calls].count("/elsewhere") == 0, "redirects are not followed"
    assert [call[1] for call in platforms.calls].count(path) == 1, "a call is made once"


def test_a_wrong_pin_a_wrong_code_and_a_wrong_password_are_refused(platforms: Platforms) -> None:
    platforms.answers["/oauth/access_token"] = (401, "Error processing your OAuth request", {})
    with pytest.raises(Refused):
        log_in("x", platforms)
    prompter = person(platforms)
    prompter.replies |= {"Code": "not-the-code-7", "App password": "not-the-password"}
    with pytest.raises(Refused, match="unknown code") as error:
        log_in("mastodon", platforms, prompter)
    assert "not-the-code-7" not in str(error.value)
    with pytest.raises(Refused, match="Invalid identifier or password"):
        log_in("bluesky", platforms, prompter)


def test_a_server_that_answers_a_byte_at_a_time_is_left(platforms: Platforms) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        import threading

        stop = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(WorkError, match="did not answer: ReadTimeout"):
                LoginHttp(seconds=0.3).ask("GET", f"http://127.0.0.1:{listening.getsockname()[1]}/")
        finally:
            stop.set()
            thread.join()


def test_an_endless_answer_is_left(platforms: Platforms) -> None:
    platforms.answers["/big"] = (200, "x" * 1_000_001, {})
    with pytest.raises(WorkError, match="did not answer"):
        LoginHttp().ask("GET", f"{platforms.base}/big")


@pytest.mark.parametrize("answer", ["123", "77"])
def test_of_several_pages_the_one_that_was_chosen_is_taken(answer: str, platforms: Platforms) -> None:
    platforms.pages.append({"id": "123", "name": "Une autre", "access_token": f"{TOKEN}-2"})
    prompter = person(platforms)
    prompter.replies["The page's number"] = answer
    values = log_in("facebook", platforms, prompter).values
    assert (values["page_id"].value, values["page_token"].value) == (
        answer,
        TOKEN + ("-2" if answer == "123" else ""),
    )
    assert "123  Une autre" in prompter.said


def test_a_page_that_was_not_allowed_is_not_replaced_by_another(platforms: Platforms) -> None:
    with pytest.raises(InputError, match="page 5 is not among"):
        log_in("facebook", platforms, known={"page_id": "5"})
    platforms.pages.clear()
    with pytest.raises(WorkError, match="no page"):
        log_in("facebook", platforms)


def test_linkedin_posts_as_a_page_or_as_the_person_who_logs_in(platforms: Platforms) -> None:
    assert log_in("linkedin", platforms).values["author"].value == "urn:li:organization:77"
    prompter = person(platforms)
    prompter.replies["The page's number"] = ""
    assert log_in("linkedin", platforms, prompter).values["author"].value == "urn:li:person:abc"
    with pytest.raises(InputError, match="the author is urn:li:person:other"):
        log_in("linkedin", platforms, known={"author": "urn:li:person:other"})
    prompter.replies["The page's number"] = "la page"
    with pytest.raises(InputError, match="not the number of a page"):
        log_in("linkedin", platforms, prompter)


@pytest.mark.parametrize(
    "address", ["http://social.example", "https://", "ftp://social.example", "https://me:hush@social.example"]
)
def test_a_token_never_goes_to_an_address_without_encryption(address: str) -> None:
    with pytest.raises(InputError, match="no address of a server") as error:
        server_address(address)
    assert "hush" not in str(error.value)


def test_a_server_may_be_named_shortly() -> None:
    assert server_address(" social.example ") == "https://social.example"
    assert server_address("https://social.example:8443/@us") == "https://social.example:8443"
    assert server_address("http://127.0.0.1:3000") == "http://127.0.0.1:3000"


def who(platform: str, platforms: Platforms, **roles: str) -> str | None:
    values = {role.name: TOKEN for role in PLATFORMS[platform].roles}
    values |= {"base_url": platforms.base, "user_id": "4711", "page_id": "77", "author": "urn:li:person:abc"}
    return ADAPTERS[platform].identify(platforms.http(), values | roles)


@pytest.mark.parametrize("platform", sorted(ADAPTERS))
def test_each_platform_says_whose_credentials_these_are(platform: str, platforms: Platforms) -> None:
    assert who(platform, platforms) in (None, "Exemple", "exemple", "exemple.bsky.social")
    assert platforms.calls


@pytest.mark.parametrize(
    ("platform", "wrong"),
    [("threads", {"user_id": "1"}), ("instagram", {"user_id": "1"}), ("facebook", {"page_id": "1"}),
     ("linkedin", {"author": "urn:li:person:other"})],
)  # fmt: skip
def test_a_token_of_another_account_is_seen(
    platform: str, wrong: dict[str, str], platforms: Platforms
) -> None:
    with pytest.raises(Refused, match="and not of"):
        who(platform, platforms, **wrong)


def test_an_app_of_x_that_may_only_read_is_seen_before_the_day(platforms: Platforms) -> None:
    platforms.answers["/2/users/me"] = (200, '{"data": {"username": "Exemple"}}', {"x-access-level": "read"})
    with pytest.raises(Refused, match="Read and write"):
        who("x", platforms)


def test_linkedin_without_openid_takes_the_token_and_does_not_say_whose(platforms: Platforms) -> None:
    platforms.answers["/v2/userinfo"] = (403, '{"message": "Not enough permissions"}', {})
    assert who("linkedin", platforms) is None
    platforms.answers["/v2/userinfo"] = (401, '{"message": "Invalid access token"}', {})
    with pytest.raises(Refused, match="Invalid access token"):
        who("linkedin", platforms)


def test_a_state_and_a_verifier_are_new_each_time(platforms: Platforms) -> None:
    prompter, other = person(platforms), person(platforms)
    log_in("linkedin", platforms, prompter)
    log_in("linkedin", platforms, other)
    assert prompter.opened["state"] != other.opened["state"]


def test_the_fake_platform_refuses_what_a_real_one_would(platforms: Platforms) -> None:
    form = {"code": "the-code", "client_secret": SECRET, "code_verifier": "another", "scope": ""}
    assert httpx.post(f"{platforms.base}/oauth/token", data=form).status_code == 400
