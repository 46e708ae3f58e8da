"""How the tests of a platform take a post through its publisher, without engine and ledger."""

from __future__ import annotations

from pathlib import Path

from kit.model.post import Post
from kit.publish.protocol import Attempt, Notes, Publisher, Result

from ..harness.faulty import Faulty, Said
from ..harness.rows import DUE
from ..harness.with_media import FILES


def write_files(folder: Path) -> Path:
    for name, data in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def forget(notes: Notes) -> None:
    """A ledger that keeps nothing."""


def prepared(
    publisher: Publisher, post: Post, known: Notes | None = None
) -> tuple[dict[str, str], list[Notes]]:
    """The notes of a prepared post, and what was saved on the way."""
    saved: list[Notes] = []
    return dict(publisher.prepare(post, known or {}, saved.append).notes), saved


def attempt(notes: Notes | None = None, number: int = 1) -> Attempt:
    return Attempt(number, "the-key", DUE, notes or {})


def sent(publisher: Publisher, post: Post, number: int = 1) -> Result:
    """Prepared and sent."""
    ready = publisher.prepare(post, {}, forget)
    return publisher.send(post, ready, attempt(ready.notes, number))


def answering(server: Faulty, path: str, said: Said) -> None:
    """Let one path answer this, whatever it is asked."""
    usual = server.answer
    server.answer = lambda asked: said if asked.path == path else usual(asked)  # type: ignore[method-assign]
