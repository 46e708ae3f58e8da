"""What holds of every platform's wire: where it goes, what it reads, what it says, which bytes it sends."""

from __future__ import annotations

import ast
import gzip
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kit.errors import InputError
from kit.publish import platforms, protocol
from kit.publish.platforms import ADAPTERS
from kit.publish.wire import LONGEST
from kit.tables.platforms import PLATFORMS
from tests.publish.harness.faulty import Asked, Faulty, Said
from tests.publish.harness.row import DUE, Row
from tests.publish.harness.rows import ROWS

NASTY = "\x1b[2J\x1b]0;t\x07\r\nposted        2026-11-30 FAKE\u2028\u202e\u2066\ud800 "
DEEP = b"[" * 100_000
BOMB = gzip.compress(bytes(20 * LONGEST), 9)
FETCHES = ("instagram", "threads")
"""Those that fetch the files: what they would fetch is hashed."""
UPLOADS = [name for name in ADAPTERS if name not in FETCHES and not PLATFORMS[name].text_only]
"""Those that are sent the files."""
EVIL = b"EVIL"


def secrets_of(platform: str, **values: str) -> dict[str, str]:
    known = {"author": "urn:li:person:1", "base_url": "https://social.example"} | values
    return {role.suffix: known.get(role.name, "1234567") for role in PLATFORMS[platform].roles}


@pytest.mark.parametrize(
    "address", ["http://pds.example", "https://me:hush@pds.example", "http://127.0.0.1.example"]
)
@pytest.mark.parametrize("platform", ADAPTERS)
def test_no_adapter_connects_to_an_address_without_encryption_or_with_a_password(
    platform: str, address: str, tmp_path: Path
) -> None:
    named = {role.name for role in PLATFORMS[platform].roles if "url" in role.name}
    for name in named:
        with pytest.raises(InputError, match="https") as error:
            ADAPTERS[platform].connect(secrets_of(platform, **{name: address}), tmp_path, None)
        assert "hush" not in f"{error.value} {error.value.hint}"
    if platform in FETCHES:
        with pytest.raises(InputError, match="https") as error:
            ADAPTERS[platform].connect(secrets_of(platform), tmp_path, address)
        assert "hush" not in f"{error.value} {error.value.hint}"


@pytest.fixture(params=sorted(ADAPTERS))
def row(request: pytest.FixtureRequest, tmp_path: Path) -> Row:
    found = ROWS[request.param]
    for name, data in found.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return found


@pytest.fixture
def server(row: Row) -> Iterator[Faulty]:
    made = row.serve()
    assert isinstance(made, Faulty)
    yield made
    made.stop()


def told(row: Row, server: Faulty, folder: Path, before: Callable[[], None]) -> list[object]:
    """All that a publisher says of a post that is prepared before and then sent, looked for and deleted."""
    said: list[object] = []
    publisher = row.connect(server.port, DUE, folder)
    ready = _prepared(publisher, row)
    before()
    try:
        _prepared(row.connect(server.port, DUE, folder), row)
    except protocol.NotPrepared as fault:
        said.append(fault.result)
    attempt = protocol.Attempt(1, "key", DUE, ready.notes)
    said.append(publisher.send(row.post, ready, attempt))
    said.append(publisher.find(row.post, attempt))
    said.append(publisher.delete(protocol.RemoteRef("at://did:plc:a/app.bsky.feed.post/b")))
    return said


def _prepared(publisher: protocol.Publisher, row: Row) -> protocol.Prepared:
    publisher.limits()
    return publisher.prepare(row.post, {}, lambda _: None)


def answering(server: Faulty, said: Callable[[Asked], Said]) -> Callable[[], None]:
    return lambda: setattr(server, "answer", said)


NAMES = (
    "error",
    "message",
    "detail",
    "title",
    "error_description",
    "reason",
    "status",
    "id",
    "url",
    "uri",
    "permalink",
)


@pytest.mark.parametrize("status", [200, 400, 403, 409, 422, 429, 500])
def test_no_word_of_a_server_can_write_on_a_terminal(
    row: Row, server: Faulty, status: int, tmp_path: Path
) -> None:
    body = dict.fromkeys(NAMES, NASTY) | {"data": dict.fromkeys(NAMES, NASTY), "errors": [{"message": NASTY}]}
    if status != 200 and row.post.platform in ("facebook", "instagram", "threads"):
        body["error"] = {"code": 100, "message": NASTY, "error_user_msg": NASTY}
    hostile = Said(json.dumps(body).encode(), status, {"x-restli-id": "urn:li:share:1"})
    said = told(row, server, tmp_path, answering(server, lambda _: hostile))
    words = [
        getattr(each, name)
        for each in said
        for name in ("why", "remote_id", "url")
        if getattr(each, name, None)
    ]
    words += [each.ref.remote_id for each in said if isinstance(each, protocol.Posted)]
    assert words
    assert all(word.isprintable() and len(word) <= 4000 for word in words), words


