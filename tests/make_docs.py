"""Writes what documents say of rows, checks and models: `make docs`.

`docs/checks.md` and `docs/platforms.md` are made whole. README.md and `docs/clips.md` are written by hand around
blocks that are made: what stands between `<!-- made: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from kit.check import every_code
from kit.files import stable_json
from kit.load.json_schema import MODELS, schema_of
from kit.tables.clips import CLIPS
from kit.tables.formats import FORMATS
from kit.tables.languages import LANGUAGES
from kit.tables.platforms import PLATFORMS, Platform
from kit.tables.prints import PRINTS, RECEIPT

ROOT = Path(__file__).parent.parent


def text() -> str:
    """The document of finding codes as it should be."""
    rows = "\n".join(f"| `{code}` | {rationale} |" for code, rationale in sorted(every_code().items()))
    return (
        "# Every finding code\n\n"
        "`FAIL` keeps an artifact, its copies and what quotes it out of archives and downloads, exit 1.\n"
        "`WARN` is said and exits 0. `SKIP` is a blind spot: a check that could not look. `PASS` is counted.\n"
        "Codes are stable; sentences may improve. Generated from `kit/check`; do not edit.\n\n"
        f"| code | why it exists |\n|---|---|\n{rows}\n"
    )


def platforms() -> str:
    """The document of platforms as it should be."""
    rows = "\n".join(_platform(row) for row in PLATFORMS.values())
    return (
        "# Platforms\n\n"
        "What posts are written for. A platform without credentials is posted to by hand. Generated from\n"
        "`kit/tables/platforms.py`, where the source of each row stands; do not edit.\n\n"
        "| platform | text | alternative text | picture of a post | credentials, how their names end | read on |\n"
        f"|---|---|---|---|---|---|\n{rows}\n"
    )


def _platform(row: Platform) -> str:
    ends = ", ".join(f"`{role.suffix}`" for role in row.roles) or "none"
    alt, picture = ("none", "none") if row.text_only else (str(row.max_alt), f"`{row.post_format}`")
    return f"| `{row.id}` | {row.max_text} | {alt} | {picture} | {ends} | {row.read_on:%Y-%m-%d} |"


def _names(ids: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in ids)


def _formats() -> str:
    """What the README lists."""
    return (
        f"Screen formats: {_names(FORMATS)}.\n\nPrint formats: {_names([*PRINTS, RECEIPT.id])}.\n\n"
        f"Languages: {_names(LANGUAGES)}.\n\n"
        f"Clip formats: {_names(row.id for row in CLIPS.values() if row.sound)}; "
        f"with `--extras` also {_names(row.id for row in CLIPS.values() if not row.sound)}.\n"
    )


def _shapes() -> str:
    rows = [f"| `{row.id}` | {row.width_px}×{row.height_px} | {row.fps} |\n" for row in CLIPS.values()]
    return "| shape | pixels | frames a second |\n|---|---|---|\n" + "".join(rows)


def _shapes_of_platforms() -> str:
    rows = [f"| `{row.id}` | {_names(row.clips)} |\n" for row in PLATFORMS.values() if row.clips]
    return "| platform | shapes, the one it shows largest first |\n|---|---|\n" + "".join(rows)


BLOCKS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "README.md": {"formats": _formats},
    "docs/clips.md": {"shapes": _shapes, "shapes-of-platforms": _shapes_of_platforms},
}


def made() -> dict[str, str]:
    """Every document as it should be, by its path in the tree."""
    whole = {"docs/checks.md": text(), "docs/platforms.md": platforms()}
    whole |= {f"docs/schema/{name}.schema.json": stable_json(schema_of(m)) for name, m in MODELS.items()}
    for path, blocks in BLOCKS.items():
        now = (ROOT / path).read_text(encoding="utf-8")
        for name, block in blocks.items():
            now = _with_block(now, name, block())
        whole[path] = now
    return whole


def _with_block(document: str, name: str, block: str) -> str:
    begin, end = f"<!-- made: {name} -->\n", "<!-- end -->\n"
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    assert found and closed, f"no block {name}: {begin}…{end}"
    return before + begin + block + end + after


if __name__ == "__main__":
    for path, content in made().items():
        (ROOT / path).write_text(content, encoding="utf-8")
