"""What a credential is for is said by how its name ends."""

from __future__ import annotations

import pytest

from kit.errors import InputError
from kit.tables.credentials import by_role, lacking, role_of
from kit.tables.platforms import PLATFORMS


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_says_what_its_publisher_needs(platform: str) -> None:
    roles = PLATFORMS[platform].roles
    assert len({role.name for role in roles}) == len(roles)
    assert not roles or any(role.secret and not role.optional for role in roles)


@pytest.mark.parametrize("prefix", ["X", "X_RE", "OUR_ACCESS_TOKEN"])
def test_the_longest_ending_decides_what_a_credential_is(prefix: str) -> None:
    secrets = {f"{prefix}_{role.suffix}": role.name for role in PLATFORMS["x"].roles}
    assert by_role("x", secrets) == {role.name: role.name for role in PLATFORMS["x"].roles}


def test_a_name_that_ends_like_nothing_is_nothing() -> None:
    assert role_of("x", "X_ACCESSTOKEN") is None
    assert role_of("x", "XACCESS_TOKEN") is None
    assert role_of("mastodon", "MASTODON_PAGE_TOKEN") is None


def test_what_lacks_is_named_with_what_it_is_and_no_value_is_shown() -> None:
    with pytest.raises(InputError) as error:
        by_role("mastodon", {"M_BASE_URL": "", "M_ACCESS_TOKEN": "hush-hush"})
    assert "*_BASE_URL (the server's address" in str(error.value)
    assert "hush" not in f"{error.value} {error.value.hint}"


def test_an_optional_credential_has_a_default_and_may_be_given() -> None:
    given = {"B_HANDLE": "a.example", "B_APP_PASSWORD": "p"}
    assert by_role("bluesky", given)["base_url"] == "https://bsky.social"
    assert (
        by_role("bluesky", {**given, "B_BASE_URL": "https://pds.example"})["base_url"]
        == "https://pds.example"
    )
    assert lacking("bluesky", given) == []
