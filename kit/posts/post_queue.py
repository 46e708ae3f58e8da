"""The queue: every post of a schedule, final, from what was built; and what keeps others from going out.

A pure function. It reads no file and no clock: the manifest holds each text and each file's sha256,
so that what was checked is what is posted, days later and elsewhere.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kit.model.artifact import PARAGRAPH, Artifact, Manifest
from kit.model.campaign import Campaign
from kit.model.ids import ArtifactId, post_id
from kit.model.post import Blocked, Post, PostKey, PostMedia, Queue
from kit.model.schedule import Account, Schedule, Slot
from kit.model.schedule_rules import Earlier, Planned
from kit.model.wall_time import AmbiguousTime
from kit.model.withheld import withheld
from kit.tables.languages import LANGUAGES
from kit.tables.platforms import PLATFORMS, price_of
from kit.text.length import has_link, length
from kit.text.wall_time import utc_text

BUILD = "run `kit build`"


def queue(manifest: Manifest, schedule: Schedule, campaign: Campaign, now: datetime | None = None) -> Queue:
    """Posts in the order of time, and the blocked slots with code, reason and what would put them right.

    With `now` a slot whose post stopped being wanted (`not_after`) is `missed`; without it nothing
    is. Between due and `not_after` a post is late, and still one. Nothing here raises for a bad
    schedule: the loader has refused it, and what only the built texts show comes back as blocked.
    """
    kit = _BuiltKit(manifest)
    accounts = {account.id: account for account in schedule.accounts}
    posts: list[Post] = []
    blocked: list[Blocked] = []
    for slot in schedule.slots:
        for name in slot.accounts:
            found = _post(kit, schedule, campaign, slot, accounts[name], now)
            if isinstance(found, Post):
                posts.append(found)
            else:
                blocked.append(found)
    posts.sort(key=lambda post: (post.due, post.key))
    kept, more = _keep_rules_between(posts, kit, schedule)
    blocked += more
    return Queue(
        slug=manifest.slug, edition=manifest.edition, posts=tuple(kept),
        blocked=tuple(sorted(blocked, key=lambda each: each.key)),
    )  # fmt: skip


@dataclass
class _BuiltKit:
    """The manifest by id, and what was worked out for an artifact: many slots share one text."""

    manifest: Manifest
    by_id: dict[str, Artifact] = field(init=False)
    failed: dict[str, str] = field(init=False)
    withheld: dict[str, frozenset[str]] = field(init=False)
    _texts: dict[str, tuple[str, int, bool]] = field(default_factory=dict)
    _clips: dict[tuple[str, str, str], Artifact | None] = field(default_factory=dict)
    _media: dict[tuple[str, str | None], PostMedia] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {artifact.id: artifact for artifact in self.manifest.artifacts}
        self.failed = self.manifest.failed
        self.withheld = withheld(self.manifest.artifacts, self.failed)

    def text(self, artifact: Artifact, platform: str) -> tuple[str, int, bool] | None:
        """The text, its length there, and whether a link is billed; None if it is not the built file's."""
        if artifact.id not in self._texts:
            text = PARAGRAPH.join(artifact.text)
            if hashlib.sha256(f"{text}\n".encode()).hexdigest() != artifact.sha256:
                return None
            row = PLATFORMS[platform]
            linked = row.price is not None and has_link(text, row)
            self._texts[artifact.id] = text, length(text, row), linked
        return self._texts[artifact.id]

    def is_linked(self, artifact_id: str) -> bool:
        """Whether X sees a link in a text that was asked for already."""
        return self._texts[artifact_id][2]

    def clip(self, language: str, platform: str, name: str) -> Artifact | None:
        """The clip in the shape that the platform shows best, of those that were made."""
        key = language, platform, name
        if key not in self._clips:
            shapes = PLATFORMS[platform].clips
            made = (self.by_id.get(str(ArtifactId("clip", language, shape, name))) for shape in shapes)
            self._clips[key] = next((clip for clip in made if clip), None)
        return self._clips[key]

    def captions(self, clip: Artifact) -> Artifact | None:
        """The captions of a clip as platforms take them."""
        return self.by_id.get(str(clip.identity.copy("vtt"))) if clip.identity else None

    def media(self, artifact: Artifact, alt: str, captions: Artifact | None) -> PostMedia:
        """A picture or a clip as posts carry it; `alt` is its own."""
        key = artifact.id, captions.id if captions else None
        if key not in self._media:
            self._media[key] = _as_media(artifact, alt, captions)
        return self._media[key]

    def failure(self, *ids: str) -> str | None:
        """The finding that withholds one of these."""
        if not self.failed:
            return None
        causes = (cause for name in ids for cause in sorted(self.withheld.get(name, ())))
        return next((self.failed[cause] for cause in causes), None)


