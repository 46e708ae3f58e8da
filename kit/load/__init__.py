"""Load: YAML files in, one frozen campaign out, or every mistake of all files at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from kit.errors import InputError, Mistake
from kit.files import leads_out
from kit.load.joined import check_joined
from kit.load.own_files import check_own_files, missing, on_disk
from kit.load.plain import items, mapping
from kit.load.references import Home, check_campaign, known, names_of
from kit.load.schedule import check_schedule
from kit.load.short_forms import write_out
from kit.load.tree import Path_, Tree, read_tree
from kit.load.validation_messages import note_all
from kit.model.base import Model, inside_folder, quoted
from kit.model.campaign import Campaign
from kit.model.schedule import Schedule
from kit.model.storyboard import Storyboard
from kit.model.theme import Theme
from kit.resources import DEFAULTS, Resources

CAMPAIGN_FILE = "campaign.yaml"
SCHEDULE_FILE = "schedule.yaml"
Read = Callable[[Path, str], Tree]
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Loaded:
    """A valid campaign with everything beside it that the plan needs."""

    folder: Path
    campaign: Campaign
    schedule: Schedule | None
    theme: Theme
    storyboards: dict[str, Storyboard]
    resources: Resources
    files: tuple[Path, ...]
    """The YAML files that were looked for, there or not."""


def find_campaign(path: Path) -> Path:
    """The campaign file: `path` itself, or `campaign.yaml` in it. No search upwards.

    Why no search: a build in the wrong folder must not quietly take another campaign.
    """
    try:
        return path / CAMPAIGN_FILE if path.is_dir() else path
    except OSError:  # a name too long, a folder that may not be looked into: reading it will say so
        return path


def load(path: Path) -> Loaded:
    """Read and check all files of a campaign.

    Raises InputError with every mistake of every file, each at `file:line:col`.
    """
    file = find_campaign(path)
    folder = file.parent
    resources = Resources(folder)
    trees: list[Tree] = []
    files = [folder / SCHEDULE_FILE]

    def read(name: Path, shown_as: str) -> Tree:
        files.append(name)
        tree = _read_inside(folder, name, shown_as)
        trees.append(tree)
        return tree

    tree = read(file, file.name)
    campaign: Campaign | None = None
    raw: dict[str, Any] = {}
    theme: Theme | None = None
    boards: dict[str, tuple[Storyboard | None, Tree]] = {}
    if _is_mapping(tree):
        raw, origins = write_out(tree)
        homes = _language_files(raw, tree, folder, read)
        theme = _theme(raw, tree, resources, read)
        boards = _storyboards(raw, tree, resources, read)
        check_campaign(raw, tree, homes, boards, resources)
        check_own_files(raw, tree, folder)
        elsewhere: dict[Path_, tuple[Tree, Path_]] = {
            ("texts", code): home for code, home in homes.items() if home[0] is not tree
        }
        try:
            campaign = Campaign.model_validate(raw, context={"references": names_of(raw)})
        except ValidationError as error:
            note_all(error, tree, Campaign, origins, elsewhere)
    schedule = _schedule(folder / SCHEDULE_FILE, raw, read)
    if schedule and campaign and not any(one.mistakes for one in trees):
        check_schedule(schedule, campaign, trees[-1])
    mistakes = {mistake for one in trees for mistake in one.mistakes}
    if mistakes or campaign is None or theme is None:
        raise InputError(mistakes=mistakes)
    storyboards = {name: board for name, (board, _) in boards.items() if board}
    return Loaded(folder, campaign, schedule, theme, storyboards, resources, tuple(files))


def _read_inside(folder: Path, path: Path, shown_as: str) -> Tree:
    """The tree of a file of the campaign folder, or of a shipped one; for a link that leads out, that mistake alone."""
    if path.is_relative_to(folder) and leads_out(folder, path):
        tree = Tree(shown_as)
        tree.mistakes.append(
            Mistake(shown_as, 0, 0, "", "leads out of the campaign folder; put the file itself inside it")
        )
        return tree
    return read_tree(path, shown_as)


def _is_mapping(tree: Tree) -> bool:
    """Whether the file holds a mapping; if it parsed and holds something else, say so."""
    if isinstance(tree.value, dict):
        return True
    if not tree.mistakes:
        what = "empty" if tree.value is None else "not a mapping"
        tree.mistake((), f"the file is {what}; `key: value` lines were expected")
    return False


def _language_files(raw: dict[str, Any], tree: Tree, folder: Path, read: Read) -> dict[str, Home]:
    """Replace `en: languages/en.yaml` by that file's content; say where each language stands.

    A language whose file cannot be read is taken out: one mistake, not one for each missing key.
    """
    homes: dict[str, Home] = {}
    texts = dict(mapping(raw.get("texts")))
    for code, value in list(texts.items()):
        homes[code] = (tree, ("texts", code))
        if not isinstance(value, str):
            continue
        problem = _unusable(folder, value)
        other = None if problem else read(folder / (on_disk(folder, value) or value), value)
        if problem:
            tree.mistake(("texts", code), problem)
        if other is not None and _is_mapping(other):
            homes[code], texts[code] = (other, ()), other.value
        else:
            del texts[code]
    if isinstance(raw.get("texts"), dict):
        raw["texts"] = texts
    return homes


def _unusable(folder: Path, value: str) -> str:
    """Why a file named in the campaign may not be read: it is not there, or not in the folder."""
    try:
        name = inside_folder(value)
    except ValueError as error:
        return str(error)
    if not value:
        return "names no file; write a path inside the campaign folder"
    if leads_out(folder, folder / name):
        return f"{quoted(value)} leads out of the campaign folder; put the file itself inside it"
    if on_disk(folder, name) is None:
        return missing(folder, value)
    return ""


def _schedule(path: Path, raw: dict[str, Any], read: Read) -> Schedule | None:
    """The schedule beside the campaign, if there is one."""
    if not os.path.lexists(path):
        return None
    tree = read(path, path.name)
    if not _is_mapping(tree):
        return None
    languages = {
        account["id"]: account.get("language")
        for account in items(tree.value.get("accounts"))
        if isinstance(account, dict) and isinstance(account.get("id"), str)
    }
    for number, slot in enumerate(items(tree.value.get("slots"))):
        for name, text in mapping(mapping(slot).get("variants")).items():
            check_joined(raw, str(languages.get(name)), text, tree, ("slots", number, "variants", name))
    context = {
        "pieces": {str(mapping(piece).get("id")) for piece in items(raw.get("pieces"))} or None,
        "languages": {str(code) for code in items(raw.get("languages"))} or None,
        "references": names_of(raw) if raw else None,
    }
    try:
        return Schedule.model_validate(tree.value, context=context)
    except ValidationError as error:
        note_all(error, tree, Schedule)
        return None


def _theme(raw: dict[str, Any], tree: Tree, resources: Resources, read: Read) -> Theme | None:
    """The theme that the campaign names: a data file like any other."""
    name = mapping(raw.get("brand")).get("theme", "nuit")
    shipped = _shipped(resources, "themes")
    if not known(tree, [name], ("brand", "theme"), shipped, "a theme in templates/themes", listed=False):
        return None
    return _data_file(f"themes/{name}.yaml", Theme, resources, read)[0]


def _storyboards(
    raw: dict[str, Any], tree: Tree, resources: Resources, read: Read
) -> dict[str, tuple[Storyboard | None, Tree]]:
    """The storyboards that the campaign names, by name, each with the file it stands in; None for a broken one."""
    clips = mapping(raw.get("clips"))
    found: dict[str, tuple[Storyboard | None, Tree]] = {}
    what = "a storyboard in templates/clips"
    for key, kind, default in (("storyboards", "main", "main"), ("loops", "loop", "loop")):
        names = clips.get(key, [default])
        for name in known(tree, names, ("clips", key), _shipped(resources, "clips"), what):
            if name in found:
                tree.mistake(("clips", key, names.index(name)), f"{name} is already one of the storyboards")
                continue
            board, board_tree = _data_file(f"clips/{name}.yaml", Storyboard, resources, read)
            found[name] = (board, board_tree)
            if board is not None and board.kind != kind:
                wrong = f"{name} is a storyboard of kind {board.kind}; here stand those of kind {kind}"
                tree.mistake(("clips", key, names.index(name)), wrong)
    return found


def _shipped(resources: Resources, folder: str) -> set[str]:
    return {Path(name).stem for name in resources.names("templates", f"{folder}/*.yaml")}


def _data_file(name: str, model: type[M], resources: Resources, read: Read) -> tuple[M | None, Tree]:
    own = resources.overrides("templates", name)
    tree = read((resources.campaign_folder if own else DEFAULTS) / "templates" / name, f"templates/{name}")
    if _is_mapping(tree):
        try:
            return model.model_validate(tree.value), tree
        except ValidationError as error:
            note_all(error, tree, model)
    return None, tree
