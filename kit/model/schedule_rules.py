"""Rules that hold between posts of a schedule: time apart, same text, number of links, price.

The loader asks them of the texts as written, the queue of the texts as built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from kit.model.schedule import Account, Schedule
from kit.tables.platforms import PLATFORMS, price_of


class Planned(NamedTuple):
    """What the rules between posts need to know of one. `media`: how many files; `linked`: whether a link in it is billed."""

    slot: str
    account: Account
    due: datetime
    text: str
    linked: bool
    media: int

    @property
    def usd(self) -> float:
        """What posting it costs in US dollars."""
        return price_of(self.account.platform, self.linked, self.media)


@dataclass
class Earlier:
    """The posts that go out before the next one. Ask and add in the order of time."""

    schedule: Schedule
    links: int = 0
    usd: float = 0.0
    _last: dict[str, Planned] = field(default_factory=dict)
    _said: dict[tuple[str, str], Planned] = field(default_factory=dict)

    def too_close(self, post: Planned) -> Planned | None:
        """The account's post before this one, where it is nearer than the account's spacing."""
        before = self._last.get(post.account.id)
        near = before and post.due - before.due < timedelta(minutes=post.account.spacing_min)
        return before if near else None

    def same_text(self, post: Planned) -> Planned | None:
        """The first post with the same text within its scope, which platforms take for spam."""
        return self._said.get((_scope(post.account), post.text))

    def too_many_links(self, more: int = 0) -> bool:
        """Whether so many more posts with a billed link are too many."""
        limit = self.schedule.max_links
        return limit is not None and self.links + more > limit

    def over_budget(self, more: float = 0.0) -> bool:
        """Whether so many more US dollars are too much."""
        budget = self.schedule.budget_usd
        return budget is not None and self.usd + more > budget + 1e-9

    def add(self, post: Planned) -> None:
        """Count a post that goes out."""
        self._last[post.account.id] = post
        self._said.setdefault((_scope(post.account), post.text), post)
        self.links += post.linked
        self.usd += post.usd


def _scope(account: Account) -> str:
    """Within what a text stands once: the account, or all accounts of a platform that wants it so."""
    return account.platform if PLATFORMS[account.platform].one_text else f"account {account.id}"
