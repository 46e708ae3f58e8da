"""The size of things in kit/: small rooms, short functions, no name of the standard library, nothing twice."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "kit"
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOT_ENTRIES = 20
MODULE_LINES = 400
FUNCTION_LINES = 60
CLASS_METHODS = 25
LINE_LINES = 120
"""Of the file that holds the order of the stages, and nothing else."""
REPEATED_LINES = 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def logic_of(source: str) -> list[tuple[int, str]]:
    """The lines that say what is done: no blank ones, comments, imports,
    docstrings, signatures or lone brackets; by line number."""
    tree = ast.parse(source)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        plain_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, (ast.Import, ast.ImportFrom)) or (isinstance(node, ast.Expr) and plain_text):
            skipped.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for function in functions(tree):
        skipped.update(range(function.lineno, function.body[0].lineno))
    numbered = enumerate(source.splitlines(), 1)
    lines = ((number, line.partition("  #")[0].strip()) for number, line in numbered if number not in skipped)
    return [(n, line) for n, line in lines if line.strip("()[]{},:") and not line.startswith("#")]


def repeated(sources: dict[str, str]) -> list[str]:
    """Runs of six lines of logic that stand in two places."""
    places: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, source in sources.items():
        lines = logic_of(source)
        for start in range(len(lines) - REPEATED_LINES + 1):
            window = lines[start : start + REPEATED_LINES]
            places[tuple(text for _, text in window)].append(f"{name}:{window[0][0]}")
    return [" = ".join(where) for where in places.values() if len(where) > 1]


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def lines_of(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_the_package_has_few_entries_at_its_root() -> None:
    listed = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard", "kit"], cwd=PACKAGE.parent, text=True
    )
    entries = {line.split("/")[1] for line in listed.splitlines()}
    assert len(entries) <= ROOT_ENTRIES, sorted(entries)


def test_the_line_fits_on_a_page() -> None:
    assert len((PACKAGE / "build" / "__init__.py").read_text(encoding="utf-8").splitlines()) <= LINE_LINES


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_modules_functions_and_classes_are_short(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MODULE_LINES
    tree = ast.parse(source)
    long = {node.name: lines_of(node) for node in functions(tree) if lines_of(node) > FUNCTION_LINES}
    assert not long
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            assert sum(isinstance(each, Function) for each in node.body) <= CLASS_METHODS, node.name


def test_no_module_has_a_name_of_the_standard_library() -> None:
    names = {path.parent.name if path.stem == "__init__" else path.stem for path in MODULES}
    assert not names & sys.stdlib_module_names - {"__init__", "__main__"}


def test_no_six_lines_of_logic_stand_twice() -> None:
    assert not repeated({shown(path): path.read_text(encoding="utf-8") for path in MODULES})


def test_the_referee_sees_what_stands_twice_under_other_comments() -> None:
    body = "\n".join(f"a{n} = {n}" for n in range(6))
    other = body.replace("a2 = 2", "# why\na2 = 2  # because\n\n")
    assert repeated({"one": body, "two": f"import os\n\n{other}"}) == ["one:1 = two:3"]
    assert not repeated({"one": body, "two": body.replace("a3", "b3")})
