"""Templates, fonts and assets: the campaign's own file first, then the package's, never a silent stand-in."""

from __future__ import annotations

import ast
import hashlib
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from kit.errors import InputError, WorkError
from kit.resources import _CODE, DEFAULTS, LIBRARIES, Resources, code_digest, verify_fonts

THEME = "themes/nuit.yaml"


def own(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    """A copy of the shipped fonts to spoil."""
    return Path(shutil.copytree(DEFAULTS / "fonts", tmp_path / "fonts"))


def first_font(fonts: Path) -> Path:
    return fonts / (fonts / "SHA256SUMS").read_text().splitlines()[0].split(maxsplit=1)[1]


def test_the_package_answers_for_what_the_campaign_does_not_hold(tmp_path: Path) -> None:
    assert Resources(tmp_path).find("templates", THEME) == DEFAULTS / "templates" / THEME


def test_the_campaigns_own_file_comes_first_and_alone(tmp_path: Path) -> None:
    mine = own(tmp_path, f"templates/{THEME}", "theme: 1\n")
    resources = Resources(tmp_path)
    assert resources.find("templates", THEME) == mine
    assert resources.find("templates", "themes/jour.yaml").is_relative_to(DEFAULTS)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "templates" / THEME).mkdir(parents=True)
    assert Resources(tmp_path).find("templates", THEME).is_relative_to(DEFAULTS)


def test_what_neither_holds_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"templates/themes/rose\.yaml is neither in the campaign folder nor"
    ) as caught:
        Resources(tmp_path).find("templates", "themes/rose.yaml")
    assert caught.value.exit_status == 2
    assert caught.value.hint


def test_names_are_of_both_places_sorted_and_once(tmp_path: Path) -> None:
    own(tmp_path, f"templates/{THEME}", "")
    own(tmp_path, "templates/themes/aube.yaml", "")
    names = Resources(tmp_path).names("templates", "themes/*.yaml")
    assert names == sorted(set(names))
    assert {"themes/aube.yaml", THEME, "themes/jour.yaml"} <= set(names)


def test_a_folder_has_no_name_among_the_files_and_no_part_in_a_digest(tmp_path: Path) -> None:
    before = Resources(tmp_path).digest("templates", "themes/*")
    (tmp_path / "templates" / "themes" / "a.yaml").mkdir(parents=True)
    assert "themes/a.yaml" not in Resources(tmp_path).names("templates", "themes/*")
    assert Resources(tmp_path).digest("templates", "themes/*") == before


def test_a_digest_changes_with_content_name_and_overriding_file(tmp_path: Path) -> None:
    resources = Resources(tmp_path)
    digests = [resources.digest("templates", "themes/*.yaml")]
    own(tmp_path, f"templates/{THEME}", "a")
    digests.append(resources.digest("templates", "themes/*.yaml"))
    own(tmp_path, f"templates/{THEME}", "b")
    digests.append(resources.digest("templates", "themes/*.yaml"))
    own(tmp_path, "templates/themes/aube.yaml", "")
    digests.append(resources.digest("templates", "themes/*.yaml"))
    assert len(set(digests)) == len(digests)
    assert resources.digest("templates", "themes/*.yaml") == digests[-1]


def test_a_digest_does_not_depend_on_where_the_campaign_lies(tmp_path: Path) -> None:
    for name in ("a", "b"):
        own(tmp_path / name, f"templates/{THEME}", "same")
    first, second = (Resources(tmp_path / name).digest("templates", "themes/*.yaml") for name in ("a", "b"))
    assert first == second


def test_the_shipped_fonts_are_those_of_their_checksums() -> None:
    verify_fonts(DEFAULTS / "fonts")


def test_every_shipped_font_has_a_checksum_and_a_licence() -> None:
    listed = {
        line.split(maxsplit=1)[1] for line in (DEFAULTS / "fonts" / "SHA256SUMS").read_text().splitlines()
    }
    files = [
        path for path in (DEFAULTS / "fonts").rglob("*") if path.suffix.lower() in (".ttf", ".otf", ".woff2")
    ]
    assert {path.relative_to(DEFAULTS / "fonts").as_posix() for path in files} <= listed
    assert all((path.parent / "OFL.txt").is_file() for path in files)


