"""Whether something on a timeline is the post that an attempt may have published."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from kit.publish.protocol import Attempt

SLACK = timedelta(minutes=5)
"""How far a platform's clock may be behind ours: an older post with the same words is not this one."""


def same_text(one: object, other: str) -> bool:
    """Whether both say the same, white space and Unicode form aside: platforms change these."""
    return isinstance(one, str) and _plain(one) == _plain(other)


def of_this_attempt(created: datetime | None, attempt: Attempt, slack: timedelta = SLACK) -> bool:
    """Whether it was made since the attempt began. What says no time is not taken for ours: a person is asked."""
    return created is not None and created >= attempt.started - slack


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
