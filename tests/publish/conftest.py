"""A built and signed kit: made once, copied for every test that spoils it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.publish.signed_kit import build, sign


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read it, never write to it."""
    folder = sign(tmp_path_factory.mktemp("signed"))
    build(folder)
    return folder


@pytest.fixture
def kit_folder(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed, tmp_path / "campaign"))
