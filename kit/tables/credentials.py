"""What each platform's publisher has to be given, and how it is found among an account's credentials.

`schedule.yaml` names credentials as it likes (`X_RE_ACCESS_TOKEN`), so that two accounts of one
platform can stand side by side; what a name is for is said by how it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kit.errors import InputError


@dataclass(frozen=True)
class Role:
    """One thing a publisher needs. A credential whose name ends in `suffix` is it.

    `name` is what the publisher calls it. `default` stands where an optional one is not given. What is
    not `secret` (an address, a handle, an id) may be shown and stays readable in logs.
    """

    name: str
    what: str
    secret: bool = True
    default: str | None = None

    @property
    def suffix(self) -> str:
        """How the credential's name ends: `ACCESS_TOKEN`."""
        return self.name.upper()

    @property
    def optional(self) -> bool:
        """Whether the publisher can do without it."""
        return self.default is not None


ROLES: dict[str, tuple[Role, ...]] = {
    "x": (
        Role("consumer_key", "the app's API key"),
        Role("consumer_secret", "the app's API key secret"),
        Role("access_token", "the account's access token"),
        Role("access_token_secret", "the account's access token secret"),
    ),
    "mastodon": (
        Role("base_url", "the server's address, https://…", secret=False),
        Role("access_token", "a token with the scopes read and write"),
    ),
    "bluesky": (
        Role("handle", "the account's handle or DID", secret=False),
        Role("app_password", "an app password, never the account's own"),
        Role("base_url", "the server's address", secret=False, default="https://bsky.social"),
    ),
    "threads": (
        Role("user_id", "the account's number in the Threads API", secret=False),
        Role("access_token", "a long-lived token, 60 days"),
    ),
    "instagram": (
        Role("user_id", "the number of the professional account", secret=False),
        Role("access_token", "a long-lived token, 60 days"),
    ),
    "facebook": (
        Role("page_id", "the page's number", secret=False),
        Role("page_token", "the page's token, made of a long-lived user token"),
    ),
    "linkedin": (
        Role("author", "urn:li:organization:… or urn:li:person:…", secret=False),
        Role("access_token", "a token with w_organization_social or w_member_social, 60 days"),
    ),
}
"""By the platform's id in `kit.tables.platforms` (APIs as read 2026-11-23)."""


def role_of(platform: str, name: str) -> Role | None:
    """What a credential of that name is to this platform: the role with the longest fitting suffix."""
    fitting = (r for r in ROLES[platform] if name == r.suffix or name.endswith(f"_{r.suffix}"))
    return max(fitting, key=lambda role: len(role.suffix), default=None)


def lacking(platform: str, names: Iterable[str]) -> list[Role]:
    """The roles that must be there and that none of these names is."""
    there = {role_of(platform, name) for name in names}
    return [role for role in ROLES[platform] if not role.optional and role not in there]


def by_role(platform: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """The values by what they are: `by_role("x", secrets)["access_token"]`; defaults are filled in.

    Raises InputError that names what lacks. An empty value counts as none.
    """
    given = {name: value for name, value in secrets.items() if value}
    if missing := lacking(platform, given):
        what = ", ".join(f"*_{role.suffix} ({role.what})" for role in missing)
        raise InputError(f"{platform} needs {what}", "`kit accounts login` stores credentials")
    found = {role.name: role.default for role in ROLES[platform] if role.default is not None}
    for name, value in given.items():
        if role := role_of(platform, name):
            found[role.name] = value
    return found
