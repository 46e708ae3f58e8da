"""Jobs of post texts."""

from __future__ import annotations

from kit.model.campaign import Campaign, Piece
from kit.model.ids import ArtifactId
from kit.model.plan import PostJob
from kit.model.schedule import Schedule
from kit.plan.job_text import Writer, shown_and_linked
from kit.tables.formats import FORMATS
from kit.tables.platforms import PLATFORMS


def post(campaign: Campaign, piece: Piece, language: str, platform_id: str) -> PostJob:
    """The text of a piece for one platform, with the alternative text of its picture."""
    texts = campaign.texts[language]
    write_text = Writer(campaign, language, isolates=True)
    wording = PLATFORMS[platform_id].wording
    fields = {"text": write_text(getattr(texts.posts[piece.id], wording)), "hashtag": campaign.hashtag}
    facts, links = shown_and_linked(campaign, write_text.facts)
    return PostJob(
        id=str(ArtifactId("post", language, platform_id, piece.id)),
        piece=piece.id,
        language=language,
        format=platform_id,
        facts=facts,
        links=links,
        platform=platform_id,
        fields=fields,
        media=_picture_of(campaign, piece, language, platform_id),
        alt_short=Writer(campaign, language)(texts.pieces[piece.id].alt),
    )


def variants(campaign: Campaign, schedule: Schedule) -> list[PostJob]:
    """The accounts' own words: built and checked like every other text, shown on no page.

    Why built: what is posted has passed the very checks that the common texts have passed.
    """
    jobs = []
    for slot in schedule.slots:
        for name, text in slot.variants.items():
            account = schedule.account(name)
            if account.platform not in campaign.posts.platforms:
                continue
            piece = next(piece for piece in campaign.pieces if piece.id == slot.piece)
            common = post(campaign, piece, account.language, account.platform)
            own = Writer(campaign, account.language, isolates=True)
            fields = common.fields | {"text": own(text)}
            facts, links = shown_and_linked(campaign, own.facts)
            changes = {
                "id": str(common.identity.variant(slot.id, name)), "of": common.id,
                "fields": fields, "facts": facts, "links": links,
            }  # fmt: skip
            jobs.append(common.model_copy(update=changes))
    return jobs


def _picture_of(campaign: Campaign, piece: Piece, language: str, platform_id: str) -> tuple[str, ...]:
    """The upload copy that goes with a post: the platform's own format, else one that it takes too."""
    if PLATFORMS[platform_id].text_only:
        return ()
    made = [f for f in campaign.formats if piece.formats is None or f in piece.formats]
    fits = [f for f in made if platform_id in FORMATS[f].platforms]
    best = PLATFORMS[platform_id].post_format
    chosen = [best] if best in made else fits[:1]
    return tuple(str(ArtifactId("visual", language, format_id, piece.id, "jpg")) for format_id in chosen)
