"""The command line as a person meets it: exit status, words, and no traceback for bad input."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kit.cli import main
from kit.files import sha256_of
from tests.support.campaign import narrowed

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/help"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return narrowed(tmp_path)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def test_a_build_exits_0_and_says_where_to_look(folder: Path) -> None:
    result = run("build", "--campaign", folder, "--today", "2026-11-25")
    assert result.exit_code == 0
    assert "index.html" in result.output
    assert (folder / "dist/nerienlaisserpasser-2026/manifest.json").is_file()


def test_common_options_work_on_either_side_of_the_command(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    result = run("--campaign", folder, "--out", out, "-q", "build", "--today", "2026-11-25")
    assert (result.exit_code, result.output) == (0, "")
    assert run("check", "--campaign", folder, "--out", out, "--today", "2026-11-25").exit_code == 0


def test_bad_input_exits_2_lists_every_mistake_and_writes_nothing(folder: Path) -> None:
    path = folder / "campaign.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("hashtag:", "hastag:").replace("edition: 2026", "edition: soon"), encoding="utf-8"
    )
    result = run("build", "--campaign", folder)
    assert result.exit_code == 2
    assert "campaign.yaml:15:1: hastag: unknown key (did you mean hashtag?)" in result.output
    assert "'soon' is not a whole number" in result.output
    assert "Traceback" not in result.output
    assert not (folder / "dist").exists()


def test_mistakes_are_readable_by_a_program_too(folder: Path) -> None:
    (folder / "campaign.yaml").write_text("campaign: 1\n")
    result = run("validate", "--campaign", folder, "--json")
    assert result.exit_code == 2
    assert {m["path"] for m in json.loads(result.output)["mistakes"]} >= {"slug", "tools"}


@pytest.mark.parametrize("arguments", [["buidl"], ["build", "--today", "25/11"], ["build", "--lang", "xx"]])
def test_wrong_usage_exits_2(folder: Path, arguments: list[str]) -> None:
    assert run(*arguments[:1], "--campaign", folder, *arguments[1:]).exit_code == 2


def test_validate_says_that_a_good_file_is_valid(folder: Path) -> None:
    assert run("validate", "--campaign", folder).output == "campaign.yaml: valid\n"


def test_plan_shows_counts_price_and_credentials_without_writing(folder: Path) -> None:
    shutil.copy(ROOT / "schedule.yaml", folder)
    result = run("plan", "--campaign", folder)
    assert "visuals: 6" in result.output
    assert "X: 6 posts, 3 of them with a link" in result.output
    assert "X_CONSUMER_KEY" in result.output
    assert not (folder / "dist").exists()


def test_check_exits_1_for_a_changed_file_and_names_it(folder: Path) -> None:
    run("build", "--campaign", folder, "-q")
    post = folder / "dist/nerienlaisserpasser-2026/posts/fr/x/tool-17.txt"
    post.write_text(post.read_text().replace("17", "18"))
    result = run("check", "--campaign", folder, "--today", "2026-11-25")
    assert result.exit_code == 1
    assert "FAIL file-changed" in result.output
    assert "[post/fr/x/tool-17]" in result.output


def test_check_names_a_file_that_is_no_text_any_more(folder: Path) -> None:
    run("build", "--campaign", folder, "-q")
    kit = folder / "dist/nerienlaisserpasser-2026"
    latin = "Écoute".encode("latin-1")
    (kit / "posts/fr/x/tool-17.txt").write_bytes(latin)
    post = kit / "posts/fr/x/overview.txt"
    manifest = kit / "manifest.json"
    built = manifest.read_text()
    manifest.write_text(built.replace(sha256_of(post), hashlib.sha256(latin).hexdigest()))
    post.write_bytes(latin)
    result = run("check", "--campaign", folder, "--today", "2026-11-25")
    assert result.exit_code == 1
    assert {line.rpartition(" ")[2] for line in result.output.splitlines() if "file-changed" in line} == {
        "[post/fr/x/tool-17]", "[post/fr/x/overview]",
    }  # fmt: skip


def test_check_before_a_build_says_what_to_run(folder: Path) -> None:
    result = run("check", "--campaign", folder)
    assert result.exit_code == 2
    assert "kit build" in result.output


def test_check_reports_in_three_forms(folder: Path) -> None:
    run("build", "--campaign", folder, "-q")
    assert json.loads(run("check", "--campaign", folder, "--format", "json").output)["counts"]["FAIL"] == 0
    assert run("check", "--campaign", folder, "--format", "html").output.startswith("<!doctype html>")
    assert "WARN emitter-missing" in run("check", "--campaign", folder).output


def test_init_makes_a_folder_that_builds_and_never_overwrites(tmp_path: Path) -> None:
    target = tmp_path / "demo"
    assert run("init", target).exit_code == 0
    assert run("validate", "--campaign", target).exit_code == 0
    again = run("init", target)
    assert again.exit_code == 2
    assert "nothing was overwritten" in again.output


def test_doctor_finds_this_machine_fit() -> None:
    result = run("doctor")
    assert result.exit_code == 0
    assert "libx264" in result.output


def test_schema_prints_json_for_editors() -> None:
    assert "campaign" in json.loads(run("schema").output)["properties"]


def test_our_own_bug_keeps_its_traceback(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("kit.cli.build.build", broken)
    with pytest.raises(ZeroDivisionError):
        run("build", "--campaign", folder)


def test_generate_py_names_the_command_to_run_when_nothing_is_installed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "generate.py", tmp_path)
    result = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "generate.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "make kit" in result.stderr
    assert "Traceback" not in result.stderr


def test_generate_py_is_the_same_program(folder: Path) -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "generate.py"), "validate", "--campaign", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stdout) == (0, "campaign.yaml: valid\n")


@pytest.mark.parametrize("name", ["", *sorted(main.commands)])
def test_help_reads_as_it_was_read(name: str, update_golden: bool) -> None:
    golden = GOLDEN / f"{name or 'kit'}.txt"
    said = run(*filter(None, [name]), "--help").output
    if update_golden:
        golden.write_text(said, encoding="utf-8", newline="\n")
    assert said == golden.read_text(encoding="utf-8")


def test_no_golden_help_is_left_of_a_command_that_is_gone() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {"kit", *main.commands}
