"""Files that a campaign names in its own folder: found as they are called there, and missed before anything is built."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from kit.load.plain import items, mapping
from kit.load.tree import Path_, Tree
from kit.model.base import inside_folder, quoted


def check_own_files(raw: dict[str, Any], tree: Tree, folder: Path) -> None:
    """Note each logo and photo that is not there; give the others the name that the disk has for them."""
    _check(mapping(raw.get("emitter")), "logo", ("emitter",), tree, folder)
    for number, piece in enumerate(items(raw.get("pieces"))):
        _check(mapping(mapping(piece).get("photo")), "file", ("pieces", number, "photo"), tree, folder)


def _check(owner: dict[str, Any], key: str, at: Path_, tree: Tree, folder: Path) -> None:
    value = owner.get(key)
    if not isinstance(value, str):
        return  # the model says what was expected
    try:
        name = inside_folder(value)
    except ValueError:
        return
    if (there := on_disk(folder, name)) is not None:
        owner[key] = there
    else:
        tree.mistake((*at, key), missing(folder, value))


def on_disk(folder: Path, name: str) -> str | None:
    """The file as the disk calls it, None where it is not there. `name` is a path inside the folder.

    Trap: `é` is one character or two. macOS hands out names in two (NFD), people type one (NFC), and Linux takes
    these for different names.
    """
    if os.path.lexists(folder / name):
        return name
    return _found(folder, name, lambda text: unicodedata.normalize("NFC", text))


def missing(folder: Path, name: str) -> str:
    """What is wrong with a name that no file has; names the file that differs in capitals only."""
    other = _found(folder, inside_folder(name), lambda text: unicodedata.normalize("NFC", text).casefold())
    hint = f"; there is {quoted(other)}: write it so, since most servers tell capitals apart" if other else ""
    return (
        f"{quoted(name)} does not exist in the campaign folder{hint or '; check the name, or add the file'}"
    )


def _found(folder: Path, name: str, alike: Callable[[str], str]) -> str | None:
    """The path in the folder each part of which is alike; the first by name where there are several."""
    found = PurePosixPath()
    for part in PurePosixPath(name).parts:
        try:
            there = sorted(one.name for one in (folder / found).iterdir())
        except (OSError, ValueError):
            return None
        match = next((one for one in there if alike(one) == alike(part)), None)
        if match is None:
            return None
        found /= match
    return str(found)
