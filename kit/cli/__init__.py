"""The command line. Each command reads its options, calls the kit and prints; no rule is kept here."""

from kit.cli.main import main

__all__ = ["main"]
