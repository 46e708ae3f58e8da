"""Where a token or a reader may be sent."""

from __future__ import annotations

import pytest

from kit.errors import InputError
from kit.text.web_address import is_safe, media_base, readable_address, server_address

OPEN = [
    "http://pds.example", "http://127.0.0.1.example", "http://localhost.example", "http://10.0.0.1",
    "http://[::2]", "ftp://social.example", "https://", "https:///x", "https://me:hush@social.example",
    "https://me@social.example", "https://@social.example", "https://social.example:port", "https://[::1",
    "https://so\ncial.example", "https://social.example\\@evil.example", "https://so cial.example",
    "https://social.example\x1b[2J", "https://\u202eexample", "javascript:alert(1)",
]  # fmt: skip


@pytest.mark.parametrize("address", OPEN)
def test_a_token_never_goes_to_an_address_without_encryption_or_with_a_password(address: str) -> None:
    assert not is_safe(address)
    for refused in (server_address, media_base):
        with pytest.raises(InputError) as error:
            refused(address)
        assert "hush" not in f"{error.value} {error.value.hint}"
        assert f"{error.value}{error.value.hint}".isprintable()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:80", "http://localhost:3000", "http://[::1]:1", "https://x.example:8443"]
)
def test_https_and_this_very_machine_are_safe(address: str) -> None:
    assert is_safe(address) and server_address(address) == address


def test_files_are_fetched_from_a_public_address_and_from_this_machine_only_in_a_rehearsal() -> None:
    assert media_base("https://kit.example/nrlp/") == "https://kit.example/nrlp/"
    assert media_base("http://127.0.0.1:8000/x", rehearsal=True) == "http://127.0.0.1:8000/x"
    with pytest.raises(InputError, match="--media-base-url"):
        media_base("http://127.0.0.1:8000/x")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://x.com/a/status/1", True), ("http://127.0.0.1/1", True), ("at://did:plc:a/app/1", True),
        ("javascript:alert(1)", False), ("file:///etc/passwd", False), ("https://a@evil.example", False),
        ("https://x\n.com", False), ("https://x.com/\u202e", False), ("", False), (None, False), (3, False),
        ("https://[", False),
    ],
)  # fmt: skip
def test_an_address_of_a_post_is_one_that_a_person_may_open(told: object, kept: bool) -> None:
    assert readable_address(told) == (told if kept else None)
