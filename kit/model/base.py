"""What every model of the kit has in common: frozen, and no to unknown keys."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints


class Model(BaseModel):
    """A frozen value. Unknown keys are refused: `captoin:` must never be a missing caption."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _yes_or_no(value: object) -> object:
    """Only `true` and `false` are booleans.

    Why: YAML 1.1 also reads `no`, `on` and `y` as booleans, which turns the Norwegian
    language code and the word "on" into False and True.
    """
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError(f"{value!r} is not a yes or no; write true or false")


def _inside_folder(value: str) -> str:
    """A path in YAML stays inside the campaign folder: it may come from someone else."""
    path = PurePosixPath(value.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in value:
        raise ValueError(f"{value!r} leaves the campaign folder; write a path inside it")
    return str(path)


Flag = Annotated[bool, BeforeValidator(_yes_or_no)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\n\r\t]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
FilePath = Annotated[str, AfterValidator(_inside_folder)]
