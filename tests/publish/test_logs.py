"""No secret in a log, in a traceback, or in what a client library tells while it is debugged."""

from __future__ import annotations

import json
import logging
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kit.publish.logs import BLACK, redactor, start_logging, stop_logging

SECRET = 'tok/en+"0123456789'


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdef123456",
        "headers: {'Authorization': 'OAuth oauth_token=\"abcdef123456\", oauth_signature=\"abcdef123456\"'}",
        "GET /v1?access_token=abcdef123456&fields=id",
        '{"accessJwt": "abcdef123456", "handle": "x"}',
        '{\\"refresh_token\\": \\"abcdef123456\\"}',
        "password=abcdef123456",
        "X_ACCESS_TOKEN=abcdef123456",
        "page_token=abcdef123456",
        '{"app_password": "abcdef123456"}',
        '{"X_RE_CONSUMER_KEY": "abcdef123456"}',
        "https://me:abcdef123456@social.example/api",
        "eyJhbGciOiJI.abcdef123456.sig",
    ],
)
def test_what_looks_like_a_token_is_blacked_out_without_being_known(text: str) -> None:
    assert "abcdef123456" not in redactor()(text)
    assert BLACK in redactor()(text)


@pytest.mark.parametrize("shape", [SECRET, json.dumps(SECRET), "q=tok%2Fen%2B%220123456789"])
def test_a_known_secret_is_blacked_out_in_every_shape(shape: str) -> None:
    assert "0123456789" not in redactor([SECRET])(f"the server said {shape} to us")


def test_ordinary_words_stay() -> None:
    text = "x-fr: posted https://x.com/exemple/status/1861 in 0.4 s; token expired"
    assert redactor(["fr", ""])(text) == text


def test_the_log_is_private_json_and_clean_even_in_tracebacks_and_debug_lines(tmp_path: Path) -> None:
    path = tmp_path / "publish.log"
    handler = start_logging(path, redactor([SECRET]), debug=True)
    try:
        client = logging.getLogger("some.client.library")
        client.setLevel(logging.DEBUG)
        client.debug("POST %s with %s", f"https://x.test/?access_token={SECRET}", {"body": SECRET})
        try:
            raise ValueError(f"the server answered {SECRET}")
        except ValueError:
            logging.getLogger("kit.publish").exception("sending failed", extra={"post": "a/b", "why": SECRET})
    finally:
        stop_logging(handler)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["logger"] for line in lines] == ["some.client.library", "kit.publish"]
    assert "ValueError" in lines[1]["error"] and lines[1]["post"] == "a/b"
    assert "0123456789" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_traceback_of_our_own_bug_is_blacked_out() -> None:
    code = (
        "from kit.publish.logs import redactor, redacted_tracebacks\n"
        "redacted_tracebacks(redactor(['s3cret-value']))\n"
        "raise ZeroDivisionError('with s3cret-value')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "ZeroDivisionError" in ended.stderr and "Traceback" in ended.stderr
    # the traceback quotes the line of source only for files, so the value can only come from the message
    assert "s3cret-value" not in ended.stderr
