"""One copy of the shipped campaign for all tests of a file: a job is frozen, nothing writes to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.campaign import copy_campaign


@pytest.fixture(scope="module")
def shipped_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_campaign(tmp_path_factory.mktemp("campaign"))
