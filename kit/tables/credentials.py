"""What each platform's publisher has to be given, and how it is found among an account's credentials.

`schedule.yaml` names credentials as it likes (`X_RE_ACCESS_TOKEN`), so that two accounts of one
platform can stand side by side; the end of a name says what it is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kit.errors import InputError
from kit.tables.platforms import PLATFORMS, Role


def role_of(platform: str, name: str) -> Role | None:
    """What a credential of that name is to this platform: the role with the longest fitting suffix."""
    fitting = (r for r in PLATFORMS[platform].roles if name == r.suffix or name.endswith(f"_{r.suffix}"))
    return max(fitting, key=lambda role: len(role.suffix), default=None)


def lacking(platform: str, names: Iterable[str]) -> list[Role]:
    """The roles that must be there and that none of these names is."""
    there = {role_of(platform, name) for name in names}
    return [role for role in PLATFORMS[platform].roles if not role.optional and role not in there]


def by_role(platform: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """The values by what they are: `by_role("x", secrets)["access_token"]`; defaults are filled in.

    Raises InputError that names what lacks. An empty value counts as none.
    """
    given = {name: value for name, value in secrets.items() if value}
    if missing := lacking(platform, given):
        what = ", ".join(f"*_{role.suffix} ({role.what})" for role in missing)
        raise InputError(f"{platform} needs {what}", "`kit accounts login` stores credentials")
    found = {role.name: role.default for role in PLATFORMS[platform].roles if role.default is not None}
    for name, value in given.items():
        if role := role_of(platform, name):
            found[role.name] = value
    return found
