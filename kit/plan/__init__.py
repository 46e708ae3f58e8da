"""Plan: from the campaign to the list of jobs, every string final. A pure function.

What exists here is what will be made; nothing later adds or drops a file.
"""

from __future__ import annotations

from kit.model.campaign import Campaign
from kit.model.plan import Plan, Preset
from kit.model.schedule import Schedule
from kit.model.storyboard import Storyboard
from kit.model.theme import Theme
from kit.plan.clips import clips, sounds
from kit.plan.compositions import prints, receipts, visuals
from kit.plan.posts import post, variants


def plan(
    campaign: Campaign,
    theme: Theme,
    storyboards: dict[str, Storyboard],
    schedule: Schedule | None = None,
    *,
    extras: bool = False,
    signed_languages: frozenset[str] = frozenset(),
    preset: Preset = "veryfast",
) -> Plan:
    """Every job of the campaign: visuals first, prints, posts, clips last.

    `extras` adds loops and signage clips, and other sounds of the main clips (`--extras`).
    `signed_languages` have an interpreter's film, and clips keep a place for it; `preset` is x264's.
    Of the schedule only the accounts' own words are planned: they are texts like others.
    """
    posts = [
        post(campaign, piece, language, platform)
        for language in campaign.languages
        for platform in campaign.posts.platforms
        for piece in campaign.pieces
        if campaign.posts.pieces is None or piece.id in campaign.posts.pieces
    ]
    posts += variants(campaign, schedule) if schedule else []
    all_clips = tuple(
        clips(campaign, theme, storyboards, extras=extras, signed_languages=signed_languages, preset=preset)
    )
    return Plan(
        visuals=tuple(job for language in campaign.languages for job in visuals(campaign, theme, language)),
        prints=tuple(job for language in campaign.languages for job in prints(campaign, theme, language)),
        receipts=tuple(job for language in campaign.languages for job in receipts(campaign, theme, language)),
        posts=tuple(posts),
        clips=all_clips,
        sounds=tuple(sounds(all_clips)) if extras else (),
    )
