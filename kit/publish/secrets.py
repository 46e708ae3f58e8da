"""Credentials of an account: found by the names that the schedule gives, never written into a kit."""

from __future__ import annotations

import os
from pathlib import Path

from kit.model.schedule import Account


def account_secrets(account: Account, home: Path) -> dict[str, str]:
    """The values of an account's credentials, as far as this machine has them. `home` is `.kit`."""
    return {name: value for name in account.credentials if (value := os.environ.get(name))}
