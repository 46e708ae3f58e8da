"""Spoil a copy of the shipped campaign in one place, and say what the loader must then answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kit.errors import InputError, Mistake
from kit.load import load


def change(folder: Path, old: str, new: str, file: str = "campaign.yaml") -> None:
    """Replace the first `old` of a file; fails when the file no longer holds it."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{file} no longer holds {old!r}: fix the test"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def set_first(folder: Path, key: str, value: str) -> None:
    """Give the first `key:` of the campaign another value, whatever it holds today."""
    text = (folder / "campaign.yaml").read_text(encoding="utf-8")
    text, count = re.subn(rf"(?m)^( *{key}: ).+$", lambda found: found.group(1) + value, text, count=1)
    assert count, f"campaign.yaml has no {key} on a line of its own: fix the test"
    (folder / "campaign.yaml").write_text(text, encoding="utf-8")


def place(folder: Path, needle: str, file: str = "campaign.yaml", nth: int = 0) -> str:
    """`line:col` of the nth `needle`, as an editor counts."""
    text = (folder / file).read_text(encoding="utf-8")
    found = [match.start() for match in re.finditer(re.escape(needle), text)]
    line = text.count("\n", 0, found[nth]) + 1
    return f"{line}:{found[nth] - text.rfind(chr(10), 0, found[nth])}"


def mistakes(folder: Path) -> list[Mistake]:
    """Every mistake; checks what holds for all of them: sorted, unique, placed, exit status 2."""
    with pytest.raises(InputError) as caught:
        load(folder)
    found = list(caught.value.mistakes)
    assert caught.value.exit_status == 2
    assert found and found == sorted(set(found))
    assert str(caught.value).splitlines() == [str(mistake) for mistake in found]
    assert all(mistake.file and len(str(mistake)) < 2000 for mistake in found)
    return found


def lines(folder: Path) -> list[str]:
    """Every mistake as it is printed."""
    return [str(mistake) for mistake in mistakes(folder)]


def only(folder: Path) -> str:
    """The one mistake of this folder; fails when there are more."""
    found = lines(folder)
    assert len(found) == 1, "\n".join(found)
    return found[0]


def without_texts(folder: Path) -> str:
    """The campaign up to its texts, as if it were made in French alone."""
    text = (folder / "campaign.yaml").read_text(encoding="utf-8")
    return re.sub(r"(\n *languages: )\[.*\]", r"\1[fr]", text[: text.index("\ntexts:\n")])


def campaign_of(folder: Path, text: str | bytes) -> Path:
    """Write a whole campaign.yaml."""
    (folder / "campaign.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder
