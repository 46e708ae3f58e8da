"""Publishers for the harness's own platform, over http.client: one for each primitive a platform may offer."""

from __future__ import annotations

import http.client
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from kit.model.post import Post
from kit.publish.protocol import (
    Attempt,
    Duplicate,
    Limits,
    Notes,
    NotPrepared,
    NotSent,
    Posted,
    Prepared,
    RemoteRef,
    Resend,
    Result,
    Save,
    Unknown,
    Unreadable,
)
from tests.publish.harness.faulty import TIME_LIMIT_S

KINDS = {
    "key": Resend.SAME_KEY,
    "container": Resend.SAME_CONTAINER,
    "idempotency": Resend.IDEMPOTENCY_KEY,
    "none": Resend.NEVER,
}


class Plain:
    """A client as small as the protocol allows."""

    def __init__(self, kind: str, port: int, now: datetime | None = None) -> None:
        self.platform = kind
        self.resend = KINDS[kind]
        self._kind, self._port = kind, port
        self._now = now or datetime.now(UTC)

    def limits(self) -> Limits:
        return Limits(max_text=500, max_media=4, extra={"honours_key": "yes"})

    def validate(self, post: Post, limits: Limits) -> list[str]:
        return [] if len(post.text) <= limits.max_text else ["too long"]

    def prepare(self, post: Post, known: Notes, save: Save) -> Prepared:
        notes = dict(known)
        if "container" not in notes:
            try:
                status, answer, _ = self._call("upload", {})
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise NotPrepared(NotSent(str(error))) from error
            if status != 200:
                raise NotPrepared(NotSent(f"upload {status}", status=status))
            notes["container"] = str(answer["id"])
            save({"container": notes["container"]})
        return Prepared(notes)

    def send(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        body = {"text": post.text, "key": attempt.key, **prepared.notes}
        try:
            status, answer, headers = self._call("publish", body)
        except ConnectionRefusedError as error:
            return NotSent(str(error))
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Unknown(f"{type(error).__name__}: {error}")
        if status == 200:
            return Posted(RemoteRef(answer["id"], f"http://127.0.0.1:{self._port}/{answer['id']}"))
        if status == 429:
            wait = self._now + timedelta(seconds=int(headers["Retry-After"]))
            return NotSent("too many", not_before=wait, status=429)
        if answer.get("duplicate"):
            return Duplicate("published already", RemoteRef(answer["duplicate"]), status)
        if answer.get("stale"):
            return NotSent("container gone", status=status, stale=("container",))
        if status == 403:
            return NotSent("refused for now", status=403)
        return Unknown(f"answer {status}", status)

    def find(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        try:
            _, answer, _ = self._call("find", {"text": post.text, "key": attempt.key, **attempt.notes})
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Unreadable(str(error))
        return RemoteRef(answer["id"]) if answer["id"] else None

    def delete(self, ref: RemoteRef) -> NotSent | Unknown | None:
        return NotSent("this platform takes nothing back", permanent=True)

    def _call(self, action: str, body: Any) -> tuple[int, Any, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIME_LIMIT_S)
        try:
            connection.request("POST", f"/{self._kind}/{action}", json.dumps(body))
            response = connection.getresponse()
            data = response.read()
            return response.status, json.loads(data), response.headers
        finally:
            connection.close()
