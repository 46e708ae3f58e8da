"""YAML to a plain tree that remembers where everything stood.

Built on libyaml's event stream, not on a constructor. Why: every scalar stays text (a phone
number is text: `0800`, `17:30` and `no` arrive as typed), duplicate keys and alias bombs are
seen, depth and size are bounded, and one parse gives line and column of every key. Measured on
an 88 kB file: libyaml events 0.024 s, ruamel.yaml's composer 0.47 to 0.58 s (2026-11-24), and a
file of the permitted 1 MB must be refused or read well under 5 s.
"""

from __future__ import annotations

import re
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from kit.errors import Mistake
from kit.load.yaml_words import HASH_CUTS, NO_BREAK, begins_with_no_break, explain
from kit.tables.characters import escaped, name_of, unseen

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_NODES = 12_000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_CONTROL = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""What no editor shows: YAML refuses most of these, and some count as line ends for it alone."""
_LONGEST_STEP = 60
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path_ = tuple[str | int, ...]


@dataclass
class Tree:
    """What one file says. `places[path]` is the 1-based line and column of that value or key."""

    file: str
    value: Any = None
    places: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def mistake(self, path: Path_, message: str, place: tuple[int, int] | None = None) -> None:
        """Note a mistake at a path, or at the nearest parent that stands in the file."""
        line, column = place or self.place(path)
        self.mistakes.append(Mistake(self.file, line, column, dotted(path), escaped(message)))

    def place(self, path: Path_) -> tuple[int, int]:
        """Line and column of a path, of its nearest known parent, or of the file's start."""
        for end in range(len(path), -1, -1):
            if found := self.places.get(path[:end]):
                return found
        return (1, 1)


def dotted(path: Path_) -> str:
    """`tools.2.facts.hours`. What is not printable is escaped: a key is anybody's text, and a terminal obeys it."""
    return ".".join(escaped(str(step).split("\0")[0][:_LONGEST_STEP]) for step in path)


