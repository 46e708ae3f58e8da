"""Whether a full build would change nothing: what the last one read and wrote, each file by size and times of change.

Why: to read, plan and hash everything again only to find that nothing has changed takes seconds. A
snapshot that does not match is no mistake: the build then looks at every byte, as without it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from kit.build.request import Built, Request, Summary
from kit.files import digest_of, stable_json, write_text
from kit.model.artifact import Report
from kit.resources import DEFAULTS, LIBRARIES
from kit.text.foreign_json import read_json_file

_FOLDERS = ("templates", "fonts", "assets")
_Stamp = list[int] | None


_CLOCK_TICK_NS = 50_000_000
"""A file's times come from a clock that may stand up to a tick behind ours."""


@dataclass(frozen=True)
class Snapshot:
    """The file that holds what a campaign's last full build read and wrote, and the hash of what was asked for."""

    file: Path
    asked: str


def place_of(campaign: Path, request: Request) -> Snapshot:
    """Where the snapshot of a campaign file lies, for this request."""
    place, out = str(campaign.absolute()), str(request.out.absolute())
    asked = digest_of(
        place, out, str(request.today), request.languages, request.only, request.preset, request.extras
    )
    return Snapshot(request.out / ".kit-cache" / f"snapshot-{digest_of(place)[:16]}.json", asked)


def matching(snapshot: Snapshot) -> Summary | None:
    """What was built, if the same was asked and every file, read or written, is unchanged."""
    try:
        raw = read_json_file(snapshot.file)
        if raw["asked"] != snapshot.asked or raw["tools"] != _tools():
            return None
        folder = Path(raw["folder"])
        if raw["read"] != _stamps(map(Path, raw["read"])) or raw["trees"] != _trees(Path(raw["campaign"])):
            return None
        if raw["written"] != _tree(folder):
            return None
        report = Report.model_validate(raw["report"])
        return Summary(folder, report, raw["jobs"], raw["files"], tuple(raw["foreign"]))
    except (OSError, ValueError, ValidationError, KeyError, TypeError):
        return None


def save(snapshot: Snapshot, campaign: Path, built: Built, began_ns: int) -> None:
    """Record a full build that began at `began_ns`, so that `matching` finds it. `campaign` is its folder.

    What was changed while it ran is not recorded: the build may have read it before or
    after. Raises OSError when the disk is full.
    """
    done, campaign = built.summary, campaign.absolute()
    inputs, trees = _stamps(path.absolute() for path in built.read), _trees(campaign)
    written = _tree(done.folder)
    snapshot.file.unlink(missing_ok=True)
    since = began_ns - _CLOCK_TICK_NS
    if any(stamp and max(stamp[1:]) >= since for stamp in (*inputs.values(), *trees.values())):
        return
    write_text(
        snapshot.file,
        stable_json(
            {
                "asked": snapshot.asked, "tools": _tools(), "campaign": str(campaign), "folder": str(done.folder),
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
    """The stamps of all files below a folder, by their path in it.

    A link counts as itself and is never followed into: it may lead in a circle, or through the whole machine. What
    it leads to is read by name where a build uses it, so a link to a file also counts as that file.
    """
    found: dict[str, _Stamp] = {}
    waiting = [(str(folder), "")]
    while waiting:
        place, prefix = waiting.pop()
        try:
            entries = list(os.scandir(place))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    waiting.append((entry.path, f"{prefix}{entry.name}/"))
                continue
            found[prefix + entry.name] = _stamp(entry.stat(follow_symlinks=False))
            if entry.is_symlink() and entry.is_file():
                found[f"{prefix}{entry.name} ->"] = _stamp(entry.stat())
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
