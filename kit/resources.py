"""Where templates, fonts and assets come from: the campaign's folder first, then the package.

A campaign may override any single file. In a checkout the defaults are the top-level folders; in
an installed wheel they are package data.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from kit.errors import InputError, WorkError

Folder = Literal["templates", "fonts", "assets"]

_INSTALLED = Path(__file__).parent / "_data"
DEFAULTS = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parent.parent
"""The folder that holds the shipped `templates`, `fonts`, `assets` and example campaign."""
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Resources:
    """File-by-file resolution for one campaign folder."""

    campaign_folder: Path

    def find(self, folder: Folder, name: str) -> Path:
        """The campaign's own file if it has one, else the shipped one; InputError if neither."""
        for base in (self.campaign_folder, DEFAULTS):
            path = base / folder / name
            if path.is_file():
                return path
        raise InputError(
            f"{folder}/{name} is neither in the campaign folder nor shipped with the kit",
            "check the name, or add the file to the campaign folder",
        )

    def names(self, folder: Folder, pattern: str) -> list[str]:
        """Names (relative to the folder) that match a glob, from both places, sorted."""
        found = set()
        for base in (self.campaign_folder, DEFAULTS):
            files = (path for path in (base / folder).glob(pattern) if path.is_file())
            found |= {path.relative_to(base / folder).as_posix() for path in files}
        return sorted(found)

    def digest(self, folder: Folder, *patterns: str) -> str:
        """Hash of every file that matches, as resolved: part of the digest of what uses them."""
        summary = hashlib.sha256()
        for pattern in patterns:
            for name in self.names(folder, pattern):
                summary.update(name.encode() + b"\0")
                with self.find(folder, name).open("rb") as file:
                    while block := file.read(_BLOCK_BYTES):  # footage may be larger than our memory
                        summary.update(block)
        return summary.hexdigest()

    def font_folders(self) -> list[Path]:
        """Folders to load fonts from; the shipped ones are checked against their checksums."""
        verify_fonts()
        own = self.campaign_folder / "fonts"
        shipped = DEFAULTS / "fonts"
        return [shipped] if not own.is_dir() or own.samefile(shipped) else [own, shipped]


@cache
def verify_fonts(folder: Path = DEFAULTS / "fonts") -> None:
    """Raise WorkError unless each shipped font is byte for byte the one in SHA256SUMS.

    Why: another cut of a font moves every line break, and a missing one would be replaced
    silently by the typesetter.
    """
    sums = folder / "SHA256SUMS"
    if not sums.is_file():
        raise WorkError("fonts/SHA256SUMS is missing", "reinstall the kit")
    for line in sums.read_text().splitlines():
        expected, name = line.split(maxsplit=1)
        path = folder / name
        if not path.is_file():
            raise WorkError(f"fonts/{name} is missing", "reinstall the kit")
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise WorkError(f"fonts/{name} is not the file that was shipped", "reinstall the kit")


_CODE = {
    "render": ("render", "artifacts.py", "text", "tables", "media"),
    "check": ("check", "text", "tables", "model", "media"),
}  # fmt: skip
"""What a stage is made of: all that it imports of the kit, but what words errors, writes files or waits, and this
module, whose choice of files each job's digest holds by their bytes. A job brings its model along as data."""
LIBRARIES = {
    "render": (
        "typst",
        "pillow",
        "numpy",
        "moviepy",
        "imageio-ffmpeg",
        "pikepdf",
        "segno",
        "jinja2",
        "fonttools",
        "pydantic",
    ),
    "check": ("pillow", "numpy", "imageio-ffmpeg", "pikepdf", "regex", "twitter-text-parser", "pydantic"),
}
"""Whose versions decide what comes out."""


@cache
def code_digest(stage: Literal["render", "check"]) -> str:
    """Hash of the code and the library versions that draw or check.

    So a new version draws and checks everything again: a corrected check must not reuse old reports.
    """
    here = Path(__file__).parent
    summary = hashlib.sha256()
    for part in _CODE[stage]:
        for path in sorted((here / part).rglob("*.py")) or [here / part]:
            summary.update(path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes())
    summary.update(unicodedata.unidata_version.encode())
    for name in LIBRARIES[stage]:
        summary.update(f"{name} {version(name)}\0".encode())
    return summary.hexdigest()
