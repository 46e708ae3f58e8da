"""What a login is request, and what it brings back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kit.publish.login.callback import Callback
from kit.publish.login.login_http import Wire
from kit.publish.login.prompter import Prompter
from kit.publish.secret_store import Secret


@dataclass(frozen=True)
class Hosts:
    """Where the platforms are; a value, so that a test can stand in for each (addresses of 2026-11-23).

    X: the host that is signed, as in the library that publishes (tweepy 4.17).
    """

    x: str = "https://api.twitter.com"
    linkedin: str = "https://www.linkedin.com"
    linkedin_api: str = "https://api.linkedin.com"
    facebook: str = "https://www.facebook.com"
    facebook_api: str = "https://graph.facebook.com"
    instagram: str = "https://www.instagram.com"
    instagram_token: str = "https://api.instagram.com"
    instagram_api: str = "https://graph.instagram.com"
    threads: str = "https://threads.net"
    threads_api: str = "https://graph.threads.net"


@dataclass(frozen=True)
class LoginRequest:
    """What a login starts from. `known` are the account's credentials by role, as far as they are there."""

    handle: str
    prompter: Prompter
    wire: Wire
    now: datetime
    known: Mapping[str, str] = field(default_factory=dict, repr=False)
    hosts: Hosts = field(default_factory=Hosts)
    callback: Callback = field(default_factory=Callback)

    def have(self, role: str, what: str) -> str:
        """A secret that is there already, or is asked for."""
        return self.wire.hide(self.known.get(role) or self.prompter.ask_hidden(what).strip())

    def until(self, seconds: object) -> datetime | None:
        """When something that lasts so long from now ends."""
        return self.now + timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else None


@dataclass(frozen=True)
class LoginResult:
    """What a login brought: values by role, and who the platform says that it is.

    `who` is a handle; None where the platform names no handle.
    """

    values: Mapping[str, Secret]
    who: str | None
