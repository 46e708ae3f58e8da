"""Approvals: the hashes of what a person has accepted, and every reason why a post may not go out.

`.kit/approvals.json` outlives `dist`. It keeps what was shown, so that the next time a person sees
what has changed since, and not only that something has.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from kit.errors import WorkError
from kit.files import digest_of, sha256_of, stable_json
from kit.model.artifact import Artifact, Manifest
from kit.model.base import Model
from kit.model.campaign import Campaign
from kit.model.post import Blocked, Post, PostMedia
from kit.model.withheld import withheld
from kit.publish.state_files import read_state, write_state
from kit.text.foreign_json import read_model
from kit.text.references import fact_as_built

FILE = "approvals.json"


class Approval(Model):
    """A person's yes to one post: hashes of its text, time and files, and what was shown."""

    payload: str
    media: tuple[str, ...]
    by: str
    at: datetime
    shown: dict[str, Any]


class Approvals(Model):
    """All that a person has accepted, by the post's name in the ledger."""

    approvals: Literal[1] = 1
    posts: dict[str, Approval] = {}


class Change(Model):
    """One post that differs from what was approved. `lines` is what a person reads."""

    name: str
    kind: Literal["new", "changed", "removed"]
    lines: tuple[str, ...]


def payload_sha256(post: Post) -> str:
    """The hash of all that readers will see, and when."""
    return digest_of(post.payload())


def media_sha256(post: Post) -> tuple[str, ...]:
    """The hashes of a post's files, captions after the clip that they belong to."""
    return tuple(file.sha256 for file in _files(post))


def read_approvals(home: Path) -> Approvals:
    """What has been approved; nothing, when nobody has yet. Raises WorkError for a damaged file."""
    path = home / FILE
    try:
        return read_model(Approvals, read_state(path))
    except FileNotFoundError:
        return Approvals()
    except (OSError, ValueError) as error:
        raise WorkError(
            f"{path} is not a file of approvals of this kit",
            "nothing was sent; put it back from a backup, or move it away and run `kit approve` again",
        ) from error


def write_approvals(home: Path, approvals: Approvals) -> None:
    """Replace the file as a whole."""
    write_state(home / FILE, stable_json(approvals.model_dump(mode="json")))


def approve(known: Approvals, posts: Iterable[Post], by: str, now: datetime) -> Approvals:
    """The approvals with a person's yes to these posts, as they are now."""
    given = {
        str(post.key): Approval(
            payload=payload_sha256(post), media=media_sha256(post), by=by, at=now, shown=post.payload()
        )
        for post in posts
    }
    return Approvals(posts={**known.posts, **given})


def withdraw(known: Approvals, names: Iterable[str]) -> Approvals:
    """The approvals without these posts."""
    gone = set(names)
    return Approvals(posts={name: yes for name, yes in known.posts.items() if name not in gone})


def changes(known: Approvals, posts: Iterable[Post]) -> list[Change]:
    """What is new, changed or removed since the last approval, in the order of the queue."""
    found, seen = [], set()
    for post in posts:
        name = str(post.key)
        seen.add(name)
        yes = known.posts.get(name)
        if yes is None:
            found.append(Change(name=name, kind="new", lines=tuple(_described(post.payload()))))
        elif not is_approved(yes, post):
            found.append(Change(name=name, kind="changed", lines=_difference(yes.shown, post.payload())))
    for name, yes in known.posts.items():
        if name not in seen:
            found.append(Change(name=name, kind="removed", lines=tuple(_described(yes.shown))))
    return found


def is_approved(yes: Approval, post: Post) -> bool:
    """Whether this is the very post that was accepted."""
    return yes.payload == payload_sha256(post) and yes.media == media_sha256(post)


def _described(payload: Mapping[str, Any]) -> Iterator[str]:
    """A post as a person reads it, and every value of it, so that no change is invisible."""
    yield f"when: {payload.get('local')} {payload.get('zone')} ({payload.get('due')}), not after {payload.get('not_after')}"
    yield f"from: {payload.get('handle')} on {payload.get('platform')}, in {payload.get('language')}"
    yield from (f"text: {line}" for line in str(payload.get("text", "")).split("\n"))
    for medium in payload.get("media", ()):
        yield f"file: {medium.get('path')} ({str(medium.get('sha256'))[:12]})"
        yield f"alt: {medium.get('alt')}"
        if medium.get("captions"):
            yield f"captions: {medium['captions'].get('path')} ({str(medium['captions'].get('sha256'))[:12]})"
    for name in ("facts", "links"):
        yield f"{name}: {', '.join(payload.get(name, ()))}"
    yield f"made of: {payload.get('artifact')}, piece {payload.get('piece')}, review {payload.get('review')}"


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    old, new = list(_described(before)), list(_described(after))
    lines = [line for line in difflib.ndiff(old, new) if line[:2] in ("- ", "+ ")]
    if lines:
        return tuple(lines)
    # a value that the lines above do not show, such as a file's size
    return tuple(
        f"{sign} {name}: {json.dumps(side.get(name), ensure_ascii=False)}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
        for sign, side in (("-", before), ("+", after))
    )


