"""The command line: thin. Each command reads its options and calls one function of the kit."""

from kit.cli.main import main

__all__ = ["main"]
