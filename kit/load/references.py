"""What no single key can know: that the things a campaign refers to exist, and nothing is missing.

Works on the plain tree, not on the finished model, so that these mistakes are reported in the
same run as misspelt keys and wrong types.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kit.load.tree import Path_, Tree
from kit.model.base import duplicate_ids, quoted
from kit.model.facts import Scheme
from kit.model.storyboard import Storyboard
from kit.model.texts import REFERENCE, suggestion
from kit.resources import Resources
from kit.tables.clips import CLIPS
from kit.tables.formats import FORMATS
from kit.tables.languages import LANGUAGES
from kit.tables.platforms import PLATFORMS
from kit.tables.prints import PRINT_IDS, PRINTS
from kit.text.references import BUILT_IN, reference_names

Home = tuple[Tree, Path_]
"""Where a language's texts stand: a file, and the way to them in it."""


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


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


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
    tools = _ids(raw.get("tools"))
    groups = _ids(raw.get("groups"))
    pieces = _ids(raw.get("pieces"))
    languages = [code for code in items(raw.get("languages")) if isinstance(code, str)]
    schemes = _ids(raw.get("schemes"))
    for key in ("tools", "groups", "pieces", "schemes"):
        for path, message in duplicate_ids(raw.get(key), key):
            tree.mistake(path, message)
    clips, posts = mapping(raw.get("clips")), mapping(raw.get("posts"))
    a_format = "a format of the kit"
    known(tree, raw.get("languages"), ("languages",), LANGUAGES, "a language of the kit")
    known(tree, list(homes), ("texts",), LANGUAGES, "a language of the kit", keys=True)
    known(tree, raw.get("formats"), ("formats",), FORMATS, a_format)
    directory = mapping(raw.get("directory"))
    prints = mapping(raw.get("prints")).get("formats")
    known(tree, prints, ("prints", "formats"), PRINT_IDS, "a print format of the kit")
    cards = {row.id for row in FORMATS.values() if "directory" in row.layouts}
    leaflets = {row.id for row in PRINTS.values() if "directory" in row.layouts}
    known(
        tree, directory.get("formats"), ("directory", "formats"), cards, "a format the directory is made in"
    )
    known(
        tree, directory.get("prints"), ("directory", "prints"), leaflets, "a print the directory is made in"
    )
    known(tree, clips.get("languages"), ("clips", "languages"), languages, "one of `languages`")
    shapes = [row.id for row in CLIPS.values() if row.sound]
    known(tree, clips.get("formats"), ("clips", "formats"), shapes, "a clip format of the kit")
    known(tree, posts.get("platforms"), ("posts", "platforms"), PLATFORMS, "a platform of the kit")
    known(tree, posts.get("pieces"), ("posts", "pieces"), pieces, "one of `pieces`")
    for name in mapping(raw.get("constants")):
        if name in BUILT_IN or name in tools:
            tree.mistake(("constants", name), f"{{{name}}} already has a meaning; choose another name")
    stems = {Path(name).stem for name in resources.names("assets", "pictograms/*.svg")}
    drawn = {
        stem.removesuffix("-filled") for stem in stems if f"{stem.removesuffix('-filled')}-outlined" in stems
    }
    for number, tool in enumerate(items(raw.get("tools"))):
        _check_tool(tree, mapping(tool), ("tools", number), groups, drawn)
    for number, scheme in enumerate(items(raw.get("schemes"))):
        at_scheme: Path_ = ("schemes", number)
        scheme_id = mapping(scheme).get("id")
        if isinstance(scheme_id, str) and scheme_id in tools:
            tree.mistake((*at_scheme, "id"), f"{quoted(scheme_id)} is one of the tools already")
        facts = mapping(mapping(scheme).get("facts"))
        known(
            tree,
            [mapping(scheme).get("shown_as")],
            (*at_scheme, "shown_as"),
            facts,
            "one of its facts",
            listed=False,
        )
    for number, piece in enumerate(items(raw.get("pieces"))):
        at: Path_ = ("pieces", number)
        known(tree, mapping(piece).get("tools"), (*at, "tools"), tools, "one of `tools`")
        known(tree, mapping(piece).get("formats"), (*at, "formats"), {*FORMATS, *PRINT_IDS}, a_format)
    whole = [(board, board_tree) for board, board_tree in boards.values() if board]
    for board, board_tree in whole:
        for number, scene in enumerate(board.scenes):
            if scene.tool:
                at = ("scenes", number, "tool")
                known(board_tree, [scene.tool], at, tools, "one of the campaign's `tools`", listed=False)
    for code in languages:
        if code in LANGUAGES and code not in homes:
            tree.mistake(("texts",), f"no texts for {code!r}, which is one of `languages`")
    listed = {scheme["id"] for scheme in items(raw.get("schemes")) if _is_listed(raw, scheme)}
    for code, text in mapping(raw.get("texts")).items():
        if isinstance(text, dict):
            home, base = homes[code]
            _check_texts(raw, text, home, base, tools, groups, pieces)
            given = mapping(text.get("schemes"))
            known(home, list(given), (*base, "schemes"), schemes, "one of `schemes`", keys=True)
            for missing in sorted(listed - given.keys()):
                home.mistake((*base, "schemes"), f"no texts for {missing}")
            spoken = code in items(clips.get("languages"))
            lines = _lines_of([board for board, _ in whole], tools)
            _check_clips(
                mapping(text.get("clips")), home, (*base, "clips"), lines, spoken, len(whole) == len(boards)
            )


def _is_listed(raw: dict[str, Any], scheme: Any) -> bool:
    """`Scheme.listed` on the plain tree; a broken scheme is not listed, its own mistake is told."""
    try:
        model = Scheme.model_validate(scheme)
    except ValidationError:
        return False
    return model.shown_as in model.facts and model.listed(
        items(raw.get("territory")) or ("metropole", "drom")
    )


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


def _check_texts(
    raw: dict[str, Any], text: dict[str, Any], tree: Tree, base: Path_,
    tools: set[str], groups: set[str], pieces: set[str],
) -> None:  # fmt: skip
    """One language: nothing missing, nothing that belongs to no piece or tool."""
    for key, wanted in (("tools", tools), ("groups", groups), ("pieces", pieces)):
        _complete(tree, mapping(text.get(key)), (*base, key), wanted, f"one of `{key}`")
    given = mapping(text.get("posts"))
    listed = mapping(raw.get("posts")).get("pieces")
    for piece in sorted(pieces if listed is None else pieces.intersection(_texts_of(listed))):
        if piece not in given:
            tree.mistake((*base, "posts"), f"no post text for {piece}")
    known(tree, list(given), (*base, "posts"), pieces, "one of `pieces`", keys=True)
    for tool, words in mapping(text.get("tools")).items():
        name = mapping(words).get("name")
        for reference in REFERENCE.findall(name) if isinstance(name, str) else ():
            if reference in tools:
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
