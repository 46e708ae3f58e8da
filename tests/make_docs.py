"""Writes docs/checks.md from the checks, docs/platforms.md from the rows: `python -m tests.make_docs`."""

from __future__ import annotations

from pathlib import Path

from kit.check import every_code
from kit.tables.platforms import PLATFORMS, Platform

DOCUMENT = Path(__file__).parent.parent / "docs" / "checks.md"
PLATFORMS_DOCUMENT = DOCUMENT.with_name("platforms.md")


def text() -> str:
    """The document as it should be."""
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
    return f"| `{row.id}` | {row.max_text} | {row.max_alt} | `{row.post_format}` | {ends} | {row.read_on:%Y-%m-%d} |"


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(text(), encoding="utf-8")
    PLATFORMS_DOCUMENT.write_text(platforms(), encoding="utf-8")
