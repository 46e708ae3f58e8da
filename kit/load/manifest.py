"""Reading a finished kit's `manifest.json` back: what was built, as its models."""

from __future__ import annotations

from pathlib import Path

from kit.errors import InputError
from kit.model.artifact import Manifest
from kit.text.foreign_json import read_model_file


def read_manifest(folder: Path, purpose: str) -> Manifest:
    """The manifest of the kit in `folder` (`dist/<slug>`). `purpose` is what it was wanted for: "check", "publish".

    Raises InputError when there is none, or when the file is not one.
    """
    path = folder / "manifest.json"
    try:
        return read_model_file(Manifest, path)
    except FileNotFoundError:
        raise InputError(
            f"{path} does not exist: there is no kit to {purpose}", "run `kit build` first"
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is not a manifest of this kit", "run `kit build` again") from error
