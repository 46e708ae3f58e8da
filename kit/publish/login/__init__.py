"""Log in: how an account's credentials come to this machine, a flow a platform.

Read in this order: `grant` (what goes in and comes out), `typed` and `browser` (the flows), `callback`
(the way back from a browser), `identity` (who it is), `wire` (one call).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kit.publish.login.pin_flow import bluesky, mastodon, x
from kit.publish.login.redirect_flow import facebook, instagram, linkedin, threads
from kit.publish.login.request import LoginRequest, LoginResult

FLOWS: Mapping[str, Callable[[LoginRequest], LoginResult]] = {
    "x": x,
    "mastodon": mastodon,
    "bluesky": bluesky,
    "threads": threads,
    "instagram": instagram,
    "facebook": facebook,
    "linkedin": linkedin,
}
"""By the platform's id. Raises WorkError when it was not allowed or nobody answered, InputError for input."""

__all__ = ["FLOWS", "LoginRequest", "LoginResult"]