def _post(
    kit: _BuiltKit, schedule: Schedule, campaign: Campaign, slot: Slot, account: Account, now: datetime | None
) -> Post | Blocked:
    """The post of one slot and account, or the first reason why there is none."""
    manifest = kit.manifest
    key = PostKey(manifest.slug, manifest.edition, account.platform, account.id, slot.id)

    def blocked(code: str, why: str, fix: str) -> Blocked:
        return Blocked(key=key, code=code, why=why, fix=fix)

    try:
        due = schedule.due(slot, account, campaign.day)
    except AmbiguousTime as error:
        return blocked("not-one-moment", str(error), "write another time in schedule.yaml")
    hours = schedule.not_after_h if slot.not_after_h is None else slot.not_after_h
    not_after = due + timedelta(hours=hours)
    if now is not None and now > not_after:
        return blocked(
            "missed", f"was due {utc_text(due)} and wanted until {utc_text(not_after)}",
            "post it by hand, or give the slot a new time and approve it",
        )  # fmt: skip

    own = (slot.id, account.id) if account.id in slot.variants else ("", "")
    wanted = post_id(account.language, account.platform, slot.piece, *own)
    artifact = kit.by_id.get(wanted)
    if artifact is None:
        return blocked("text-missing", f"{wanted} is not in the manifest", BUILD)
    if why := kit.failure(artifact.id):
        return blocked("artifact-failed", why, "fix what failed, then " + BUILD)
    counted = kit.text(artifact, account.platform)
    if counted is None:
        return blocked("text-changed", f"the manifest's text is not that of {artifact.path}", BUILD)
    text, count, linked = counted
    platform = PLATFORMS[account.platform]
    if count > platform.max_text or (platform.max_bytes and len(text.encode()) > platform.max_bytes):
        return blocked("text-too-long", f"{count} of {platform.max_text} on {platform.name}", "shorten it")

    media: tuple[PostMedia, ...] = ()
    if slot.media != "none" and not platform.text_only:
        found = _media(kit, artifact, slot, account)
        if isinstance(found, tuple):
            return blocked(*found)
        media = (found,)
    elif platform.needs_media:
        return blocked("media-kind", f"{platform.name} takes no post without a picture or a clip", "add one")

    usd = price_of(account.platform, linked, len(media))
    zone = schedule.zone_of(slot, account)
    facts = {*artifact.facts, *(fact for each in media for fact in kit.by_id[each.artifact].facts)}
    # every value above is checked: validating ten thousand posts once more would cost a second
    return Post.model_construct(
        slug=manifest.slug, edition=manifest.edition, platform=account.platform, account=account.id,
        handle=account.handle, slot=slot.id, piece=slot.piece, artifact=artifact.id,
        language=LANGUAGES[account.language].tag, review=account.language, text=text, media=media,
        facts=tuple(sorted(facts)), links=artifact.links, due=due,
        local=schedule.local(slot, campaign.day), zone=zone.key, not_after=not_after,
        length=count, limit=platform.max_text, usd=round(usd, 4),
    )  # fmt: skip


