"""The person at the keyboard, as a login sees them."""

from __future__ import annotations

from typing import Protocol


class Prompter(Protocol):
    """Shows and asks; a test answers for the person."""

    def say(self, text: str) -> None:
        """Show them something."""
        ...

    def ask(self, what: str, default: str = "") -> str:
        """Ask for something that may be seen."""
        ...

    def ask_hidden(self, what: str) -> str:
        """Ask for something that must not be seen."""
        ...
