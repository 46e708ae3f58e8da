"""Credentials: looked up by the names that the schedule gives, kept where only their owner reads them.

Environment first, then the system's keyring where there is one, then `.kit/credentials.json`, which is
private from its first byte. Never in a kit, a manifest or a log; `repr` of what is here shows no value.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from kit.errors import InputError, WorkError
from kit.files import stable_json, write_bytes, write_text
from kit.model.schedule import Account
from kit.publish.state_files import NO_LINK, refuse_state_link, state_home
from kit.tables.credentials import role_of
from kit.text.foreign_json import read_json

FILE = "credentials.json"
SERVICE = "nerienlaisserpasser-kit"
_MOST_BYTES = 1_000_000
Place = Literal["environment", "keyring", "file"]


@dataclass(frozen=True)
class Secret:
    """A value that is not shown, and when it stops working, where that is known."""

    value: str = field(repr=False)
    expires: datetime | None = None


@dataclass(frozen=True)
class Found:
    """A credential and where it was found."""

    secret: Secret
    place: Place


def look_up(names: Iterable[str], home: Path) -> dict[str, Found]:
    """These credentials, as far as this machine has them. `home` is `.kit`.

    The keyring is asked, and the file read, only for what the environment lacks. Raises InputError for
    a file that others could read or that is not one of ours.
    """
    found: dict[str, Found] = {}
    kept: dict[str, Secret] | None = None
    for name in dict.fromkeys(names):
        if value := os.environ.get(name):
            found[name] = Found(Secret(value), "environment")
        elif secret := _from_keyring(name, home):
            found[name] = Found(secret, "keyring")
        else:
            kept = _read(home / FILE) if kept is None else kept
            if name in kept:
                found[name] = Found(kept[name], "file")
    return found


def account_secrets(account: Account, home: Path) -> dict[str, str]:
    """The values of an account's credentials, as far as this machine has them, by name."""
    return {name: found.secret.value for name, found in look_up(account.credentials, home).items()}


def without(account: Account, there: Container[str]) -> list[str]:
    """The names of an account's credentials that are needed and not there."""
    roles = {name: role_of(account.platform, name) for name in account.credentials}
    return [n for n, role in roles.items() if n not in there and not (role and role.optional)]


def to_black_out(account: Account, secrets: Mapping[str, str]) -> list[str]:
    """The values that no log may show. An address or a handle may: a log without them helps nobody."""
    roles = {name: role_of(account.platform, name) for name in secrets}
    return [value for name, value in secrets.items() if (role := roles[name]) is None or role.secret]


def keep(secrets: Mapping[str, Secret], home: Path, place: Literal["keyring", "file"] | None = None) -> Place:
    """Store credentials in one place and remove them from the other; the place.

    Without `place` it is the keyring where there is one. Why one place only: an old token left in the
    keyring would be found before the new one in the file. Raises WorkError, with nothing lost.
    """
    ring = None if place == "file" else _keyring()
    if place == "keyring" and ring is None:
        raise InputError("this machine has no keyring", "store them in the private file: --store file")
    if ring is None:
        _write(home / FILE, _read(home / FILE) | dict(secrets))
        for name in secrets:
            _drop_from_keyring(name, home)
        return "file"
    from keyring.errors import KeyringError

    try:
        for name, secret in secrets.items():
            ring.set_password(_service(home), name, json.dumps(_plain(secret)))
    except KeyringError as error:
        raise WorkError(
            f"the keyring did not take them: {type(error).__name__}", "unlock it, or use --store file"
        ) from None
    kept = _read(home / FILE)
    if set(secrets) & set(kept):
        _write(home / FILE, {name: secret for name, secret in kept.items() if name not in secrets})
    return "keyring"


# the keyring


def _service(home: Path) -> str:
    """One a campaign folder: two of them may use one name for two accounts."""
    return f"{SERVICE}:{home.resolve()}"


def _keyring() -> Any:
    """The system's keyring; None where there is none, as on a server without a desktop."""
    import keyring  # only when the environment does not have it all
    from keyring.backends import fail, null
    from keyring.errors import KeyringError

    try:
        ring = keyring.get_keyring()
    except (KeyringError, RuntimeError):
        return None
    return None if isinstance(ring, (fail.Keyring, null.Keyring)) else ring


def _from_keyring(name: str, home: Path) -> Secret | None:
    ring = _keyring()
    if ring is None:
        return None
    from keyring.errors import KeyringError

    try:
        text = ring.get_password(_service(home), name)
    except KeyringError:  # locked: what is in the file is still found
        return None
    return _as_secret(text) if text else None


def _drop_from_keyring(name: str, home: Path) -> None:
    ring = _keyring()
    if ring is None:
        return
    from keyring.errors import KeyringError

    try:
        if ring.get_password(_service(home), name) is not None:
            ring.delete_password(_service(home), name)
    except KeyringError as error:
        raise WorkError(
            f"an older {name} is in the keyring and would be found first: {type(error).__name__}",
            "unlock the keyring and run it again",
        ) from None


def _as_secret(text: str) -> Secret:
    """What we wrote, or a bare value that a person has put there with the keyring's own program."""
    try:
        return _secret_of(read_json(text, _MOST_BYTES))
    except (ValueError, TypeError, KeyError):
        return Secret(text)


# the file


def _read(path: Path) -> dict[str, Secret]:
    """What the private file holds; nothing where there is none. No error quotes its content."""
    refuse_state_link(path.parent)
    try:
        handle = os.open(path, os.O_RDONLY | NO_LINK)
    except FileNotFoundError:
        return {}
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise InputError(
                f"{path} is a link, and credentials are not read through links", "put the file itself there"
            ) from None
        raise InputError(f"{path} cannot be read: {error.strerror}", "fix the file's rights") from None
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise InputError(f"{path} is not a file", "move it away and run `kit accounts login`")
        if os.name == "posix" and mode & 0o077:
            raise InputError(
                f"{path} can be read by others on this machine (mode {mode & 0o777:04o})",
                f"chmod 600 {path}; if they may have read it, make new tokens",
            )
        with os.fdopen(os.dup(handle), "rb") as file:
            data = file.read(_MOST_BYTES + 1)
    finally:
        os.close(handle)
    try:
        body = read_json(data, _MOST_BYTES)
        if body["credentials"] != 1:
            raise ValueError
        return {str(name): _secret_of(each) for name, each in body["values"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError(
            f"{path} is not a file of credentials of this kit", "move it away and run `kit accounts login`"
        ) from None


def _write(path: Path, secrets: Mapping[str, Secret]) -> None:
    values = {name: _plain(secret) for name, secret in secrets.items()}
    state_home(path.parent)
    write_bytes(path, stable_json({"credentials": 1, "values": values}).encode(), mode=0o600)
    ignore = path.parent / ".gitignore"
    if not ignore.exists():  # a folder under version control must not take them in by chance
        write_text(ignore, f"{FILE}\n")


def _plain(secret: Secret) -> dict[str, str]:
    expires = {"expires": secret.expires.isoformat()} if secret.expires else {}
    return {"value": secret.value} | expires


def _secret_of(plain: Mapping[str, Any]) -> Secret:
    expires = datetime.fromisoformat(plain["expires"]) if "expires" in plain else None
    if not isinstance(plain["value"], str) or (expires and expires.tzinfo is None):
        raise ValueError
    return Secret(plain["value"], expires)
