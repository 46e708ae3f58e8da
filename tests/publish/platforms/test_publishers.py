"""What no platform of the four may let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.publish.platforms import PUBLISHERS
from kit.tables.credentials import ROLES
from kit.tables.platforms import PLATFORMS

FOUR = ("facebook", "instagram", "linkedin", "threads")


@pytest.mark.parametrize("platform", FOUR)
def test_each_is_in_the_table_under_its_own_name_and_connects_without_a_network(
    platform: str, tmp_path: Path
) -> None:
    secrets = {
        role.suffix: "urn:li:person:1" if role.name == "author" else "1234567" for role in ROLES[platform]
    }
    made = PUBLISHERS[platform](secrets, tmp_path, "https://kit.example/nrlp/")
    assert made.platform == platform and platform in PLATFORMS


def test_the_table_is_sorted() -> None:
    assert list(PUBLISHERS) == sorted(PUBLISHERS)
