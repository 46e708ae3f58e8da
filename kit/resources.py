"""Where templates, fonts and assets come from: the campaign's folder first, then the package.

A campaign may override any single file. In a checkout the defaults are the top-level folders; in
an installed wheel they are package data.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from kit.errors import InputError, WorkError
from kit.files import inside

Folder = Literal["templates", "fonts", "assets"]

_INSTALLED = Path(__file__).parent / "_data"
DEFAULTS = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parent.parent
"""The folder that holds the shipped `templates`, `fonts`, `assets` and example campaign."""
_BLOCK_BYTES = 1 << 20

MAX_PICTURE_BYTES = 20_000_000
"""Of a logo or a photo."""
MAX_VOICE_BYTES = 200_000_000
MAX_FILM_BYTES = 1_000_000_000
MAX_TEMPLATE_BYTES = 1_000_000
_MAX_FONT_BYTES = 64_000_000
_MOST_BYTES = (
    ("assets/lsf/", MAX_FILM_BYTES),
    ("assets/audio/", MAX_VOICE_BYTES),
    ("assets/", MAX_PICTURE_BYTES),
    ("templates/", MAX_TEMPLATE_BYTES),
    ("fonts/", _MAX_FONT_BYTES),
)
"""What is read of a campaign's own file, by where it lies; the first row that fits. The largest free font of all
of Chinese has 30 MB."""
_FONTS = (".ttf", ".otf", ".ttc", ".otc")


@dataclass(frozen=True)
class Resources:
    """File-by-file resolution for one campaign folder."""

    campaign_folder: Path

    def find(self, folder: Folder, name: str) -> Path:
        """The campaign's own file if it has one, else the shipped one; InputError if neither.

        Raises InputError as well for a file of the campaign that may not be read (`kit.files.inside`).
        """
        if self.overrides(folder, name):
            return self._own(f"{folder}/{name}")
        path = DEFAULTS / folder / name
        if path.is_file():
            return path
        raise InputError(
            f"{folder}/{name} is neither in the campaign folder nor shipped with the kit",
            "check the name, or add the file to the campaign folder",
        )

    def overrides(self, folder: Folder, name: str) -> bool:
        """Whether the campaign has its own file of this name: a folder is none, whatever else is one."""
        own = self.campaign_folder / folder / name
        return os.path.lexists(own) and not own.is_dir()

    def picture(self, name: str) -> Path:
        """A logo or photo that the campaign names. Raises InputError unless it may be read."""
        return inside(self.campaign_folder, name, MAX_PICTURE_BYTES)

    def _own(self, name: str) -> Path:
        most = next(most for start, most in _MOST_BYTES if name.startswith(start))
        return inside(self.campaign_folder, name, most)

    def overrides_shipped(self, folder: Folder, name: str) -> bool:
        """Whether the file is the campaign's own, and the campaign is not the kit's example in a checkout."""
        return self.overrides(folder, name) and not self._is_shipped

    @property
    def _is_shipped(self) -> bool:
        try:
            return self.campaign_folder.samefile(DEFAULTS)
        except OSError:
            return False

    def names(self, folder: Folder, *patterns: str) -> list[str]:
        """Names (relative to the folder) that match one of these globs, from both places, sorted.

        What is no ordinary file in the campaign is among them: `find` refuses it, where skipping would be silent.
        """
        found = set()
        for base in (self.campaign_folder, DEFAULTS):
            for pattern in patterns:
                files = (path for path in (base / folder).glob(pattern) if not path.is_dir())
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
        """Folders to load fonts from; the shipped ones are checked against their checksums.

        Raises InputError for a font, or a folder of them, that may not be read: the typesetter would follow it.
        """
        verify_fonts()
        own = self.campaign_folder / "fonts"
        shipped = DEFAULTS / "fonts"
        if not own.is_dir() or own.samefile(shipped):
            return [shipped]
        for path in (own, *own.rglob("*")):
            if path.is_symlink() or (path.suffix.lower() in _FONTS and not path.is_dir()):
                self._own(f"fonts/{path.relative_to(own).as_posix()}")
        return [own, shipped]


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
    "render": ("render", "files", "text", "tables", "media"),
    "check": ("check", "files", "text", "tables", "model", "media"),
}  # fmt: skip
"""What a stage is made of: all that it imports of the kit, but what words errors, and this
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
