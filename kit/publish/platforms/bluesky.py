"""Bluesky, through atproto: a record under a key that we choose, so that putting it again is the same post.

Traps (measured with atproto 0.0.73 against PDS 0.4.217, 2026-11-25): the SDK's own time limit is 5 s and it
follows redirects up to 20 times; `send_post` creates under a key of its own, three tries made three posts;
a caption uploaded without its type is refused with the record, and the same bytes keep their first type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.model.post import Post
from kit.publish import protocol
from kit.publish.http_outcome import answer_fault, fault_of, not_sent
from kit.publish.platforms.adapter import Adapter
from kit.publish.platforms.bluesky_login import identify, log_in
from kit.publish.platforms.bluesky_record import (
    COLLECTION,
    FILES,
    files,
    record,
    record_key,
)
from kit.publish.platforms.uploads import Notebook, read_media
from kit.publish.validate import Validated, limits_of
from kit.publish.wire import TIME_LIMIT_S, Wire
from kit.tables.credentials import by_role
from kit.text.web_address import server_address

if TYPE_CHECKING:
    from atproto import Client, Session  # type: ignore[import-untyped]

_SIGN_IN_AGAIN = frozenset({"ExpiredToken", "InvalidToken"})


class Bluesky(Validated):
    """One account. Tokens stay in memory: a new process signs in anew (30 times in 5 minutes, 300 a day)."""

    platform = "bluesky"
    resend = protocol.Resend.SAME_KEY

    def __init__(
        self, base: str, handle: str, password: str, folder: Path,
        now: Callable[[], datetime] = lambda: datetime.now(UTC), time_limit_s: float = TIME_LIMIT_S,
    ) -> None:  # fmt: skip
        from atproto import Client, Request  # takes a second and more

        self._name, self._password = handle.removeprefix("@"), password
        self._folder, self._now = folder, now
        base, once = server_address(base), {"transport": Wire(time_limit_s), "max_redirects": 0}
        self._new: Callable[[], Client] = lambda: Client(base, request=Request(**once))
        self._client: Client | None = None
        self._did = self._handle = ""

    def limits(self) -> protocol.Limits:
        """What bsky.social takes; a server cannot be asked, and says it when a file is too large for it."""
        return limits_of(self.platform)

    def prepare(self, post: Post, known: protocol.Notes, save: protocol.Save) -> protocol.Prepared:
        """Sign in, upload what is not uploaded yet, and fix the moment that the record will carry.

        That moment is the due time, or now if that is later: readers see the newest first, and a post
        that was held up would otherwise be hours old when it appears.
        """
        book = Notebook(known, save)
        if "created" not in book.notes:
            book.keep({"created": _stamp(max(post.due, self._now()))})
        client = self._preparing("signing in", self._signed_in)
        for name, file in files(post):
            if name not in book.notes:
                data, headers = read_media(self._folder, file), {"Content-Type": file.media_type}
                upload = partial(client.com.atproto.repo.upload_blob, data, headers=headers)
                book.keep({name: self._preparing(file.path, upload).blob.model_dump_json(by_alias=True)})
        return protocol.Prepared(book.notes)

    def send(self, post: Post, prepared: protocol.Prepared, attempt: protocol.Attempt) -> protocol.Result:
        """Put the record under its key, once."""
        try:
            client = self._signed_in()
        except Exception as error:  # signing in puts nothing out
            return not_sent(self._fault(error))
        key = record_key(post.edition, attempt.key)
        made = record(post, prepared.notes)
        data = {"repo": self._did, "collection": COLLECTION, "rkey": key, "record": made}
        try:
            answer = client.com.atproto.repo.put_record(data)
        except Exception as error:
            return self._fault(error)
        return protocol.Posted(protocol.RemoteRef(answer.uri, self._url(key)))

    def find(self, post: Post, attempt: protocol.Attempt) -> protocol.RemoteRef | protocol.Unreadable | None:
        """The record under the post's key; whatever it says now, it is this post."""
        key = record_key(post.edition, attempt.key)
        try:
            client = self._signed_in()
            wanted = {"repo": self._did, "collection": COLLECTION, "rkey": key}
            answer = client.com.atproto.repo.get_record(wanted)
        except Exception as error:
            if _named(error)[0] == "RecordNotFound":
                return None
            return protocol.Unreadable(self._fault(error).why)
        return protocol.RemoteRef(answer.uri, self._url(key))

    def delete(self, ref: protocol.RemoteRef) -> protocol.NotSent | protocol.Unknown | None:
        """Take the record back; one that is gone already is gone."""
        did, collection, key = ref.remote_id.removeprefix("at://").split("/")
        try:
            client = self._signed_in()
            client.com.atproto.repo.delete_record({"repo": did, "collection": collection, "rkey": key})
        except Exception as error:
            return self._fault(error)
        return None

    def _signed_in(self) -> Client:
        if self._client is None:
            client = self._new()
            client.on_session_change(self._remember)
            client.login(self._name, self._password, fetch_bsky_profile=False)
            self._client = client
        return self._client

    def _remember(self, _: Any, session: Session) -> None:
        self._did, self._handle = session.did, session.handle

    def _url(self, key: str) -> str:
        return f"https://bsky.app/profile/{self._handle}/post/{key}"

    def _preparing(self, what: str, call: Callable[[], Any]) -> Any:
        """A preparing call: nothing is out, whatever comes of it."""
        try:
            return call()
        except Exception as error:
            fault = not_sent(self._fault(error))
            raise protocol.NotPrepared(replace(fault, why=f"{what}: {fault.why}")) from error

    def _fault(self, error: Exception) -> protocol.NotSent | protocol.Unknown:
        """What an error of the SDK means: by the status of the answer, since its classes mix them up."""
        response = getattr(error, "response", None)
        if response is None:
            return fault_of(error)
        name, message = _named(error)
        status, why = int(response.status_code), f"{name} {message}".strip() or "without a reason"
        if name in _SIGN_IN_AGAIN:
            self._client = None
            return protocol.NotSent(f"{status}: {why}", status=status)
        if name == "BlobNotFound":  # a server forgets what no record refers to, after some hours
            return protocol.NotSent(f"{status}: {why}", status=status, stale=FILES)
        if name == "InvalidSwap":  # two writers at one moment
            return protocol.Unknown(f"{status}: {why}", status)
        return answer_fault(status, why, response.headers, self._now())


def _named(error: Exception) -> tuple[str, str]:
    """The error's name and words as the server gives them; empty where it gives none."""
    content = getattr(getattr(error, "response", None), "content", None)
    return getattr(content, "error", None) or "", getattr(content, "message", None) or ""


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def connect(secrets: Mapping[str, str], folder: Path, media_base_url: str | None) -> Bluesky:
    """The publisher of an account, of its handle, app password and, where it is not bsky.social, its server."""
    role = by_role("bluesky", secrets)
    return Bluesky(role["base_url"], role["handle"], role["app_password"], folder)


ADAPTER = Adapter(connect, log_in, identify)
