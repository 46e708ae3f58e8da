"""What many tests need: the shipped campaign, and a copy of it to spoil."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from tests.publish.signed_kit import build, sign
from tests.support.campaign import SHIPPED, copy_campaign

# no test reaches the keyring of the person who runs it, nor a program that a test starts
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# no deadline: a machine that builds a clip beside the tests is slow, not wrong. The same examples in each run:
# a red test then speaks of the tree and not of the day. `pytest --hypothesis-profile=seek` looks for new ones.
settings.register_profile("kit", deadline=None, derandomize=True)
settings.register_profile("seek", deadline=None, max_examples=500)
settings.load_profile("kit")


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The shipped campaign. Read it, never write to it."""
    return SHIPPED


@pytest.fixture
def campaign_folder(tmp_path: Path) -> Path:
    """A folder of its own with the shipped campaign.yaml and schedule.yaml."""
    return copy_campaign(tmp_path)


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built and signed kit. Read it, never write to it."""
    folder = sign(tmp_path_factory.mktemp("signed"))
    build(folder)
    return folder


@pytest.fixture
def kit_folder(signed: Path, tmp_path: Path) -> Path:
    """A copy of the signed kit to spoil."""
    return Path(shutil.copytree(signed, tmp_path / "campaign"))
