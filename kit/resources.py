"""Where templates, fonts and assets come from: the campaign's folder first, then the package.

A campaign may override any single file. In a checkout the defaults are the top-level folders; in
an installed wheel they are package data.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
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


@cache
def code_digest(*folders: str) -> str:
    """Hash of the kit's own code: by default what draws, so that a new version redraws everything."""
    here = Path(__file__).parent
    summary = hashlib.sha256()
    for folder in (*(folders or ("render",)), "words", "tables"):
        for path in sorted((here / folder).rglob("*.py")):
            summary.update(path.name.encode() + b"\0" + path.read_bytes())
    return summary.hexdigest()
