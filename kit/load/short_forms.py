"""Short forms are written out once, at the door: the rest of the kit sees one form.

YAML may say `number: "3919"`, `hours: always`, `source: sp-2026`, and give a tool's (or a scheme's)
channel or territory once for all its facts. After this step each fact carries everything itself.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from kit.load.tree import Path_, Tree
from kit.load.validation_messages import INHERITED, note_all
from kit.model.base import quoted
from kit.model.facts import Source
from kit.model.texts import suggestion

_LONGEST = 100
_REQUIRED = ("channel", "emergency", "territory")


def write_out(tree: Tree) -> tuple[dict[str, Any], dict[Path_, Path_]]:
    """The campaign's mapping with short forms written out, and where moved values come from.

    The second value maps a path of the result to the path in the file, for values that a fact
    took over from its tool: a mistake there is reported where the person wrote it.
    """
    raw = dict(tree.value)
    sources = _sources(tree, raw.pop("sources", None))
    origins: dict[Path_, Path_] = {}
    for key in ("tools", "schemes"):
        if isinstance(owners := raw.get(key), list):
            raw[key] = [_tool(tree, owner, (key, n), sources, origins) for n, owner in enumerate(owners)]
    return raw, origins


def _sources(tree: Tree, given: Any) -> dict[str, dict[str, Any]]:
    """The sources by their key; one that holds a mistake is noted here, once, and is then empty."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        tree.mistake(("sources",), f"a mapping (`key: value` lines) was expected, not {quoted(given)}")
        return {}
    sources = {}
    for key, source in given.items():
        sources[key] = source
        try:
            Source.model_validate(source)
        except ValidationError as error:
            note_all(error, tree, Source, base=("sources", key))
            sources[key] = {}
    return sources


def _tool(tree: Tree, tool: Any, path: Path_, sources: dict[str, Any], origins: dict[Path_, Path_]) -> Any:
    if not isinstance(tool, dict) or not isinstance(tool.get("facts"), dict):
        return tool
    inherited = {key: tool[key] for key in INHERITED if key in tool}
    rest = {key: value for key, value in tool.items() if key not in INHERITED}
    written = [fact if isinstance(fact, dict) else {"value": fact} for fact in tool["facts"].values()]
    # what no fact has and the tool lacks is missing once, in the tool
    lacking = [key for key in _REQUIRED if not any(key in fact for fact in written)]
    facts = {}
    for name, own in zip(tool["facts"], written, strict=True):
        at = (*path, "facts", name)
        for key in (inherited.keys() | lacking) - own.keys():
            origins[(*at, key)] = (*path, key)
        for key in ("id", "tool"):
            if key in own:
                tree.mistake((*at, key), "unknown key; a fact's name and place say it already")
        owner = tool["id"] if isinstance(tool.get("id"), str) else "?"
        whole = {**inherited, **own, "id": f"{owner}.{name}"[:_LONGEST], "tool": owner[:_LONGEST] or "?"}
        _hours(tree, whole, at, origins)
        _source(tree, whole, at, sources, origins)
        facts[name] = whole
    return {**rest, "facts": facts}


def _hours(tree: Tree, fact: dict[str, Any], at: Path_, origins: dict[Path_, Path_]) -> None:
    hours = fact.get("hours")
    if isinstance(hours, str):
        if hours != "always":
            wanted = "write `always` or a list of openings (days, opens, closes)"
            tree.mistake((*at, "hours"), f"{quoted(hours)} are no hours; {wanted}")
        fact["hours"] = {"always": "true"}
    elif isinstance(hours, list):
        fact["hours"] = {"openings": hours}
        origins[(*at, "hours", "openings")] = (*at, "hours")


def _source(
    tree: Tree, fact: dict[str, Any], at: Path_, sources: dict[str, Any], origins: dict[Path_, Path_]
) -> None:
    """Replace `source: key` by that source's address, date and confidence."""
    if "source" not in fact:
        return
    key = fact.pop("source")
    source = sources.get(key) if isinstance(key, str) else None
    if not isinstance(source, dict):
        written_at = origins.get((*at, "source"), (*at, "source"))
        tree.mistake(written_at, f"{quoted(key)} is not one of `sources`{suggestion(str(key), set(sources))}")
    if not source:
        fact.setdefault("confidence", "K")  # noted already: no second complaint from each fact
        return
    for theirs, ours in (("url", "source_url"), ("date", "source_date"), ("confidence", "confidence")):
        fact.setdefault(ours, source[theirs])
