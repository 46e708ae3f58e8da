"""One adapter a platform: listed once, under the id of its row, and nothing of it asks a network to be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.publish.platforms import ADAPTERS
from kit.publish.protocol import Publisher
from kit.publish.validate import limits_of
from kit.tables.platforms import PLATFORMS
from tests.publish.harness.rows import ROWS


def made(platform: str, folder: Path) -> Publisher:
    values = {"author": "urn:li:person:1", "base_url": "https://social.example"}
    secrets = {role.suffix: values.get(role.name, "1234567") for role in PLATFORMS[platform].roles}
    return ADAPTERS[platform].connect(secrets, folder, "https://kit.example/nrlp/")


@pytest.mark.parametrize("platform", ADAPTERS)
def test_each_is_in_the_table_under_its_own_name_and_connects_without_a_network(
    platform: str, tmp_path: Path
) -> None:
    assert made(platform, tmp_path).platform == platform and platform in PLATFORMS


def test_the_registry_is_sorted() -> None:
    assert list(ADAPTERS) == sorted(ADAPTERS)


def test_what_is_published_to_has_credentials_and_what_has_credentials_is_published_to() -> None:
    assert set(ADAPTERS) == {row.id for row in PLATFORMS.values() if row.roles}


def test_every_platform_that_is_published_to_is_killed_and_lied_to_in_the_harness() -> None:
    assert set(ADAPTERS) <= {name.partition("-")[0] for name in ROWS}


@pytest.mark.parametrize("platform", ["bluesky", "facebook", "x"])
def test_a_server_that_cannot_be_asked_has_the_limits_of_its_row(platform: str, tmp_path: Path) -> None:
    assert made(platform, tmp_path).limits() == limits_of(platform)
