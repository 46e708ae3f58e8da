"""The one reader of JSON that this process has not written: servers' answers, kept files, the ledger's rows.

`[[[[…` a hundred thousand deep is a RecursionError in every reader of Python, and what is less deep raises it
later, in whoever writes it out again. So size and depth are bounded here, and `BadJson` is a ValueError.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel

DEEPEST = 64
"""Levels of lists and objects. Our manifest has 6, X's answers 8 (2026-11-30)."""
MOST_BYTES = 100_000_000
"""Of a file. A manifest of nine languages has about 2 MB. Answers have a limit of their own on the wire."""

AnyModel = TypeVar("AnyModel", bound=BaseModel)


class BadJson(ValueError):
    """Not JSON, or more of it than anything of ours or of a platform's is."""


def read_json(data: bytes | str, most: int = MOST_BYTES) -> Any:
    """The value. Raises BadJson: not JSON, NaN or Infinity in it, too long, too deep."""
    if len(data) > most:
        raise BadJson(f"longer than {most:,} bytes")
    try:
        value = json.loads(data, parse_constant=_no_number)
    except RecursionError:
        raise BadJson("nested too deep") from None
    except ValueError as error:
        raise BadJson(str(error)) from None
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [each for held in level for each in _held(held) if isinstance(each, (dict, list))]
        if not level:
            return value
    raise BadJson("nested too deep")


def read_json_file(path: Path, most: int = MOST_BYTES) -> Any:
    """The same of a file. Raises OSError and BadJson."""
    return read_json(_bytes(path, most), most)


def read_model(model: type[AnyModel], data: bytes | str, most: int = MOST_BYTES) -> AnyModel:
    """A model of JSON. Raises BadJson, and ValidationError (a ValueError too) for what is no such model."""
    if len(data) > most:
        raise BadJson(f"longer than {most:,} bytes")
    try:
        return model.model_validate_json(data)
    except RecursionError:
        raise BadJson("nested too deep") from None


def read_model_file(model: type[AnyModel], path: Path, most: int = MOST_BYTES) -> AnyModel:
    """The same of a file. Raises OSError, BadJson and ValidationError."""
    return read_model(model, _bytes(path, most), most)


def _bytes(path: Path, most: int) -> bytes:
    """No more of a file than would be read: a sparse one can be larger than any memory."""
    with path.open("rb") as file:
        return file.read(most + 1)


def _held(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _no_number(name: str) -> NoReturn:
    """Python reads `NaN`, which JSON has not, and every comparison with it is false."""
    raise ValueError(f"{name} is no number of JSON")
