"""Recall: which files and posts show a fact, and drafts of a correction. For when a number was wrong.

Reads the kit, the exports beside it and the ledger's posts; changes nothing. Deleting is the command's
business, one post at a time, after a person has said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kit.model.artifact import Artifact, Manifest, ManifestFact
from kit.model.campaign import Campaign
from kit.model.post import Post
from kit.text.foreign_json import read_json_file
from kit.text.references import fact_text

EXPORT_RECORD = "export.json"
"""Beside every export: which posts it holds and which facts they show."""


@dataclass(frozen=True)
class Live:
    """A post that is out, or may be: `state` is the ledger's."""

    name: str
    state: str
    remote_id: str | None
    url: str | None
    post: Post


@dataclass(frozen=True)
class Recalled:
    """Everything that carries a fact. `drafts` are corrections by account, to be read before they are sent."""

    fact: str
    live: tuple[Live, ...]
    waiting: tuple[Live, ...]
    pieces: tuple[Artifact, ...]
    archives: tuple[Artifact, ...]
    exports: tuple[str, ...]
    drafts: Mapping[str, str]


def export_folder(folder: Path) -> Path:
    """Where exports of a kit lie: beside it, since what is in it is listed in the manifest."""
    return folder.parent / f"{folder.name}.schedule"


def recall(
    fact: str, manifest: Manifest, campaign: Campaign, exports: Sequence[str], posts: Iterable[Live]
) -> Recalled:
    """What carries this fact, by id. `exports` are of `exports_with`, `posts` the whole ledger.

    A post carries what its text and its picture show, as it was when it was approved, whatever the
    manifest says today. `waiting` are posts of it that are not out yet and must not go.
    """
    carrying = [live for live in posts if fact in live.post.facts]
    out = tuple(live for live in carrying if live.state in _OUT)
    shown = [artifact for artifact in manifest.artifacts if fact in artifact.facts]
    packed = ("bundle", "page")
    return Recalled(
        fact=fact,
        live=out,
        waiting=tuple(live for live in carrying if live.state not in (*_OUT, *_OVER)),
        pieces=tuple(sorted((a for a in shown if a.kind not in packed), key=lambda a: a.id)),
        archives=tuple(sorted((a for a in shown if a.kind in packed), key=lambda a: a.id)),
        exports=tuple(exports),
        drafts={live.name: correction(live.post, fact, manifest, campaign) for live in out},
    )


_OUT = ("posted", "handed_off", "sending", "unknown", "reconciling", "needs_review")
"""Out, or perhaps out: both have to be looked at."""
_OVER = ("failed", "expired")


def exports_with(fact: str, folder: Path) -> list[str]:
    """The exports beside the kit that hold a post with this fact, newest record of each tool.

    A record that cannot be read counts as one that holds it: better one look too many.
    """
    found = []
    for record in sorted(export_folder(folder).glob(f"*/{EXPORT_RECORD}")):
        try:
            posts = read_json_file(record)["posts"]
            holds = any(fact in post["facts"] for post in posts)
        except (OSError, ValueError, KeyError, TypeError):
            holds = True
        if holds:
            found.append(record.parent.name)
    return found


def correction(post: Post, fact: str, manifest: Manifest, campaign: Campaign) -> str:
    """A draft in the post's language where we have one (fr, en), else in French: a person reads it first.

    It names what was said. What is right now is taken from campaign.yaml, only where that differs;
    nothing is invented.
    """
    was = next((f.value for f in manifest.facts if f.id == fact), fact)
    known = campaign.facts.get(fact)
    language = post.review if post.review in campaign.texts else campaign.languages[0]
    now = fact_text(campaign, known, language) if known and known.status == "current" else None
    words = _WORDS.get(post.language, _WORDS["fr"])
    lines = [words["opening"].format(day=post.local[:10], was=was)]
    lines.append(words["right"].format(now=now) if now and now != was else words["gone"])
    return "\n".join([*lines, "", manifest.hashtag])


_WORDS: dict[str, dict[str, str]] = {
    "fr": {
        "opening": "Correction : notre publication du {day} indiquait « {was} ». Ne vous y fiez plus.",
        "right": "L’information juste : {now}.",
        "gone": "L’information juste : [à compléter et à vérifier à sa source].",
    },
    "en": {
        "opening": "Correction: our post of {day} said “{was}”. Do not rely on it.",
        "right": "The right information: {now}.",
        "gone": "The right information: [to be filled in, and checked at its source].",
    },
}


def find_fact(name: str, manifest: Manifest) -> ManifestFact | None:
    """The fact of that id in the manifest."""
    return next((fact for fact in manifest.facts if fact.id == name), None)
