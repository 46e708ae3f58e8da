"""What a schedule may not say about a campaign: times that are no moment, texts twice, surprises in price.

Works on the finished models, since it has to write the texts out; so it runs when both files are right
in themselves. No clock: a slot in the past is no mistake of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kit.load.tree import Path_, Tree
from kit.model.campaign import Campaign
from kit.model.schedule import Account, Schedule, Slot
from kit.tables.platforms import PLATFORMS, price_of
from kit.text.length import has_link
from kit.text.references import write
from kit.text.typography import for_platform
from kit.text.wall_time import AmbiguousTime, to_utc, utc_text


@dataclass(frozen=True)
class _Planned:
    """A post as far as it is known before anything was built: no template, no picture."""

    at: Path_
    slot: Slot
    account: Account
    due: datetime
    text: str


def check_schedule(schedule: Schedule, campaign: Campaign, tree: Tree) -> None:
    """Note every mistake of the schedule that can be seen before the build.

    The text is compared without its platform's template. Why that is enough: one platform has one
    template, so two texts are alike with it if they are alike without it.
    """
    planned = []
    for number, slot in enumerate(schedule.slots):
        for place, name in enumerate(slot.accounts):
            account = schedule.account(name)
            at: Path_ = ("slots", number, "accounts", place)
            _check_media(campaign, slot, account, tree, ("slots", number, "media"))
            zone = schedule.zone_of(slot, account)
            try:
                due = to_utc(campaign.day + timedelta(days=slot.day), slot.at, zone)
            except AmbiguousTime as error:
                tree.mistake(("slots", number, "at"), f"{error} (for {account.id})")
                continue
            if _has_text(campaign, slot, account):
                planned.append(_Planned(at, slot, account, due, _text(campaign, slot, account)))
    planned.sort(key=lambda post: post.due)
    _check_spacing(planned, tree)
    _check_repeats(planned, tree)
    _check_price(schedule, planned, tree)


def _has_text(campaign: Campaign, slot: Slot, account: Account) -> bool:
    """Whether the campaign makes this post; if not, nothing is wrong, and the queue says what is missing."""
    posts = campaign.posts
    return (
        account.platform in posts.platforms
        and (posts.pieces is None or slot.piece in posts.pieces)
        and slot.piece in campaign.texts[account.language].posts
    )


def _text(campaign: Campaign, slot: Slot, account: Account) -> str:
    own = slot.variants.get(account.id)
    common = campaign.texts[account.language].posts[slot.piece]
    text = own or getattr(common, PLATFORMS[account.platform].wording)
    return for_platform(write(campaign, account.language, text, isolates=True).text.strip())


def _check_media(campaign: Campaign, slot: Slot, account: Account, tree: Tree, where: Path_) -> None:
    platform = PLATFORMS[account.platform]
    if slot.media == "none" and platform.needs_media:
        tree.mistake(where, f"{platform.name} takes no post without a picture or a clip ({account.id})")
    elif slot.media == "clip":
        shapes = [shape for shape in platform.clips if shape in campaign.clips.formats]
        if slot.clip not in campaign.clips.storyboards:
            tree.mistake(where, f"{slot.clip} is not one of the campaign's clips.storyboards")
        elif account.language not in campaign.clips.languages:
            tree.mistake(where, f"no clip is made in {account.language}: add it to clips.languages")
        elif not shapes:
            takes = ", ".join(platform.clips)
            tree.mistake(
                where, f"{platform.name} takes none of the clips made; add one of {takes} to clips.formats"
            )


def _check_spacing(planned: list[_Planned], tree: Tree) -> None:
    last: dict[str, _Planned] = {}
    for post in planned:
        before = last.get(post.account.id)
        gap = timedelta(minutes=post.account.spacing_min)
        if before and post.due - before.due < gap:
            tree.mistake(
                post.at,
                f"{post.account.id} posts {before.slot.id} at {utc_text(before.due)} and {post.slot.id} at "
                f"{utc_text(post.due)}: less than its spacing of {post.account.spacing_min} min",
            )
        last[post.account.id] = post


def _check_repeats(planned: list[_Planned], tree: Tree) -> None:
    said: dict[tuple[str, str], _Planned] = {}
    for post in planned:
        platform = PLATFORMS[post.account.platform]
        twin = said.setdefault((platform.id if platform.one_text else post.account.id, post.text), post)
        if twin is not post:
            where = (
                "on one account"
                if twin.account.id == post.account.id
                else f"on two accounts of {platform.name}"
            )
            tree.mistake(
                post.at,
                f"the same text {where} as slot {twin.slot.id} ({twin.account.id}): a platform takes it for "
                f"spam; give {post.account.id} its own words under `variants`",
            )


def _check_price(schedule: Schedule, planned: list[_Planned], tree: Tree) -> None:
    billed = [post for post in planned if PLATFORMS[post.account.platform].price]
    linked = [post for post in billed if has_link(post.text, PLATFORMS[post.account.platform])]
    usd = sum(
        price_of(post.account.platform, post in linked, 0 if post.slot.media == "none" else 1)
        for post in billed
    )
    names_of = " and ".join(dict.fromkeys(PLATFORMS[post.account.platform].name for post in billed))
    if schedule.max_links is not None and len(linked) > schedule.max_links:
        names = ", ".join(dict.fromkeys(post.slot.id for post in linked))
        tree.mistake(
            ("max_links",),
            f"{len(linked)} posts on {names_of} carry a link ({names}), more than {schedule.max_links}; a bare address counts",
        )
    if schedule.budget_usd is not None and usd > schedule.budget_usd + 1e-9:
        tree.mistake(
            ("budget_usd",),
            f"the posts on {names_of} cost about {usd:.2f} $ ({len(linked)} of {len(billed)} with a link), "
            f"more than {schedule.budget_usd:.2f}",
        )
