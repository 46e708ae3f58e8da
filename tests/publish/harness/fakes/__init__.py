"""The platforms' servers, as far as publishing goes. A file here is found: nothing lists them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any


def from_each(name: str) -> dict[str, Any]:
    """The tables of this name of all files here, as one: `ROWS` for the harness, `LOGIN` for the logins."""
    found: dict[str, Any] = {}
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        found |= getattr(import_module(f"{__name__}.{path.stem}"), name, {})
    return found
