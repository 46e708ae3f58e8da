"""What no single key can know: that the things a campaign refers to exist, and nothing is missing.

Works on the plain tree, not on the finished model, so that these mistakes are reported in the
same run as misspelt keys and wrong types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from kit.load.joined import check_joined
from kit.load.plain import items, mapping
from kit.load.tree import Path_, Tree
from kit.model.base import duplicate_ids, quoted
from kit.model.facts import Scheme, Territory
from kit.model.storyboard import Storyboard
from kit.model.texts import REFERENCE, suggestion
from kit.resources import Resources
from kit.tables.clips import CLIPS
from kit.tables.formats import FORMATS, Format
from kit.tables.languages import LANGUAGES
from kit.tables.platforms import PLATFORMS
from kit.tables.prints import PRINT_IDS, PRINTS, PrintFormat
from kit.text.references import BUILT_IN, reference_names

Home = tuple[Tree, Path_]
"""Where a language's texts stand: a file, and the way to them in it."""
_A_FORMAT = "a format of the kit"


def names_of(raw: dict[str, Any]) -> frozenset[str]:
    """Every name that texts may refer to, read leniently from a tree that may hold mistakes."""
    tools = [
        (str(tool.get("id")), list(mapping(tool.get("facts"))))
        for tool in items(raw.get("tools"))
        if isinstance(tool, dict)
    ]
    schemes = [
        (str(scheme.get("id")), list(_current(scheme)))
        for scheme in items(raw.get("schemes"))
        if isinstance(scheme, dict)
    ]
    return reference_names(tools, schemes, mapping(raw.get("constants")))


def _current(owner: Any) -> dict[str, Any]:
    """The facts of a tool or scheme that texts may refer to: none of the past."""
    facts = mapping(mapping(owner).get("facts"))
    return {name: fact for name, fact in facts.items() if mapping(fact).get("status") != "historique"}


@dataclass(frozen=True)
class _Ids:
    """What the campaign defines, read leniently: broken entries are left out, their own mistake is told."""

    tools: set[str]
    groups: set[str]
    pieces: set[str]
    schemes: set[str]
    languages: list[str]


def check_campaign(
    raw: dict[str, Any],
    tree: Tree,
    homes: dict[str, Home],
    boards: dict[str, tuple[Storyboard | None, Tree]],
    resources: Resources,
) -> None:
    """Note every broken reference of the campaign. `homes` says where each language's texts stand.

    `boards` holds None for a storyboard with mistakes of its own: what it shows is not known.
    """
    tools, groups, pieces, schemes = (_ids(raw.get(key)) for key in ("tools", "groups", "pieces", "schemes"))
    languages = [code for code in items(raw.get("languages")) if isinstance(code, str)]
    ids = _Ids(tools, groups, pieces, schemes, languages)
    for key in ("tools", "groups", "pieces", "schemes"):
        for path, message in duplicate_ids(raw.get(key), key):
            tree.mistake(path, message)
    _check_lists(raw, tree, homes, ids)
    _check_constants(raw, tree, ids)
    _check_services(raw, tree, ids, resources)
    _check_pieces(raw, tree, ids)
    _check_scenes(boards, ids)
    _check_languages(raw, tree, homes, boards, ids)


def _check_lists(raw: dict[str, Any], tree: Tree, homes: dict[str, Home], ids: _Ids) -> None:
    """Every list of names of the kit or of the campaign: languages, formats, platforms."""
    known(tree, list(homes), ("texts",), LANGUAGES, "a language of the kit", keys=True)
    rows: tuple[tuple[Path_, Iterable[str], str], ...] = (
        (("languages",), LANGUAGES, "a language of the kit"),
        (("formats",), FORMATS, _A_FORMAT),
        (("prints", "formats"), PRINT_IDS, "a print format of the kit"),
        (("directory", "formats"), _with_directory(FORMATS), "a format the directory is made in"),
        (("directory", "prints"), _with_directory(PRINTS), "a print the directory is made in"),
        (("clips", "languages"), ids.languages, "one of `languages`"),
        (("clips", "formats"), [row.id for row in CLIPS.values() if row.sound], "a clip format of the kit"),
        (("posts", "platforms"), PLATFORMS, "a platform of the kit"),
        (("posts", "pieces"), ids.pieces, "one of `pieces`"),
    )
    for at, names, what in rows:
        owner = mapping(raw.get(str(at[0]))) if len(at) == 2 else raw
        known(tree, owner.get(str(at[-1])), at, names, what)