def test_a_font_of_which_one_byte_changed_is_refused(fonts: Path) -> None:
    font = first_font(fonts)
    data = bytearray(font.read_bytes())
    data[len(data) // 2] ^= 1
    font.write_bytes(bytes(data))
    with pytest.raises(WorkError, match=f"{font.name} is not the file that was shipped"):
        verify_fonts(fonts)


def test_a_missing_font_is_refused(fonts: Path) -> None:
    font = first_font(fonts)
    font.unlink()
    with pytest.raises(WorkError, match=f"{font.name} is missing") as caught:
        verify_fonts(fonts)
    assert caught.value.exit_status == 1


def test_missing_checksums_are_refused(fonts: Path) -> None:
    (fonts / "SHA256SUMS").unlink()
    with pytest.raises(WorkError, match="SHA256SUMS is missing"):
        verify_fonts(fonts)


def test_checksums_of_another_file_are_refused(fonts: Path) -> None:
    sums = fonts / "SHA256SUMS"
    name = sums.read_text().splitlines()[0].split(maxsplit=1)[1]
    sums.write_text(f"{hashlib.sha256(b'').hexdigest()}  {name}\n")
    with pytest.raises(WorkError, match="is not the file that was shipped"):
        verify_fonts(fonts)


def test_the_campaigns_fonts_come_before_the_shipped_ones(tmp_path: Path) -> None:
    assert Resources(tmp_path).font_folders() == [DEFAULTS / "fonts"]
    (tmp_path / "fonts").mkdir()
    assert Resources(tmp_path).font_folders() == [tmp_path / "fonts", DEFAULTS / "fonts"]
    assert Resources(DEFAULTS).font_folders() == [DEFAULTS / "fonts"]


KIT = Path(code_digest.__wrapped__.__code__.co_filename).parent
MAKES_NOTHING = {"errors.py", "resources.py"}
"""They word errors; what `resources.py` finds is in each job's digest by its bytes."""


def imported(file: Path) -> Iterator[Path]:
    """The kit's own modules that a module imports, late imports too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "kit":
            module = KIT.parent.joinpath(*str(node.module).split("."))
            for path in (module, *(module / alias.name for alias in node.names)):
                yield from (f for f in (path.with_suffix(".py"), path / "__init__.py") if f.is_file())


def all_behind(stage: str) -> set[Path]:
    left, found = list((KIT / stage).rglob("*.py")), set[Path]()
    while left:
        if (file := left.pop()) not in found:
            found.add(file)
            left += imported(file)
    return found


@pytest.mark.parametrize(("stage", "beside"), [("render", {"model"}), ("check", set())])
def test_all_code_that_draws_or_checks_is_in_the_digest_of_its_stage(stage: str, beside: set[str]) -> None:
    parts = {file.relative_to(KIT).parts[0] for file in all_behind(stage)}
    assert parts - MAKES_NOTHING - beside == set(_CODE[stage])
    assert all((KIT / part).exists() for part in _CODE[stage])


@pytest.mark.parametrize("stage", ["render", "check"])
def test_every_library_behind_a_stage_is_in_its_digest(stage: str) -> None:
    names = {
        name.split(".")[0]
        for file in all_behind(stage)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else []
        )
    } - sys.stdlib_module_names - {"kit"}  # fmt: skip
    providers = packages_distributions()
    assert {providers[name][0].lower() for name in names} == set(LIBRARIES[stage])


def test_another_version_of_a_library_makes_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    for stage in ("render", "check"):
        fresh = code_digest.__wrapped__
        assert fresh(stage) == fresh(stage)
        for name in LIBRARIES[stage]:
            with monkeypatch.context() as patch:
                patch.setattr(
                    "kit.resources.version", lambda asked, name=name: "99" if asked == name else "1"
                )
                one = fresh(stage)
                patch.setattr("kit.resources.version", lambda asked: "1")
                assert fresh(stage) != one