def _media(
    kit: _BuiltKit, artifact: Artifact, slot: Slot, account: Account
) -> PostMedia | tuple[str, str, str]:
    """The picture or clip of a post, or code, reason and fix of its absence."""
    platform = PLATFORMS[account.platform]
    if slot.media == "clip":
        found = kit.clip(account.language, account.platform, slot.clip)
        what = f"a clip {slot.clip} in {account.language} in a shape of {platform.name}"
        if found is None:
            return "media-missing", f"{what} was not built", f"add it to `clips`, then {BUILD}"
    else:
        name = artifact.media[0] if artifact.media else None
        found = kit.by_id.get(name) if name else None
        if found is None:
            return "media-missing", f"no picture of {slot.piece} for {platform.name} was built", BUILD
        if found.media_type not in platform.image_types:
            return "media-kind", f"{platform.name} does not take {found.media_type}", "use its own format"
        if found.bytes > platform.max_image_bytes:
            return "media-too-large", f"{found.bytes:,} of {platform.max_image_bytes:,} bytes", BUILD
    sidecar = kit.captions(found) if slot.media == "clip" else None
    if why := kit.failure(found.id, *([sidecar.id] if sidecar else ())):
        return "artifact-failed", why, "fix what failed, then " + BUILD
    alt = found.alt.full if found.alt else ""
    if not alt:
        return "alt-missing", f"{found.id} has no alternative text", "write `alt` for the piece"
    if len(alt) > platform.max_alt:
        return "alt-too-long", f"{len(alt)} of {platform.max_alt} on {platform.name}", "shorten it"
    return kit.media(found, alt, sidecar)


def _as_media(artifact: Artifact, alt: str, captions: Artifact | None = None) -> PostMedia:
    return PostMedia(
        artifact=artifact.id, path=artifact.path, sha256=artifact.sha256, media_type=artifact.media_type,
        bytes=artifact.bytes, width=artifact.width, height=artifact.height, duration_s=artifact.duration_s,
        alt=alt, captions=_as_media(captions, "") if captions else None,
    )  # fmt: skip


def _keep_rules_between(
    posts: list[Post], kit: _BuiltKit, schedule: Schedule
) -> tuple[list[Post], list[Blocked]]:
    """Hold back what stands too close on its account, repeats a text, or goes past the budget.

    The loader refuses these where it can see them; a template that writes two texts alike shows here.
    """
    kept: list[Post] = []
    blocked: list[Blocked] = []
    accounts = {account.id: account for account in schedule.accounts}
    earlier = Earlier(schedule)
    for post in posts:
        linked = kit.is_linked(post.artifact)
        planned = Planned(post.slot, accounts[post.account], post.due, post.text, linked, len(post.media))
        if (fault := _broken_rule(planned, earlier)) is not None:
            code, why, fix = fault
            blocked.append(Blocked(key=post.key, code=code, why=why, fix=fix))
        else:
            kept.append(post)
            earlier.add(planned)
    return kept, blocked


def _broken_rule(post: Planned, earlier: Earlier) -> tuple[str, str, str] | None:
    """Code, reason and fix of the first rule between posts that this one breaks."""
    schedule, spacing = earlier.schedule, post.account.spacing_min
    if before := earlier.too_close(post):
        why = f"less than {spacing} min after {before.slot} on {post.account.id}"
        return "too-close", why, "move one of them"
    if twin := earlier.same_text(post):
        why = f"the same text as {twin.slot} on {twin.account.id}"
        return "identical-text", why, "give the account its own words under `variants`"
    if earlier.too_many_links(post.linked):
        why = f"the {earlier.links + 1}th link on X, `max_links` is {schedule.max_links}"
        return "links-over-limit", why, "raise it"
    if earlier.over_budget(post.usd):
        why = f"{earlier.usd + post.usd:.3f} $ with it, `budget_usd` is {schedule.budget_usd:.2f}"
        return "over-budget", why, "raise the budget, or take an address out of a text"
    return None
