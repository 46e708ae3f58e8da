"""The seal on a finished build: what went in and what came out, each file by size and times of change.

Why: to read, plan and hash everything again only to find that nothing has changed takes seconds. A
seal that does not fit is no mistake: the build then looks at every byte, as without it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from kit.files import digest_of, stable_json, write_text
from kit.model.artifact import Report
from kit.resources import DEFAULTS, LIBRARIES

_FOLDERS = ("templates", "fonts", "assets")
_Stamp = list[int] | None


@dataclass(frozen=True)
class Snapshot:
    """What an unbroken seal says of the build that it closed."""

    folder: Path
    report: Report
    jobs: int
    files: int
    foreign: tuple[str, ...]


def unbroken(seal: Path, asked: str) -> Snapshot | None:
    """What was built, if the same was asked and every file, read or written, stands as it stood."""
    try:
        raw = json.loads(seal.read_text(encoding="utf-8"))
        if raw["asked"] != asked or raw["tools"] != _tools():
            return None
        folder = Path(raw["folder"])
        if raw["read"] != _stamps(map(Path, raw["read"])) or raw["trees"] != _trees(Path(raw["campaign"])):
            return None
        if raw["written"] != _tree(folder):
            return None
        report = Report.model_validate(raw["report"])
        return Snapshot(folder, report, raw["jobs"], raw["files"], tuple(raw["foreign"]))
    except (OSError, ValueError, ValidationError, KeyError, TypeError):
        return None


def close(
    seal: Path, asked: str, campaign: Path, read: Iterable[Path], began_ns: int, done: Snapshot
) -> None:  # fmt: skip
    """Seal a full build that began at `began_ns`.

    What was changed while it ran breaks the seal beforehand: the build may have read it before or
    after. Raises OSError when the disk is full.
    """
    inputs, trees, written = _stamps(read), _trees(campaign), _tree(done.folder)
    seal.unlink(missing_ok=True)
    if any(stamp and max(stamp[1:]) >= began_ns for stamp in (*inputs.values(), *trees.values())):
        return
    write_text(
        seal,
        stable_json(
            {
                "asked": asked, "tools": _tools(), "campaign": str(campaign), "folder": str(done.folder),
                "read": inputs, "trees": trees, "written": written, "jobs": done.jobs, "files": done.files,
                "foreign": list(done.foreign), "report": done.report.model_dump(mode="json"),
            }
        ),
    )  # fmt: skip


def _tools() -> str:
    """The interpreter and the libraries that draw and check: another version may do it otherwise."""
    names = sorted({name for stage in LIBRARIES.values() for name in stage})
    return digest_of(sys.version, *(version(name) for name in names))


def _trees(campaign: Path) -> dict[str, _Stamp]:
    """Everything that a build may look up by name: both places of templates, fonts, assets, and our code."""
    found: dict[str, _Stamp] = {}
    for base in dict.fromkeys((campaign.resolve(), DEFAULTS.resolve())):
        for name in _FOLDERS:
            found |= {f"{base}/{name}/{path}": stamp for path, stamp in _tree(base / name).items()}
    code = Path(__file__).parent.parent
    return found | {
        f"{code}/{path}": stamp for path, stamp in _tree(code).items() if not path.endswith(".pyc")
    }


def _tree(folder: Path) -> Mapping[str, _Stamp]:
    """The stamps of all files below a folder, by their path in it."""
    found: dict[str, _Stamp] = {}
    waiting = [(str(folder), "")]
    while waiting:
        place, prefix = waiting.pop()
        try:
            entries = list(os.scandir(place))
        except FileNotFoundError:
            continue
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    waiting.append((entry.path, f"{prefix}{entry.name}/"))
            else:
                found[prefix + entry.name] = _stamp(entry.stat())
    return found


def _stamps(paths: Iterable[Path]) -> dict[str, _Stamp]:
    """The stamps of these files; of one that is not there, None."""
    found: dict[str, _Stamp] = {}
    for path in paths:
        try:
            found[str(path)] = _stamp(path.stat())
        except FileNotFoundError:
            found[str(path)] = None
    return found


def _stamp(status: os.stat_result) -> list[int]:
    """Size and times in ns. The time of change as well: that of modification can be set back."""
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]
