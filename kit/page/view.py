"""Everything one page says, in one language, seen from its own place in the folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from pathlib import PurePosixPath
from typing import Any

from kit.model.artifact import Artifact
from kit.model.campaign import Campaign
from kit.model.ids import page_path
from kit.model.theme import Theme
from kit.model.withheld import withheld
from kit.page.context import CARRIED, PageContext
from kit.page.downloads import clips, posts, print_shelves, shelves
from kit.page.services import directory, fact_table, listed_facts, tool_groups
from kit.resources import Resources
from kit.tables.clips import TICKS
from kit.tables.languages import LANGUAGES
from kit.text.dates import full_date
from kit.text.typography import label_with


def page_context(
    campaign: Campaign, language: str, path: str, artifacts: Sequence[Artifact], failed: Set[str],
    posted: Mapping[str, str], resources: Resources,
) -> PageContext:  # fmt: skip
    """The context of the page at `path`. `failed` are the ids that a check refused."""
    own = tuple(a for a in artifacts if a.language == language and a.kind in CARRIED)
    return PageContext(
        campaign, language, path, own, frozenset(withheld(artifacts, failed)), posted, resources
    )


def template_values(page: PageContext, theme: Theme, archive: str | None) -> dict[str, Any]:
    """What the template may use, and nothing else. `archive` is the path of this language's ZIP."""
    campaign = page.campaign
    return {
        "t": page.words(),
        "tag": page.row.tag,
        "direction": page.row.direction,
        "palette": theme.palette.model_dump(),
        "ticks": TICKS,
        "title": page.set(campaign.title),
        "hashtag": campaign.hashtag,
        "day": full_date(campaign.day, page.row),
        "until": label_with(page.write(page.texts.words.use_until), full_date(campaign.use_until, page.row)),
        "emitter": campaign.emitter.name if campaign.emitter else None,
        "exit_url": str(campaign.exit_url),
        "languages": _languages(page),
        "groups": tool_groups(page),
        "reviewed": page.texts.review.state == "signed",
        "verified": all(fact.verified_on is not None for fact in listed_facts(page)),
        "archive": {"href": page.href(archive), "name": PurePosixPath(archive).name} if archive else None,
        "shelves": shelves(page),
        "prints": print_shelves(page),
        "directory": directory(page),
        "films": clips(page),
        "platforms": posts(page),
        "facts": fact_table(page),
        "checksums": [(a.sha256, a.path) for a in page.by_path() if a.id not in page.withheld],
    }


def _languages(page: PageContext) -> list[dict[str, Any]]:
    """The campaign's languages, by the name their readers use."""
    rows = [LANGUAGES[code] for code in page.campaign.languages]
    return [
        {
            "name": row.native_name,
            "tag": row.tag,
            "direction": row.direction,
            "href": page.href(page_path(row.code)),
            "here": row.code == page.language,
        }
        for row in rows
    ]
