"""Looking for a post after a lost answer: reading a timeline page by page, and telling ours from others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from kit.publish.http_outcome import CLOCKS_APART
from kit.publish.protocol import Attempt, Unreadable

Row = Mapping[str, Any]
"""A post as a platform lists it."""


class TooMany(Exception):
    """The list is longer than we read: nothing may be concluded from what was read."""


def paged(
    read: Callable[[str | None], tuple[Sequence[Row], str | None]], pages: int, too_many: str
) -> Iterator[Row]:
    """The rows of a list. `read` is given where the page before ended, and says where its own ends.

    Raises TooMany, with the words `too_many`, when it goes on after so many pages.
    """
    after: str | None = None
    for _ in range(pages):
        rows, after = read(after)
        yield from rows
        if after is None:
            return
    raise TooMany(too_many)


def look(
    rows: Iterable[Row],
    has_upload: Callable[[Row], bool],
    says_it: Callable[[Row], bool],
    why: Callable[[Exception], str],
) -> Row | Unreadable | None:
    """Our post among the rows of a client library; `why` words what the library raises while they are read."""
    try:
        read = list(rows)
    except TooMany as error:
        return Unreadable(str(error))
    except Exception as error:  # whatever the library makes of it
        return Unreadable(why(error))
    return pick(read, has_upload, says_it)


def pick(
    rows: Sequence[Row], has_upload: Callable[[Row], bool], says_it: Callable[[Row], bool]
) -> Row | None:
    """The post with our upload, which belongs to one post alone; else the one that says the same."""
    return next(filter(has_upload, rows), None) or next(filter(says_it, rows), None)


def of_this_attempt(
    created: datetime | None, attempt: Attempt, slack: timedelta = CLOCKS_APART
) -> bool:  # fmt: skip
    """Whether it was made since the attempt began. What says no time is not taken for ours: a person is asked."""
    return created is not None and created >= attempt.started - slack