def read_tree(path: Path, shown_as: str) -> Tree:
    """Parse one YAML file. Never raises for what the file holds: its mistakes are in the tree."""
    tree = Tree(shown_as)
    text = _read(path, tree)
    if text is None:
        return tree
    if hidden := _CONTROL.search(text):
        place = _place(text, hidden.start())
        tree.mistake((), f"{_named(hidden.group())} stands in the file; remove it", place)
        return tree
    try:
        _Reader(tree, text).read(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError as error:
        wrong, place = explain(error, text)
        if not any((told.line, told.column) == place for told in tree.mistakes):
            tree.mistake((), wrong, place)
        tree.value = None
    _refuse_unseen(tree, text)
    return tree


def _refuse_unseen(tree: Tree, text: str) -> None:
    """What stands unseen anywhere else: in a comment it would show another file than the one that is read."""
    told = {(mistake.line, mistake.column) for mistake in tree.mistakes}
    for offset, character in unseen(text):
        if (place := _place(text, offset)) not in told:
            tree.mistake((), f"{_named(character)} stands in the file; remove it", place)


def _read(path: Path, tree: Tree) -> str | None:
    """The file's text, or None after noting why it cannot be read."""
    problem = ""
    data = b""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            problem = "is a folder, a YAML file was expected"
        elif not stat.S_ISREG(mode):
            problem = "is not a regular file"  # reading a pipe would wait for ever
        else:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        problem = "does not exist; `kit init DIR` makes a campaign folder to start from"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except ValueError:
        problem = "is not the name of a file"
    if len(data) > MAX_BYTES:
        problem = f"is larger than {MAX_BYTES:,} bytes; a campaign file is a few thousand lines at most"
    if problem:
        tree.mistakes.append(Mistake(tree.file, 0, 0, "", problem))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start, byte = error.start, error.object[error.start]  # positions without the byte order mark
        before = _line_feeds(error.object[:start].decode())
        latin = f" (it is {chr(byte)!r} in Latin-1)" if byte >= 0xA0 else ""
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            latin = " (the file is UTF-16)"
        wrong = f"byte 0x{byte:02X} is not UTF-8{latin}; save the file as UTF-8"
        tree.mistake((), wrong, _place(before, len(before)))
        return None
    return _line_feeds(text)


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of a character, as editors count."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _named(character: str) -> str:
    return f"the invisible character {name_of(character)}"


@dataclass
class _Open:
    """A mapping or sequence that is being read."""

    path: Path_
    value: dict[str, Any] | list[Any]
    anchor: str | None
    key: str | None = None


class _Reader:
    """Builds the tree from events with an explicit stack: depth can never exhaust Python's own."""

    def __init__(self, tree: Tree, source: str) -> None:
        self.tree = tree
        self.source = source
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = 0
        self.documents = 0

    def read(self, events: Any) -> None:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                self.documents += 1
                if self.documents == 2:
                    self.tree.mistake((), "a second YAML document (`---`); one file holds one", _at(event))
                    return
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                done = self.stack.pop()
                self._remember(done.anchor, done.value)
            elif isinstance(event, NodeEvent) and not self._node(event):
                return

    def _node(self, event: NodeEvent) -> bool:
        """Take one node in; False when the file is refused as a whole."""
        self.nodes += 1
        if self.nodes > MAX_NODES or len(self.stack) >= MAX_DEPTH:
            many = self.nodes > MAX_NODES
            what = f"more than {MAX_NODES} values" if many else f"nested deeper than {MAX_DEPTH}"
            self.tree.mistake((), f"{what}; this is not a campaign file", _at(event))
            self.tree.value = None
            return False
        if self.stack and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None:
            return self._key(event, self.stack[-1])
        path = self._path()
        self.tree.places.setdefault(path, _at(event))
        if not isinstance(event, AliasEvent):
            self._refuse_tag(event, path)
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        if isinstance(event, ScalarEvent):
            value = None if not event.style and event.value in _NULLS else self._text(event, path)
            self._put(value)
            self._remember(event.anchor, value)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            fresh: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
            self._put(fresh)
            self.stack.append(_Open(path, fresh, event.anchor))
        return True

    def _key(self, event: NodeEvent, parent: _Open) -> bool:
        """Take a key in. A refused one is read on, out of the way, to find the other mistakes."""
        assert isinstance(parent.value, dict)
        if not isinstance(event, ScalarEvent):
            self.tree.mistake(parent.path, "a key must be plain text", _at(event))
            parent.key = f"?\0{self.nodes}"
            if not isinstance(event, AliasEvent):
                inside: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
                self.stack.append(_Open((*parent.path, parent.key), inside, None))
            return True
        refused = len(self.tree.mistakes)
        path = (*parent.path, event.value)
        self._refuse_tag(event, path)
        key = self._text(event, path)
        path = (*parent.path, key)
        if key in parent.value:
            first = self.tree.places[path][0]
            self.tree.mistake(path, f"the key is already used on line {first}; keep one", _at(event))
        elif key == "<<":
            self.tree.mistake(path, "merge keys are not supported; write the keys out", _at(event))
        self._remember(event.anchor, key)
        parent.key = key if len(self.tree.mistakes) == refused else f"{key}\0{self.nodes}"
        self.tree.places[(*parent.path, parent.key)] = _at(event)
        return True

    def _text(self, event: ScalarEvent, path: Path_) -> str:
        """The scalar as the kit keeps it: NFC, no spaces around it, and nothing in it that is not seen."""
        text = str(event.value)
        self._refuse_unseen(event, path, text)
        self._refuse_cut(event, path)
        return unicodedata.normalize("NFC", _CONTROL.sub("", text)).strip()

    def _refuse_unseen(self, event: ScalarEvent, path: Path_, text: str) -> None:
        """Each unseen character at its own place; one that an escape wrote, at the text's."""
        found = {character for _, character in unseen(text)}
        if not found:
            return
        start, end = event.start_mark.index, event.end_mark.index  # type: ignore[union-attr]
        for offset, character in unseen(self.source[start:end]):
            found.discard(character)
            wrong = f"holds {_named(character)}; remove it"
            self.tree.mistake(path, wrong, _place(self.source, start + offset))
        for character in sorted(found):
            self.tree.mistake(path, f"holds {_named(character)}; remove it", _at(event))

    def _refuse_cut(self, event: ScalarEvent, path: Path_) -> None:
        """A text that YAML ends early, or a key that holds the space that was to indent it."""
        if event.style:
            return
        start, end = event.start_mark.index, event.end_mark.index  # type: ignore[union-attr]
        if cut := HASH_CUTS.match(self.source, end):
            place = _place(self.source, cut.start("hash"))
            self.tree.mistake(
                path, "the text ends before this #, which begins a comment; put it in quotes", place
            )
        if begins_with_no_break(str(event.value)):
            self.tree.mistake(path, NO_BREAK, _place(self.source, start))

    def _path(self) -> Path_:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.path, top.key if isinstance(top.value, dict) else len(top.value))  # type: ignore[arg-type]

    def _put(self, value: Any) -> None:
        if not self.stack:
            self.tree.value = value
            return
        top = self.stack[-1]
        if isinstance(top.value, dict):
            assert top.key is not None
            if "\0" not in top.key:
                top.value[top.key] = value
            top.key = None
        else:
            top.value.append(value)

    def _alias(self, event: AliasEvent, path: Path_) -> bool:
        if event.anchor not in self.anchors:
            still_open = any(level.anchor == event.anchor for level in self.stack)
            problem = "contains itself" if still_open else "is not defined"
            self.tree.mistake(path, f"*{event.anchor} {problem}", _at(event))
            self._put(None)
            return True
        value, size = self.anchors[event.anchor]
        self.nodes += size
        self._put(value)
        return True

    def _remember(self, anchor: str | None, value: Any) -> None:
        if anchor:
            self.anchors[anchor] = (value, _size(value))

    def _refuse_tag(self, event: Any, path: Path_) -> None:
        if event.tag and event.tag not in ("!", "tag:yaml.org,2002:str"):
            self.tree.mistake(path, f"the tag {event.tag} is not supported; write plain values", _at(event))


def _at(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    assert mark is not None  # each event that libyaml makes has one
    return (mark.line + 1, mark.column + 1)


def _size(value: Any) -> int:
    """Nodes a value expands to, counted no further than the limit (an alias bomb is exponential)."""
    count = 0
    waiting = [value]
    while waiting and count <= MAX_NODES:
        count += 1
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return count
