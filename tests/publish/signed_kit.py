"""The shipped campaign, cut down to Bluesky in French, with everything that a person has to sign; built once."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from kit.cli import main
from tests.support.campaign import narrowed

SCHEDULE = """\
schedule: 1
zone: Europe/Paris
accounts:
  - {id: bluesky-fr, platform: bluesky, handle: exemple.bsky.social, language: fr,
     credentials: [BLUESKY_HANDLE, BLUESKY_APP_PASSWORD]}
slots:
  - {id: day-overview, at: "08:00", piece: overview, accounts: [bluesky-fr]}
  - {id: day-3919, at: "10:00", piece: tool-3919, accounts: [bluesky-fr]}
"""


def sign(folder: Path) -> Path:
    """Write the campaign with a signed language, verified facts and two slots."""
    narrowed(folder, formats=("feed-4x5",), platforms=("bluesky",))
    path = folder / "campaign.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace(
        "review: {state: pending}", "review: {state: signed, by: A. Martin, on: 2026-11-20}", 1
    )
    text, count = re.subn(
        r"^    source: (?=\S+$)", "    verified_on: 2026-11-20\n    verified_by: A. Martin\n    source: ", text, flags=re.MULTILINE
    )  # fmt: skip
    assert count >= 4, "the tools of campaign.yaml are written in another way: fix the test"
    path.write_text(text, encoding="utf-8")
    (folder / "schedule.yaml").write_text(SCHEDULE, encoding="utf-8")
    return folder


def build(folder: Path) -> None:
    result = CliRunner().invoke(
        main, ["build", "-q", "--campaign", str(folder), "--today", "2026-11-24"], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    # named after the build: how an emitter looks on a picture is not what these tests are about
    path = folder / "campaign.yaml"
    text = path.read_text(encoding="utf-8")
    assert "\nemitter: null" in text
    path.write_text(text.replace("\nemitter: null", "\nemitter: {name: Ville d'Exemple}"), encoding="utf-8")
