"""Meta's Graph as Instagram, Threads and Facebook pages share it: calls, and one reading of its errors.

An error is `{"error": {code, error_subcode, message, is_transient, error_user_msg}}` under nearly any
status, so the codes are read first, where they say more than the status does. Codes: Meta's error
references and gitroomhq/postiz-app #1681, #2047, #2068, koala #699, facebook-csharp-sdk #119, 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from kit.publish.http_outcome import wait_until
from kit.publish.platforms.http_client import Calls, Failed, object_of, parsed
from kit.publish.protocol import Duplicate, NotSent, Unknown
from kit.publish.wire import TIME_LIMIT_S
from kit.text.foreign_json import read_json

VERSION = "v26.0"
"""Of the Graph API, read 2026-11-23; a version lives two years."""
CONTAINER = "container"
"""The note that holds what will be published: named as stale when the platform has lost it."""

_BLOCKED = 2207051
"""Instagram's «action blocked» may come although the post is out (postiz-app #1681)."""
_LOST = {2207006, 2207008, 2207020}
"""The container has expired or cannot be found."""
_NOT_FOUND_YET = 4279009
"""Threads does not find the container on the server that was asked (postiz-app #2047)."""
_NOT_YET = {2207027, _NOT_FOUND_YET}
"""The container is not ready."""
_FULL = 2207042
"""As many posts as Instagram takes in 24 hours."""
_TRY_AGAIN = {2207001, 2207003, 2207032, 2207052, 2207053}
"""Fetching or making the media did not work this time."""
_DUPLICATE = {506}
_DUPLICATE_PHOTOS = 1366051
_TOO_MUCH = {4, 17, 32, 341, 613, 80001, 80002, 80006}
"""Request limits of app, user, page and business use case."""
_BLOCKED_FOR_NOW = 368
_ABUSIVE = 1346003
_NOBODY_KNOWS = {-2, -1, 1, 2}
"""«Unknown error» and «service temporarily unavailable»: with 2, a photo appeared seven times (koala #699)."""
_TOKEN = {102, 190, 463, 467}
_NOT_THERE = 33
"""Subcode of 100: there is no object of this id, or this token must not see it."""

NOT_YET = timedelta(seconds=2)
"""At least so long, before the same container is published again (trypost #280)."""
FULL = timedelta(hours=1)
"""The 24 hours are a moving window that nobody names: ask again after this."""


class Graph:
    """Calls to one host of the Graph with one token."""

    def __init__(
        self, base: str, token: str, now: Callable[[], datetime], time_limit_s: float = TIME_LIMIT_S
    ) -> None:
        self._calls, self._token, self._now = Calls(base, token, time_limit_s=time_limit_s), token, now

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Read. Raises Failed."""
        return self._read(self._calls.ask("GET", path, params=query))

    def post(self, path: str, files: Mapping[str, Any] | None = None, **form: str) -> dict[str, Any]:
        """Write: all that is said stands in the body, where no log shows it. Raises Failed."""
        return self._read(self._calls.ask("POST", path, data=form, files=files))

    def delete(self, path: str) -> dict[str, Any]:
        """Take back. Raises Failed."""
        return self._read(self._calls.ask("DELETE", path))

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        body = parsed(answer)
        error = body.get("error") if isinstance(body, dict) else None
        if isinstance(error, dict):
            raise Failed(self._meaning(error, answer), body)
        return object_of(answer, self._now())

    def _meaning(self, error: Mapping[str, Any], answer: httpx.Response) -> NotSent | Unknown | Duplicate:
        why = str(error.get("error_user_msg") or error.get("message") or "no reason given")
        # «Malformed access token EAAB…» quotes it
        return meaning(error, answer, why.replace(self._token, "[token]"), self._now())


def meaning(
    error: Mapping[str, Any], answer: httpx.Response, why: str, now: datetime
) -> NotSent | Unknown | Duplicate:
    """What an error of the Graph means for the post that was being published."""
    status, code, sub = answer.status_code, _number(error.get("code")), _number(error.get("error_subcode"))
    why = f"{code}/{sub}: {why}" if sub else f"{code}: {why}"
    if sub == _BLOCKED or not 400 <= status < 500 or status in (408, 409):
        return Unknown(why, status)
    if code in _DUPLICATE or sub == _DUPLICATE_PHOTOS:
        return Duplicate(why, status=status)
    if sub in _LOST:
        return NotSent(why, status=status, stale=(CONTAINER,))
    if sub in _NOT_YET:
        return NotSent(why, not_before=now + NOT_YET, status=status)
    if sub == _FULL:
        return NotSent(why, not_before=now + FULL, status=status)
    if code in _TOO_MUCH or status == 429 or (code == _BLOCKED_FOR_NOW and sub != _ABUSIVE):
        return NotSent(why, not_before=_free(answer.headers, now), status=status)
    if code in _NOBODY_KNOWS or error.get("is_transient") is True:
        return Unknown(why, status)
    if sub in _TRY_AGAIN:
        return NotSent(why, status=status)
    if code in _TOKEN:
        why = f"{why} (the token has expired or was withdrawn: `kit accounts login`)"
    return NotSent(why, permanent=True, status=status)


def is_absent(fault: Failed) -> bool:
    """Whether the Graph says that there is no such object, or none that this token may see."""
    return _codes(fault) == (100, _NOT_THERE)


def is_invalid(fault: Failed) -> bool:
    """Whether something that was named is not taken: an attached photo that has expired, for one."""
    return _codes(fault)[0] == 100


def is_about_token(fault: Failed) -> bool:
    """Whether the token is what was refused: then nothing else can be asked either."""
    return _codes(fault)[0] in _TOKEN


def is_not_found_yet(fault: Failed) -> bool:
    """Whether Threads says that it does not find a container, which it also says of new ones."""
    return _codes(fault) == (24, _NOT_FOUND_YET)


def _codes(fault: Failed) -> tuple[int, int]:
    error = fault.body.get("error") if isinstance(fault.body, dict) else None
    if not isinstance(error, dict):
        return 0, 0
    return _number(error.get("code")), _number(error.get("error_subcode"))


def id_of(body: Mapping[str, Any], name: str = "id") -> str:
    """The id in an answer. Raises Failed: a success without it was a success all the same."""
    found = body.get(name)
    if not isinstance(found, (str, int)) or isinstance(found, bool) or not str(found):
        raise Failed(Unknown(f"the answer names no {name}"))
    return str(found)


def rows_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects of a listing. Raises Failed for anything else: nothing may be concluded from it."""
    found = body.get("data")
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Failed(Unknown("the listing cannot be read"))
    return found


def moment(value: object) -> datetime | None:
    """A time as the Graph writes it: 2026-11-25T07:00:03+0000."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _free(headers: Mapping[str, str], now: datetime) -> datetime:
    """When a limit ends: of all headers the latest; the Graph names minutes inside a JSON header."""
    told = headers.get("x-business-use-case-usage", "")
    try:
        uses = [use for rows in read_json(told or "{}").values() for use in rows]
        minutes = max((float(use.get("estimated_time_to_regain_access") or 0) for use in uses), default=0.0)
    except (ValueError, TypeError, AttributeError):
        minutes = 0.0
    if minutes <= 0:
        return wait_until(headers, now)
    named = wait_until({**headers, "retry-after": headers.get("retry-after", "0")}, now)
    return max(named, now + timedelta(minutes=min(minutes, 1500)))


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
