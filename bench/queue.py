"""Ten thousand posts: from manifest and schedule to the queue. To reach: under two seconds, memory flat."""

from __future__ import annotations

import hashlib
import time
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path

from kit.load import load
from kit.model.artifact import Alt, Artifact, Manifest
from kit.model.campaign import Campaign
from kit.model.schedule import Account, Schedule, Slot
from kit.posts.post_queue import queue
from kit.tables.platforms import PLATFORMS

ROOT = Path(__file__).parent.parent
ACCOUNTS = 100
_MIDNIGHT = datetime(2026, 1, 1)


def _texts(campaign: Campaign, posts: int) -> tuple[Manifest, Schedule]:
    """A manifest with a text of its own for every post: nothing is shared, so nothing is saved by a memo."""
    platforms = list(PLATFORMS)
    accounts = [
        Account(
            id=f"a{n}",
            platform=platforms[n % 7],
            handle=f"@a{n}",
            language="fr",
            credentials=tuple(f"A_{role.suffix}" for role in PLATFORMS[platforms[n % 7]].roles),
        )
        for n in range(ACCOUNTS)
    ]
    start = campaign.day
    slots, artifacts = [], [_picture()]
    for n in range(posts // ACCOUNTS):
        names = tuple(account.id for account in accounts)
        moment = timedelta(minutes=20 * (n % 60))
        slot = Slot(
            id=f"s{n}", piece="overview", accounts=names, day=n // 60,
            at=(_MIDNIGHT + moment).time(), variants=dict.fromkeys(names, "mot"),
        )  # fmt: skip
        slots.append(slot)
        artifacts += [_post(account, slot) for account in accounts]
    manifest = Manifest(
        slug=campaign.slug, title=campaign.title, hashtag=campaign.hashtag, edition=campaign.edition,
        kit_version="bench", built_for=start, languages=("fr",), reviews={}, facts=(), artifacts=tuple(artifacts),
    )  # fmt: skip
    return manifest, Schedule(schedule=1, zone="Europe/Paris", accounts=tuple(accounts), slots=tuple(slots))


def _picture() -> Artifact:
    return Artifact(
        id="visual/fr/square/overview.jpg", kind="visual", language="fr", direction="ltr", path="a.jpg",
        media_type="image/jpeg", bytes=1, sha256="0" * 64, alt=Alt(short="alt", full="alt"), digest="0",
    )  # fmt: skip


def _post(account: Account, slot: Slot) -> Artifact:
    text = (
        f"25 secondes pour retenir 4 outils vitaux, {account.id} {slot.id}.\n\n"
        "Danger immédiat : 17, ou 114 par SMS si parler est impossible\nSignalement : "
        "arretonslesviolences.gouv.fr\n\n#NeRienLaisserPasser"
    )
    data = f"{text}\n".encode()
    return Artifact(
        id=f"post/fr/{account.platform}/overview.{slot.id}.{account.id}", kind="post", piece="overview",
        language="fr", direction="ltr", format=account.platform, path="posts/x.txt", media_type="text/plain",
        bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), text=tuple(text.split("\n\n")),
        media=("visual/fr/square/overview.jpg",), digest="0",
    )  # fmt: skip


def measure(posts: int) -> tuple[float, int, int]:
    """Seconds of the processor (other work on the machine does not count), posts made, and peak bytes of the queue itself for so many posts."""
    manifest, schedule = _texts(load(ROOT).campaign, posts)
    campaign = load(ROOT).campaign
    started = time.process_time()
    made = len(queue(manifest, schedule, campaign).posts)
    took = time.process_time() - started
    tracemalloc.start()
    queue(manifest, schedule, campaign)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return took, made, peak


def main() -> None:
    """10 000 posts, every text different."""
    for posts in (1_000, 10_000):
        took, made, peak = measure(posts)
        print(
            f"queue: {made} posts, each with its own text, in {took:.2f} s, "
            f"{peak / posts / 1000:.1f} kB a post at the peak"
            + (" (reach: < 2 s)" if posts == 10_000 else "")
        )


if __name__ == "__main__":
    main()
