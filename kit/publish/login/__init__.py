"""Log in: how an account's credentials come to this machine, a flow a platform.

Read in this order: `grant` (what goes in and comes out), `typed` and `browser` (the flows), `callback`
(the way back from a browser), `identity` (who it is), `wire` (one call).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kit.publish.login.browser import facebook, instagram, linkedin, threads
from kit.publish.login.grant import Given, Grant
from kit.publish.login.typed import bluesky, mastodon, x

FLOWS: Mapping[str, Callable[[Given], Grant]] = {
    "x": x,
    "mastodon": mastodon,
    "bluesky": bluesky,
    "threads": threads,
    "instagram": instagram,
    "facebook": facebook,
    "linkedin": linkedin,
}
"""By the platform's id. Raises WorkError when it was not allowed or nobody answered, InputError for input."""

__all__ = ["FLOWS", "Given", "Grant"]
