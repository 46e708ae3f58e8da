"""What a FAIL keeps out of archives, pages, queues and publishing: the one rule that all of them use."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kit.model.artifact import Artifact


def withheld(artifacts: Iterable[Artifact], failed: Collection[str]) -> dict[str, frozenset[str]]:
    """The ids of all that must not be handed out, each with the failed ids that keep it.

    That is: what failed, the copies of it (`of`), what quotes it (`media`), and what is a copy of
    that or quotes that in turn. A master does not fall with one of its copies: a clip whose captions
    failed is still shown, without them.
    """
    if not failed:
        return {}
    made_from = {a.id: {*a.media, *([a.of] if a.of else ())} for a in artifacts}
    return {name: causes for name in made_from if (causes := _causes(name, made_from, failed))}


def _causes(name: str, made_from: dict[str, set[str]], failed: Collection[str]) -> frozenset[str]:
    """The failed ones of an artifact and of all that it is made from, itself included."""
    seen: set[str] = set()
    left = [name]
    while left:
        if (each := left.pop()) not in seen:
            seen.add(each)
            left += made_from.get(each, ())
    return frozenset(seen.intersection(failed))
