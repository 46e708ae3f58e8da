"""What the Graph's errors mean: codes first, where they say more than the status; else as for any HTTP API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from kit.publish.http_outcome import answer_fault
from kit.publish.platforms.graph import Graph, meaning
from kit.publish.platforms.http_client import Failed
from kit.publish.protocol import Duplicate, NotSent, Unknown
from tests.publish.harness.fakes.graph import TOKEN, FakeGraph, error
from tests.publish.harness.faulty import PATIENT_S, Asked, Said
from tests.publish.platforms.common import NOW, minutes, served


def means(
    code: int, sub: int = 0, status: int = 400, headers: dict[str, str] | None = None, **more: Any
) -> Any:
    told = error(code, sub, **more).body["error"]
    return meaning(told, httpx.Response(status, headers=headers), "why", NOW)


@pytest.mark.parametrize(
    ("code", "sub", "status"),
    [
        (4, 2207051, 400), (4, 2207051, 403),  # «action blocked» although it is out
        (2, 0, 500), (2, 0, 400), (1, 0, 400), (-1, 2207001, 400), (-2, 0, 400),
        (190, 0, 500), (4, 0, 503), (24, 4279009, 500),  # a 5xx is never «not posted»
        (100, 0, 200), (100, 0, 307), (100, 0, 408), (100, 0, 409),
    ],
)  # fmt: skip
def test_these_leave_it_open_whether_the_post_is_out(code: int, sub: int, status: int) -> None:
    assert isinstance(means(code, sub, status), Unknown)


def test_what_calls_itself_transient_leaves_it_open() -> None:
    assert isinstance(means(9999, is_transient=True), Unknown)


@pytest.mark.parametrize(("code", "sub"), [(506, 0), (100, 1366051)])
def test_duplicates_are_told_apart(code: int, sub: int) -> None:
    assert isinstance(means(code, sub), Duplicate)


@pytest.mark.parametrize("sub", [2207006, 2207008, 2207020])
def test_a_lost_container_is_stale(sub: int) -> None:
    assert means(24, sub) == NotSent(f"24/{sub}: why", status=400, stale=("container",))


@pytest.mark.parametrize(("code", "sub"), [(24, 4279009), (9007, 2207027)])
def test_a_container_that_is_not_there_yet_waits_two_seconds_or_more(code: int, sub: int) -> None:
    found = means(code, sub)
    assert isinstance(found, NotSent)
    assert found.not_before is not None and found.not_before - NOW >= timedelta(seconds=2)
    assert not found.permanent and not found.stale


@pytest.mark.parametrize(
    ("code", "sub", "status"),
    [
        (4, 0, 400),
        (17, 0, 400),
        (32, 0, 403),
        (613, 0, 400),
        (80002, 0, 400),
        (368, 1390008, 400),
        (0, 0, 429),
    ],
)
def test_limits_wait_a_quarter_of_an_hour_where_nothing_is_said(code: int, sub: int, status: int) -> None:
    found = means(code, sub, status)
    assert isinstance(found, NotSent) and not found.permanent
    assert found.not_before == NOW + minutes(15)


def test_of_all_that_a_limit_says_the_latest_counts() -> None:
    usage = '{"1": [{"type": "pages", "estimated_time_to_regain_access": 19}]}'
    found = means(80001, headers={"X-Business-Use-Case-Usage": usage})
    assert found.not_before == NOW + minutes(19)
    both = means(4, headers={"X-Business-Use-Case-Usage": usage, "Retry-After": "3600"})
    assert both.not_before == NOW + minutes(60)
    for broken in (
        "[]",
        "nonsense",
        '{"1": 3}',
        '{"1": [3]}',
        '{"1": [{"estimated_time_to_regain_access": "x"}]}',
    ):
        assert means(4, headers={"X-Business-Use-Case-Usage": broken}).not_before == NOW + minutes(15)


@pytest.mark.parametrize("code", [10, 100, 190, 200, 368])
def test_a_refusal_for_good_is_one(code: int) -> None:
    found = means(code, 1346003 if code == 368 else 0)
    assert isinstance(found, NotSent) and found.permanent


def test_a_refused_token_says_what_to_do() -> None:
    assert "kit accounts login" in means(190, status=401).why


class Strange(FakeGraph):
    """Answers with what it is given."""

    said = Said()

    def begin(self) -> None:
        self.said = Said()

    def publishes(self, asked: Asked) -> bool:
        return asked.method == "POST"

    def turned_down(self) -> Said:
        return error(368, 1390008)

    def count(self, text: str) -> int:
        return 0

    def asked_for(self, asked: Asked, parts: list[str]) -> Said | None:
        return self.said


def graph_to(server: FakeGraph, token: str = TOKEN) -> Graph:
    return Graph(server.api, token, lambda: NOW, PATIENT_S)


@pytest.mark.parametrize(
    ("body", "status"), [(b"<html>", 200), ([1], 200), (b"", 200), (b"", 500), (b"<html>", 502), ({}, 307)]
)
def test_an_answer_that_is_no_error_of_the_graph_is_read_by_its_status(body: object, status: int) -> None:
    with served(Strange()) as server:
        server.said = Said(body, status)
        with pytest.raises(Failed) as caught:
            graph_to(server).post("/me", None, a="b")
        assert isinstance(caught.value.result, Unknown)
        server.said = Said(b"no", 413)
        with pytest.raises(Failed) as caught:
            graph_to(server).post("/me", None, a="b")
        assert caught.value.result == answer_fault(413, "Request Entity Too Large", {}, NOW)


def test_the_token_travels_in_a_header_and_stands_in_no_message(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    caplog.set_level("DEBUG", logger="httpx")
    with served(Strange()) as server:
        graph_to(server).get("/me", fields="id")
        graph_to(server).post("/me", None, a="b")
        with pytest.raises(Failed) as caught:
            graph_to(server, "EAAGanother-token").get("/me")
        assert [asked.headers["Authorization"] for asked in server.asked[:2]] == [f"Bearer {TOKEN}"] * 2
    assert "EAAGanother-token" not in str(caught.value) and "[token]" in str(caught.value)
    assert "/v26.0/me?fields=id" in caplog.text
    assert TOKEN not in caplog.text and "EAAGanother-token" not in caplog.text


def test_each_call_has_a_connection_of_its_own() -> None:
    with served(Strange()) as server:
        graph = graph_to(server)
        graph.get("/me")
        graph.get("/me")
        assert [asked.headers["Connection"] for asked in server.asked] == ["close", "close"]
