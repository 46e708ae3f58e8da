"""The files that the posts of these tests name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.publish.harness.with_media import FILES
from tests.publish.platforms.common import files_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in {**FILES, **files_of()}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path
