"""The layers of ARCHITECTURE.md, enforced on the imports themselves, late ones included."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "kit"

FOUNDATION = {"errors", "files", "resources", "model", "tables", "text", "media"}
"""Know no stage. Of them `tables` knows only errors, `model` only tables."""
STAGES = {
    "load", "plan", "render", "check", "bundle", "page", "posts.post_queue", "posts.recall", "posts.export", "publish",
}  # fmt: skip
"""Plain functions over frozen models; none imports another."""
ORDER = {"build", "cli", "publish.session", "__main__", "__init__", "posts"}
"""Know the sequence. `posts` here is the empty file that makes its folder a package."""
SETS = {"foundation": FOUNDATION, "stage": STAGES, "order": ORDER}

MODULES = sorted(PACKAGE.rglob("*.py"))


def dotted(path: Path) -> str:
    """`kit.render.visual`; a package's own file is the package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


def member_of(module: str) -> tuple[str, str]:
    """The set of a module and its name there: the longest name of a set that it lies under."""
    parts = module.split(".")[1:] or ["__init__"]
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        for label, names in SETS.items():
            if name in names:
                return label, name
    return "", module


def imports_of(path: Path) -> set[str]:
    """Every kit module that a file imports, late imports and imported submodules included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kit":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if (PACKAGE.parent / Path(*whole.split("."))).is_dir() else node.module)
                if (PACKAGE.parent / Path(*whole.split("."))).with_suffix(".py").is_file():
                    found.add(whole)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "kit"}
    return found


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_every_module_is_in_a_set(path: Path) -> None:
    assert member_of(dotted(path))[0], f"add {dotted(path)} to a set of this test"


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_no_stage_imports_another_stage_or_the_order(path: Path) -> None:
    label, name = member_of(dotted(path))
    if label != "stage":
        return
    imported = {member_of(module) for module in imports_of(path)} - {("order", "__init__")}
    assert {each for each in imported if each[0] != "foundation"} <= {("stage", name)}


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_the_foundation_imports_only_the_foundation(path: Path) -> None:
    if member_of(dotted(path))[0] == "foundation":
        assert {member_of(module)[0] for module in imports_of(path)} <= {"foundation"}


def test_models_know_only_tables_and_tables_only_errors() -> None:
    for path in MODULES:
        rooms = {member_of(module)[1] for module in imports_of(path)}
        name = member_of(dotted(path))[1]
        if name == "tables":
            assert rooms <= {"tables", "errors"}, path
        if name == "model":
            assert rooms <= {"model", "tables"}, path


def test_no_module_imports_itself_through_others() -> None:
    """No circle, late imports aside: those are how a circle hides, so they count as well."""
    names = {dotted(path) for path in MODULES}
    edges = {dotted(path): imports_of(path) & names - {dotted(path)} for path in MODULES}
    done: set[str] = set()

    def walk(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, f"{' -> '.join(way[way.index(module) :])} -> {module}"
        if module not in done:
            for other in sorted(edges[module]):
                walk(other, (*way, module))
            done.add(module)

    for module in sorted(names):
        walk(module, ())


def test_the_referee_sees_a_forbidden_import(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text(
        "def f():\n    from kit.check import check_artifacts\n    from kit.posts import post_queue\n"
    )
    assert {member_of(module) for module in imports_of(bad)} == {
        ("stage", "check"),
        ("order", "posts"),
        ("stage", "posts.post_queue"),
    }


def test_the_referee_misses_no_set() -> None:
    assert member_of("kit.publish.session") == ("order", "publish.session")
    assert member_of("kit.publish.engine") == ("stage", "publish")
    assert member_of("kit.unheard_of") == ("", "kit.unheard_of")