@pytest.mark.parametrize("body", [DEEP, BOMB, b" " * (LONGEST + 1)], ids=["deep", "bomb", "long"])
def test_no_answer_is_read_without_end_or_raises(
    row: Row, server: Faulty, body: bytes, tmp_path: Path
) -> None:
    coding = {"Content-Encoding": "gzip"} if body is BOMB else {}
    said = told(row, server, tmp_path, answering(server, lambda _: Said(body, 200, coding)))
    assert not any(isinstance(each, protocol.NotSent) for each in said[-3:-2]), "it may be out"


def test_a_redirect_is_not_followed(row: Row, server: Faulty, tmp_path: Path) -> None:
    away = Said({}, 307, {"Location": f"{server.base}/elsewhere"})
    told(row, server, tmp_path, answering(server, lambda _: away))
    assert not any(asked.path.endswith("/elsewhere") for asked in server.asked)


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_drip_ends_with_the_time_of_the_call(row: Row, server: Faulty, part: str, tmp_path: Path) -> None:
    """Each byte comes in time for a client that counts from the last one."""
    began = time.monotonic()

    told_by = row.connect(_dripping(part), DUE, tmp_path)
    attempt = protocol.Attempt(1, "key", DUE, {"container": "1"})
    assert not isinstance(told_by.find(row.post, attempt), protocol.RemoteRef)
    assert time.monotonic() - began < 8


def _dripping(part: str) -> int:
    """The port of a server that answers one byte at a time, for as long as anybody listens."""
    import socket
    import threading

    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(10)
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" if part == "body" else b"HTTP/1.1 200 OK\r\nX: "
    )

    def serve() -> None:
        try:
            while True:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(head)
                    while not stop.wait(0.1):
                        connection.sendall(b"a")
        except OSError:
            listening.close()

    stop = threading.Event()
    threading.Thread(target=serve, daemon=True).start()
    return int(listening.getsockname()[1])


@pytest.mark.parametrize("platform", UPLOADS)
def test_a_file_that_is_swapped_after_the_gate_is_not_sent(platform: str, tmp_path: Path) -> None:
    row = ROWS[platform]
    for changed in row.files:
        for name, data in row.files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(EVIL * 100 if name == changed else data)
        server = row.serve()
        try:
            publisher = row.connect(server.port, DUE, tmp_path)
            used = {m.path for medium in row.post.media for m in (medium, medium.captions) if m is not None}
            if changed not in used or (platform, Path(changed).suffix) == ("mastodon", ".vtt"):
                continue  # Mastodon takes no captions
            with pytest.raises(protocol.NotPrepared, match="not the file that was approved"):
                publisher.prepare(row.post, {}, lambda _: None)
            assert isinstance(server, Faulty)
            assert not any(EVIL in asked.body or b"RVZJTEVWSUx" in asked.body for asked in server.asked)
        finally:
            server.stop()


def opened_in(source: str) -> set[str]:
    """Each way in which a module reads a file."""
    ways = {"open", "read_bytes", "read_text"}
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    names = {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in calls}
    return names & ways


def made_in(source: str) -> set[str]:
    """Each way in which a module makes an HTTP client of its own."""
    ways = {"Client", "AsyncClient", "HTTPTransport", "Session", "urlopen", "HTTPAdapter", "ConnectionPool"}
    tree = ast.parse(source)
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    bases = [base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]
    owners = {"httpx", "requests", "request", "adapters", "httpcore"}
    return {
        each.attr
        for each in (*called, *bases)
        if isinstance(each, ast.Attribute) and each.attr in ways and getattr(each.value, "id", "") in owners
    }


FOLDER = Path(platforms.__file__).parent
PACKAGE = FOLDER.parents[1]


def test_one_function_reads_the_files_of_posts() -> None:
    others = {path.name: opened_in(path.read_text("utf-8")) for path in FOLDER.glob("*.py")}
    assert {name for name, found in others.items() if found} == {"uploads.py"}


def test_one_module_makes_http_clients() -> None:
    found = {p.relative_to(PACKAGE).as_posix(): made_in(p.read_text("utf-8")) for p in PACKAGE.rglob("*.py")}
    assert {name: ways for name, ways in found.items() if ways} == {
        "publish/wire.py": {"Client", "HTTPTransport"},
        "publish/http_outcome.py": {"Session"},
    }
