"""Where the public can fetch the kit's files, for platforms that fetch media themselves."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

import httpx

from kit.errors import InputError
from kit.model.post import PostMedia
from kit.publish.http_outcome import TIME_LIMIT_S, fault_of, timed_client
from kit.publish.protocol import NotPrepared, NotSent

_AT_ONCE = 256 * 1024


class PublicFiles:
    """The kit's files at `--media-base-url`; without it there are none, and what needs them waits."""

    def __init__(self, base: str | None, name: str, time_limit_s: float = TIME_LIMIT_S) -> None:
        if base is not None:
            parts = urlsplit(base)
            # plain http only on this machine, for a rehearsal: from there no platform can fetch anything
            secure = parts.scheme == "https" or (parts.scheme, parts.hostname) == ("http", "127.0.0.1")
            if not secure or not parts.hostname or parts.query or parts.fragment:
                raise InputError(
                    f"--media-base-url {base!r} is not a public https address",
                    "write https://…, without ? and #; share links of a file service do not work",
                )
        self._base, self._name, self._time_limit_s = base, name, time_limit_s

    def address(self, medium: PostMedia) -> str:
        """The public address of a file. Raises NotPrepared when nobody has said where the files are."""
        if self._base is None:
            raise NotPrepared(
                NotSent(
                    f"{self._name} fetches pictures and clips itself: put the kit's folder on a public server "
                    "and run with --media-base-url https://…"
                )
            )
        return medium.url_below(self._base)

    def checked(self, medium: PostMedia) -> str:
        """The address, once the very file that was approved has been found there. Raises NotPrepared.

        Why: the file beside the ledger was checked, but readers will see what this server hands out.
        """
        address = self.address(medium)
        digest, size = hashlib.sha256(), 0
        try:
            with (
                timed_client(address, self._time_limit_s) as client,
                client.stream("GET", address, headers={"Connection": "close"}) as answer,
            ):
                if answer.status_code != 200:
                    raise NotPrepared(
                        NotSent(
                            f"{address} answers {answer.status_code}: {self._name} could not fetch it (redirects are not followed)"
                        )
                    )
                for part in answer.iter_bytes(_AT_ONCE):
                    digest.update(part)
                    size += len(part)
                    if size > medium.bytes:
                        break
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotPrepared(NotSent(f"{address}: {fault_of(error).why}")) from error
        if digest.hexdigest() != medium.sha256:
            raise NotPrepared(
                NotSent(f"{address} is not the file that was approved: upload the kit's folder again")
            )
        return address
