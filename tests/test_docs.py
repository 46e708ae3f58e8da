"""The documents cannot lie: commands, formats, platforms, codes and schemas are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from kit.check import every_code
from kit.cli import main
from kit.tables.clips import CLIPS
from kit.tables.formats import FORMATS
from kit.tables.languages import LANGUAGES
from kit.tables.platforms import PLATFORMS
from kit.tables.prints import PRINTS, RECEIPT
from tests import make_docs

ROOT = Path(__file__).parent.parent
LANGUAGE_FILES = sorted(f"languages/{path.name}" for path in (ROOT / "languages").glob("*.yaml"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_in_the_readme_and_explains_itself(name: str) -> None:
    assert f"`kit {name}`" in README
    assert main.commands[name].help


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_option_explains_itself(name: str) -> None:
    options = [p for p in main.commands[name].params if isinstance(p, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("path", make_docs.made())
def test_what_documents_say_of_rows_checks_and_models_is_made_of_them(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == make_docs.made()[path], "make docs"


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("README.md", [*FORMATS, *PRINTS, RECEIPT.id, *LANGUAGES, *CLIPS]),
        ("docs/platforms.md", list(PLATFORMS)),
        ("docs/checks.md", list(every_code())),
        ("docs/clips.md", list(CLIPS)),
    ],
)
def test_every_row_is_in_its_document(path: str, rows: list[str]) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert [row for row in rows if f"`{row}`" not in text] == []


def test_the_readme_opens_with_two_commands_that_the_makefile_has() -> None:
    block = README.split("```")[1]
    assert re.findall(r"^make (\w+)", block, re.M) == ["kit", "test"]
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(r"^kit:", makefile, re.M)
    assert re.search(r"^test:", makefile, re.M)


def test_every_relative_link_of_the_documents_leads_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_codes_are_plain_words() -> None:
    assert [code for code in every_code() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []


@pytest.mark.parametrize("name", ["campaign.yaml", "schedule.yaml", *LANGUAGE_FILES])
def test_the_yaml_files_name_their_schema(name: str) -> None:
    first = (ROOT / name).read_text(encoding="utf-8").splitlines()[0]
    target = first.removeprefix("# yaml-language-server: $schema=")
    assert ((ROOT / name).parent / target).is_file()


def test_the_changelog_has_an_unreleased_section() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text()
