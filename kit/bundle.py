"""Bundle: ZIP archives, the manifest and the list of checksums. The same input gives the same bytes."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path, PurePosixPath

from kit import __version__
from kit.files import atomic_path, digest_of, sha256_of, stable_json, write_text
from kit.files.artifacts import adopt_artifact
from kit.model.artifact import Artifact, Manifest, ManifestFact, Report, ReviewState
from kit.model.campaign import Campaign
from kit.model.ids import KitFile, archive_file
from kit.model.withheld import withheld
from kit.text.references import fact_as_built, write

_EPOCH = (1980, 1, 1, 0, 0, 0)
_STORED = (".png", ".jpg", ".webp", ".mp4", ".zip")
SUMS = "SHA256SUMS"


def archive_of(campaign: Campaign, language: str) -> KitFile:
    """The archive of a language; one that nobody has signed has only a draft."""
    return archive_file(campaign.slug, language, draft=campaign.texts[language].review.state != "signed")


def archive_members(pieces: Iterable[Artifact], language: str, failed: Collection[str]) -> list[Artifact]:
    """What goes into the archive of a language: all that is not withheld, but no account's own words."""
    pieces = list(pieces)
    refused = withheld(pieces, failed)
    return [a for a in pieces if a.language == language and a.id not in refused and not a.is_variant]


def write_archive(
    campaign: Campaign, language: str, artifacts: Sequence[Artifact], folder: Path, known: Artifact | None
) -> Artifact:
    """One ZIP of the artifacts given, with a read-me and its own SHA256SUMS, never the manifest.

    SubRip captions lie in it twice: under the kit's own path, and under the name that Facebook takes.
    `known` is the archive of an earlier build: with the same contents it is kept as it is.
    """
    identity = archive_of(campaign, language)
    readme = _readme(campaign, language)
    entries = sorted(
        ((name, part) for part in artifacts for name in _names_of(part)), key=lambda entry: entry[0]
    )
    digest = digest_of(readme, [(name, part.sha256) for name, part in entries], __version__)
    target = folder / identity.path
    if known and known.digest == digest and target.is_file() and sha256_of(target) == known.sha256:
        return known
    sums = sums_text([(name, part.sha256) for name, part in entries])
    with atomic_path(target) as partial, zipfile.ZipFile(partial, "w") as archive:
        for name, data in (("LISEZMOI.txt", readme.encode()), (SUMS, sums.encode())):
            archive.writestr(_entry(name), data)
        for name, part in entries:
            archive.writestr(_entry(name), (folder / part.path).read_bytes())
    facts = tuple(sorted({fact for _, part in entries for fact in part.facts}))
    return adopt_artifact(folder, identity, facts=facts, digest=digest)


def _names_of(part: Artifact) -> list[str]:
    """Where a file lies in the archive."""
    captions = part.identity.captions_name if part.identity else None
    return [part.path, *([str(PurePosixPath(part.path).with_name(captions))] if captions else [])]


def make_manifest(campaign: Campaign, artifacts: Iterable[Artifact], report: Report) -> Manifest:
    """`manifest.json`: everything that publishing will know of the build."""
    return Manifest(
        slug=campaign.slug,
        title=campaign.title,
        hashtag=campaign.hashtag,
        edition=campaign.edition,
        kit_version=__version__,
        built_for=campaign.day,
        languages=campaign.languages,
        reviews={
            code: ReviewState(state=text.review.state, by=text.review.by, on=text.review.on)
            for code, text in campaign.texts.items()
            if code in campaign.languages
        },
        facts=tuple(
            ManifestFact(
                id=fact.id,
                value=fact_as_built(campaign, fact),
                verified_on=fact.verified_on,
                source_url=str(fact.source_url) if fact.source_url else None,
                source_date=fact.source_date,
                status=fact.status,
            )
            for fact in campaign.facts.values()
        ),
        artifacts=tuple(artifacts),
        findings=tuple(
            {"level": f.level.value, "code": f.code, "artifact": f.artifact, "message": str(f)}
            for f in report.findings
        ),
    )


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """`manifest.json`, then `SHA256SUMS` of everything but itself: the last files of a build."""
    text = stable_json(manifest.as_dict())
    if not (folder / "manifest.json").is_file() or (folder / "manifest.json").read_text() != text:
        write_text(folder / "manifest.json", text)
    pairs = [(a.path, a.sha256) for a in manifest.artifacts]
    pairs.append(("manifest.json", hashlib.sha256(text.encode()).hexdigest()))
    sums = sums_text(pairs)
    if not (folder / SUMS).is_file() or (folder / SUMS).read_text() != sums:
        write_text(folder / SUMS, sums)


def sums_text(pairs: Iterable[tuple[str, str]]) -> str:
    """Lines as `sha256sum --check` reads them, by path."""
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(pairs))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
    return entry


def _readme(campaign: Campaign, language: str) -> str:
    page = campaign.texts[language].page
    parts = [page.heading, page.intro]
    if campaign.texts[language].review.state != "signed":
        parts.append(page.draft_note)
    if any(fact.verified_on is None for fact in campaign.facts.values()):
        parts.append(page.not_verified)
    parts += [page.audience, *(f"{{{tool.id}}}" for tool in campaign.tools), page.terms]
    return "\n\n".join(write(campaign, language, part).text for part in parts) + "\n"
