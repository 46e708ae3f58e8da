"""What a schedule may not say about a campaign: times that are no moment, texts twice, surprises in price.

Works on the finished models, since it has to write the texts out; so it runs when both files are right
in themselves. No clock: a slot in the past is no mistake of the file.
"""

from __future__ import annotations

from kit.load.tree import Path_, Tree
from kit.model.campaign import Campaign
from kit.model.schedule import Account, Schedule, Slot
from kit.model.schedule_rules import Earlier, Planned
from kit.model.wall_time import AmbiguousTime
from kit.tables.platforms import PLATFORMS
from kit.text.length import has_link
from kit.text.references import write
from kit.text.typography import for_platform
from kit.text.wall_time import utc_text


def check_schedule(schedule: Schedule, campaign: Campaign, tree: Tree) -> None:
    """Note every mistake of the schedule that can be seen before the build.

    The text is compared without its platform's template. Why that is enough: one platform has one
    template, so two texts are alike with it if they are alike without it.
    """
    planned: list[tuple[Path_, Planned]] = []
    for number, slot in enumerate(schedule.slots):
        for place, name in enumerate(slot.accounts):
            account = schedule.account(name)
            _check_media(campaign, slot, account, tree, ("slots", number, "media"))
            try:
                due = schedule.due(slot, account, campaign.day)
            except AmbiguousTime as error:
                tree.mistake(("slots", number, "at"), f"{error} (for {account.id})")
                continue
            if _has_text(campaign, slot, account):
                text = _text(campaign, slot, account)
                platform = PLATFORMS[account.platform]
                linked = platform.price is not None and has_link(text, platform)
                post = Planned(slot.id, account, due, text, linked, 0 if slot.media == "none" else 1)
                planned.append((("slots", number, "accounts", place), post))
    planned.sort(key=lambda each: each[1].due)
    _check_between(schedule, planned, tree)


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
    elif slot.media == "clip" and not platform.text_only:
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


def _check_between(schedule: Schedule, planned: list[tuple[Path_, Planned]], tree: Tree) -> None:
    """Posts that are too near each other, say the same, or cost more than was meant."""
    earlier = Earlier(schedule)
    for at, post in planned:
        account = post.account
        if before := earlier.too_close(post):
            tree.mistake(
                at,
                f"{account.id} posts {before.slot} at {utc_text(before.due)} and {post.slot} at "
                f"{utc_text(post.due)}: less than its spacing of {account.spacing_min} min",
            )
        if twin := earlier.same_text(post):
            platform = PLATFORMS[account.platform].name
            where = "on one account" if twin.account.id == account.id else f"on two accounts of {platform}"
            tree.mistake(
                at,
                f"the same text {where} as slot {twin.slot} ({twin.account.id}): a platform takes it for "
                f"spam; give {account.id} its own words under `variants`",
            )
        earlier.add(post)
    billed = [post for _, post in planned if PLATFORMS[post.account.platform].price]
    names_of = " and ".join(dict.fromkeys(PLATFORMS[post.account.platform].name for post in billed))
    linked = [post for post in billed if post.linked]
    if earlier.too_many_links():
        names = ", ".join(dict.fromkeys(post.slot for post in linked))
        tree.mistake(
            ("max_links",),
            f"{len(linked)} posts on {names_of} carry a link ({names}), more than {schedule.max_links}; a bare address counts",
        )
    if earlier.over_budget():
        tree.mistake(
            ("budget_usd",),
            f"the posts on {names_of} cost about {earlier.usd:.2f} $ ({len(linked)} of {len(billed)} with a link), "
            f"more than {schedule.budget_usd:.2f}",
        )
