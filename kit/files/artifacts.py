"""The one place where a file of the kit is written and becomes an artifact."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from kit.files import sha256_of, write_bytes
from kit.model.artifact import Artifact
from kit.model.ids import ArtifactId, KitFile


def write_artifact(
    folder: Path, identity: ArtifactId | KitFile, content: bytes | str, **fields: Any
) -> Artifact:
    """Write the file under `folder`, all of it or nothing, and describe it.

    `fields` are those of the manifest that the identity does not hold; where no `digest` is given, the
    content itself is all that it was made of. A file that already has these
    very bytes is left alone, so that its time still says when it last changed.
    """
    data = content.encode() if isinstance(content, str) else content
    target, sha256 = folder / identity.path, hashlib.sha256(data).hexdigest()
    if not target.is_file() or sha256_of(target) != sha256:
        write_bytes(target, data)
    return _described(identity, len(data), sha256, fields)


def adopt_artifact(folder: Path, identity: ArtifactId | KitFile, **fields: Any) -> Artifact:
    """Describe a file that stands under `folder` already: an encoder or an archiver wrote it."""
    target = folder / identity.path
    return _described(identity, target.stat().st_size, sha256_of(target), fields)


def _described(identity: ArtifactId | KitFile, size: int, sha256: str, fields: dict[str, Any]) -> Artifact:
    return Artifact.model_validate(
        {**identity.fields(), "digest": sha256, **fields, "bytes": size, "sha256": sha256}
    )
