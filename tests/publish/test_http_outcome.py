"""What an accident on a real socket means for a post, whichever client library it went through."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from kit.publish.http_outcome import (
    answer_fault,
    answered,
    fault_of,
    said,
    session_fault,
    timed_session,
    unprepared,
    wait_until,
)
from kit.publish.protocol import NotSent, Unknown
from kit.publish.wire import timed_client
from tests.publish.harness.faulty import TIME_LIMIT_S, Asked, Faulty, Said

NOW = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


class Plain(Faulty):
    """Publishes at /post; /away redirects to it."""

    def begin(self) -> None:
        self.out = 0

    def publishes(self, asked: Asked) -> bool:
        return asked.path == "/post"

    def answer(self, asked: Asked) -> Said | None:
        if asked.path == "/away":
            return Said({}, 307, {"Location": f"{self.base}/away"})
        if asked.path == "/post":
            self.out += 1
            return Said({"id": self.out})
        return None

    def count(self, text: str) -> int:
        return self.out


@pytest.fixture
def server() -> Iterator[Plain]:
    made = Plain()
    yield made
    made.stop()


def by_requests(base: str, path: str) -> object:
    answer = timed_session(TIME_LIMIT_S).post(base + path, json={}, timeout=None)
    return answer.json()


def by_httpx(base: str, path: str) -> object:
    with timed_client(base, TIME_LIMIT_S) as client:
        return client.post(path, json={}).json()


CLIENTS = [by_requests, by_httpx]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault", ["drop", "reset", "hang", "cut", "garbage", "drop-first"])
def test_once_a_request_has_left_the_post_may_be_out(
    server: Plain, client: Callable[[str, str], object], fault: str
) -> None:
    server.clear([fault])
    with pytest.raises(Exception) as caught:
        client(server.base, "/post")
    assert isinstance(fault_of(caught.value), Unknown)
    assert server.calls == 1


@pytest.mark.parametrize("client", CLIENTS)
def test_without_a_connection_it_is_certainly_not(client: Callable[[str, str], object]) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        with pytest.raises(Exception) as caught:
            client(f"http://127.0.0.1:{port}", "/post")
    assert isinstance(fault_of(caught.value), NotSent)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_name_that_is_not_found_is_not_sent(client: Callable[[str, str], object]) -> None:
    with pytest.raises(Exception) as caught:
        client("http://nowhere.invalid", "/post")
    assert isinstance(fault_of(caught.value), NotSent)


def test_a_redirected_call_is_sent_once(server: Plain) -> None:
    with pytest.raises(requests.TooManyRedirects) as caught:
        by_requests(server.base, "/away")
    assert isinstance(fault_of(caught.value), Unknown)
    with timed_client(server.base) as client:
        assert client.post("/away").status_code == 307
    assert len(server.asked) == 2


def test_a_refused_connection_tried_before_a_broken_one_does_not_hide_it() -> None:
    error = ConnectionResetError("reset")
    error.__context__ = ConnectionRefusedError("an older address")
    assert isinstance(fault_of(error), Unknown)


def test_an_error_without_words_is_told_by_its_cause() -> None:
    error = RuntimeError()
    error.__cause__ = ConnectionResetError("reset by peer")
    assert fault_of(error) == Unknown("ConnectionResetError: reset by peer")


def test_the_session_reaches_another_host_after_the_request_was_signed(server: Plain) -> None:
    answer = timed_session(TIME_LIMIT_S, server.base).post("https://api.example/post?a=1", json={})
    assert answer.json() == {"id": 1}
    assert server.asked[0].query == {"a": "1"}


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_what_was_read_and_refused_is_not_out(status: int) -> None:
    assert answer_fault(status, "no", {}, NOW) == NotSent(f"{status}: no", permanent=True, status=status)


@pytest.mark.parametrize("status", [301, 307, 408, 409, 500, 502, 503, 504])
def test_other_answers_leave_it_open(status: int) -> None:
    assert isinstance(answer_fault(status, "?", {}, NOW), Unknown)


def test_of_all_reset_headers_the_latest_counts() -> None:
    soon, late = (int((NOW + timedelta(minutes=n)).timestamp()) for n in (5, 600))
    headers = {"x-rate-limit-reset": str(soon), "x-user-limit-24hour-reset": str(late), "Retry-After": "60"}
    assert wait_until(headers, NOW) == NOW + timedelta(minutes=600)


def test_a_limit_with_something_left_is_not_the_one_that_was_hit() -> None:
    soon, late = (int((NOW + timedelta(minutes=n)).timestamp()) for n in (5, 600))
    headers = {
        "x-rate-limit-reset": str(soon), "x-rate-limit-remaining": "0",
        "x-app-limit-24hour-reset": str(late), "x-app-limit-24hour-remaining": "9000",
    }  # fmt: skip
    assert wait_until(headers, NOW) == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({}, 15),
        ({"Retry-After": "120"}, 2),
        ({"Retry-After": "Wed, 25 Nov 2026 07:10:00 GMT"}, 10),
        ({"X-RateLimit-Reset": "2026-11-25T07:20:00.000Z"}, 20),
        ({"RateLimit-Reset": "1795591800"}, 30),
        ({"Retry-After": "nonsense"}, 15),
        ({"x-rate-limit-reset": "1"}, 1 / 60),
        ({"Retry-After": "99999999999"}, 25 * 60),
    ],
)
def test_each_way_of_naming_a_moment_is_read(headers: dict[str, str], minutes: float) -> None:
    assert wait_until(headers, NOW) == NOW + timedelta(minutes=minutes)


def test_each_call_of_a_session_has_a_connection_of_its_own(
    server: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kept one that the server has closed meanwhile would make an unknown outcome of nothing."""
    callers: list[object] = []

    def verify(_: object, caller: object) -> bool:
        callers.append(caller)
        return True

    monkeypatch.setattr(server, "verify_request", verify)
    session = timed_session(TIME_LIMIT_S)
    for _ in range(3):
        session.post(f"{server.base}/post", json={})
    assert len(set(callers)) == 3


