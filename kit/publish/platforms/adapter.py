"""A platform that is published to, as the rest of the kit sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kit.publish.login.login_http import LoginHttp
from kit.publish.login.request import LoginRequest, LoginResult
from kit.publish.protocol import Connect


@dataclass(frozen=True)
class Adapter:
    """One platform, in its own file beside its publisher; listed in `kit.publish.platforms.ADAPTERS`.

    `log_in` brings an account's credentials; it raises WorkError when it was not allowed or nobody answered,
    InputError for input. `identify` is given the credentials by role and says the account's name at the
    platform, None where the platform has no name like a handle; it raises Refused when they are not
    accepted, WorkError when nobody answers. Whether the platform keeps posts until their time is said by
    the publisher itself (`protocol.Keeping`).
    """

    connect: Connect
    log_in: Callable[[LoginRequest], LoginResult]
    identify: Callable[[LoginHttp, Mapping[str, str]], str | None]
