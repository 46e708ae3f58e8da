"""JSON from outside: bounded, one kind of error, one reader."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kit
from kit.files import stable_json
from kit.model.artifact import Manifest
from kit.text.foreign_json import DEEPEST, BadJson, read_json, read_json_file, read_model, read_model_file

PACKAGE = Path(kit.__file__).parent
READERS = {"loads", "model_validate_json", "validate_json", "from_json"}
NOT_OURS: set[str] = set()
"""Files that may read JSON by themselves: none."""
DEEP = ["[" * 100_000, '{"a":' * 100_000, "[" * (DEEPEST + 2) + "]" * (DEEPEST + 2)]


@pytest.mark.parametrize(
    "text", [*DEEP, "", "nothing", "[NaN]", "[Infinity]", "[1", "1" * 5000, b"\xff\xfe[", b"\xff"]
)
def test_whatever_comes_is_a_value_error_and_no_recursion(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        read_json(text)
    with pytest.raises(ValueError):
        read_model(Manifest, text)


def test_what_is_read_can_be_written_again() -> None:
    deep = "[" * DEEPEST + "]" * DEEPEST
    assert stable_json(read_json(deep))
    assert read_json(b'{"a": [1, "\xc3\xa9", null]}') == {"a": [1, "é", None]}


def test_more_than_anything_of_ours_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.json"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(BadJson, match="longer"):
        read_json_file(path, 1000)
    with pytest.raises(BadJson, match="longer"):
        read_model_file(Manifest, path, 1000)


def readers_in(source: str) -> set[str]:
    """Every call in a module that makes a value of JSON: by name, or `.json()` of an answer."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            of = getattr(node.func, "value", None)
            if name == "load" and isinstance(of, ast.Name) and of.id == "json":
                found.add(name)
            if name in READERS or (name == "json" and not node.args and not node.keywords):
                found.add(name)
    return found


def test_nobody_else_reads_json() -> None:
    others = {
        shown: found
        for path in sorted(PACKAGE.rglob("*.py"))
        if (shown := path.relative_to(PACKAGE).as_posix()) not in NOT_OURS | {"text/foreign_json.py"}
        and (found := readers_in(path.read_text(encoding="utf-8")))
    }
    assert others == {}


def test_the_referee_sees_each_way_round_the_reader() -> None:
    ways = ["json.loads(x)", "json.load(f)", "M.model_validate_json(x)", "from_json(x)", "answer.json()"]
    assert all(readers_in(way) for way in ways)
    assert not readers_in("http.json('GET', url); json.dumps(x)")
