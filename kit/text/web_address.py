"""The one rule for addresses that tokens or readers are sent to: https, or http on this very machine.

A token that has once gone over http has to be taken for known to everyone on the way.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from kit.errors import InputError
from kit.text.printable import printable


def is_safe(address: str) -> bool:
    """Whether something secret may be sent to this address."""
    return _parts(address) is not None


def server_address(address: str, what: str = "the server") -> str:
    """A server's address, without what follows the host; a bare host name is https.

    Raises InputError that quotes no more than the host: a password may stand before it.
    """
    address = address.strip()
    parts = _parts(address if "://" in address else f"https://{address}")
    if parts is None:
        raise InputError(
            f"{_host(address)} is no address of a server: {what} needs https, without a name or a password in it",
            "write https://social.example; over http anyone on the way could post in your name",
        )
    return f"{parts.scheme}://{parts.netloc}"


def media_base(address: str, *, rehearsal: bool = False) -> str:
    """`--media-base-url` as it is, if files can be fetched below it. `rehearsal`: http of this machine will do.

    Raises InputError.
    """
    parts = _parts(address)
    public = parts is not None and (rehearsal or parts.scheme == "https")
    if parts is None or not public or parts.query or parts.fragment:
        raise InputError(
            f"--media-base-url {_shown(address)!r} is not a public https address",
            "write https://…, without ? and #, a name or a password; share links of a file service do not work",
        )
    return address


def readable_address(address: object) -> str | None:
    """A post's address as a server gives it, where a person may open it (https, http, at); else None."""
    text = str(address or "")
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    fit = text.isprintable() and " " not in text and "@" not in parts.netloc
    return text if fit and parts.scheme in ("https", "http", "at") and parts.netloc else None


def _parts(address: str) -> SplitResult | None:
    """The address taken apart, if it is a safe one. What `urlsplit` passes over in silence is refused:
    tabs and line feeds inside, a backslash, a port that is none.
    """
    if not address.isprintable() or any(each in address for each in (" ", "\\")):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises ValueError
    except ValueError:
        return None
    if not parts.hostname or "@" in parts.netloc:
        return None
    return parts if parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname)) else None


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(address: str) -> str:
    try:
        host = urlsplit(address if "://" in address else f"https://{address}").hostname
    except ValueError:
        host = None
    return printable(host or "this", 100)


def _shown(address: str) -> str:
    """Without what stands before an @: it may be a password."""
    scheme, sep, rest = address.rpartition("://")
    return printable(f"{scheme}{sep}{rest.rpartition('@')[2]}", 200)
