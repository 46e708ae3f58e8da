"""What the fakes of Meta's Graph share: the error's shape, the token, the version, the public files."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import unquote

from tests.publish.harness.faulty import Asked, Faulty, Said

TOKEN = "EAAGtoken-that-nobody-may-read"
HERE = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
"""The platform's own clock: some time after every attempt of the harness."""


def error(code: int, sub: int = 0, status: int = 400, **more: object) -> Said:
    told = {"message": f"graph error {code}", "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return Said({"error": told | ({"error_subcode": sub} if sub else {}) | more}, status)


ABSENT = error(100, 33)
BUSY = {"x-business-use-case-usage": '{"1":[{"type":"pages","estimated_time_to_regain_access":1}]}'}


class FakeGraph(Faulty):
    """`files` are what the kit's public server hands out, under /files/."""

    version = "v26.0"

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = dict(files or {})
        super().__init__()

    @property
    def api(self) -> str:
        return f"{self.base}/{self.version}"

    @property
    def public(self) -> str:
        return f"{self.base}/files"

    def refusal(self, fault: str) -> Said:
        if fault.startswith("500"):
            return error(2, status=500, is_transient=True)
        if fault == "503":
            return Said(b"<html>Sorry, something went wrong.</html>", 503, {"Content-Type": "text/html"})
        if fault == "429":
            return Said(error(4, is_transient=True).body, 400, BUSY)
        return self.turned_down()

    @abstractmethod
    def turned_down(self) -> Said:
        """What stands for a 403 here: the platform's own «not now»."""

    def stamp(self) -> str:
        return HERE.strftime("%Y-%m-%dT%H:%M:%S+0000")

    def answer(self, asked: Asked) -> Said | None:
        first, _, rest = unquote(asked.path).lstrip("/").partition("/")
        if first == "files" and asked.method == "GET":
            found = self.files.get(rest)
            return Said(b"gone", 404) if found is None else Said(found, 200, {"Content-Type": "image/jpeg"})
        if first != self.version or "access_token" in asked.query or b"access_token" in asked.body:
            return None  # a token in an address is logged by whatever stands in between
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return error(
                190, status=401, message=f"Malformed access token {asked.headers.get('Authorization')}"
            )
        return self.asked_for(asked, rest.split("/"))

    @abstractmethod
    def asked_for(self, asked: Asked, parts: list[str]) -> Said | None:
        """Answer a call whose token is right, by the parts of its path."""
