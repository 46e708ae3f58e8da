"""The line end to end, on real files: what a build makes, keeps, deletes and refuses."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest

from kit.build import Built, Request, build_loaded
from kit.build.preflight import _check_each
from kit.check import check_artifacts
from kit.errors import InputError, WorkError
from kit.load import load
from kit.model.artifact import Level
from tests.support.campaign import narrowed

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 25)


def sums_of(text: str) -> dict[str, str]:
    """The digest of each file that a SHA256SUMS names."""
    return {name: digest for digest, name in (line.split("  ") for line in text.splitlines())}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A campaign of two pieces, two formats and no clip: everything the line does, in a second."""
    return narrowed(tmp_path, formats=["square", "landscape"], platforms=["x", "mastodon"])


def run(folder: Path, **wanted: object) -> Built:
    request = Request(out=folder / "dist", today=TODAY, **wanted)  # type: ignore[arg-type]
    return build_loaded(load(folder), request)


def edit(folder: Path, before: str, after: str) -> None:
    path = folder / "campaign.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_listed_file_exists_with_its_bytes_and_sha256(folder: Path) -> None:
    built = run(folder)
    manifest = json.loads((built.folder / "manifest.json").read_text())
    for artifact in manifest["artifacts"]:
        data = (built.folder / artifact["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (artifact["bytes"], artifact["sha256"])
    listed = {a["path"] for a in manifest["artifacts"]} | {"manifest.json", "SHA256SUMS"}
    assert set(files(built.folder)) == listed
    sums = sums_of((built.folder / "SHA256SUMS").read_text())
    assert set(sums) == listed - {"SHA256SUMS"}


def test_ids_follow_the_contract(folder: Path) -> None:
    ids = {a.id for a in run(folder).manifest.artifacts}
    assert {
        "visual/fr/square/overview", "visual/fr/square/overview.jpg", "post/fr/x/tool-3919",
        "page/index", "page/fr/index", "posts/plan",
    } <= ids  # fmt: skip


def test_the_same_input_gives_the_same_bytes_in_another_folder(folder: Path, tmp_path: Path) -> None:
    one = run(folder)
    other = build_loaded(load(folder), Request(out=tmp_path / "elsewhere", today=TODAY, workers=1))
    assert files(one.folder) == files(other.folder)


def test_nothing_changed_means_nothing_is_drawn_or_written(folder: Path) -> None:
    first = run(folder)
    before = {path: (first.folder / path).stat().st_mtime_ns for path in files(first.folder)}
    second = run(folder)
    assert second.made == []
    assert {path: (first.folder / path).stat().st_mtime_ns for path in before} == before


def test_the_day_touches_findings_only(folder: Path) -> None:
    run(folder)
    built = build_loaded(load(folder), Request(out=folder / "dist", today=date(2028, 1, 1)))
    assert built.made == []
    assert not built.report.has_failures
    assert "edition-over" in {finding.code for finding in built.report.findings}


def test_one_word_of_one_tool_redraws_only_what_shows_it(folder: Path) -> None:
    run(folder)
    edit(folder, "headline: Police et gendarmerie", "headline: Police ou gendarmerie")
    built = run(folder)
    visuals = {job for job in built.made if job.startswith("visual/")}
    assert visuals == {"visual/fr/square/tool-17", "visual/fr/landscape/tool-17"}
    assert all(job.endswith("/tool-17") for job in built.made)  # its posts carry its alt text


def test_a_changed_fact_redraws_what_shows_it_and_nothing_else(folder: Path) -> None:
    run(folder)
    edit(folder, 'number: {value: "3919", link: tel}', 'number: {value: "3920", link: tel}')
    built = run(folder)
    made = {a.id for a in built.manifest.artifacts if a.id in built.made}
    shows = {a.id for a in built.manifest.artifacts if "3919.number" in a.facts and a.of is None}
    assert {m for m in made if m.startswith("visual/")} == {s for s in shows if s.startswith("visual/")}


def test_another_recording_or_film_redraws_the_clips_of_its_language_and_nothing_else(folder: Path) -> None:
    """Neither is named in any YAML; also when its size stays."""
    from kit.build.cache import Digests
    from tests.render.clip.clip_job import full_job

    def digests() -> tuple[str, str]:
        known = Digests(load(folder), {}, {})
        return known.of(full_job()), known.of(full_job(language="en"))

    seen = [digests()]
    for name in ("audio/fr.wav", "lsf/fr.mp4"):
        path = folder / "assets" / name
        path.parent.mkdir(parents=True)
        for content in (b"one", b"two"):
            path.write_bytes(content)
            seen.append(digests())
    assert len({french for french, _ in seen}) == 5
    assert len({english for _, english in seen}) == 1


@pytest.mark.parametrize("damage", ["truncated", "edited", "deleted"])
def test_a_damaged_file_is_not_trusted_and_made_again(folder: Path, damage: str) -> None:
    built = run(folder)
    path = built.folder / "visuals/fr/square/tool-17.png"
    good = path.read_bytes()
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(good[:1000] if damage == "truncated" else good[:-1] + b"x")
    again = run(folder)
    assert path.read_bytes() == good
    assert again.made == ["visual/fr/square/tool-17"]


def test_a_killed_build_leaves_nothing_that_the_next_one_trusts(folder: Path) -> None:
    program = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path; from datetime import date
from kit.build import Request, build_loaded; from kit.load import load
def tell(label, done, of):
    print(label, done, flush=True)
build_loaded(load(Path({str(folder)!r})), Request(out=Path({str(folder / "dist")!r}), today=date(2026, 11, 25), workers=1), tell)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("sheets 3"):
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    kit = folder / "dist" / "nerienlaisserpasser-2026"
    assert not (kit / "manifest.json").exists()
    (kit / ".partial-left.png").write_bytes(b"half")
    finished = run(folder)
    assert not list(kit.rglob(".partial-*"))
    assert 0 < len(finished.kept) < len(finished.kept) + len(finished.made)
    fresh = build_loaded(load(folder), Request(out=folder / "fresh", today=TODAY))
    assert files(kit) == files(fresh.folder)


def test_a_full_disk_says_what_is_safe_and_leaves_no_half_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(WorkError, match="disk is full") as caught:
        run(folder)
    assert "safe" in caught.value.hint
    assert not list((folder / "dist").rglob(".partial-*"))


def test_a_text_that_does_not_fit_names_piece_language_format_string_and_overflow(folder: Path) -> None:
    edit(
        folder,
        "headline: Police et gendarmerie",
        "headline: Anticonstitutionnellementanticonstitutionnellementanticonst",
    )
    with pytest.raises(InputError) as caught:
        run(folder)
    assert "tool-17 in fr, square" in str(caught.value)
    assert "px too wide" in str(caught.value)
    assert "Anticonstitutionnellement" in str(caught.value)


def test_a_missing_glyph_is_an_error_not_a_box(folder: Path) -> None:
    edit(folder, "headline: Police et gendarmerie", "headline: Police 警察")
    with pytest.raises(InputError, match=r"no glyph for '察' \(U\+5BDF\), '警'"):
        run(folder)


def test_a_failed_artifact_leaves_the_archive_and_the_downloads(folder: Path) -> None:
    edit(
        folder,
        "Danger immédiat, pour vous ou pour quelqu'un d'autre : appelez le {17}, police",
        "Mot " * 80 + "{17}, police",
    )
    built = run(folder)
    assert built.report.failed == {"post/fr/x/tool-17"}
    page = (built.folder / "fr/index.html").read_text()
    assert "posts/fr/x/tool-17.txt" not in page
    with zipfile.ZipFile(next((built.folder / "bundles").iterdir())) as archive:
        names = archive.namelist()
    assert "posts/fr/x/tool-17.txt" not in names
    assert "posts/fr/x/tool-114.txt" in names


def test_an_unsigned_language_goes_into_a_draft_only(folder: Path) -> None:
    assert [p.name for p in (run(folder).folder / "bundles").iterdir()] == [
        "nerienlaisserpasser-2026-fr-draft.zip"
    ]
    edit(folder, "review: {state: pending}", "review: {state: signed, by: A. Lecteur, on: 2026-11-20}")
    assert [p.name for p in (run(folder).folder / "bundles").iterdir()] == ["nerienlaisserpasser-2026-fr.zip"]


def test_the_archive_carries_its_own_sums_and_never_the_manifest(folder: Path) -> None:
    built = run(folder)
    with zipfile.ZipFile(next((built.folder / "bundles").iterdir())) as archive:
        sums = sums_of(archive.read("SHA256SUMS").decode())
        assert set(archive.namelist()) == {*sums, "SHA256SUMS", "LISEZMOI.txt"}
        for name, expected in sums.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == expected


def test_a_full_build_deletes_what_it_owned_and_names_what_it_did_not_make(folder: Path) -> None:
    built = run(folder)
    (built.folder / "notes.txt").write_text("mine")
    edit(folder, "formats: [square, landscape]", "formats: [landscape]")
    again = run(folder)
    assert again.foreign == ["notes.txt"]
    assert "visuals/fr/square/overview.png" in again.deleted
    assert not (built.folder / "visuals/fr/square").exists()


def test_a_narrowed_build_leaves_the_rest_of_the_manifest_as_it_is(folder: Path) -> None:
    full = {a.id for a in run(folder).manifest.artifacts}
    edit(folder, "headline: Police et gendarmerie", "headline: Police ou gendarmerie")
    built = run(folder, only=("visual/fr/square/*",))
    assert built.made == ["visual/fr/square/tool-17"]
    assert {a.id for a in built.manifest.artifacts} == full


def test_a_selection_that_matches_nothing_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="matches nothing"):
        run(folder, only=("visual/fr/stroy/*",))


def test_warnings_do_not_fail_a_build(folder: Path) -> None:
    report = run(folder).report
    assert report.count(Level.WARN) == 3
    assert not report.has_failures


def test_the_wall_clock_is_not_an_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = files(run(folder).folder)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    monkeypatch.setenv("TZ", "Pacific/Noumea")
    built = build_loaded(load(folder), Request(out=folder / "later", today=TODAY))
    assert files(built.folder) == one


def test_checks_beside_each_other_find_what_checks_in_a_row_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = narrowed(tmp_path / "two", languages=["fr", "en"], formats=["square"])
    in_a_row = build_loaded(load(campaign), Request(out=tmp_path / "row", today=TODAY, workers=1))
    monkeypatch.setattr("kit.build.preflight._MANY_FILES", 1)
    beside = build_loaded(load(campaign), Request(out=tmp_path / "beside", today=TODAY, workers=2))
    assert beside.report == in_a_row.report
    assert files(beside.folder) == files(in_a_row.folder)


def test_findings_stand_in_one_order_however_many_processes_look_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load(narrowed(tmp_path / "one", languages=["fr"], formats=["square"]))
    request = Request(out=tmp_path / "dist", today=TODAY, workers=2)
    built = build_loaded(loaded, request)
    pieces = [a for a in built.manifest.artifacts if a.kind in ("visual", "post")]
    for spoilt in pieces[::2]:
        (built.folder / spoilt.path).write_bytes(b"spoilt")
    in_a_row = check_artifacts(loaded.campaign, loaded.storyboards, pieces, built.folder, TODAY)
    assert len(in_a_row.failed) > 4
    monkeypatch.setattr("kit.build.preflight._MANY_FILES", 1)
    monkeypatch.setattr("kit.build.preflight._PART_FILES", 3)
    assert _check_each(loaded, {"fr": pieces}, built.folder, request) == {"fr": in_a_row}


def test_a_checking_process_that_is_killed_is_told_and_never_taken_for_a_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = narrowed(tmp_path / "two", languages=["fr", "en"], formats=["square"])
    monkeypatch.setattr("kit.build.preflight._MANY_FILES", 1)
    monkeypatch.setattr("kit.build.preflight._leave_ctrl_c_to_parent", os.abort)
    with pytest.raises(WorkError, match="stopped by the system") as caught:
        build_loaded(load(campaign), Request(out=campaign / "dist", today=TODAY, workers=2))
    assert "--workers 1" in caught.value.hint
    assert not (campaign / "dist" / "nerienlaisserpasser-2026" / "manifest.json").exists()
