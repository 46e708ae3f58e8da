"""Where the public can fetch the kit's files, for platforms that fetch media themselves."""

from __future__ import annotations

import hashlib

import httpx

from kit.model.post import PostMedia
from kit.publish.http_outcome import fault_of
from kit.publish.protocol import NotPrepared, NotSent
from kit.publish.wire import LONGEST, TIME_LIMIT_S, timed_client
from kit.text.web_address import media_base

_AT_ONCE = 256 * 1024


class PublicFiles:
    """The kit's files at `--media-base-url`; without it there are none, and what needs them waits."""

    def __init__(self, base: str | None, name: str, time_limit_s: float = TIME_LIMIT_S) -> None:
        if base is not None:
            # plain http only on this machine, for a rehearsal: from there no platform can fetch anything
            base = media_base(base, rehearsal=True)
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
                timed_client(address, self._time_limit_s, max(LONGEST, medium.bytes + _AT_ONCE)) as client,
                client.stream("GET", address) as answer,
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