def test_a_session_remembers_the_answer_that_a_client_stumbled_over(server: Plain) -> None:
    session = timed_session(TIME_LIMIT_S)
    server.clear(["429", "cut", "drop"])
    session.post(f"{server.base}/post", json={})
    refused = session_fault(session, ValueError("the client could not read a header"), NOW)
    assert refused == NotSent("429: 429", not_before=NOW + timedelta(seconds=60), status=429)
    with pytest.raises(requests.RequestException) as caught:
        session.post(f"{server.base}/post", json={})
    assert session.last is not None and session.last.status_code == 200
    assert answered(session.last) == {}
    assert isinstance(session_fault(session, caught.value, NOW), Unknown)
    with pytest.raises(requests.ConnectionError) as broken:
        session.post(f"{server.base}/post", json={})
    assert session.last is None
    assert isinstance(session_fault(session, broken.value, NOW), Unknown)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": "Record not found"}', "Record not found"),
        (b'{"title": "Forbidden", "detail": "No duplicates."}', "No duplicates.; Forbidden"),
        (b'{"errors": [{"message": "Bad media"}, "and more", 3]}', "Bad media; and more"),
        (b"<html>", "Not Found"),
        (b"[1]", "Not Found"),
        (b"", "Not Found"),
    ],
)
def test_a_refusal_is_told_in_the_servers_own_words(body: bytes, words: str) -> None:
    answer = requests.Response()
    answer.status_code, answer.reason, answer._content = 404, "Not Found", body
    assert said(answer) == words


def test_a_failed_preparing_call_is_never_out_and_permanent_only_when_nothing_is_made_anew() -> None:
    assert unprepared(Unknown("no answer", 503)).result == NotSent("no answer", status=503)
    refused = NotSent("400: no", permanent=True, status=400)
    assert unprepared(refused).result == refused
    assert unprepared(refused, stale=["id"]).result == NotSent("400: no", status=400, stale=("id",))