def _with_directory(table: Mapping[str, Format | PrintFormat]) -> list[str]:
    return [name for name, row in table.items() if "directory" in row.layouts]


def _check_constants(raw: dict[str, Any], tree: Tree, ids: _Ids) -> None:
    for name in mapping(raw.get("constants")):
        if name in BUILT_IN or name in ids.tools:
            tree.mistake(("constants", name), f"{{{name}}} already has a meaning; choose another name")


def _check_services(raw: dict[str, Any], tree: Tree, ids: _Ids, resources: Resources) -> None:
    """Tools and schemes: each shows one of its own facts, and no id stands for two of them."""
    stems = {Path(name).stem for name in resources.names("assets", "pictograms/*.svg")}
    filled = {stem.removesuffix("-filled") for stem in stems}
    drawn = {stem for stem in filled if f"{stem}-outlined" in stems}
    for number, tool in enumerate(items(raw.get("tools"))):
        _check_tool(tree, mapping(tool), ("tools", number), ids.groups, drawn)
    for number, scheme in enumerate(items(raw.get("schemes"))):
        at: Path_ = ("schemes", number)
        name, shown = mapping(scheme).get("id"), mapping(scheme).get("shown_as")
        if isinstance(name, str) and name in ids.tools:
            tree.mistake((*at, "id"), f"{quoted(name)} is one of the tools already")
        facts = mapping(mapping(scheme).get("facts"))
        known(tree, [shown], (*at, "shown_as"), facts, "one of its facts", listed=False)


def _check_pieces(raw: dict[str, Any], tree: Tree, ids: _Ids) -> None:
    for number, piece in enumerate(items(raw.get("pieces"))):
        at: Path_ = ("pieces", number)
        known(tree, mapping(piece).get("tools"), (*at, "tools"), ids.tools, "one of `tools`")
        known(tree, mapping(piece).get("formats"), (*at, "formats"), {*FORMATS, *PRINT_IDS}, _A_FORMAT)


def _check_scenes(boards: dict[str, tuple[Storyboard | None, Tree]], ids: _Ids) -> None:
    for board, tree in boards.values():
        for number, scene in enumerate(board.scenes if board else ()):
            if scene.tool:
                at = ("scenes", number, "tool")
                known(tree, [scene.tool], at, ids.tools, "one of the campaign's `tools`", listed=False)


def _check_languages(
    raw: dict[str, Any], tree: Tree, homes: dict[str, Home],
    boards: dict[str, tuple[Storyboard | None, Tree]], ids: _Ids,
) -> None:  # fmt: skip
    """Every language has texts, and they are whole."""
    for code in ids.languages:
        if code in LANGUAGES and code not in homes:
            tree.mistake(("texts",), f"no texts for {code!r}, which is one of `languages`")
    listed = {scheme["id"] for scheme in items(raw.get("schemes")) if _is_listed(raw, scheme)}
    whole = [board for board, _ in boards.values() if board]
    lines = _lines_of(whole, ids.tools)
    for code, text in mapping(raw.get("texts")).items():
        if not isinstance(text, dict):
            continue
        home, base = homes[code]
        _check_texts(raw, text, home, base, ids)
        check_joined(raw, code, text, home, base)
        given = mapping(text.get("schemes"))
        known(home, list(given), (*base, "schemes"), ids.schemes, "one of `schemes`", keys=True)
        for missing in sorted(listed - given.keys()):
            home.mistake((*base, "schemes"), f"no texts for {missing}")
        spoken = code in items(mapping(raw.get("clips")).get("languages"))
        _check_clips(
            mapping(text.get("clips")), home, (*base, "clips"), lines, spoken, len(whole) == len(boards)
        )


def _is_listed(raw: dict[str, Any], scheme: Any) -> bool:
    """`Scheme.listed` on the plain tree; a broken scheme is not listed, its own mistake is told."""
    try:
        model = Scheme.model_validate(scheme)
    except ValidationError:
        return False
    territory = [place for place in items(raw.get("territory")) if place in get_args(Territory)]
    return model.shown_as in model.facts and model.listed(territory or ("metropole", "drom"))


def _ids(given: Any) -> set[str]:
    return {item["id"] for item in items(given) if isinstance(item, dict) and isinstance(item.get("id"), str)}


