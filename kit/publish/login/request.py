"""What a login is given, and what it brings back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kit.publish.login.callback import Callback
from kit.publish.login.login_http import LoginHttp
from kit.publish.login.prompter import Prompter
from kit.publish.secret_store import Secret
from kit.text.printable import printable


@dataclass(frozen=True)
class LoginRequest:
    """What a login starts from. `known` are the account's credentials by role, as far as they are there."""

    handle: str
    prompter: Prompter
    http: LoginHttp
    now: datetime
    known: Mapping[str, str] = field(default_factory=dict, repr=False)
    callback: Callback = field(default_factory=Callback)

    def have(self, role: str, what: str) -> str:
        """A secret that is there already, or is asked for."""
        return self.http.hide(self.known.get(role) or self.prompter.ask_hidden(what).strip())

    def until(self, seconds: object) -> datetime | None:
        """When something that lasts so long from now ends."""
        return self.now + timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else None


@dataclass(frozen=True)
class LoginResult:
    """What a login brought: values by role, and who the platform says that it is.

    `who` is a handle, fit to be shown; None where the platform names no handle.
    """

    values: Mapping[str, Secret]
    who: str | None

    def __post_init__(self) -> None:
        if self.who is not None:
            object.__setattr__(self, "who", printable(self.who, 100))
