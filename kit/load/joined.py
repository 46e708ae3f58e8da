"""Numbers that would run into what stands beside them: `{17.number}{seconds}` is shown as 1725.

Works on the plain tree. Why not in the model of a text: what a reference is replaced by depends on the
language ("114" here, "114 par SMS" there), and a model of a text does not know its language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import regex

from kit.load.plain import items, mapping
from kit.load.tree import Path_, Tree
from kit.model.texts import REFERENCE

_BEFORE = regex.compile(r"(?:[\p{Lu}\p{Ll}\p{Lt}\p{M}\p{N}@+*#_=&~^%\-\u2010-\u2013\u2212]|\.)\Z")
_AFTER = regex.compile(r"[\p{Lu}\p{Ll}\p{Lt}\p{M}\p{N}@+*#_=&~^%\-\u2010-\u2013\u2212]|\.(?=[\w{])")
"""What makes another number or address of the one beside it. Letters of scripts without spaces may touch one."""
_NOTHING = regex.compile(r"\p{Zs}*|[,.:'\u2019\u00b7\u2022\u2219\u22c5\u060c\u066b\u066c]")
"""Between two numbers: nothing that parts them."""
_DIALLED = regex.compile(r"(?:\+|\bt[e\u00e9]l\w*|\bsms)[\s.:]*\Z", regex.I)
_O_CLOCK = regex.compile(r"\p{Zs}*(?:h\b|heures?\b|:)", regex.I)


def check_joined(raw: Mapping[str, Any], code: str, texts: Any, tree: Tree, base: Path_) -> None:
    """Note every number in these texts of a language that something beside it makes another of."""
    names = _tool_names(raw, code)
    numbers = _numbers(raw)
    constants = frozenset(mapping(raw.get("constants")))
    for path, text in _texts(texts, base):
        for wrong in sorted(_joined(text, numbers, constants, names)):
            tree.mistake(path, wrong)


def _tool_names(raw: Mapping[str, Any], code: str) -> dict[str, str]:
    """How each tool is written in running text: its name may begin or end in a number."""
    tools = mapping(mapping(mapping(raw.get("texts")).get(code)).get("tools"))
    return {
        str(tool): words["name"]
        for tool, words in tools.items()
        if isinstance(words, dict) and isinstance(words.get("name"), str)
    }


def _numbers(raw: Mapping[str, Any]) -> frozenset[str]:
    """References whose text is a number, a date, hours or an address: all but words."""
    found = {"day", "year", *mapping(raw.get("constants"))}
    for owner in (*items(raw.get("tools")), *items(raw.get("schemes"))):
        for name, fact in mapping(mapping(owner).get("facts")).items():
            if not mapping(fact).get("word"):
                found.add(f"{mapping(owner).get('id')}.{name}")
    return frozenset(found)


def _texts(value: Any, path: Path_) -> Iterator[tuple[Path_, str]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _texts(inside, (*path, key))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from _texts(inside, (*path, number))
    elif isinstance(value, str):
        yield path, value


def _joined(
    text: str, numbers: frozenset[str], constants: frozenset[str], names: Mapping[str, str]
) -> set[str]:
    wrong = set()
    last_end, last_name = 0, ""
    for found in REFERENCE.finditer(text):
        name, start, end = found.group(1), found.start(), found.end()
        before, after = text[last_end:start], text[end : end + 12]
        first, last = _edges(name, numbers, names)
        if first and _BEFORE.search(before):
            wrong.add(f"{before[-1]!r} touches {{{name[:60]}}}; put a space between them")
        if last and (touch := _AFTER.match(after)):
            wrong.add(f"{touch.group()!r} touches {{{name[:60]}}}; put a space between them")
        if first and last_name and _NOTHING.fullmatch(before):
            wrong.add(
                f"{{{last_name[:60]}}} and {{{name[:60]}}} would be read as one number; put a word between"
            )
        if name in constants and (_DIALLED.search(before) or _O_CLOCK.match(after)):
            wrong.add(f"{{{name}}} is a count, and no number to dial and no hour; those are facts")
        last_end, last_name = end, name if last else ""
    return wrong


def _edges(name: str, numbers: frozenset[str], names: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether what a reference is replaced by begins and ends in a number or an address."""
    if name not in names:
        return name in numbers, name in numbers
    references = [(found.span(), found.group(1) in numbers) for found in REFERENCE.finditer(names[name])]
    return (
        any(number and span[0] == 0 for span, number in references),
        any(number and span[1] == len(names[name]) for span, number in references),
    )
