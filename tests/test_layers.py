"""The layers of ARCHITECTURE.md, enforced on the imports themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "kit"
STAGES = {"load", "plan", "render", "check", "bundle", "page", "queue", "publish", "export", "recall"}
ORCHESTRATORS = {"build", "draw", "rebuild", "seal", "cli", "__main__", "forecast"}
FOUNDATION = {
    "model",
    "tables",
    "words",
    "errors",
    "files",
    "resources",
    "html",
    "mp4",
    "h264",
    "aac",
    "pdf",
    "contrast",
    "ffmpeg",
    "patience",
    "loudness",
    "flash",
}


def layer_of(module: str) -> str:
    """`kit.render.visual` belongs to `render`, `kit.plan` to `plan`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports_of(path: Path) -> set[str]:
    """Every kit module that a file imports, late imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kit":
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "kit"}
    return found


MODULES = sorted(PACKAGE.rglob("*.py"))


def home_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_stage_imports_another_stage(path: Path) -> None:
    home = home_of(path)
    if home in STAGES:
        foreign = {m for m in imports_of(path) if layer_of(m) in (STAGES | ORCHESTRATORS) - {home}}
        assert not foreign


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_the_foundation_imports_no_stage(path: Path) -> None:
    if home_of(path) in FOUNDATION:
        assert not {m for m in imports_of(path) if layer_of(m) in STAGES | ORCHESTRATORS}


def test_models_know_no_words_and_tables_know_no_models() -> None:
    for path in MODULES:
        layers = {layer_of(module) for module in imports_of(path)}
        if home_of(path) == "tables":
            assert layers <= {"tables", "errors"}, path
        if home_of(path) == "model":
            assert layers <= {"model", "tables"}, path


def test_the_referee_sees_a_forbidden_import(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from kit.check import check_artifacts\n")
    assert imports_of(bad) == {"kit.check"}
