"""What a check yields: one constructor a level, so that all findings look alike.

`measured` and `limit` say by how much a rule is broken, `fix` what the reader can do about it.
"""

from __future__ import annotations

from typing import Protocol

from kit.model.artifact import Finding, Level


class About(Protocol):
    """What a finding is about: an artifact, or the campaign as a whole (None)."""

    @property
    def artifact_id(self) -> str | None:
        """The id that the report names."""


def fail(about: About, code: str, message: str, measured: str, limit: str, fix: str) -> Finding:
    """A rule is broken: the artifact leaves neither in an archive nor on the page."""
    return _finding(Level.FAIL, about, code, message, measured, limit, fix)


def warn(about: About, code: str, message: str, measured: str, limit: str, fix: str) -> Finding:
    """Something to look at; nothing is held back."""
    return _finding(Level.WARN, about, code, message, measured, limit, fix)


def skip(about: About, code: str, message: str, measured: str = "", limit: str = "", *, fix: str) -> Finding:
    """The check applies but could not look; without this line that would count as a PASS."""
    return _finding(Level.SKIP, about, code, message, measured, limit, fix)


def unread(about: About, code: str, opener: str) -> Finding:
    """A SKIP for a file that cannot be opened; the check `opener` says why."""
    return skip(about, code, "not looked at", fix=f"see {opener}")


def _finding(
    level: Level, about: About, code: str, message: str, measured: str, limit: str, fix: str
) -> Finding:
    return Finding(
        level=level, code=code, artifact=about.artifact_id, message=message,
        measured=measured, limit=limit, fix=fix,
    )  # fmt: skip
