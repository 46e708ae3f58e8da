from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kit.cli import main
from kit.posts.export import EXPORTERS
from tests.support.posts import make_kit


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        main, ["schedule", *arguments, "--campaign", str(folder)], catch_exceptions=False
    )


def year(folder: Path, new: int) -> None:
    """Move the campaign: the tests must not depend on the day they run."""
    path = folder / "campaign.yaml"
    text = path.read_text(encoding="utf-8")
    for old in ("edition: 2026", "day: 2026-11-25", "use_until: 2027-11-24"):
        assert old in text
        key, value = old.split(": ")
        text = text.replace(old, f"{key}: {int(value[:4]) + new - 2026}{value[4:]}", 1)
    path.write_text(text, encoding="utf-8")


def test_the_list_shows_local_time_and_utc_next_first(campaign_folder: Path) -> None:
    year(campaign_folder, 2099)
    make_kit(campaign_folder)
    lines = run(campaign_folder, "list").stdout.splitlines()
    assert lines[0].startswith("2099-11-18 12:30  2099-11-18 11:30Z")
    assert lines[:-1] == sorted(lines[:-1], key=lambda line: line[:16])
    assert lines[-1] == "40 to come, 0 late, 0 out, 0 blocked; X 0.675 $"


def test_a_past_plan_is_shown_as_missed_and_breaks_nothing(campaign_folder: Path) -> None:
    year(campaign_folder, 2019)
    make_kit(campaign_folder)
    assert CliRunner().invoke(main, ["validate", "--campaign", str(campaign_folder)]).exit_code == 0
    result = run(campaign_folder, "list", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["posts"] == [] and {each["code"] for each in found["blocked"]} == {"missed"}
    assert len(found["blocked"]) == 40


@pytest.mark.parametrize("tool", sorted(EXPORTERS))
def test_each_export_lands_beside_the_kit_and_changes_nothing_in_it(campaign_folder: Path, tool: str) -> None:
    year(campaign_folder, 2099)
    _, manifest, folder = make_kit(campaign_folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = run(campaign_folder, "export", "--to", tool, "--media-base-url", "https://example.org/kit")
    assert result.exit_code == 0, result.output
    target = folder.parent / f"{manifest.slug}.schedule" / tool
    assert (target / "export.json").is_file() and len(list(target.iterdir())) > 1
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert (
        run(campaign_folder, "export", "--to", tool, "--media-base-url", "https://example.org/kit").exit_code
        == 0
    )


def test_what_is_past_is_left_out_of_tools_that_would_send_it_and_kept_for_people(
    campaign_folder: Path,
) -> None:
    year(campaign_folder, 2019)
    _, _, folder = make_kit(campaign_folder)
    result = run(campaign_folder, "export", "--to", "postiz", "--media-base-url", "https://example.org/kit")
    assert "its time is past" in result.stdout
    assert json.loads((folder.parent / f"{folder.name}.schedule/postiz/posts.json").read_text()) == []
    run(campaign_folder, "export", "--to", "ics")
    assert (folder.parent / f"{folder.name}.schedule/ics/plan.ics").read_text().count("BEGIN:VEVENT") == 40


def test_one_account_can_be_exported_alone_and_an_unknown_one_is_named(campaign_folder: Path) -> None:
    year(campaign_folder, 2099)
    _, _, folder = make_kit(campaign_folder)
    target = folder.parent / f"{folder.name}.schedule"
    run(campaign_folder, "export", "--to", "hootsuite")
    run(campaign_folder, "export", "--to", "hootsuite", "--account", "x-fr")
    assert [path.name for path in (target / "hootsuite.x-fr").glob("*.csv")] == ["hootsuite-x-fr.csv"]
    assert len(list((target / "hootsuite").glob("*.csv"))) == 7
    wrong = run(campaign_folder, "export", "--to", "hootsuite", "--account", "x-de")
    assert wrong.exit_code == 2 and "x-de: not in schedule.yaml" in wrong.stderr


def test_a_calendar_of_one_account_cancels_nothing_of_the_others(campaign_folder: Path) -> None:
    year(campaign_folder, 2099)
    _, _, folder = make_kit(campaign_folder)
    target = folder.parent / f"{folder.name}.schedule"
    run(campaign_folder, "export", "--to", "ics")
    run(campaign_folder, "export", "--to", "ics", "--account", "x-fr")
    run(campaign_folder, "export", "--to", "ics")
    for name, events in (("ics", 40), ("ics.x-fr", 6)):
        text = (target / name / "plan.ics").read_text()
        assert (text.count("BEGIN:VEVENT"), text.count("CANCELLED"), text.count("SEQUENCE:0")) == (
            events,
            0,
            events,
        )


def test_a_picture_that_is_not_the_built_one_is_not_handed_on(campaign_folder: Path) -> None:
    _, _, folder = make_kit(campaign_folder)
    (folder / "visuals/fr/landscape/overview.jpg").write_bytes(b"another")
    result = run(campaign_folder, "export", "--to", "sheet")
    assert result.exit_code == 2 and "is not the file that was built" in result.stderr


def test_without_a_schedule_or_a_kit_the_way_on_is_named(campaign_folder: Path) -> None:
    result = run(campaign_folder, "list")
    assert result.exit_code == 2 and "run `kit build` first" in result.stderr
    (campaign_folder / "schedule.yaml").unlink()
    result = run(campaign_folder, "list")
    assert result.exit_code == 2 and "there is no schedule.yaml" in result.stderr


def test_exporting_again_takes_away_what_the_last_export_made_and_names_what_it_left(
    campaign_folder: Path,
) -> None:
    year(campaign_folder, 2099)
    _, _, folder = make_kit(campaign_folder)
    run(campaign_folder, "export", "--to", "hootsuite")
    goal = folder.parent / f"{folder.name}.schedule" / "hootsuite"
    old, notes = goal / "hootsuite-gone.csv", goal / "notes.txt"
    record = json.loads((goal / "export.json").read_text())
    (goal / "export.json").write_text(json.dumps(record | {"files": [*record["files"], old.name, "../../x"]}))
    old.touch()
    notes.write_text("mine")
    (goal / "link.csv").symlink_to(notes)
    result = run(campaign_folder, "export", "--to", "hootsuite")
    assert not old.exists() and notes.read_text() == "mine"
    assert f"left alone, not made by the last export: {notes}" in result.stdout
    told = json.loads(run(campaign_folder, "export", "--to", "hootsuite", "--json").stdout)
    assert told["left_alone"] == ["link.csv", "notes.txt"]


@pytest.mark.parametrize("where", ["", "hootsuite", "sheet/media"])
def test_an_export_neither_writes_nor_deletes_through_a_link(
    campaign_folder: Path, tmp_path: Path, where: str
) -> None:
    year(campaign_folder, 2099)
    _, _, folder = make_kit(campaign_folder)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "photo.jpg").write_text("mine")
    link = folder.parent / f"{folder.name}.schedule" / where
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere)
    result = run(campaign_folder, "export", "--to", where.split("/")[0] or "hootsuite")
    assert result.exit_code == 1 and "is a link to another place" in result.output
    assert [path.name for path in elsewhere.iterdir()] == ["photo.jpg"]
