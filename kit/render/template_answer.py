"""What a Typst template says of its own layout, before anyone believes it: a campaign may bring any template."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from kit.model.artifact import BoxRole

_Length = Annotated[float, Field(allow_inf_nan=False, ge=-100_000, le=100_000)]
_Font = Annotated[str, Field(pattern=r"^\S.* \d{1,4}$")]
"""Families, then the weight."""


class _Place(BaseModel):
    x: _Length
    y: _Length
    w: _Length
    h: _Length


class _RawBox(_Place):
    role: BoxRole
    text: str
    font: _Font | None = None
    page: int | None = None
    size_px: _Length


class _RawLayer(_Place):
    id: str
    kind: str
    scene: str | None
    pad: _Length
    hang: bool
    mask: _Place | None
    colour: Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$")]
    role: BoxRole | None
    text: str
    size: _Length
    font: _Font | None
    tick: int | None = None


_BOXES = TypeAdapter(list[_RawBox])
_LAYERS = TypeAdapter(Annotated[list[list[_RawLayer]], Field(min_length=1, max_length=1)])


def wrong_with(values: Any, label: str, pages: int) -> str:
    """Why the metadata of this label are not what their reader expects; empty where they are.

    `pages` is how many were set: each layer but a flat field has one.
    """
    try:
        if label != "layers":
            _BOXES.validate_python(values)
            return ""
        shown = sum(layer.kind != "fill" for layer in _LAYERS.validate_python(values)[0])
    except ValidationError as error:
        first = error.errors()[0]
        return f"gives a metadata <{label}> that is none: {'.'.join(map(str, first['loc']))}: {first['msg']}"
    return "" if shown == pages else f"names {shown} layers with a page of their own and sets {pages} pages"