def _check_tool(tree: Tree, tool: dict[str, Any], at: Path_, groups: set[str], drawn: set[str]) -> None:
    known(tree, [tool.get("group")], (*at, "group"), groups, "one of `groups`", listed=False)
    what = "a pictogram in assets/pictograms"
    known(tree, [tool.get("pictogram")], (*at, "pictogram"), drawn, what, listed=False)
    name = tool.get("id")
    if isinstance(name, str) and name in BUILT_IN:
        tree.mistake((*at, "id"), f"{{{name}}} already has a meaning; choose another id")
    facts = mapping(tool.get("facts"))
    shown = known(tree, [tool.get("shown_as")], (*at, "shown_as"), facts, "a fact of this tool", listed=False)
    for name in shown:
        if mapping(facts[name]).get("value") is None:
            tree.mistake((*at, "facts", name), "is shown as the tool's picture, so it needs a value")


def _check_texts(raw: dict[str, Any], text: dict[str, Any], tree: Tree, base: Path_, ids: _Ids) -> None:
    """One language: nothing missing, nothing that belongs to no piece or tool."""
    for key, wanted in (("tools", ids.tools), ("groups", ids.groups), ("pieces", ids.pieces)):
        _complete(tree, mapping(text.get(key)), (*base, key), wanted, f"one of `{key}`")
    given = mapping(text.get("posts"))
    listed = mapping(raw.get("posts")).get("pieces")
    for piece in sorted(ids.pieces if listed is None else ids.pieces.intersection(_texts_of(listed))):
        if piece not in given:
            tree.mistake((*base, "posts"), f"no post text for {piece}")
    known(tree, list(given), (*base, "posts"), ids.pieces, "one of `pieces`", keys=True)
    for tool, words in mapping(text.get("tools")).items():
        name = mapping(words).get("name")
        for reference in REFERENCE.findall(name) if isinstance(name, str) else ():
            if reference in ids.tools:
                wrong = f"{{{reference}}} is a tool's name, and names are made of facts: {{{reference}.…}}"
                tree.mistake((*base, "tools", tool, "name"), wrong)
    used = {
        fact["word"]
        for owner in (*items(raw.get("tools")), *items(raw.get("schemes")))
        for fact in _current(owner).values()
        if isinstance(fact, dict) and isinstance(fact.get("word"), str)
    }
    vocabulary = mapping(mapping(text.get("words")).get("vocabulary"))
    for word in sorted(used - vocabulary.keys()):
        tree.mistake((*base, "words", "vocabulary"), f"the word {quoted(word)}, used by a fact, is missing")


def _lines_of(boards: Iterable[Storyboard], tools: set[str]) -> dict[str, set[str]]:
    """The lines that clips show, by the name of their words.

    Storyboards share words: a loop says what each tool's scene says in the clip it is made of.
    """
    lines: dict[str, set[str]] = {}
    for board in boards:
        shown = tools if board.kind == "loop" else {scene.text for scene in board.scenes if scene.text}
        lines.setdefault(board.words, {"alt"}).update(shown)
    return lines


def _check_clips(
    given: dict[str, Any], tree: Tree, at: Path_, lines: dict[str, set[str]], spoken: bool, all_known: bool
) -> None:
    """The lines of each clip that is made in this language, and none that no scene shows."""
    for name, wanted in lines.items():
        if spoken or name in given:
            words, what = mapping(given.get(name)), f"a text of the clip {name}"
            _complete(tree, words, (*at, name), wanted if all_known else wanted | words.keys(), what)


def _texts_of(given: Any) -> list[str]:
    return [name for name in items(given) if isinstance(name, str)]


def _complete(tree: Tree, given: dict[str, Any], at: Path_, wanted: set[str], what: str) -> None:
    known(tree, list(given), at, wanted, what, keys=True)
    for name in sorted(wanted - given.keys()):
        tree.mistake(at, f"no texts for {name}")


def known(
    tree: Tree, given: Any, at: Path_, names: Iterable[str], what: str,
    *, listed: bool = True, keys: bool = False,
) -> list[str]:  # fmt: skip
    """Note each text of a list that is not a known name, or stands there twice; return the others."""
    names = set(names)
    good: dict[str, None] = {}
    for number, name in enumerate(items(given)):
        if not isinstance(name, str):
            continue  # the model says what was expected
        path = (*at, name) if keys else (*at, number) if listed else at
        if name not in names:
            tree.mistake(path, f"{quoted(name)} is not {what}{suggestion(name, names)}")
        elif name in good:
            tree.mistake(path, f"{quoted(name)} is listed twice")
        else:
            good[name] = None
    return list(good)