Gate = Callable[[Post], list[Blocked]]
"""Every reason why a post may not go out now; empty when it may."""


def gate(
    known: Approvals,
    manifest: Manifest,
    campaign: Campaign,
    folder: Path,
    today: date,
    sha256: Callable[[Path], str] = sha256_of,
) -> Gate:
    """The gate before every post, for approvals, kit and campaign as they are now.

    Looks at the files themselves: what was checked is what is posted, days later and elsewhere.
    """
    kit = _BuiltKit(
        {fact.id: fact.value for fact in manifest.facts},
        {artifact.id: artifact for artifact in manifest.artifacts},
        folder,
        sha256,
        withheld(manifest.artifacts, manifest.failed),
    )

    def refusals(post: Post) -> list[Blocked]:
        faults = [
            *_unapproved(known.posts.get(str(post.key)), post),
            *_campaign_faults(post, manifest, campaign, today),
            *(fault for name in post.facts for fault in _fact_faults(name, kit, campaign, today)),
            *_findings(post, kit, manifest),
            *_file_faults(post, kit),
        ]
        return [Blocked(key=post.key, code=code, why=why, fix=fix) for code, why, fix in faults]

    return refusals


Fault = tuple[str, str, str]
"""Code, why, and what to do."""


@dataclass(frozen=True)
class _BuiltKit:
    """The built kit, looked up by id."""

    facts: Mapping[str, str]
    artifacts: Mapping[str, Artifact]
    folder: Path
    sha256: Callable[[Path], str]
    withheld: Mapping[str, frozenset[str]]


def _unapproved(yes: Approval | None, post: Post) -> Iterator[Fault]:
    if yes is None:
        yield "not-approved", "nobody has approved it", "read it, then run `kit approve`"
    elif not is_approved(yes, post):
        yield "changed", f"it has changed since {yes.by} approved it", "run `kit approve` again"


def _campaign_faults(post: Post, manifest: Manifest, campaign: Campaign, today: date) -> Iterator[Fault]:
    if campaign.emitter is None:
        yield "emitter-missing", "the campaign names no emitter", "fill in `emitter`, then build and approve"
    text, built = campaign.texts.get(post.review), manifest.reviews.get(post.review)
    if text is None or text.review.state != "signed" or built is None or built.state != "signed":
        yield (
            "language-not-reviewed",
            f"nobody has signed the texts in {post.review}",
            "sign them, then build and approve",
        )
    if today > campaign.use_until:
        yield "edition-over", f"not to be used after {campaign.use_until}", "start the next edition"


_FACT_FIX = "check it at its source, then build and approve again"


def _fact_faults(name: str, kit: _BuiltKit, campaign: Campaign, today: date) -> Iterator[Fault]:
    """A fact as `campaign.yaml` has it at this moment, against what the kit was built with."""
    fact, built = campaign.facts.get(name), kit.facts.get(name)
    if fact is None or built is None:
        yield "fact-withdrawn", f"{name} is no longer a fact of this campaign", _FACT_FIX
        return
    if fact.verified_on is None:
        yield "fact-not-verified", f"nobody has verified {name}", _FACT_FIX
    yield from (("fact-expired", f"{name} {why}", _FACT_FIX) for _, why in fact.lapses(today))
    if built != (now := fact_as_built(campaign, fact)):
        yield "fact-changed", f"{name} was {built!r} when the kit was built and is {now!r} now", _FACT_FIX


def _files(post: Post) -> list[PostMedia]:
    return [f for medium in post.media for f in (medium, medium.captions) if f is not None]


def _findings(post: Post, kit: _BuiltKit, manifest: Manifest) -> Iterator[Fault]:
    """A FAIL that withholds the text or a file, or one on the whole campaign."""
    shown = {post.artifact, *(file.artifact for file in _files(post))}
    names: set[str | None] = {None, *shown}.union(*(kit.withheld.get(name, ()) for name in shown))
    for finding in manifest.findings:
        if finding.get("level") == "FAIL" and finding.get("artifact") in names:
            yield "finding", str(finding.get("message")), "fix it, then build and approve again"


def _file_faults(post: Post, kit: _BuiltKit) -> Iterator[Fault]:
    text = kit.artifacts.get(post.artifact)
    if text is None:
        yield "not-built", f"{post.artifact} is not in the manifest", "run `kit build`"
    else:
        yield from _changed_file(text, kit)
    for file in _files(post):
        listed = kit.artifacts.get(file.artifact)
        if listed is None or (listed.sha256, listed.path) != (file.sha256, file.path):
            yield "file-changed", f"{file.path} is not the file of the manifest", "run `kit approve` again"
        else:
            yield from _changed_file(listed, kit)


def _changed_file(artifact: Artifact, kit: _BuiltKit) -> Iterator[Fault]:
    path = kit.folder / artifact.path
    if not path.is_file():
        yield "file-missing", f"{artifact.path} is not there", "run `kit build`"
    elif kit.sha256(path) != artifact.sha256:
        yield "file-changed", f"{artifact.path} is not the file that was built and checked", "run `kit build`"
