"""Writes docs/checks.md from the checks themselves: `python -m tests.make_docs`."""

from __future__ import annotations

from pathlib import Path

from kit.check import every_code

DOCUMENT = Path(__file__).parent.parent / "docs" / "checks.md"


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


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(text(), encoding="utf-8")
