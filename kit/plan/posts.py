"""Jobs of post texts."""

from __future__ import annotations

from kit.model.campaign import Campaign, Piece
from kit.model.ids import ArtifactId
from kit.model.plan import PostJob
from kit.model.schedule import Schedule
from kit.plan.job_text import Writer, shown_and_linked
from kit.tables.formats import FORMATS
from kit.tables.platforms import PLATFORMS
from kit.text.typography import set_apart


def post(campaign: Campaign, piece: Piece, language: str, platform_id: str) -> PostJob:
    """The text of a piece for one platform, with the alternative text of its picture."""
    texts = campaign.texts[language]
    wording = PLATFORMS[platform_id].wording
    words, facts, links = _words(campaign, language, platform_id, getattr(texts.posts[piece.id], wording))
    fields = {"text": words, "hashtag": campaign.hashtag}
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
            words, facts, links = _words(campaign, account.language, account.platform, text)
            fields = common.fields | {"text": words}
            changes = {
                "id": str(common.identity.variant(slot.id, name)), "of": common.id,
                "fields": fields, "facts": facts, "links": links,
            }  # fmt: skip
            jobs.append(common.model_copy(update=changes))
    return jobs


def _words(
    campaign: Campaign, language: str, platform_id: str, text: str
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """A text as this platform is given it, so that its addresses can be tapped there; its facts and its links."""
    tappable = PLATFORMS[platform_id].tappable
    write_text = Writer(campaign, language, isolates=True, with_scheme=tappable == "with-scheme")
    words = write_text(text)
    facts, links = shown_and_linked(campaign, write_text.facts)
    if tappable == "bare":
        words = set_apart(words, (link.split("://", 1)[-1] for link in links))
    return words, facts, links


def _picture_of(campaign: Campaign, piece: Piece, language: str, platform_id: str) -> tuple[str, ...]:
    """The upload copy that goes with a post: the platform's own format, else one that it takes too."""
    if PLATFORMS[platform_id].text_only:
        return ()
    made = [f for f in campaign.formats if piece.formats is None or f in piece.formats]
    fits = [f for f in made if platform_id in FORMATS[f].platforms]
    best = PLATFORMS[platform_id].post_format
    chosen = [best] if best in made else fits[:1]
    return tuple(str(ArtifactId("visual", language, format_id, piece.id, "jpg")) for format_id in chosen)
